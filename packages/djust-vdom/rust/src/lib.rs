//! Python bindings of djust-vdom: conversions only, no logic.

use pyo3::prelude::*;

#[pymodule]
mod _native {}
