//! Rows of a live page that are as they were: their values are looked at, and nothing is printed.
//!
//! Only values whose text cannot change count as the same: exact strings, numbers, `None`.

use std::collections::HashMap;
use std::mem;
use std::sync::Arc;

use djust_live::RowMarks;
use djust_templates::program::{BodyId, Node, NodeKind};
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::fault::{Fault, Outcome};
use crate::ffi::{small_int, type_of, utf8};
use crate::linked::Linked;
use crate::render::Render;
use crate::render::frozen::Kept;
use crate::value::Value;

/// What the rows of a page printed last, by body.
#[derive(Debug, Default)]
pub(crate) struct Memo {
    bodies: Vec<(u32, Rows)>,
    /// What loops were shown for, by block.
    loops: HashMap<u32, Option<Kept>>,
}

#[derive(Debug, Default)]
pub(crate) struct Rows {
    /// The values, row by row; `None` for those that may print anything.
    pub(crate) values: Vec<Option<Py<PyAny>>>,
    /// How the values of each row were written, as far as that may change.
    pub(crate) writing: Box<str>,
    /// How many values this render has seen.
    pub(crate) seen: usize,
    /// Rows that went before this place, less those that came.
    shift: isize,
    /// How often rows came or went; looking for it costs the rows behind.
    shifts: usize,
    /// The row that the last one took the place of.
    displaced: Option<Vec<Option<Py<PyAny>>>>,
}

/// Rows that may come or go in one render until the others are only compared in place.
const MAX_SHIFTS: usize = 16;

/// Where a row was found.
enum Place {
    Here,
    /// The row before it is gone.
    Next,
    /// A row came before it.
    Displaced,
}

impl Memo {
    /// A render begins.
    pub(crate) fn rewind(&mut self) {
        for (_, rows) in &mut self.bodies {
            (rows.seen, rows.shift, rows.shifts, rows.displaced) = (0, 0, 0, None);
        }
    }

    /// What the rows of a body printed, if it is known.
    pub(crate) fn rows(&mut self, body: u32) -> Option<&mut Rows> {
        self.bodies.iter_mut().find(|(number, _)| *number == body).map(|(_, rows)| rows)
    }

    /// What a loop was shown for last.
    pub(crate) fn loop_of(&mut self, block: u32) -> &mut Option<Kept> {
        self.loops.entry(block).or_default()
    }

    /// The rows of a body count as seen.
    pub(crate) fn pass(&mut self, body: u32) {
        if let Some(rows) = self.rows(body) {
            rows.seen = rows.values.len();
        }
    }

    /// A render ends: what it did not see is gone.
    pub(crate) fn trim(&mut self) {
        self.bodies.retain(|(_, rows)| rows.seen > 0);
        for (_, rows) in &mut self.bodies {
            rows.values.truncate(rows.seen);
            rows.seen = 0;
        }
    }

    /// Bytes on the heap, the values apart.
    pub(crate) fn bytes(&self) -> usize {
        let rows =
            |(_, rows): &(u32, Rows)| rows.values.capacity() * size_of::<Option<Py<PyAny>>>();
        self.bodies.iter().map(rows).sum()
    }
}

impl Rows {
    /// The row that was just seen, `width` values wide, is the one in this place; its number.
    pub(crate) fn found_here(&mut self, width: usize) -> Option<u32> {
        let row = self.seen / width.max(1);
        self.seen += width;
        self.displaced = None;
        row.checked_add_signed(self.shift).and_then(|row| u32::try_from(row).ok())
    }
}

impl<'py> Render<'py> {
    /// Can nothing but the object itself change what is printed for it?
    pub(crate) fn is_constant(&self, object: &Bound<'py, PyAny>) -> bool {
        let class = type_of(object);
        let types = &self.django.types;
        class == types.str
            || class == types.safe
            || class == types.int
            || class == types.bool
            || class == types.none
            || class == types.float
    }

    /// Does the value print what the one that is kept has printed?
    pub(crate) fn is_same(&self, kept: &Option<Py<PyAny>>, value: &Value<'py>) -> bool {
        let Some(kept) = kept.as_ref().map(|kept| kept.bind(self.py)) else { return false };
        let types = &self.django.types;
        match value {
            Value::Object(object) if object.is(kept) => true,
            Value::Object(object) => {
                let class = type_of(object);
                let comparable = class == types.str || class == types.safe || class == types.int;
                comparable && class == type_of(kept) && object.eq(kept).unwrap_or(false)
            }
            Value::Int(value) => type_of(kept) == types.int && small_int(kept) == Some(*value),
            Value::Text(text) => self.has_text(kept, types.str, text),
            Value::Safe(text) => self.has_text(kept, types.safe, text),
            Value::Bool(_) => false,
        }
    }

    fn has_text(&self, kept: &Bound<'py, PyAny>, class: usize, text: &str) -> bool {
        type_of(kept) == class && kept.cast::<PyString>().is_ok_and(|kept| utf8(kept) == Some(text))
    }

    /// Keeps a value to be compared with.
    fn kept(&self, value: &Value<'py>) -> PyResult<Option<Py<PyAny>>> {
        Ok(match value {
            Value::Object(object) if self.is_constant(object) => Some(object.clone().unbind()),
            Value::Object(_) | Value::Bool(_) => None,
            value => Some(value.clone().into_object(self.py)?.unbind()),
        })
    }

    /// How numbers are written now; `None` when digits are grouped.
    pub(crate) fn separator(&mut self) -> PyResult<Option<String>> {
        if self.use_l10n == Some(false) {
            return Ok(Some(String::new()));
        }
        let numbers = self.numbers(self.use_l10n)?;
        Ok((!numbers.groups).then(|| numbers.decimal_separator.clone()))
    }

    /// How numbers and words of the language are written now; `None` when digits are grouped.
    pub(crate) fn writing(&mut self) -> PyResult<Option<String>> {
        let Some(mut writing) = self.separator()? else { return Ok(None) };
        writing.push('\n');
        writing.push_str(self.language()?);
        Ok(Some(writing))
    }

    /// What the nodes of a row print.
    fn row_values(
        &mut self,
        linked: &Arc<Linked>,
        nodes: &[Node],
        values: &mut Vec<Value<'py>>,
    ) -> Outcome<'py, ()> {
        for node in nodes {
            let NodeKind::Print(expr) = &node.kind else { continue };
            values.push(match self.value(linked, *expr) {
                Ok(value) => value,
                Err(Fault::Raised(error)) if self.is_decode_error(&error) => Value::empty(),
                Err(fault) => return Err(self.annotated(linked, node.token, fault)),
            });
        }
        Ok(())
    }

    /// Does the row that begins at `start` print these values?
    fn is_row(&self, rows: &[Option<Py<PyAny>>], start: usize, values: &[Value<'py>]) -> bool {
        let kept = rows.get(start..start + values.len());
        kept.is_some_and(|kept| {
            kept.iter().zip(values).all(|(kept, value)| self.is_same(kept, value))
        })
    }

    fn find_row(&self, rows: &Rows, values: &[Value<'py>]) -> Option<Place> {
        let start = rows.seen;
        if self.is_row(&rows.values, start, values) {
            return Some(Place::Here);
        }
        if rows.shifts >= MAX_SHIFTS {
            return None;
        }
        if self.is_row(&rows.values, start + values.len(), values) {
            return Some(Place::Next);
        }
        let displaced = rows.displaced.as_ref()?;
        self.is_row(displaced, 0, values).then_some(Place::Displaced)
    }

    /// Compares a row with the one that stood in its place, and keeps its values; the number of
    /// that row if it is the same.
    pub(crate) fn compare_row(
        &mut self,
        memo: &mut Memo,
        number: u32,
        values: &[Value<'py>],
    ) -> PyResult<Option<u32>> {
        let Some(writing) = self.writing()? else {
            memo.bodies.retain(|(known, _)| *known != number);
            return Ok(None);
        };
        if memo.rows(number).is_none() {
            memo.bodies.push((number, Rows::default()));
        }
        let Some(rows) = memo.rows(number) else { return Ok(None) };
        if *rows.writing != *writing {
            // Values are written in another way from here on.
            rows.values.iter_mut().for_each(|kept| *kept = None);
            rows.writing = writing.into();
        }
        let (start, width) = (rows.seen, values.len());
        match self.find_row(rows, values) {
            None => {
                let kept: PyResult<Vec<_>> = values.iter().map(|value| self.kept(value)).collect();
                rows.seen += width;
                let end = rows.seen.min(rows.values.len());
                rows.displaced = Some(rows.values.splice(start..end, kept?).collect());
                return Ok(None);
            }
            Some(Place::Here) => {}
            Some(Place::Next) => {
                rows.values.drain(start..start + width);
                rows.shift += 1;
                rows.shifts += 1;
            }
            Some(Place::Displaced) => {
                let displaced = rows.displaced.take().unwrap_or_default();
                rows.values.splice(start..start, displaced);
                rows.shift -= 1;
                rows.shifts += 1;
            }
        }
        Ok(rows.found_here(width))
    }

    /// A row of a live page: not printed, but for the text around its element, when its values
    /// are those of before.
    pub(crate) fn row(
        &mut self,
        linked: &Arc<Linked>,
        body: BodyId,
        number: u32,
        row: &RowMarks,
        memo: &mut Memo,
    ) -> Outcome<'py, ()> {
        let nodes = linked.program.body(body);
        let mut values = mem::take(&mut self.row_values);
        values.clear();
        self.row_values(linked, nodes, &mut values)?;
        match self.compare_row(memo, number, &values)? {
            Some(before) => self.pass_row(number, before, row),
            None => self.print_row(linked, nodes, number, &values)?,
        }
        values.clear();
        self.row_values = values;
        Ok(())
    }

    /// Leaves out a row that is as row `before` was.
    pub(crate) fn pass_row(&mut self, number: u32, before: u32, row: &RowMarks) {
        let start = self.out.len();
        self.out.extend_from_slice(row.lead.as_bytes());
        let at = self.out.len();
        self.out.extend_from_slice(row.trail.as_bytes());
        let end = self.out.len();
        if let Some(marking) = &mut self.marking {
            marking.unchanged(number, before, (start, at, end));
        }
    }

    fn print_row(
        &mut self,
        linked: &Arc<Linked>,
        nodes: &[Node],
        number: u32,
        values: &[Value<'py>],
    ) -> Outcome<'py, ()> {
        let at = self.out.len();
        let Some(entered) = self.marking.as_mut().map(|marking| marking.enter_body(number, at))
        else {
            return Ok(());
        };
        let (frame, outer) = entered;
        let mut values = values.iter();
        let mut word = djust_live::FIRST_MARK;
        for node in nodes {
            if let NodeKind::Text(text) = &node.kind {
                self.out.extend_from_slice(text.as_bytes());
                continue;
            }
            if let Some(value) = values.next()
                && let Err(error) = self.write(value)
            {
                return Err(self.annotated(linked, node.token, error.into()));
            }
            let at = self.out.len();
            if let Some(marking) = &mut self.marking {
                marking.set(frame, word, at);
            }
            word += 1;
        }
        let at = self.out.len();
        if let Some(marking) = &mut self.marking {
            marking.leave(frame, outer, at);
        }
        Ok(())
    }
}
