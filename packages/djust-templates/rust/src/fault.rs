//! Why a render step stopped.

use pyo3::prelude::*;

/// See the module.
#[derive(Debug)]
pub(crate) enum Fault<'py> {
    /// A name was not found: what `VariableDoesNotExist` says, not yet made into an exception.
    Missing { name: Bound<'py, PyAny>, subject: Option<Bound<'py, PyAny>> },
    /// An exception of Python.
    Raised(PyErr),
    /// A parent template can only be rendered by the reference engine.
    Reference,
}

impl From<PyErr> for Fault<'_> {
    fn from(error: PyErr) -> Self {
        Self::Raised(error)
    }
}

pub(crate) type Outcome<'py, T> = Result<T, Fault<'py>>;
