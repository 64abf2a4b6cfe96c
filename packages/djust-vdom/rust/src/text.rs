//! Arguments that may be text or bytes.

use djust_vdom::{Error, ErrorKind};
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyString};

use crate::errors::raise;

/// HTML as `str`, or as `bytes` in UTF-8.
#[derive(FromPyObject)]
pub(crate) enum Text<'py> {
    #[pyo3(transparent, annotation = "str")]
    Text(Bound<'py, PyString>),
    #[pyo3(transparent, annotation = "bytes")]
    Bytes(Bound<'py, PyBytes>),
}

impl Text<'_> {
    /// Borrows the text.
    pub(crate) fn get(&self) -> PyResult<&str> {
        match self {
            Self::Text(text) => text.to_str().map_err(|_| {
                let detail = "The text has a lone surrogate, which no HTML can hold.";
                raise(text.py(), &Error::new(ErrorKind::NotUtf8, detail))
            }),
            Self::Bytes(bytes) => std::str::from_utf8(bytes.as_bytes()).map_err(|error| {
                let detail = format!("The bytes are not UTF-8 at {}.", error.valid_up_to());
                raise(bytes.py(), &Error::new(ErrorKind::NotUtf8, detail))
            }),
        }
    }
}

/// Ops as `bytes` or as `str`.
#[derive(FromPyObject)]
pub(crate) enum Ops<'py> {
    #[pyo3(transparent, annotation = "bytes")]
    Bytes(Bound<'py, PyBytes>),
    #[pyo3(transparent, annotation = "str")]
    Text(Bound<'py, PyString>),
}

impl Ops<'_> {
    /// Borrows the bytes.
    pub(crate) fn get(&self) -> PyResult<&[u8]> {
        match self {
            Self::Bytes(bytes) => Ok(bytes.as_bytes()),
            Self::Text(text) => text.to_str().map(str::as_bytes).map_err(|_| {
                let detail = "The ops have a lone surrogate, which no page can hold.";
                raise(text.py(), &Error::new(ErrorKind::NotUtf8, detail))
            }),
        }
    }
}
