//! What one template keeps while it renders: Django's `render_context`.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use djust_templates::program::BodyId;
use pyo3::prelude::*;
use pyo3::types::PyList;

use crate::linked::Linked;

/// A block of a template, ready to render.
#[derive(Debug, Clone)]
pub(crate) struct BlockRef {
    pub(crate) linked: Arc<Linked>,
    pub(crate) name: String,
    pub(crate) body: BodyId,
}

/// Names a node among all templates: the address of its program, and its number there.
pub(crate) type NodeKey = (usize, u32);

pub(crate) fn node_key(linked: &Arc<Linked>, token: u32) -> NodeKey {
    (Arc::as_ptr(linked) as usize, token)
}

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct State {
    /// Blocks by name, the root template's first; `None` without inheritance.
    pub(crate) blocks: Option<HashMap<String, Vec<BlockRef>>>,
    /// How often each cycle was rendered.
    pub(crate) cycles: HashMap<NodeKey, usize>,
    /// What each `ifchanged` outside of loops saw last.
    pub(crate) changed: HashMap<NodeKey, Py<PyAny>>,
    /// The origins that were extended already.
    pub(crate) history: Option<Py<PyList>>,
}

/// A handle on the state, also for Python, where a render context carries it.
#[pyclass(frozen, module = "djust_templates._native")]
#[derive(Debug, Default)]
pub(crate) struct Activation(Arc<Mutex<State>>);

impl Clone for Activation {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl Activation {
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
