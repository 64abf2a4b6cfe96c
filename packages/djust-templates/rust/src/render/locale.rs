//! The settings, language and formats of a render, read once and again after Python code ran.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use djust_templates::dates::{Moment, Names};
use pyo3::prelude::*;

use crate::activation::NodeKey;
use crate::ffi::type_of;
use crate::render::Render;
use crate::render::urls::Routes;
use crate::value::Value;

/// How numbers are written.
#[derive(Debug)]
pub(crate) struct Numbers {
    /// `USE_THOUSAND_SEPARATOR` with a grouping that is not 0, while localising.
    pub(crate) groups: bool,
    pub(crate) decimal_separator: String,
}

/// What is known of this moment's language and settings; dropped whenever Python code may have
/// changed them.
#[derive(Debug, Default)]
pub(crate) struct Locale<'py> {
    /// By `context.use_l10n`: unset, off, on.
    numbers: [Option<Numbers>; 3],
    use_tz: Option<bool>,
    may_group: Option<bool>,
    names: Option<Arc<Names>>,
    formats: HashMap<(String, Option<bool>), String>,
    plain_ellipsis: Option<bool>,
    size_units: Option<Vec<String>>,
    yes_no_maybe: Option<String>,
    language: Option<String>,
    /// Translated messages, by tag.
    pub(crate) messages: HashMap<NodeKey, Value<'py>>,
    /// Where `{% url %}` finds its addresses.
    pub(crate) routes: Option<Routes<'py>>,
}

/// The names that catalogs have for dates, by the object that translates; a process has few.
static NAMES: Mutex<Vec<(Py<PyAny>, Arc<Names>)>> = Mutex::new(Vec::new());
const MAX_CATALOGS: usize = 32;

/// What is known of a catalog.
fn names_in(catalog: &Bound<'_, PyAny>) -> Option<Arc<Names>> {
    let known = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    known.iter().find(|(one, _)| one.is(catalog)).map(|(_, names)| Arc::clone(names))
}

/// Keeps what a catalog says; the oldest is forgotten where there are too many.
fn keep_names(catalog: &Bound<'_, PyAny>, names: &Arc<Names>) {
    let mut known = NAMES.lock().unwrap_or_else(PoisonError::into_inner);
    let oldest = (known.len() >= MAX_CATALOGS).then(|| known.remove(0));
    known.push((catalog.clone().unbind(), Arc::clone(names)));
    drop(known);
    // What it holds may run Python when it goes.
    drop(oldest);
}

fn slot(use_l10n: Option<bool>) -> usize {
    match use_l10n {
        None => 0,
        Some(false) => 1,
        Some(true) => 2,
    }
}

fn lost() -> PyErr {
    pyo3::exceptions::PyRuntimeError::new_err("the formats of the language are missing")
}

impl<'py> Render<'py> {
    /// Forgets what Python code may have changed.
    pub(crate) fn forget_locale(&mut self) {
        if self.locale_used {
            self.locale = Locale::default();
            self.locale_used = false;
        }
        self.forms.forget_language();
    }

    /// The code of the active language; empty when there is none.
    pub(crate) fn language(&mut self) -> PyResult<&str> {
        if self.locale.language.is_none() {
            let language: Option<String> = self.django.call(self.py, "language", ())?.extract()?;
            self.locale.language = Some(language.unwrap_or_default());
            self.locale_used = true;
        }
        self.locale.language.as_deref().ok_or_else(lost)
    }

    /// How numbers are written, with `use_l10n` as a context has it.
    pub(crate) fn numbers(&mut self, use_l10n: Option<bool>) -> PyResult<&Numbers> {
        let at = slot(use_l10n);
        if self.locale.numbers[at].is_none() {
            let parts = self.django.call(self.py, "number_formats", (use_l10n,))?;
            let (groups, decimal_separator) = parts.extract()?;
            self.locale.numbers[at] = Some(Numbers { groups, decimal_separator });
            self.locale_used = true;
        }
        self.locale.numbers[at].as_ref().ok_or_else(lost)
    }

    /// A plain number with the decimal separator of the language, as Django's filters write it;
    /// `None` when digits are to be grouped.
    pub(crate) fn with_separator(&mut self, number: &str) -> PyResult<Option<String>> {
        let numbers = self.numbers(None)?;
        if numbers.groups {
            return Ok(None);
        }
        Ok(Some(number.replace('.', &numbers.decimal_separator)))
    }

    /// `template_localtime(value, use_tz)`
    pub(crate) fn localtime(&mut self, value: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let class = type_of(&value);
        let types = &self.django.types;
        if class == types.date || class == types.time || class == types.str || class == types.none {
            return Ok(value);
        }
        if class == types.datetime {
            let use_tz = match self.use_tz {
                Some(use_tz) => use_tz,
                None => self.setting_use_tz()?,
            };
            if !use_tz || value.getattr(pyo3::intern!(self.py, "tzinfo"))?.is_none() {
                return Ok(value);
            }
        }
        self.django.template_localtime.bind(self.py).call1((value, self.use_tz))
    }

    /// Are the digits of whole numbers grouped? The language matters only where the setting is on.
    pub(crate) fn groups(&mut self) -> PyResult<bool> {
        let may_group = match self.locale.may_group {
            Some(known) => known,
            None => {
                let name = pyo3::intern!(self.py, "USE_THOUSAND_SEPARATOR");
                let may_group = self.django.setting(self.py, name)?;
                self.locale.may_group = Some(may_group);
                self.locale_used = true;
                may_group
            }
        };
        if may_group { Ok(self.numbers(self.use_l10n)?.groups) } else { Ok(false) }
    }

    fn setting_use_tz(&mut self) -> PyResult<bool> {
        if let Some(known) = self.locale.use_tz {
            return Ok(known);
        }
        let use_tz = self.django.setting(self.py, pyo3::intern!(self.py, "USE_TZ"))?;
        self.locale.use_tz = Some(use_tz);
        self.locale_used = true;
        Ok(use_tz)
    }

    /// A date, time or datetime of exact type in `format`, which may also name a format of the
    /// language. `None` leaves it to Django.
    pub(crate) fn formatted_moment(
        &mut self,
        value: &Bound<'py, PyAny>,
        format: &str,
        use_l10n: Option<bool>,
        clock_only: bool,
    ) -> PyResult<Option<String>> {
        let Some(mut moment) = self.moment(value)? else { return Ok(None) };
        if clock_only {
            if moment.time.is_none() {
                return Ok(None);
            }
            moment.date = None;
        } else if moment.date.is_none() {
            return Ok(None);
        }
        if self.locale.names.is_none() {
            self.locale.names = Some(self.names()?);
            self.locale_used = true;
        }
        let key = (format.to_owned(), use_l10n);
        if !self.locale.formats.contains_key(&key) {
            let found = self.django.call(self.py, "date_format", (format, use_l10n))?;
            self.locale.formats.insert(key.clone(), found.extract()?);
            self.locale_used = true;
        }
        match (self.locale.formats.get(&key), &self.locale.names) {
            (Some(format), Some(names)) => Ok(moment.format(format, names)),
            _ => Ok(None),
        }
    }

    /// The names that the language has for dates; those of a catalog are read once.
    fn names(&self) -> PyResult<Arc<Names>> {
        let catalog = self.django.call(self.py, "catalog", ())?;
        if let Some(known) = names_in(&catalog) {
            return Ok(known);
        }
        let mut lists: Vec<Vec<String>> = self.django.call(self.py, "date_names", ())?.extract()?;
        let mut next = || if lists.is_empty() { Vec::new() } else { lists.remove(0) };
        let names = Arc::new(Names {
            months: next(),
            months_short: next(),
            months_short_title: next(),
            months_ap: next(),
            months_alt: next(),
            weekdays: next(),
            weekdays_short: next(),
            times: next(),
        });
        if !catalog.is_none() {
            keep_names(&catalog, &names);
        }
        Ok(names)
    }

    fn moment(&self, value: &Bound<'py, PyAny>) -> PyResult<Option<Moment>> {
        let py = self.py;
        let class = type_of(value);
        let types = &self.django.types;
        let has_date = class == types.datetime || class == types.date;
        let has_time = class == types.datetime || class == types.time;
        if !has_date && !has_time {
            return Ok(None);
        }
        let date = if has_date {
            Some((
                value.getattr(pyo3::intern!(py, "year"))?.extract()?,
                value.getattr(pyo3::intern!(py, "month"))?.extract()?,
                value.getattr(pyo3::intern!(py, "day"))?.extract()?,
            ))
        } else {
            None
        };
        let time = if has_time {
            Some((
                value.getattr(pyo3::intern!(py, "hour"))?.extract()?,
                value.getattr(pyo3::intern!(py, "minute"))?.extract()?,
                value.getattr(pyo3::intern!(py, "second"))?.extract()?,
                value.getattr(pyo3::intern!(py, "microsecond"))?.extract()?,
            ))
        } else {
            None
        };
        Ok(Some(Moment { date, time }))
    }

    /// Does the language cut text with a bare ellipsis?
    pub(crate) fn has_plain_ellipsis(&mut self) -> PyResult<bool> {
        if let Some(known) = self.locale.plain_ellipsis {
            return Ok(known);
        }
        let plain = self.django.call(self.py, "has_plain_ellipsis", ())?.is_truthy()?;
        self.locale.plain_ellipsis = Some(plain);
        self.locale_used = true;
        Ok(plain)
    }

    /// The words of `yesno` in this language.
    pub(crate) fn yes_no_maybe(&mut self) -> PyResult<String> {
        if self.locale.yes_no_maybe.is_none() {
            let words = self.django.call(self.py, "yes_no_maybe", ())?.extract()?;
            self.locale.yes_no_maybe = Some(words);
            self.locale_used = true;
        }
        self.locale.yes_no_maybe.clone().ok_or_else(lost)
    }

    /// The pattern for kilobytes (0), megabytes, gigabytes, terabytes.
    pub(crate) fn size_unit(&mut self, unit: usize) -> PyResult<Option<String>> {
        if self.locale.size_units.is_none() {
            let units = self.django.call(self.py, "size_units", ())?.extract()?;
            self.locale.size_units = Some(units);
            self.locale_used = true;
        }
        Ok(self.locale.size_units.as_ref().and_then(|units| units.get(unit)).cloned())
    }
}
