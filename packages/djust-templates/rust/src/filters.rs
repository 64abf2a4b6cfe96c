//! The filters of the language on values of exact types; anything else is Django's to filter.

use pyo3::prelude::*;

use crate::fault::Outcome;
use crate::render::Render;
use crate::value::Value;

macro_rules! natives {
    ($($variant:ident = $name:literal),* $(,)?) => {
        /// A filter that has a native path.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(crate) enum Native {
            $($variant,)*
        }

        impl Native {
            pub(crate) const ALL: &'static [(&'static str, Native)] = &[$(($name, Native::$variant)),*];
        }
    };
}

natives! {
    Default = "default", DefaultIfNone = "default_if_none", Escape = "escape", First = "first",
    ForceEscape = "force_escape", Length = "length", Lower = "lower", Safe = "safe", Upper = "upper",
    Add = "add", Capfirst = "capfirst", Yesno = "yesno", Pluralize = "pluralize",
}

/// Filters `value`, or returns `None` to leave it to the filter's own function.
pub(crate) fn apply<'py>(
    render: &mut Render<'py>,
    native: Native,
    value: &Value<'py>,
    argument: Option<&Value<'py>>,
) -> Outcome<'py, Option<Value<'py>>> {
    let django = render.django();
    Ok(match (native, argument) {
        (Native::Default, Some(argument)) => {
            Some(if value.is_true()? { value.clone() } else { argument.clone() })
        }
        (Native::DefaultIfNone, Some(argument)) => {
            Some(if value.is_none() { argument.clone() } else { value.clone() })
        }
        (Native::Length, None) => length(render.py(), value)?,
        (Native::Lower, None) => ascii(value, django, str::to_ascii_lowercase, true),
        (Native::Upper, None) => ascii(value, django, str::to_ascii_uppercase, false),
        (Native::Capfirst, None) => ascii(value, django, capitalized, true),
        (Native::Escape, None) => value.as_text(django).map(|(text, safe)| {
            Value::Safe(if safe { text.to_owned() } else { djust_templates::escape::escape(text) })
        }),
        (Native::ForceEscape, None) => value
            .as_text(django)
            .map(|(text, _)| Value::Safe(djust_templates::escape::escape(text))),
        (Native::Safe, None) => value.as_text(django).map(|(text, _)| Value::Safe(text.to_owned())),
        (Native::Add, Some(argument)) => match (value.as_int(django), argument.as_int(django)) {
            (Some(left), Some(right)) => left.checked_add(right).map(Value::Int),
            _ => None,
        },
        (Native::Pluralize, argument) => pluralize(render, value, argument),
        (Native::Yesno, Some(argument)) => yesno(render, value, argument)?,
        _ => None,
    })
}

fn capitalized(text: &str) -> String {
    let mut chars = text.chars();
    match chars.next() {
        Some(first) => first.to_ascii_uppercase().to_string() + chars.as_str(),
        None => String::new(),
    }
}

/// A change of ASCII text; `keeps_safe` where the filter is marked so.
fn ascii<'py>(
    value: &Value<'py>,
    django: &crate::django::Django,
    change: impl Fn(&str) -> String,
    keeps_safe: bool,
) -> Option<Value<'py>> {
    let (text, safe) = value.as_text(django)?;
    if !text.is_ascii() {
        return None;
    }
    let changed = change(text);
    Some(if safe && keeps_safe { Value::Safe(changed) } else { Value::Text(changed) })
}

fn length<'py>(py: Python<'py>, value: &Value<'py>) -> PyResult<Option<Value<'py>>> {
    let Value::Object(object) = value else { return Ok(None) };
    match object.len() {
        Ok(len) => Ok(Some(Value::Int(i64::try_from(len).unwrap_or(i64::MAX)))),
        Err(error)
            if error.is_instance_of::<pyo3::exceptions::PyTypeError>(py)
                || error.is_instance_of::<pyo3::exceptions::PyValueError>(py) =>
        {
            Ok(Some(Value::Int(0)))
        }
        Err(error) => Err(error),
    }
}

fn pluralize<'py>(
    render: &Render<'py>,
    value: &Value<'py>,
    argument: Option<&Value<'py>>,
) -> Option<Value<'py>> {
    let django = render.django();
    let count = value.as_int(django)?;
    let suffixes = match argument {
        Some(argument) => argument.as_text(django)?.0,
        None => "s",
    };
    let mut parts = suffixes.split(',');
    let first = parts.next().unwrap_or_default();
    let suffix = match (parts.next(), parts.next()) {
        (None, _) => {
            if count == 1 {
                ""
            } else {
                first
            }
        }
        (Some(plural), None) => {
            if count == 1 {
                first
            } else {
                plural
            }
        }
        (Some(_), Some(_)) => "",
    };
    Some(Value::Text(suffix.to_owned()))
}

fn yesno<'py>(
    render: &Render<'py>,
    value: &Value<'py>,
    argument: &Value<'py>,
) -> PyResult<Option<Value<'py>>> {
    let Some((words, _)) = argument.as_text(render.django()) else { return Ok(None) };
    let words: Vec<&str> = words.split(',').collect();
    let (yes, no, maybe) = match words.as_slice() {
        [yes, no, maybe] => (yes, no, maybe),
        [yes, no, ..] => (yes, no, no),
        _ => return Ok(Some(value.clone())),
    };
    let word = if value.is_none() {
        maybe
    } else if value.is_true()? {
        yes
    } else {
        no
    };
    Ok(Some(Value::Text((*word).to_owned())))
}
