//! Loops of a live page over what cannot change.
//!
//! A tuple of frozen dataclasses that is the same object as before prints what it did, provided
//! that the loop reads nothing else that could differ. It is not even looked at then.

use std::sync::Arc;

use djust_templates::program::{
    BodyId, Condition, ExprId, ForLoop, NameId, NodeKind, Operand, Program,
};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString, PyTuple};

use crate::linked::{Known, Linked};
use crate::render::Render;
use crate::render::scope::Found;
use crate::value::Value;

/// What a loop reads, if that can be told from its text.
#[derive(Debug, Default)]
pub(crate) struct Reads {
    /// The name of what it loops over.
    sequence: Option<NameId>,
    /// Names outside of the loop.
    outer: Vec<NameId>,
    /// Below the loop variable.
    paths: Vec<Vec<NameId>>,
}

/// What a loop was shown for.
#[derive(Debug)]
pub(crate) struct Kept {
    sequence: Py<PyAny>,
    outer: Vec<Option<Py<PyAny>>>,
    separator: String,
    /// Is it known whether the sequence can change?
    frozen: Option<bool>,
}

impl Reads {
    /// `None` when the loop may read more than its text says.
    pub(crate) fn of(linked: &Linked, each: &ForLoop) -> Option<Self> {
        let program = &linked.program;
        let [variable] = &*each.variables else { return None };
        let [sequence] = plain(program, each.sequence)? else { return None };
        let mut reads = Self { sequence: Some(*sequence), ..Self::default() };
        for body in [Some(each.body), each.empty].into_iter().flatten() {
            reads.body(linked, body, *variable)?;
        }
        Some(reads)
    }

    fn body(&mut self, linked: &Linked, body: BodyId, variable: NameId) -> Option<()> {
        for node in linked.program.body(body) {
            match &node.kind {
                NodeKind::Text(_) => {}
                NodeKind::Print(expr) => self.expression(linked, *expr, variable)?,
                NodeKind::If(branches) => {
                    for branch in branches {
                        if let Some(condition) = &branch.condition {
                            self.condition(linked, condition, variable)?;
                        }
                        self.body(linked, branch.body, variable)?;
                    }
                }
                _ => return None,
            }
        }
        Some(())
    }

    fn condition(&mut self, linked: &Linked, met: &Condition, variable: NameId) -> Option<()> {
        match met {
            Condition::Value(expr) => self.expression(linked, *expr, variable),
            Condition::Not(inner) => self.condition(linked, inner, variable),
            Condition::And(left, right)
            | Condition::Or(left, right)
            | Condition::Compare(_, left, right) => {
                self.condition(linked, left, variable)?;
                self.condition(linked, right, variable)
            }
        }
    }

    fn expression(&mut self, linked: &Linked, expr: ExprId, variable: NameId) -> Option<()> {
        let program = &linked.program;
        if let Operand::Constant(_) | Operand::Number(_) = program.expression(expr)?.operand {
            return program.expression(expr)?.filters.is_empty().then_some(());
        }
        match plain(program, expr)? {
            [first, rest @ ..] if *first == variable => self.paths.push(rest.to_vec()),
            [first, second] if program.name(*first) == "forloop" => {
                let known = linked.names.get(second.0 as usize).map(|name| name.known);
                let counts = matches!(
                    known?,
                    Known::Counter
                        | Known::Counter0
                        | Known::RevCounter
                        | Known::RevCounter0
                        | Known::First
                        | Known::Last
                );
                counts.then_some(())?;
            }
            [name] => self.outer.push(*name),
            _ => return None,
        }
        Some(())
    }
}

/// The names of an expression without filters.
fn plain(program: &Program, expr: ExprId) -> Option<&[NameId]> {
    let expr = program.expression(expr)?;
    match &expr.operand {
        Operand::Path(path) if expr.filters.is_empty() => Some(path),
        _ => None,
    }
}

impl<'py> Render<'py> {
    /// Will a loop print what it printed for `kept`? What it is shown for now is kept.
    pub(crate) fn is_frozen_loop(
        &mut self,
        linked: &Arc<Linked>,
        reads: &Reads,
        kept: &mut Option<Kept>,
    ) -> PyResult<bool> {
        let Some(now) = self.shown_for(linked, reads)? else {
            *kept = None;
            return Ok(false);
        };
        let Some(before) = kept else {
            *kept = Some(now);
            return Ok(false);
        };
        let outer = before.outer.iter().zip(&now.outer).all(|(before, now)| {
            now.as_ref()
                .is_some_and(|now| self.is_same(before, &Value::Object(now.bind(self.py).clone())))
        });
        if !before.sequence.is(&now.sequence) || !outer || before.separator != now.separator {
            let frozen = before.frozen.filter(|_| before.sequence.is(&now.sequence));
            *kept = Some(Kept { frozen, ..now });
            return Ok(false);
        }
        if before.frozen.is_none() {
            before.frozen = Some(self.is_frozen(linked, reads, &before.sequence)?);
        }
        Ok(before.frozen == Some(true))
    }

    /// What the loop is about to be shown for; `None` when it is nothing that could be frozen.
    fn shown_for(&mut self, linked: &Arc<Linked>, reads: &Reads) -> PyResult<Option<Kept>> {
        let Some(sequence) = reads.sequence else { return Ok(None) };
        let name = linked.name(sequence)?.text.bind(self.py).clone();
        let sequence = match self.scope.find(&name)? {
            Some(Found::Object(object)) if object.is_exact_instance_of::<PyTuple>() => object,
            _ => return Ok(None),
        };
        let mut outer = Vec::with_capacity(reads.outer.len());
        for name in &reads.outer {
            let name = linked.name(*name)?.text.bind(self.py).clone();
            match self.scope.find(&name)? {
                Some(Found::Object(object)) if self.is_constant(&object) => {
                    outer.push(Some(object.unbind()));
                }
                _ => return Ok(None),
            }
        }
        let Some(separator) = self.separator()? else { return Ok(None) };
        Ok(Some(Kept { sequence: sequence.unbind(), outer, separator, frozen: None }))
    }

    /// Looks at each item once.
    fn is_frozen(
        &self,
        linked: &Arc<Linked>,
        reads: &Reads,
        sequence: &Py<PyAny>,
    ) -> PyResult<bool> {
        let mut paths = Vec::with_capacity(reads.paths.len());
        for path in &reads.paths {
            let names: PyResult<Vec<Bound<'py, PyString>>> = path
                .iter()
                .map(|name| Ok(linked.name(*name)?.text.bind(self.py).clone()))
                .collect();
            paths.push(PyTuple::new(self.py, names?)?);
        }
        let paths = PyList::new(self.py, paths)?;
        self.django.call(self.py, "is_frozen", (sequence.bind(self.py), paths))?.extract()
    }
}
