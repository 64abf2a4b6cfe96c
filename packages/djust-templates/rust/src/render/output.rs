//! What a render has printed so far.
//!
//! Bytes, as a rule. Long literal text is not copied through them, though: it is kept as a Python
//! string beside the program and only joined at the end, whatever its characters are.

use pyo3::prelude::*;
use pyo3::types::{PyList, PyString};

use crate::fault::Outcome;
use crate::ffi::decode;
use crate::linked::Linked;
use crate::render::Render;

/// The finished parts of the output, before the bytes that are still growing.
#[derive(Debug, Default)]
pub(crate) struct Pieces<'py> {
    done: Vec<Bound<'py, PyAny>>,
    /// How many captures are open; what they print has to be bytes.
    captures: usize,
}

impl<'py> Render<'py> {
    /// Prints literal text of a template.
    #[inline]
    pub(crate) fn write_literal(&mut self, linked: &Linked, text: &str) -> PyResult<()> {
        if self.pieces.captures == 0
            && let Some(literal) = linked.long_literal(text)
        {
            self.finish_piece()?;
            self.pieces.done.push(literal.bind(self.py).clone().into_any());
            return Ok(());
        }
        self.out.extend_from_slice(text.as_bytes());
        Ok(())
    }

    fn finish_piece(&mut self) -> PyResult<()> {
        if !self.out.is_empty() {
            self.pieces.done.push(decode(self.py, &self.out)?);
            self.out.clear();
        }
        Ok(())
    }

    /// Everything that was printed.
    pub(crate) fn text(&mut self) -> PyResult<Bound<'py, PyAny>> {
        if self.pieces.done.is_empty() {
            return decode(self.py, &self.out);
        }
        self.finish_piece()?;
        let pieces = PyList::new(self.py, std::mem::take(&mut self.pieces.done))?;
        PyString::new(self.py, "").call_method1(pyo3::intern!(self.py, "join"), (pieces,))
    }

    /// Runs `print` and returns what it printed instead of printing it.
    pub(crate) fn captured_by(
        &mut self,
        print: impl FnOnce(&mut Self) -> Outcome<'py, ()>,
    ) -> Outcome<'py, Vec<u8>> {
        let outer = std::mem::take(&mut self.out);
        let expected = self.marking.as_mut().and_then(|marking| marking.suspend());
        let result = self.in_bytes(print);
        let printed = std::mem::replace(&mut self.out, outer);
        if let Some(marking) = &mut self.marking {
            marking.resume(expected);
        }
        result.map(|()| printed)
    }

    /// From now on everything is printed in bytes.
    pub(crate) fn begin_bytes(&mut self) {
        self.pieces.captures += 1;
    }

    /// Runs `print` with all its output in bytes, so that it can be taken back.
    pub(crate) fn in_bytes(
        &mut self,
        print: impl FnOnce(&mut Self) -> Outcome<'py, ()>,
    ) -> Outcome<'py, ()> {
        self.begin_bytes();
        let result = print(self);
        self.pieces.captures -= 1;
        result
    }
}
