//! Python values for the template engine: look-ups, filters, tags and rendering over them.

mod activation;
mod adopt;
mod compile;
mod django;
mod explain;
mod fault;
mod ffi;
mod filters;
mod forms;
mod i18n;
mod linked;
mod live;
mod parts;
mod render;
mod template;
mod value;

use pyo3::prelude::*;

#[pymodule]
mod _native {
    #[pymodule_export]
    use crate::compile::{Session, compile, tokenize};
    #[pymodule_export]
    use crate::explain::explain;
    #[pymodule_export]
    use crate::forms::form_sources;
    #[pymodule_export]
    use crate::live::{LivePage, LiveTemplate, PrintedPage, Unsayable};
    #[pymodule_export]
    use crate::template::{render_context, render_values};
}
