//! Rows that print items of dictionaries and nothing else: most tables.
//!
//! A row that is as it was costs a look-up and a comparison of addresses for each value; nothing is
//! bound, and no other code runs.

use std::sync::Arc;

use djust_templates::program::{BodyId, ForLoop, NodeKind, Operand};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString};

use crate::ffi::{dict_borrowed, type_of};
use crate::linked::Linked;
use crate::render::Render;
use crate::render::marking::MarkPlan;
use crate::render::rows::Rows;
use crate::value::Value;

/// A loop whose rows print these items of its variable.
#[derive(Debug)]
pub(crate) struct PlainRows {
    keys: Vec<Py<PyString>>,
}

/// Such a loop while it runs.
pub(crate) struct Passing {
    plan: Arc<MarkPlan>,
    /// The body of a row.
    number: u32,
    /// Are values written as they were when the rows were printed? Unknown after foreign code.
    writes_alike: Option<bool>,
}

impl PlainRows {
    /// `None` when the body prints anything else.
    pub(crate) fn of(py: Python<'_>, linked: &Linked, each: &ForLoop) -> Option<Self> {
        let program = &linked.program;
        let [variable] = &*each.variables else { return None };
        let mut keys = Vec::new();
        for node in program.body(each.body) {
            let NodeKind::Print(expr) = &node.kind else { continue };
            let expr = program.expression(*expr)?;
            let Operand::Path(path) = &expr.operand else { return None };
            let [first, key] = &**path else { return None };
            let name = linked.names.get(key.0 as usize)?;
            if first != variable || !expr.filters.is_empty() || name.index.is_some() {
                return None;
            }
            keys.push(name.text.clone_ref(py));
        }
        (!keys.is_empty()).then_some(Self { keys })
    }
}

impl<'py> Render<'py> {
    /// Can rows of this loop be passed?
    pub(crate) fn passing(&self, linked: &Arc<Linked>, body: BodyId) -> Option<Passing> {
        let marking = self.marking.as_ref()?;
        let number = marking.expected(linked, body)?;
        let plan = marking.plan();
        plan.plain_rows.contains_key(&number).then(|| Passing {
            plan: Arc::clone(plan),
            number,
            writes_alike: None,
        })
    }

    /// Leaves out the row of `item` if it would print what it did; false when nothing was done.
    pub(crate) fn passes(
        &mut self,
        passing: &mut Passing,
        item: &Bound<'py, PyAny>,
    ) -> PyResult<bool> {
        let number = passing.number;
        let Some(plain) = passing.plan.plain_rows.get(&number) else { return Ok(false) };
        let Some(mut memo) = self.marking.as_mut().and_then(|marking| marking.memo.take()) else {
            return Ok(false);
        };
        let before = match memo.rows(number) {
            Some(rows) => {
                let alike = match passing.writes_alike {
                    Some(alike) => alike,
                    None => self.separator()?.is_some_and(|now| *now == *rows.separator),
                };
                passing.writes_alike = Some(alike);
                if alike && self.has_values(plain, item, rows) {
                    rows.found_here(plain.keys.len())
                } else {
                    None
                }
            }
            None => None,
        };
        if let Some(marking) = &mut self.marking {
            marking.memo = Some(memo);
        }
        let row = passing.plan.row_of(number);
        if let (Some(before), Some(row)) = (before, row) {
            self.pass_row(number, before, row);
            return Ok(true);
        }
        // Printing the row may run code that changes the language.
        passing.writes_alike = None;
        Ok(false)
    }

    /// Is `item` a dictionary with the values of the row that stands here?
    fn has_values(&self, plain: &PlainRows, item: &Bound<'py, PyAny>, rows: &Rows) -> bool {
        if type_of(item) != self.django.types.dict {
            return false;
        }
        let Ok(dict) = item.cast::<PyDict>() else { return false };
        let Some(kept) = rows.values.get(rows.seen..rows.seen + plain.keys.len()) else {
            return false;
        };
        kept.iter().zip(&plain.keys).all(|(kept, key)| {
            let Some(value) = dict_borrowed(dict, key.bind(self.py)) else { return false };
            match kept {
                Some(kept) if value.is(kept) => true,
                Some(_) => self.is_same(kept, &Value::Object(value.to_owned())),
                None => false,
            }
        })
    }
}
