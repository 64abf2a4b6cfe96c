//! The one error type of the crate.

use std::fmt;

/// What kind of refusal an [`Error`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// The source is not a valid template.
    Syntax,
    /// A valid construct that this compiler leaves to the reference engine.
    Unsupported,
    /// Blocks are nested deeper than [`crate::MAX_DEPTH`].
    Depth,
    /// The source is longer than [`crate::MAX_SOURCE_BYTES`].
    Size,
    /// The host refused a tag or a filter; it keeps the reason.
    Host,
}

/// Why a template did not compile, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    message: String,
    token: Option<u32>,
}

impl Error {
    /// A refusal of `kind`, told in `message`.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), token: None }
    }

    /// A syntax error told in `message`.
    pub fn syntax(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Syntax, message)
    }

    /// The kind of this refusal.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// What happened.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The index of the token that was refused, when one is known.
    #[must_use]
    pub fn token(&self) -> Option<u32> {
        self.token
    }

    /// The same error, placed at `token` unless a deeper call placed it already.
    #[must_use]
    pub fn at(mut self, token: u32) -> Self {
        self.token.get_or_insert(token);
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}
