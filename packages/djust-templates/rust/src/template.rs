//! The entry points of rendering.

use std::sync::atomic::Ordering;

use djust_templates::program::BodyId;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::compile::Session;
use crate::render::{Origin, Render};

/// Room for what the last render printed, and a little more.
pub(crate) fn capacity(last_len: usize) -> usize {
    last_len + last_len / 8 + 64
}

/// Render a template from a dictionary and perhaps a request.
///
/// Returns None when the reference engine has to render it.
#[pyfunction]
#[pyo3(signature = (session, template, engine, values=None, request=None))]
pub(crate) fn render_values<'py>(
    session: &Bound<'py, Session>,
    template: Bound<'py, PyAny>,
    engine: Bound<'py, PyAny>,
    values: Option<Bound<'py, PyDict>>,
    request: Option<Bound<'py, PyAny>>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let linked = session.get().linked()?;
    let root = linked.program.root.ok_or_else(|| PyRuntimeError::new_err("an empty program"))?;
    let room = capacity(linked.last_len.load(Ordering::Relaxed));
    let origin = Origin::Values { values, request };
    Render::start(session.py(), engine, template, origin, room)?.finish(&linked, root)
}

/// Render a template, or with `body` a part of it, over a bound Django context.
///
/// Returns None when the reference engine has to render it.
#[pyfunction]
#[pyo3(signature = (session, template, engine, context, body=None))]
pub(crate) fn render_context<'py>(
    session: &Bound<'py, Session>,
    template: Bound<'py, PyAny>,
    engine: Bound<'py, PyAny>,
    context: Bound<'py, PyAny>,
    body: Option<u32>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let linked = session.get().linked()?;
    let body = body.map(BodyId).or(linked.program.root);
    let body = body.ok_or_else(|| PyRuntimeError::new_err("an empty program"))?;
    let room = capacity(linked.last_len.load(Ordering::Relaxed));
    Render::start(session.py(), engine, template, Origin::Context(context), room)?
        .finish(&linked, body)
}
