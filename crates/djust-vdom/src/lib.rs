//! HTML text to a tree, tree against tree to ops, and ops applied to a tree.
//!
//! A page is text first. [`Tree::parse`] reads it as a browser with scripting on would, into a
//! compact preorder array. [`Document`] keeps such a tree together with the number each node has
//! on the wire; [`Document::update`] compares it with new text and writes the *ops* that make the
//! browser's page equal to the new one. [`Replica`] is the other end: a model of the browser that
//! knows nothing but the first text and the ops, so that `apply(diff(a, b), a) = b` can be shown.
//!
//! The wire language is described in `docs/reference/protocol.md`.

mod apply;
mod assembler;
mod attributes;
mod diff;
mod document;
mod doubles;
mod error;
mod json;
mod limits;
mod merge;
mod ops;
mod parse;
mod piece;
mod serialize;
mod tree;

pub use apply::{Replica, apply};
pub use diff::longest_increasing;
pub use document::{Document, MIN_DEAD_NUMBERS, diff};
pub use doubles::Double;
pub use error::{Error, ErrorKind};
pub use limits::{MAX_DEPTH, MAX_HTML_BYTES, MAX_NODES, MAX_OPEN_ELEMENTS, MAX_OPS_DEPTH};
pub use ops::{Content, ContentAttribute, ContentNode, Insertion, Op, OpWriter, decode};
pub use parse::Context;
pub use piece::{Piece, Target};
pub use tree::{Namespace, NodeKind, ShapeHash, Tree};
