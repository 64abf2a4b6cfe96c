//! What an expression gives: mostly a Python object, or what a native step has just made.

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyInt, PyString};

use crate::django::Django;
use crate::ffi::{type_of, utf8};

/// See the module.
#[derive(Debug, Clone)]
pub(crate) enum Value<'py> {
    Object(Bound<'py, PyAny>),
    Text(String),
    Safe(String),
    Int(i64),
    Bool(bool),
}

impl<'py> Value<'py> {
    /// The value as a Python object.
    pub(crate) fn into_object(self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        Ok(match self {
            Self::Object(object) => object,
            Self::Text(text) => PyString::new(py, &text).into_any(),
            Self::Safe(text) => Django::get(py)?.safe_string.bind(py).call1((text,))?,
            Self::Int(value) => PyInt::new(py, value).into_any(),
            Self::Bool(value) => PyBool::new(py, value).to_owned().into_any(),
        })
    }

    /// `bool(value)`
    #[inline]
    pub(crate) fn is_true(&self) -> PyResult<bool> {
        match self {
            Self::Object(object) => object.is_truthy(),
            Self::Text(text) | Self::Safe(text) => Ok(!text.is_empty()),
            Self::Int(value) => Ok(*value != 0),
            Self::Bool(value) => Ok(*value),
        }
    }

    /// Is this an instance of `SafeData`?
    pub(crate) fn is_safe(&self, django: &Django) -> PyResult<bool> {
        match self {
            Self::Object(object) => {
                let class = type_of(object);
                if class == django.types.safe {
                    return Ok(true);
                }
                if class == django.types.str || class == django.types.int {
                    return Ok(false);
                }
                object.is_instance(django.safe_data.bind(object.py()))
            }
            Self::Safe(_) => Ok(true),
            Self::Text(_) | Self::Int(_) | Self::Bool(_) => Ok(false),
        }
    }

    /// The characters, when the value is an exact `str` or `SafeString`, and whether it is safe.
    #[inline]
    pub(crate) fn as_text(&self, django: &Django) -> Option<(&str, bool)> {
        match self {
            Self::Object(object) => {
                let class = type_of(object);
                let safe = class == django.types.safe;
                if !safe && class != django.types.str {
                    return None;
                }
                utf8(object.cast::<PyString>().ok()?).map(|text| (text, safe))
            }
            Self::Text(text) => Some((text, false)),
            Self::Safe(text) => Some((text, true)),
            Self::Int(_) | Self::Bool(_) => None,
        }
    }

    /// The number, when the value is an exact `int` that fits 64 bits.
    #[inline]
    pub(crate) fn as_int(&self, django: &Django) -> Option<i64> {
        match self {
            Self::Object(object) if type_of(object) == django.types.int => {
                crate::ffi::small_int(object)
            }
            Self::Int(value) => Some(*value),
            _ => None,
        }
    }

    /// Is this `None`?
    pub(crate) fn is_none(&self) -> bool {
        matches!(self, Self::Object(object) if object.is_none())
    }

    pub(crate) fn none(py: Python<'py>) -> Self {
        Self::Object(py.None().into_bound(py))
    }

    pub(crate) fn empty() -> Self {
        Self::Text(String::new())
    }
}
