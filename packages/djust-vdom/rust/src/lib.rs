//! Python bindings of djust-vdom: conversions only, no logic.

mod document;
mod errors;
mod replica;
mod text;

use pyo3::prelude::*;

#[pymodule]
mod _native {
    use pyo3::prelude::*;
    use pyo3::types::PyBytes;

    use crate::errors::raise;
    use crate::text::{Ops, Text};

    #[pymodule_export]
    use crate::document::Document;
    #[pymodule_export]
    use crate::replica::Replica;

    /// The ops that turn one page into another.
    #[pyfunction]
    fn diff<'py>(
        py: Python<'py>,
        old_html: Text<'py>,
        new_html: Text<'py>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let (old, new) = (old_html.get()?, new_html.get()?);
        let ops = py.detach(|| djust_vdom::diff(old, new)).map_err(|error| raise(py, &error))?;
        Ok(PyBytes::new(py, &ops))
    }

    /// The page after the ops.
    #[pyfunction]
    fn apply(py: Python<'_>, html: Text<'_>, ops: Ops<'_>) -> PyResult<String> {
        let (html, ops) = (html.get()?, ops.get()?);
        py.detach(|| djust_vdom::apply(html, ops)).map_err(|error| raise(py, &error))
    }
}
