//! What a template's HTML looks like before anything is rendered: elements, and holes in them.
//!
//! [`markup`] reads the literal text of a template as an HTML tokenizer does, with holes in it.
//! [`plan`] says what comes out: elements with what they print, blocks that start and end in the
//! same place of the document, and *textual* regions, which have to be rendered to text and parsed.
//! [`build`] makes a plan of a program; [`content`] knows which elements close which others;
//! [`outline`](mod@outline) shows a plan to people.

pub mod build;
pub mod content;
pub mod markup;
pub mod outline;
pub mod plan;

pub use build::{Custom, Templates, plan_of, plan_within};
pub use outline::{Kind, Line, outline, paths, reads};
pub use plan::Plan;

#[cfg(test)]
mod tests;
