//! Rows whose text depends on what can be looked up without running code: most tables.
//!
//! Their loop prints items of its variable, counts, and asks for plain values, through filters that
//! depend on nothing else. A row for which all of that is as it was costs a look-up and a
//! comparison of addresses for each value; nothing is bound, and nothing is printed.

use std::mem;
use std::sync::Arc;

use djust_live::{BodyMarks, Marks, NodeMark};
use djust_templates::program::{
    BodyId, Comparison, Condition, CustomId, ExprId, ForLoop, NameId, NodeKind, Operand, Url,
};
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyString, PyType};

use crate::ffi::{dict_borrowed, dict_get, is_callable, type_of};
use crate::linked::{Custom, Known, Linked};
use crate::render::Render;
use crate::render::marking::MarkPlan;
use crate::render::rows::Rows;
use crate::render::scope::Found;
use crate::value::Value;

/// One value that a row depends on.
#[derive(Debug)]
enum Read {
    /// Below the loop's variable, name by name.
    Item(Vec<Py<PyString>>),
    /// A name outside of the loop, by its place in [`PlainRows::outer`].
    Outer(usize),
    /// How many rows there are before it or behind it.
    Count(Known),
    /// Where addresses of views lead.
    Routes,
}

/// What the rows of a loop depend on.
#[derive(Debug, Default)]
pub(crate) struct PlainRows {
    reads: Vec<Read>,
    outer: Vec<Py<PyString>>,
    has_routes: bool,
    /// Do they print just these values, in this order?
    pub(crate) is_bare: bool,
}

/// A loop while it runs.
pub(crate) struct Passing<'py> {
    plan: Arc<MarkPlan>,
    /// The body of a row.
    number: u32,
    outer: Vec<Bound<'py, PyAny>>,
    /// How many items there are.
    len: usize,
    /// Are values written as they were when the rows were printed? Unknown after foreign code.
    writes_alike: Option<bool>,
    /// What tells the routes of this moment from others, where rows have addresses in them.
    routes: Option<Option<i64>>,
    /// Attributes by class, and how objects hold them: see `held` of `_support.py`.
    classes: Vec<(Bound<'py, PyType>, Bound<'py, PyString>, u8)>,
}

// What `held` of `_support.py` returns.
const HELD: u8 = 1;
const HELD_IN_DICT: u8 = 2;

struct Reader<'a, 'py> {
    py: Python<'py>,
    marks: &'a Marks,
    parts: &'a [Arc<Linked>],
    /// The template that is read.
    linked: &'a Linked,
    variable: &'a str,
    /// Names that stand for values that are read where they are bound.
    bound: Vec<&'a str>,
    found: PlainRows,
}

impl<'a> Reader<'a, '_> {
    /// `None` when it depends on anything else; `marks` are those of the body, if it has any.
    fn body(&mut self, body: BodyId, number: Option<u32>) -> Option<()> {
        let linked = self.linked;
        let marks = number.and_then(|number| self.marks.bodies.get(number as usize));
        for (index, node) in linked.program.body(body).iter().enumerate() {
            let shown = self.shown(marks, index);
            match &node.kind {
                NodeKind::Text(_) => {}
                NodeKind::Print(expr) => self.expression(*expr)?,
                NodeKind::If(branches) => {
                    self.found.is_bare = false;
                    for branch in branches {
                        if let Some(condition) = &branch.condition {
                            self.condition(condition)?;
                        }
                        self.inner(branch.body, shown)?;
                    }
                }
                NodeKind::With(bindings, body) => {
                    self.binding(bindings, |reader| reader.inner(*body, shown))?;
                }
                NodeKind::Include(include) if !include.only => {
                    let [number] = shown else { return None };
                    self.binding(&include.bindings, |reader| reader.included(*number))?;
                }
                NodeKind::Url(url) if url.target.is_none() => self.url(url)?,
                NodeKind::Custom(custom) => self.custom(*custom)?,
                _ => return None,
            }
        }
        Some(())
    }

    /// The bodies that a node shows, where that is planned.
    fn shown(&self, marks: Option<&'a BodyMarks>, index: usize) -> &'a [u32] {
        match marks.and_then(|marks| marks.nodes.get(index)) {
            Some(NodeMark::Block { block, .. }) => {
                self.marks.blocks.get(*block as usize).map_or(&[], |shown| &**shown)
            }
            _ => &[],
        }
    }

    /// A body of the same template.
    fn inner(&mut self, body: BodyId, shown: &[u32]) -> Option<()> {
        let is_it = |number: &&u32| {
            self.marks.bodies.get(**number as usize).is_some_and(|marks| marks.body == body.0)
        };
        let number = shown.iter().find(is_it).copied();
        self.body(body, number)
    }

    /// A template that is shown here.
    fn included(&mut self, number: u32) -> Option<()> {
        let marks = self.marks.bodies.get(number as usize)?;
        let included = self.parts.get(marks.template as usize)?;
        let outer = mem::replace(&mut self.linked, included);
        let found = self.body(BodyId(marks.body), Some(number));
        self.linked = outer;
        found
    }

    /// What depends on values under other names.
    fn binding(
        &mut self,
        bindings: &'a [(NameId, ExprId)],
        read: impl FnOnce(&mut Self) -> Option<()>,
    ) -> Option<()> {
        self.found.is_bare = false;
        for (_, expr) in bindings {
            self.expression(*expr)?;
        }
        let before = self.bound.len();
        let linked = self.linked;
        self.bound.extend(bindings.iter().map(|(name, _)| linked.program.name(*name)));
        let found = read(self);
        self.bound.truncate(before);
        found
    }

    fn url(&mut self, url: &Url) -> Option<()> {
        self.found.is_bare = false;
        if !mem::replace(&mut self.found.has_routes, true) {
            self.found.reads.push(Read::Routes);
        }
        for expr in url.args.iter().chain(url.kwargs.iter().map(|(_, expr)| expr)) {
            self.expression(*expr)?;
        }
        self.expression(url.view)
    }

    /// Messages of the template itself depend on the language alone, as everything may.
    fn custom(&mut self, custom: CustomId) -> Option<()> {
        self.found.is_bare = false;
        match self.linked.custom(custom) {
            Ok(Custom::Translate(tag)) if tag.literal.is_some() && tag.target.is_none() => {
                if let Some(context) = tag.context {
                    self.expression(context)?;
                }
                self.expression(tag.message)
            }
            _ => None,
        }
    }

    fn condition(&mut self, condition: &Condition) -> Option<()> {
        match condition {
            Condition::Value(expr) => self.expression(*expr),
            Condition::Not(inner) => self.condition(inner),
            // Equal values need not be the same object.
            Condition::Compare(Comparison::Is | Comparison::IsNot, left, right)
                if !self.is_single(left) && !self.is_single(right) =>
            {
                None
            }
            Condition::And(left, right)
            | Condition::Or(left, right)
            | Condition::Compare(_, left, right) => {
                self.condition(left)?;
                self.condition(right)
            }
        }
    }

    /// Is it `None`, `True` or `False`, of which there is only one?
    fn is_single(&self, condition: &Condition) -> bool {
        let Condition::Value(expr) = condition else { return false };
        match self.linked.program.expression(*expr).map(|expr| (&expr.operand, &*expr.filters)) {
            Some((Operand::Path(path), [])) => match &**path {
                [name] => self.is_literal(*name),
                _ => false,
            },
            _ => false,
        }
    }

    fn known(&self, name: NameId) -> Option<Known> {
        self.linked.names.get(name.0 as usize).map(|name| name.known)
    }

    fn is_literal(&self, name: NameId) -> bool {
        matches!(self.known(name), Some(Known::None | Known::True | Known::False))
    }

    fn expression(&mut self, expr: ExprId) -> Option<()> {
        let expr = self.linked.program.expression(expr)?;
        self.operand(&expr.operand)?;
        for call in &expr.filters {
            // Those that we know ourselves depend on the value and on how things are written.
            self.linked.filters.get(call.filter.0 as usize)?.native?;
            self.found.is_bare = false;
            if let Some(argument) = &call.argument {
                self.operand(argument)?;
            }
        }
        Some(())
    }

    fn text(&self, name: NameId) -> Option<Py<PyString>> {
        let name = self.linked.names.get(name.0 as usize)?;
        name.index.is_none().then(|| name.text.clone_ref(self.py))
    }

    fn operand(&mut self, operand: &Operand) -> Option<()> {
        let Operand::Path(path) = operand else {
            self.found.is_bare = false;
            return Some(());
        };
        let first = path.first().map(|name| self.linked.program.name(*name));
        if first.is_some_and(|first| self.bound.contains(&first)) {
            // Its value is read where it is bound; what is below that may be anything.
            return (path.len() == 1).then_some(());
        }
        let read = match &**path {
            [_, rest @ ..] if first == Some(self.variable) => {
                let names: Option<Vec<_>> = rest.iter().map(|name| self.text(*name)).collect();
                Read::Item(names?)
            }
            [first, count] if self.linked.program.name(*first) == "forloop" => {
                Read::Count(self.known(*count).filter(|known| counts(*known, 0, 1).is_some())?)
            }
            [name] if self.is_literal(*name) => {
                self.found.is_bare = false;
                return Some(());
            }
            [name] if self.linked.program.name(*name) != "forloop" => {
                let name = self.text(*name)?;
                self.found.outer.push(name);
                Read::Outer(self.found.outer.len() - 1)
            }
            _ => return None,
        };
        self.found.reads.push(read);
        Some(())
    }
}

/// A count of the loop's row `index` of `len`, or whether it is the first or last.
fn counts(known: Known, index: usize, len: usize) -> Option<Result<usize, bool>> {
    Some(match known {
        Known::Counter => Ok(index + 1),
        Known::Counter0 => Ok(index),
        Known::RevCounter => Ok(len.saturating_sub(index)),
        Known::RevCounter0 => Ok(len.saturating_sub(index + 1)),
        Known::First => Err(index == 0),
        Known::Last => Err(index + 1 == len),
        _ => return None,
    })
}

impl PlainRows {
    /// `None` when the rows depend on anything else.
    pub(crate) fn of(
        py: Python<'_>,
        marks: &Marks,
        parts: &[Arc<Linked>],
        (number, each): (u32, &ForLoop),
    ) -> Option<Self> {
        let [variable] = *each.variables else { return None };
        let linked = parts.get(marks.bodies.get(number as usize)?.template as usize)?;
        let variable = linked.program.name(variable);
        let (bound, found) = (Vec::new(), Self { is_bare: true, ..Self::default() });
        let mut reader = Reader { py, marks, parts, linked, variable, bound, found };
        reader.body(each.body, Some(number))?;
        (!reader.found.reads.is_empty()).then_some(reader.found)
    }
}

impl<'py> Render<'py> {
    /// Can rows of this loop be passed?
    pub(crate) fn passing(
        &self,
        linked: &Arc<Linked>,
        body: BodyId,
        len: usize,
    ) -> PyResult<Option<Passing<'py>>> {
        let Some(marking) = &self.marking else { return Ok(None) };
        let Some(number) = marking.expected(linked, body) else { return Ok(None) };
        let plan = marking.plan();
        let Some(plain) = plan.plain_rows.get(&number).filter(|_| marking.memo.is_some()) else {
            return Ok(None);
        };
        let mut outer = Vec::with_capacity(plain.outer.len());
        for name in &plain.outer {
            match self.scope.find(name.bind(self.py))? {
                Some(Found::Object(object)) => outer.push(object),
                _ => return Ok(None),
            }
        }
        let plan = Arc::clone(plan);
        let (writes_alike, routes, classes) = (None, None, Vec::new());
        Ok(Some(Passing { plan, number, outer, len, writes_alike, routes, classes }))
    }

    /// Leaves out row `index`, of `item`, if it would print what it did; false when it has to be
    /// printed.
    pub(crate) fn passes(
        &mut self,
        passing: &mut Passing<'py>,
        item: &Bound<'py, PyAny>,
        index: usize,
    ) -> PyResult<bool> {
        let number = passing.number;
        let plan = Arc::clone(&passing.plan);
        let (Some(plain), Some(row)) = (plan.plain_rows.get(&number), plan.row_of(number)) else {
            return Ok(false);
        };
        if plain.has_routes && passing.routes.is_none() {
            passing.routes = Some(self.routes_number()?);
        }
        let Some(mut memo) = self.marking.as_mut().and_then(|marking| marking.memo.take()) else {
            return Ok(false);
        };
        let mut before = None;
        if let Some(rows) = memo.rows(number) {
            let alike = match passing.writes_alike {
                Some(alike) => alike,
                None => self.writing()?.is_some_and(|now| *now == *rows.writing),
            };
            passing.writes_alike = Some(alike);
            if alike && self.has_values(plain, passing, (item, index), rows)? {
                before = rows.found_here(plain.reads.len());
            }
        }
        if before.is_none() && !plain.is_bare {
            let mut values = mem::take(&mut self.row_values);
            values.clear();
            for read in &plain.reads {
                let found = self.read(read, passing, item, index)?;
                // Nothing is the same as one of these.
                values.push(found.unwrap_or(Value::Bool(false)));
            }
            before = self.compare_row(&mut memo, number, &values)?;
            values.clear();
            self.row_values = values;
        }
        if let Some(marking) = &mut self.marking {
            marking.memo = Some(memo);
        }
        if let Some(before) = before {
            self.pass_row(number, before, row);
            return Ok(true);
        }
        // Printing the row may run code that changes the language.
        (passing.writes_alike, passing.routes) = (None, None);
        Ok(false)
    }

    /// Does the row depend on what the row that stood here did?
    fn has_values(
        &self,
        plain: &PlainRows,
        passing: &mut Passing<'py>,
        (item, index): (&Bound<'py, PyAny>, usize),
        rows: &Rows,
    ) -> PyResult<bool> {
        let Some(kept) = rows.values.get(rows.seen..rows.seen + plain.reads.len()) else {
            return Ok(false);
        };
        let dict = self.as_dict(item);
        for (kept, read) in kept.iter().zip(&plain.reads) {
            let Some(known) = kept else { return Ok(false) };
            if let (Read::Item(names), Some(dict)) = (read, dict)
                && let [name] = &**names
                && let Some(value) = dict_borrowed(dict, name.bind(self.py))
                && value.is(known)
            {
                continue;
            }
            match self.read(read, passing, item, index)? {
                Some(value) if self.is_same(kept, &value) => {}
                _ => return Ok(false),
            }
        }
        Ok(true)
    }

    fn as_dict<'a>(&self, object: &'a Bound<'py, PyAny>) -> Option<&'a Bound<'py, PyDict>> {
        if type_of(object) == self.django.types.dict { object.cast().ok() } else { None }
    }

    /// What a row would look up; `None` when that might run code.
    fn read(
        &self,
        read: &Read,
        passing: &mut Passing<'py>,
        item: &Bound<'py, PyAny>,
        index: usize,
    ) -> PyResult<Option<Value<'py>>> {
        Ok(match read {
            Read::Item(names) => {
                let mut value = item.clone();
                for name in names {
                    let name = name.bind(self.py);
                    let found = match self.as_dict(&value) {
                        Some(dict) => dict_get(dict, name)?,
                        None if is_callable(&value) => None,
                        None => self.held(passing, &value, name)?,
                    };
                    match found {
                        Some(found) => value = found,
                        None => return Ok(None),
                    }
                }
                Some(Value::Object(value))
            }
            Read::Outer(at) => passing.outer.get(*at).cloned().map(Value::Object),
            Read::Routes => passing.routes.flatten().map(Value::Int),
            Read::Count(known) => match counts(*known, index, passing.len) {
                Some(Ok(count)) => i64::try_from(count).ok().map(Value::Int),
                Some(Err(truth)) => {
                    Some(Value::Object(PyBool::new(self.py, truth).to_owned().into_any()))
                }
                None => None,
            },
        })
    }

    /// The attribute of an object that holds it as a value, so that no code gives it.
    fn held(
        &self,
        passing: &mut Passing<'py>,
        object: &Bound<'py, PyAny>,
        name: &Bound<'py, PyString>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let class = type_of(object);
        let known = passing
            .classes
            .iter()
            .find(|(known, attribute, _)| known.as_ptr() as usize == class && attribute.is(name));
        let held = match known {
            Some((_, _, held)) => *held,
            None => {
                let class = object.get_type();
                let held = self.django.call(self.py, "held", (&class, name))?.extract()?;
                passing.classes.push((class, name.clone(), held));
                held
            }
        };
        Ok(match held {
            HELD => object.getattr(name).ok(),
            HELD_IN_DICT => {
                match object.getattr(pyo3::intern!(self.py, "__dict__"))?.cast::<PyDict>() {
                    Ok(dict) => dict_get(dict, name)?,
                    Err(_) => None,
                }
            }
            _ => None,
        })
    }
}
