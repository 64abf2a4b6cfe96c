//! The Django template language, compiled to flat tables of nodes.
//!
//! [`lexer`] cuts the source into tokens, [`parser`] compiles them with [`expression`],
//! [`condition`] and [`tags`] to a [`program::Program`]. Which tags and filters exist is asked of
//! a [`parser::Host`], so libraries can add and override them. The crate knows no values: whoever
//! holds the program renders it.
//!
//! [`dates`], [`escape`], [`filters`] and [`numbers`] are what rendering needs on plain text.

pub mod condition;
pub mod dates;
pub mod error;
pub mod escape;
pub mod expression;
pub mod filters;
pub mod lexer;
pub mod live;
pub mod numbers;
pub mod parser;
pub mod path;
pub mod program;
pub mod tags;
pub mod text;

pub use error::{Error, ErrorKind};
pub use parser::{Host, Parser, Tag};
pub use program::Program;

/// The longest source that compiles; byte offsets and table sizes stay within 32 bits.
pub const MAX_SOURCE_BYTES: usize = 1 << 30;

/// How deep tags and conditions may nest; it bounds the stack that compiling and rendering need.
pub const MAX_DEPTH: usize = 200;
