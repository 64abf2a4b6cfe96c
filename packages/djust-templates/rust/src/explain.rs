//! What `djust_explain_template` shows: the plan of a template and of all that it is made of.

use djust_templates::live::{self, Kind, Line};
use djust_templates::program::{ExprId, NodeKind, Place};
use pyo3::prelude::*;
use pyo3::types::PyList;

use crate::linked::{Call, Custom, Linked};
use crate::parts::Parts;

/// What the node of a line reads.
fn reads(linked: &Linked, kind: &NodeKind) -> Vec<String> {
    let of_call = |call: &Call| {
        call.args.iter().copied().chain(call.kwargs.iter().map(|(_, expr)| *expr)).collect()
    };
    let NodeKind::Custom(tag) = kind else { return live::reads(&linked.program, kind) };
    let expressions: Vec<ExprId> = match linked.custom(*tag) {
        Ok(Custom::Simple { call, .. } | Custom::Inclusion { call, .. }) => of_call(call),
        Ok(Custom::Static { path, .. }) => vec![*path],
        Ok(Custom::Translate(tag)) => vec![tag.message],
        Ok(Custom::BlockTranslate(tag)) => tag.bindings.iter().map(|(_, expr)| *expr).collect(),
        _ => Vec::new(),
    };
    live::paths(&linked.program, &expressions)
}

type Row = (usize, &'static str, String, Option<String>, u32, u32, usize, usize, Vec<String>);

/// The columns of a line: depth, kind, place, reason, template, line, start, end, reads.
fn row(parts: &Parts<'_>, line: Line) -> Option<Row> {
    let Line { depth, kind, node, place, reason } = line;
    let linked = parts.linked(node.template)?;
    let found = linked.program.body(node.body).get(node.index as usize)?;
    let reads = if kind == Kind::Textual { Vec::new() } else { reads(linked, &found.kind) };
    let Place { chars, line } = linked.program.places.get(found.token as usize)?.clone();
    Some((depth, kind.name(), place, reason, node.template, line, chars.start, chars.end, reads))
}

/// Explain a template: the templates that its page is made of, and the lines of its plan.
///
/// `find` returns the template of a name, or None; for a parent it is given the templates that
/// extend it. Returns None when the plan depends on names that
/// are not known, or on templates that are not compiled.
#[pyfunction]
pub(crate) fn explain<'py>(
    template: &Bound<'py, PyAny>,
    find: &Bound<'py, PyAny>,
) -> PyResult<Option<(Bound<'py, PyList>, Vec<Row>)>> {
    let Some(parts) = Parts::of(template, find)? else { return Ok(None) };
    let plan = live::plan_of(&parts);
    let rows = live::outline(&plan).into_iter().filter_map(|line| row(&parts, line)).collect();
    let templates = PyList::new(template.py(), parts.templates())?;
    Ok(Some((templates, rows)))
}
