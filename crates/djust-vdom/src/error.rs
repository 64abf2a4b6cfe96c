//! The one error of this crate.

use std::fmt;

/// What kind of thing went wrong; the Python glue has one class for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The HTML text is longer than [`MAX_HTML_BYTES`](crate::MAX_HTML_BYTES), or makes more nodes
    /// than [`MAX_NODES`](crate::MAX_NODES).
    TooLarge,
    /// More elements are open at once than [`MAX_OPEN_ELEMENTS`](crate::MAX_OPEN_ELEMENTS).
    TooDeep,
    /// The bytes are not UTF-8.
    NotUtf8,
    /// The ops are not what the protocol allows.
    Malformed,
    /// The ops are well formed but do not fit the page.
    Refused,
    /// The new page has no root that could take the place of the old one.
    RootChanged,
    /// The HTML parser gave up; a defect of djust.
    Parser,
}

/// What went wrong, with the names involved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    detail: String,
}

impl Error {
    /// Makes an error of `kind` whose text is `detail`.
    pub fn new(kind: ErrorKind, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into() }
    }

    /// Returns what kind of thing went wrong.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// Returns what happened, without code and hint.
    pub fn detail(&self) -> &str {
        &self.detail
    }
}

impl fmt::Display for Error {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.detail)
    }
}

impl std::error::Error for Error {}
