//! Python bindings of djust-templates: conversions only, no logic.

use pyo3::prelude::*;

#[pymodule]
mod _native {}
