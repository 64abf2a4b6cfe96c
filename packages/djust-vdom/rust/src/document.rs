//! `djust_vdom.Document`.

use std::sync::{Mutex, MutexGuard, PoisonError};

use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::errors::raise;
use crate::text::Text;

/// A page as the browser has it.
///
/// The lock is taken with the GIL released, so a long comparison holds up nobody but those who
/// want the same page.
#[pyclass(frozen, module = "djust_vdom")]
pub(crate) struct Document(Mutex<djust_vdom::Document>);

impl Document {
    fn lock(&self) -> MutexGuard<'_, djust_vdom::Document> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[pymethods]
impl Document {
    #[new]
    fn new(py: Python<'_>, html: Text<'_>) -> PyResult<Self> {
        let html = html.get()?;
        let document =
            py.detach(|| djust_vdom::Document::new(html)).map_err(|error| raise(py, &error))?;
        Ok(Self(Mutex::new(document)))
    }

    #[getter]
    fn html(&self, py: Python<'_>) -> String {
        py.detach(|| self.lock().html())
    }

    #[getter]
    fn root_html(&self, py: Python<'_>) -> String {
        py.detach(|| self.lock().tree().root_html())
    }

    #[getter]
    fn title(&self, py: Python<'_>) -> Option<String> {
        py.detach(|| self.lock().title())
    }

    #[getter]
    fn node_count(&self, py: Python<'_>) -> u32 {
        py.detach(|| self.lock().node_count())
    }

    #[getter]
    fn structure_hash(&self, py: Python<'_>) -> u32 {
        py.detach(|| self.lock().structure_hash())
    }

    fn update<'py>(&self, py: Python<'py>, new_html: Text<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let html = new_html.get()?;
        let ops = py.detach(|| self.lock().update(html)).map_err(|error| raise(py, &error))?;
        Ok(PyBytes::new(py, &ops))
    }

    fn doubled_keys(&self, py: Python<'_>) -> Vec<(String, String, String)> {
        let doubles = py.detach(|| self.lock().tree().doubles());
        doubles.into_iter().map(|double| (double.name, double.parent, double.key)).collect()
    }

    fn renumber(&self, py: Python<'_>) {
        py.detach(|| self.lock().renumber());
    }

    fn resync(&self, py: Python<'_>) -> String {
        py.detach(|| self.lock().resync())
    }

    fn __sizeof__(&self, py: Python<'_>) -> usize {
        py.detach(|| size_of::<Self>() + self.lock().memory_bytes())
    }

    fn __repr__(&self, py: Python<'_>) -> String {
        let (count, hash) = py.detach(|| {
            let document = self.lock();
            (document.node_count(), document.structure_hash())
        });
        format!("<Document of {count} nodes, {hash:08x}>")
    }
}
