//! Live pages: a template is rendered to text with marks beside it, and the text is compared with
//! what was there before, hole by hole, without being parsed.
//!
//! [`Shape`] is compiled once from the plan of a template: elements whose tags stand in one body,
//! the slots in them, and where in the printed text each slot stands. A [`Tape`] holds the marks of
//! one render. [`Page`] is what one browser has: hashes of what was printed and the numbers that
//! nodes have on the wire, about a hundred and fifty bytes a table row.
//!
//! Whatever the plan did not foresee, such as a value that closes an element around it, is an
//! [`Unsayable`]: the page then has to be parsed and compared as a tree.

mod compile;
mod diff;
mod doubles;
mod enclosure;
mod hash;
mod matching;
mod order;
mod page;
mod root;
mod scan;
mod shape;
mod slice;
mod state;
mod tape;
mod wild;

pub use doubles::Double;
pub use page::{Page, Printed};
pub use shape::{LoopPlace, Shape};
pub use tape::{BodyMarks, FIRST_MARK, Marks, NodeMark, RowMarks, Tape};

/// Why a change cannot be said in ops without parsing the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unsayable(pub &'static str);

impl std::fmt::Display for Unsayable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Unsayable {}
