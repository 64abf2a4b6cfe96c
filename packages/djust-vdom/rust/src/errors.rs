//! Kinds of errors as the classes of `djust_vdom.errors`.

use djust_vdom::{Error, ErrorKind};
use pyo3::prelude::*;
use pyo3::types::PyModule;

/// Makes the Python exception for an error.
pub(crate) fn raise(py: Python<'_>, error: &Error) -> PyErr {
    let name = match error.kind() {
        ErrorKind::TooLarge => "HtmlTooLarge",
        ErrorKind::TooDeep => "HtmlTooDeep",
        ErrorKind::NotUtf8 => "NotUtf8",
        ErrorKind::Malformed => "MalformedOps",
        ErrorKind::Refused => "RefusedOps",
        ErrorKind::RootChanged => "RootChanged",
        ErrorKind::Parser => "ParserFailure",
    };
    let class = PyModule::import(py, "djust_vdom.errors").and_then(|module| module.getattr(name));
    match class.and_then(|class| class.call1((error.detail(),))) {
        Ok(exception) => PyErr::from_value(exception),
        Err(failure) => failure,
    }
}
