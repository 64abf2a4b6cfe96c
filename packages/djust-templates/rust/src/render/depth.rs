//! How deep a render may go: templates include one another on the machine's stack.

use std::cell::{Cell, OnceCell};

use pyo3::prelude::*;

use crate::django::Django;
use crate::ffi::stack_end;

/// How deep bodies of templates may nest: includes, blocks, loops and branches together.
const MAX_BODIES: usize = 1_000;

/// What Python code that a template calls finds left of the stack.
const RESERVED_BYTES: usize = 256 * 1024;

/// The part of the stack that renders of this thread may use.
#[derive(Debug, Clone, Copy)]
struct Room {
    base: usize,
    bytes: usize,
}

thread_local! {
    static OUTERMOST: Cell<Option<Room>> = const { Cell::new(None) };
    static STACK: OnceCell<usize> = const { OnceCell::new() };
}

/// Where the stack stands.
#[inline(never)]
fn here() -> usize {
    let marker = 0u8;
    std::ptr::from_ref(std::hint::black_box(&marker)) as usize
}

/// The depth of a render, and of the renders it was started from.
#[derive(Debug)]
pub(crate) struct Depth {
    bodies: usize,
    room: Room,
    outermost: bool,
}

impl Depth {
    pub(crate) fn enter() -> Self {
        let known = OUTERMOST.get();
        let room = known.unwrap_or_else(|| {
            let base = here();
            let end = STACK.with(|end| *end.get_or_init(stack_end));
            let free = base.saturating_sub(end);
            Room { base, bytes: free - RESERVED_BYTES.min(free / 2) }
        });
        OUTERMOST.set(Some(room));
        Self { bodies: 0, room, outermost: known.is_none() }
    }

    /// Enters a body.
    ///
    /// # Errors
    ///
    /// It would be too deep.
    #[inline]
    pub(crate) fn descend(&mut self, py: Python<'_>) -> PyResult<()> {
        self.bodies += 1;
        let used = self.room.base.saturating_sub(here());
        if self.bodies > MAX_BODIES || used > self.room.bytes {
            self.bodies -= 1;
            let error = Django::get(py)?.call(py, "too_deep", (self.bodies,))?;
            return Err(PyErr::from_value(error));
        }
        Ok(())
    }

    /// Leaves a body.
    #[inline]
    pub(crate) fn ascend(&mut self) {
        self.bodies = self.bodies.saturating_sub(1);
    }
}

impl Drop for Depth {
    fn drop(&mut self) {
        if self.outermost {
            OUTERMOST.set(None);
        }
    }
}
