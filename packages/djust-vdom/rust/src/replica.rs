//! `djust_vdom.Replica`.

use std::sync::{Mutex, MutexGuard, PoisonError};

use pyo3::prelude::*;

use crate::errors::raise;
use crate::text::{Ops, Text};

/// A page in a browser, as far as ops are concerned.
#[pyclass(frozen, module = "djust_vdom")]
pub(crate) struct Replica(Mutex<djust_vdom::Replica>);

impl Replica {
    fn lock(&self) -> MutexGuard<'_, djust_vdom::Replica> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl Replica {
    #[new]
    fn new(py: Python<'_>, html: Text<'_>) -> PyResult<Self> {
        let html = html.get()?;
        let replica =
            py.detach(|| djust_vdom::Replica::new(html)).map_err(|error| raise(py, &error))?;
        Ok(Self(Mutex::new(replica)))
    }

    fn apply(&self, py: Python<'_>, ops: Ops<'_>) -> PyResult<()> {
        let ops = ops.get()?;
        py.detach(|| self.lock().apply(ops)).map_err(|error| raise(py, &error))
    }

    #[getter]
    fn html(&self, py: Python<'_>) -> String {
        py.detach(|| self.lock().tree().html())
    }

    #[getter]
    fn root_html(&self, py: Python<'_>) -> String {
        py.detach(|| self.lock().tree().root_html())
    }

    #[getter]
    fn title(&self, py: Python<'_>) -> Option<String> {
        py.detach(|| self.lock().tree().title())
    }

    #[getter]
    fn node_count(&self, py: Python<'_>) -> u32 {
        py.detach(|| self.lock().count())
    }

    #[getter]
    fn structure_hash(&self, py: Python<'_>) -> u32 {
        py.detach(|| self.lock().tree().structure_hash())
    }
}
