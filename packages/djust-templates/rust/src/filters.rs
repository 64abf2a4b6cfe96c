//! The filters of the language on values of exact types; anything else is Django's to filter.

use djust_templates::escape::escape;
use djust_templates::filters as text_filters;
use djust_templates::numbers::float_format;
use pyo3::prelude::*;
use pyo3::types::{PyFloat, PyList, PyTuple};

use crate::django::Django;
use crate::fault::Outcome;
use crate::ffi::type_of;
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
    Add = "add", Addslashes = "addslashes", Capfirst = "capfirst", Cut = "cut", Date = "date",
    Default = "default", DefaultIfNone = "default_if_none", DivisibleBy = "divisibleby",
    Escape = "escape", EscapeJs = "escapejs", FileSizeFormat = "filesizeformat", First = "first",
    FloatFormat = "floatformat", ForceEscape = "force_escape", Join = "join", Last = "last",
    Length = "length", LineBreaks = "linebreaks", LineBreaksBr = "linebreaksbr", Lower = "lower",
    Pluralize = "pluralize", Safe = "safe", Slugify = "slugify", StringFormat = "stringformat", StripTags = "striptags",
    Time = "time", Title = "title", TruncateChars = "truncatechars",
    TruncateWords = "truncatewords", Upper = "upper", UrlEncode = "urlencode", Urlize = "urlize",
    WordCount = "wordcount", Yesno = "yesno",
}

type Filtered<'py> = Outcome<'py, Option<Value<'py>>>;

/// Filters `value`, or returns `None` to leave it to the filter's own function.
pub(crate) fn apply<'py>(
    render: &mut Render<'py>,
    native: Native,
    value: &Value<'py>,
    argument: Option<&Value<'py>>,
) -> Filtered<'py> {
    let django = render.django();
    if let Some((text, safe)) = value.as_text(django)
        && let Some(result) = text_filter(render, native, text, safe, argument)
    {
        return Ok(Some(result));
    }
    Ok(match (native, argument) {
        (Native::Default, Some(argument)) => {
            Some(if value.is_true()? { value.clone() } else { argument.clone() })
        }
        (Native::DefaultIfNone, Some(argument)) => {
            Some(if value.is_none() { argument.clone() } else { value.clone() })
        }
        (Native::Length, None) => length(render.py(), value)?,
        (Native::First, None) => at_end(django, value, 0),
        (Native::Last, None) => at_end(django, value, -1),
        (Native::Add, Some(argument)) => match (value.as_int(django), argument.as_int(django)) {
            (Some(left), Some(right)) => left.checked_add(right).map(Value::Int),
            _ => None,
        },
        (Native::DivisibleBy, Some(argument)) => {
            match (value.as_int(django), argument.as_int(django)) {
                (Some(left), Some(right)) if right != 0 => {
                    left.checked_rem(right).map(|rest| Value::Bool(rest == 0))
                }
                _ => None,
            }
        }
        (Native::Date, argument) => date(render, value, argument, true)?,
        (Native::Time, argument) => date(render, value, argument, false)?,
        (Native::Urlize, None) => urlize(render, value)?,
        (Native::FloatFormat, argument) => float(render, value, argument)?,
        (Native::FileSizeFormat, None) => file_size(render, value)?,
        (Native::Join, Some(argument)) => join(render, value, argument)?,
        (Native::StringFormat, Some(format)) if is_plain_format(django, format) => {
            value.as_int(django).map(|number| Value::Text(number.to_string()))
        }
        (Native::Pluralize, argument) => pluralize(django, value, argument),
        (Native::Yesno, Some(argument)) => yesno(django, value, argument)?,
        (Native::Yesno, None) => {
            let words = Value::Text(render.yes_no_maybe()?);
            yesno(django, value, &words)?
        }
        _ => None,
    })
}

/// The result of a filter that Django marks `is_safe`: as safe as its input.
fn like<'py>(safe: bool, text: String) -> Value<'py> {
    if safe { Value::Safe(text) } else { Value::Text(text) }
}

/// Does the format leave text as it is?
fn is_plain_format(django: &Django, format: &Value<'_>) -> bool {
    format.as_text(django).is_some_and(|(format, _)| format == "s")
}

/// A limit given as a number, or as the digits of one.
fn limit(django: &Django, argument: &Value<'_>) -> Option<usize> {
    if let Some(number) = argument.as_int(django) {
        return usize::try_from(number).ok();
    }
    let (text, _) = argument.as_text(django)?;
    text.bytes().all(|b| b.is_ascii_digit()).then(|| text.parse().ok()).flatten()
}

/// Filters that take text.
fn text_filter<'py>(
    render: &mut Render<'py>,
    native: Native,
    text: &str,
    safe: bool,
    argument: Option<&Value<'py>>,
) -> Option<Value<'py>> {
    let django = render.django();
    let escaping = render.autoescape() && !safe;
    match (native, argument) {
        (Native::Lower, None) => text_filters::lower(text).map(|t| like(safe, t)),
        (Native::Upper, None) => text_filters::upper(text).map(Value::Text),
        (Native::Capfirst, None) => text_filters::capfirst(text).map(|t| like(safe, t)),
        (Native::Title, None) => text_filters::title(text).map(|t| like(safe, t)),
        (Native::Slugify, None) => text_filters::slugify(text).map(|t| like(safe, t)),
        (Native::Addslashes, None) => Some(like(safe, text_filters::add_slashes(text))),
        (Native::EscapeJs, None) => text_filters::escape_js(text).map(Value::Safe),
        (Native::StripTags, None) => text_filters::strip_tags(text).map(|t| like(safe, t)),
        (Native::LineBreaks, None) => Some(Value::Safe(text_filters::linebreaks(text, escaping))),
        (Native::LineBreaksBr, None) => {
            Some(Value::Safe(text_filters::linebreaks_br(text, escaping)))
        }
        (Native::Escape, None) => {
            Some(Value::Safe(if safe { text.to_owned() } else { escape(text) }))
        }
        (Native::ForceEscape, None) => Some(Value::Safe(escape(text))),
        (Native::StringFormat, Some(format)) if is_plain_format(django, format) => {
            Some(like(safe, text.to_owned()))
        }
        (Native::Safe, None) => Some(Value::Safe(text.to_owned())),
        (Native::WordCount, None) => {
            i64::try_from(djust_templates::text::words(text).count()).ok().map(Value::Int)
        }
        (Native::UrlEncode, None) => text_filters::url_encode(text, "/").map(Value::Text),
        (Native::UrlEncode, Some(keep)) => {
            text_filters::url_encode(text, keep.as_text(django)?.0).map(Value::Text)
        }
        (Native::TruncateWords, Some(argument)) => {
            let limit = limit(django, argument)?;
            Some(like(safe, text_filters::truncate_words(text, limit)))
        }
        (Native::TruncateChars, Some(argument)) => {
            let limit = limit(django, argument)?;
            if !render.has_plain_ellipsis().ok()? {
                return None;
            }
            text_filters::truncate_chars(text, limit).map(|t| like(safe, t))
        }
        (Native::Cut, Some(argument)) => {
            let (cut, _) = argument.as_text(django)?;
            let keeps_safe = safe && cut != ";";
            (!cut.is_empty()).then(|| like(keeps_safe, text.replace(cut, "")))
        }
        _ => None,
    }
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

/// The first or last item of a list or tuple.
fn at_end<'py>(django: &Django, value: &Value<'py>, index: isize) -> Option<Value<'py>> {
    let Value::Object(object) = value else { return None };
    let class = type_of(object);
    if class != django.types.list && class != django.types.tuple {
        return None;
    }
    object.get_item(index).ok().map(Value::Object)
}

fn pluralize<'py>(
    django: &Django,
    value: &Value<'py>,
    argument: Option<&Value<'py>>,
) -> Option<Value<'py>> {
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
    django: &Django,
    value: &Value<'py>,
    argument: &Value<'py>,
) -> PyResult<Option<Value<'py>>> {
    let Some((words, _)) = argument.as_text(django) else { return Ok(None) };
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

/// `date` and `time`
fn date<'py>(
    render: &mut Render<'py>,
    value: &Value<'py>,
    argument: Option<&Value<'py>>,
    is_date: bool,
) -> Filtered<'py> {
    let Value::Object(object) = value else { return Ok(None) };
    let format = match argument {
        Some(argument) => match argument.as_text(render.django()) {
            Some((text, _)) if !text.is_empty() => text.to_owned(),
            _ => return Ok(None),
        },
        None => (if is_date { "DATE_FORMAT" } else { "TIME_FORMAT" }).to_owned(),
    };
    let local = render.localtime(object.clone())?;
    Ok(render.formatted_moment(&local, &format, None, !is_date)?.map(Value::Text))
}

/// `urlize`: only what may be a link is asked about.
fn urlize<'py>(render: &mut Render<'py>, value: &Value<'py>) -> Filtered<'py> {
    let Some((text, safe)) = value.as_text(render.django()) else { return Ok(None) };
    let escaping = render.autoescape() && !safe;
    let mut out = String::with_capacity(text.len() * 2);
    for piece in text_filters::urlize_pieces(text) {
        match piece {
            text_filters::UrlizePiece::Text(text) if escaping => out.push_str(&escape(text)),
            text_filters::UrlizePiece::Text(text) => out.push_str(text),
            text_filters::UrlizePiece::Word(word) => match text_filters::plain_url(word) {
                Some((url, trail)) => {
                    // Nothing in such an address is escaped, and the punctuation is plain too.
                    out.push_str("<a href=\"");
                    out.push_str(url);
                    out.push_str("\" rel=\"nofollow\">");
                    out.push_str(url);
                    out.push_str("</a>");
                    out.push_str(trail);
                }
                None => {
                    let args = (word, safe, render.autoescape());
                    let link = render.django().call(render.py(), "urlize_word", args)?;
                    out.push_str(&link.extract::<String>()?);
                }
            },
        }
    }
    Ok(Some(Value::Safe(out)))
}

/// A number as Python's `str` writes it.
fn digits<'py>(django: &Django, value: &Value<'py>) -> PyResult<Option<String>> {
    if let Some(number) = value.as_int(django) {
        return Ok(Some(number.to_string()));
    }
    let Value::Object(object) = value else { return Ok(None) };
    let class = type_of(object);
    if class == django.types.float || class == django.types.decimal {
        return Ok(Some(object.str()?.to_cow()?.into_owned()));
    }
    Ok(None)
}

fn float<'py>(
    render: &mut Render<'py>,
    value: &Value<'py>,
    argument: Option<&Value<'py>>,
) -> Filtered<'py> {
    let django = render.django();
    let places = match argument {
        None => -1,
        Some(argument) => match (argument.as_int(django), argument.as_text(django)) {
            (Some(places), _) => places,
            (None, Some((text, _))) => match text.parse() {
                Ok(places) if !text.starts_with('+') => places,
                _ => return Ok(None),
            },
            _ => return Ok(None),
        },
    };
    let Some(text) = digits(django, value)? else { return Ok(None) };
    let Some(number) = float_format(&text, places) else { return Ok(None) };
    Ok(render.with_separator(&number)?.map(Value::Safe))
}

fn file_size<'py>(render: &mut Render<'py>, value: &Value<'py>) -> Filtered<'py> {
    const UNIT: f64 = 1024.0;
    let Some(bytes) = value.as_int(render.django()) else { return Ok(None) };
    if bytes.unsigned_abs() < 1024 || bytes.unsigned_abs() >= 1 << 50 {
        return Ok(None);
    }
    // Exact: the number has fewer than 53 bits.
    #[allow(clippy::cast_precision_loss)]
    let mut size = bytes.unsigned_abs() as f64 / UNIT;
    let mut unit = 0;
    while size >= UNIT && unit < 3 {
        size /= UNIT;
        unit += 1;
    }
    let rounded = PyFloat::new(render.py(), size).call_method1("__round__", (1,))?;
    let Some(number) = float_format(&rounded.str()?.to_cow()?, 1) else { return Ok(None) };
    let Some(number) = render.with_separator(&number)? else { return Ok(None) };
    let Some(pattern) = render.size_unit(unit)? else { return Ok(None) };
    let sign = if bytes < 0 { "-" } else { "" };
    let text = format!("{sign}{}", pattern.replace("%s", &number));
    Ok(Some(Value::Text(text.replace(' ', "\u{a0}"))))
}

/// `join` over a list or tuple of texts.
fn join<'py>(render: &Render<'py>, value: &Value<'py>, argument: &Value<'py>) -> Filtered<'py> {
    let django = render.django();
    let Value::Object(object) = value else { return Ok(None) };
    let class = type_of(object);
    let items: Vec<Bound<'py, PyAny>> = if class == django.types.list {
        object.cast::<PyList>().map_err(PyErr::from)?.iter().collect()
    } else if class == django.types.tuple {
        object.cast::<PyTuple>().map_err(PyErr::from)?.iter().collect()
    } else {
        return Ok(None);
    };
    let Some((separator, separator_safe)) = argument.as_text(django) else { return Ok(None) };
    let shown = |text: &str, safe: bool| {
        if safe || !render.autoescape() { text.to_owned() } else { escape(text) }
    };
    let separator = shown(separator, separator_safe);
    let mut out = String::new();
    for (at, item) in items.into_iter().enumerate() {
        let item = Value::Object(item);
        let Some((text, safe)) = item.as_text(django) else { return Ok(None) };
        if at > 0 {
            out.push_str(&separator);
        }
        out.push_str(&shown(text, safe));
    }
    Ok(Some(Value::Safe(out)))
}
