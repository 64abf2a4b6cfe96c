//! Values to output: localised, made text, escaped.

use std::io::Write;

use djust_templates::escape::escape_into;
use pyo3::exceptions::PyException;
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::ffi::{small_int, type_of, utf8};
use crate::render::Render;
use crate::value::Value;

impl<'py> Render<'py> {
    /// `render_value_in_context(value, context)`, into the output.
    #[inline]
    pub(crate) fn write(&mut self, value: &Value<'py>) -> PyResult<()> {
        match value {
            Value::Object(object) => self.write_object(object),
            Value::Text(text) => {
                self.write_text(text, false);
                Ok(())
            }
            Value::Safe(text) => {
                self.write_text(text, true);
                Ok(())
            }
            Value::Int(value) => self.write_int(*value),
            Value::Bool(value) => {
                self.out.extend_from_slice(if *value { b"True" } else { b"False" });
                Ok(())
            }
        }
    }

    #[inline]
    pub(crate) fn write_text(&mut self, text: &str, safe: bool) {
        if safe || !self.autoescape {
            self.out.extend_from_slice(text.as_bytes());
        } else {
            escape_into(text.as_bytes(), &mut self.out);
        }
    }

    #[inline]
    fn write_object(&mut self, object: &Bound<'py, PyAny>) -> PyResult<()> {
        let class = type_of(object);
        let types = &self.django.types;
        if class == types.str {
            return self.write_str(object, false);
        }
        if class == types.safe {
            return self.write_str(object, true);
        }
        if class == types.int
            && let Some(value) = small_int(object)
        {
            return self.write_int(value);
        }
        if class == types.none {
            self.out.extend_from_slice(b"None");
            return Ok(());
        }
        if class == types.bool {
            let text: &[u8] = if object.is_truthy()? { b"True" } else { b"False" };
            self.out.extend_from_slice(text);
            return Ok(());
        }
        if class == types.float || class == types.decimal {
            return self.write_fraction(object);
        }
        if class == types.datetime || class == types.date || class == types.time {
            return self.write_moment(object);
        }
        self.write_other(object)
    }

    /// A date, a time or both, in the format of the language.
    fn write_moment(&mut self, object: &Bound<'py, PyAny>) -> PyResult<()> {
        let class = type_of(object);
        let types = &self.django.types;
        let (format, clock_only) = if class == types.datetime {
            ("DATETIME_FORMAT", false)
        } else if class == types.date {
            ("DATE_FORMAT", false)
        } else {
            ("TIME_FORMAT", true)
        };
        let local = self.localtime(object.clone())?;
        match self.formatted_moment(&local, format, self.use_l10n, clock_only)? {
            Some(text) => {
                self.write_text(&text, false);
                Ok(())
            }
            None => self.write_localized(object),
        }
    }

    fn write_str(&mut self, object: &Bound<'py, PyAny>, safe: bool) -> PyResult<()> {
        let text = object.cast::<PyString>()?;
        match utf8(text) {
            Some(text) => self.write_text(text, safe),
            None => {
                let bytes = self.django.call(self.py, "encode", (text,))?;
                let bytes: &[u8] = bytes.extract()?;
                if safe || !self.autoescape {
                    self.out.extend_from_slice(bytes);
                } else {
                    escape_into(bytes, &mut self.out);
                }
            }
        }
        Ok(())
    }

    fn write_int(&mut self, value: i64) -> PyResult<()> {
        if self.use_l10n != Some(false) && self.groups()? {
            return self.write_localized(&pyo3::types::PyInt::new(self.py, value).into_any());
        }
        write!(self.out, "{value}").map_err(PyErr::from)
    }

    /// A float or Decimal.
    fn write_fraction(&mut self, object: &Bound<'py, PyAny>) -> PyResult<()> {
        let text = object.str()?;
        if self.use_l10n == Some(false) {
            self.write_text(&text.to_cow()?, false);
            return Ok(());
        }
        let text = text.to_cow()?;
        // Exponents need Decimal arithmetic; long numbers are cut off.
        let plain = |c: char| c.is_ascii_digit() || c == '.' || c == '-';
        if self.numbers(self.use_l10n)?.groups || !text.chars().all(plain) || text.len() > 100 {
            return self.write_localized(object);
        }
        let separator = self.numbers(self.use_l10n)?.decimal_separator.clone();
        match text.split_once('.') {
            Some((whole, fraction)) => {
                let number = format!("{whole}{separator}{fraction}");
                self.write_text(&number, false);
            }
            None => self.write_text(&text, false),
        }
        Ok(())
    }

    /// A value that Django localises.
    fn write_localized(&mut self, object: &Bound<'py, PyAny>) -> PyResult<()> {
        let value = self.django.template_localtime.bind(self.py).call1((object, self.use_tz))?;
        let text = self.django.localize.bind(self.py).call1((value, self.use_l10n))?;
        self.write_stringified(&text)
    }

    fn write_other(&mut self, object: &Bound<'py, PyAny>) -> PyResult<()> {
        if let Some(text) = self.form_text(object)? {
            return match text {
                Value::Object(text) => self.write_stringified(&text),
                text => self.write(&text),
            };
        }
        if object.is_instance(self.django.localizable.bind(self.py))? {
            return self.write_localized(object);
        }
        self.write_stringified(object)
    }

    /// What is printed once localisation is done.
    fn write_stringified(&mut self, object: &Bound<'py, PyAny>) -> PyResult<()> {
        let class = type_of(object);
        let types = &self.django.types;
        if class == types.str || class == types.safe {
            return self.write_str(object, class == types.safe);
        }
        let is_text = object.is_instance_of::<PyString>();
        let text =
            if is_text && self.autoescape { object.clone() } else { object.str()?.into_any() };
        let class = type_of(&text);
        if class == types.str || class == types.safe {
            return self.write_str(&text, class == types.safe);
        }
        // Another subclass of str: it may have its own __html__.
        if self.autoescape {
            let escaped = self.django.conditional_escape.bind(self.py).call1((text,))?;
            return self.write_raw(&escaped);
        }
        self.write_raw(&text)
    }

    /// Text that needs nothing more, as `"".join(…)` takes it.
    pub(crate) fn write_raw(&mut self, text: &Bound<'py, PyAny>) -> PyResult<()> {
        let text = text.cast::<PyString>().map_err(|_| {
            let class = text.get_type().name().map(|n| n.to_string()).unwrap_or_default();
            let message = format!("sequence item 0: expected str instance, {class} found");
            pyo3::exceptions::PyTypeError::new_err(message)
        })?;
        self.write_str(text.as_any(), true)
    }

    /// Prints a hole; an encoding error of the value is shown as nothing, as Django does.
    pub(crate) fn is_decode_error(&self, error: &PyErr) -> bool {
        error.is_instance_of::<pyo3::exceptions::PyUnicodeDecodeError>(self.py)
    }

    /// Is this an `Exception`, rather than a request to stop?
    pub(crate) fn is_exception(&self, error: &PyErr) -> bool {
        error.is_instance_of::<PyException>(self.py)
    }
}
