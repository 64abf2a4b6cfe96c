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

    use djust_vdom::{Context, Namespace, Tree};

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

    /// The tree of a text as JSON nodes.
    #[pyfunction]
    #[pyo3(signature = (html, context=None))]
    fn parse<'py>(
        py: Python<'py>,
        html: Text<'py>,
        context: Option<&str>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let html = html.get()?;
        let nodes = py.detach(|| {
            let tree = match context {
                None => Tree::parse(html),
                Some(context) => Tree::parse_fragment(html, read_context(context)),
            };
            tree.map(|tree| tree.nodes_json())
        });
        Ok(PyBytes::new(py, &nodes.map_err(|error| raise(py, &error))?))
    }

    /// Reads a context as tests write it: `td`, `svg path`, `math mi`.
    fn read_context(text: &str) -> Context<'_> {
        let (namespace, name) = match text.split_once(' ') {
            Some(("svg", name)) => (Namespace::SvgOrXLink, name),
            Some(("math", name)) => (Namespace::MathMlOrXml, name),
            _ => (Namespace::Html, text),
        };
        Context { namespace, name, quirks: false }
    }

    /// The page after the ops.
    #[pyfunction]
    fn apply(py: Python<'_>, html: Text<'_>, ops: Ops<'_>) -> PyResult<String> {
        let (html, ops) = (html.get()?, ops.get()?);
        py.detach(|| djust_vdom::apply(html, ops)).map_err(|error| raise(py, &error))
    }
}
