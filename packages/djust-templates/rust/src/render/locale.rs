//! The settings, language and formats of a render, read once and again after Python code ran.

use pyo3::prelude::*;

use crate::render::Render;

/// How numbers are written at this moment.
#[derive(Debug)]
pub(crate) struct Locale {
    /// `USE_THOUSAND_SEPARATOR` with a grouping that is not 0, while localising.
    pub(crate) groups: bool,
    pub(crate) decimal_separator: String,
    /// For which `context.use_l10n` this holds.
    use_l10n: Option<bool>,
}

impl<'py> Render<'py> {
    /// The formats of this moment.
    pub(crate) fn locale(&mut self) -> PyResult<&Locale> {
        let current = self.locale.as_ref().is_some_and(|locale| locale.use_l10n == self.use_l10n);
        if !current {
            let parts = self.django.call(self.py, "number_formats", (self.use_l10n,))?;
            let (groups, decimal_separator) = parts.extract()?;
            self.locale = Some(Locale { groups, decimal_separator, use_l10n: self.use_l10n });
        }
        self.locale.as_ref().ok_or_else(|| {
            pyo3::exceptions::PyRuntimeError::new_err("the formats of the language are missing")
        })
    }

    /// `template_localtime(value, use_tz)`
    pub(crate) fn localtime(&self, value: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let class = crate::ffi::type_of(&value);
        let types = &self.django.types;
        if class == types.date || class == types.time || class == types.str || class == types.none {
            return Ok(value);
        }
        self.django.template_localtime.bind(self.py).call1((value, self.use_tz))
    }
}
