//! Compiling a template against the libraries that Django's parser knows.

use std::mem;
use std::sync::{Arc, Mutex, PoisonError};

use djust_templates::program::{BodyId, CustomId, ExprId, FilterId};
use djust_templates::text::words;
use djust_templates::{Error, ErrorKind, Host, Parser, Tag};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString};

use crate::adopt;
use crate::django::Django;
use crate::i18n;
use crate::linked::{Custom, FilterEntry, Linked};

/// What compiling has collected besides the program.
#[derive(Debug, Default)]
pub(crate) struct Collected {
    filters: Vec<FilterEntry>,
    customs: Vec<Custom>,
}

/// The state of a compilation while a library's function is running, and the result afterwards.
///
/// A library's function gets Django's real parser and may ask it to parse a body; that call comes
/// back here and goes on where the native parser stopped.
#[pyclass(frozen, module = "djust_templates._native")]
#[derive(Debug, Default)]
pub(crate) struct Session {
    suspended: Mutex<Option<(Parser, Collected)>>,
    linked: Mutex<Option<Arc<Linked>>>,
}

impl Session {
    fn swap(&self, state: Option<(Parser, Collected)>) -> Option<(Parser, Collected)> {
        mem::replace(&mut *self.suspended.lock().unwrap_or_else(PoisonError::into_inner), state)
    }

    pub(crate) fn linked(&self) -> PyResult<Arc<Linked>> {
        let linked = self.linked.lock().unwrap_or_else(PoisonError::into_inner);
        linked
            .clone()
            .ok_or_else(|| PyRuntimeError::new_err("the template is still being compiled"))
    }
}

#[pymethods]
impl Session {
    #[new]
    fn new() -> Self {
        Self::default()
    }

    /// Compile the body that starts at token `position` and ends before one of `until`.
    ///
    /// Returns the number of the body and the index of the token after it.
    fn body(
        slf: &Bound<'_, Self>,
        parser: &Bound<'_, PyAny>,
        position: usize,
        until: Vec<String>,
    ) -> PyResult<(u32, usize)> {
        let Some((mut native, collected)) = slf.get().swap(None) else {
            return Err(PyRuntimeError::new_err("no library tag is being compiled"));
        };
        native.seek(position);
        let mut host = Libraries::new(parser, slf, collected)?;
        let until: Vec<&str> = until.iter().map(String::as_str).collect();
        let body = native.body(&until, &mut host);
        let position = native.position();
        slf.get().swap(Some((native, host.collected)));
        let body = body.map_err(|error| refusal(slf.py(), &error))?;
        Ok((body.0, position))
    }
}

/// The Python side of an [`Error`]: `djust_templates._support.Refused`.
fn refusal(py: Python<'_>, error: &Error) -> PyErr {
    let kind = match error.kind() {
        ErrorKind::Syntax => "syntax",
        ErrorKind::Unsupported => "unsupported",
        ErrorKind::Depth => "depth",
        ErrorKind::Size => "size",
        ErrorKind::Host => "host",
    };
    let make = || Django::get(py)?.call(py, "refused", (kind, error.message(), error.token()));
    make().map_or_else(|error| error, PyErr::from_value)
}

/// Asks Django's parser, as it stands, for tags and filters.
pub(crate) struct Libraries<'a, 'py> {
    parser: &'a Bound<'py, PyAny>,
    session: &'a Bound<'py, Session>,
    tags: Bound<'py, PyDict>,
    filters: Bound<'py, PyDict>,
    template_name: Option<String>,
    django: &'static Django,
    collected: Collected,
    /// The address of the function of the tag that was asked for last.
    asked: usize,
}

fn host_error(error: &PyErr) -> Error {
    Error::new(ErrorKind::Host, error.to_string())
}

impl<'a, 'py> Libraries<'a, 'py> {
    fn new(
        parser: &'a Bound<'py, PyAny>,
        session: &'a Bound<'py, Session>,
        collected: Collected,
    ) -> PyResult<Self> {
        let template_name = parser.getattr("origin")?.getattr("template_name")?;
        Ok(Self {
            parser,
            session,
            tags: parser.getattr("tags")?.cast_into()?,
            filters: parser.getattr("filters")?.cast_into()?,
            template_name: template_name.extract().ok(),
            django: Django::get(parser.py())?,
            collected,
            asked: 0,
        })
    }

    fn find_filter(&mut self, name: &str, argument: bool) -> PyResult<FilterId> {
        let function = self.filters.as_any().get_item(name)?;
        let address = function.as_ptr() as usize;
        self.check_arity(name, &function, argument)?;
        let flag = |flag: &str| -> PyResult<bool> {
            match function.getattr_opt(flag)? {
                Some(value) => value.is_truthy(),
                None => Ok(false),
            }
        };
        let entry = FilterEntry {
            native: self.django.filters.get(&address).copied(),
            expects_localtime: flag("expects_localtime")?,
            needs_autoescape: flag("needs_autoescape")?,
            is_safe: flag("is_safe")?,
            decides_escaping: match function.getattr_opt("_filter_name")? {
                Some(name) => matches!(name.extract::<String>().as_deref(), Ok("escape" | "safe")),
                None => false,
            },
            function: function.unbind(),
        };
        self.collected.filters.push(entry);
        let at = u32::try_from(self.collected.filters.len() - 1)?;
        Ok(FilterId(at))
    }

    /// `FilterExpression.args_check`, asked once per function and number of arguments.
    fn check_arity(&self, name: &str, function: &Bound<'_, PyAny>, argument: bool) -> PyResult<()> {
        let py = self.parser.py();
        let known = self.django.arities.bind(py);
        let address = function.as_ptr() as usize;
        if self.django.filters.contains_key(&address) && known.contains((address, argument))? {
            return Ok(());
        }
        self.django.call(py, "check_filter_arguments", (name, function, argument))?;
        if self.django.filters.contains_key(&address) {
            known.set_item((address, argument), true)?;
        }
        Ok(())
    }

    /// `{% load a b %}`, without the detour over a token; `load … from …` takes it.
    fn load(&self, native: &Parser, token: u32) -> PyResult<bool> {
        let names: Vec<&str> = words(native.contents(token)).skip(1).collect();
        if names.iter().rev().nth(1).is_some_and(|word| *word == "from") {
            return Ok(false);
        }
        self.parser.call_method1("load", (names,))?;
        Ok(true)
    }

    /// A tag of Django's libraries that is compiled without its function.
    fn known(&mut self, native: &mut Parser, token: u32) -> Result<Option<CustomId>, Error> {
        let start = native.position();
        let compiled = if self.asked == self.django.translate {
            i18n::translate(native, self, token)
        } else if self.asked == self.django.block_translate {
            i18n::block_translate(native, self, token)
        } else {
            return Ok(None);
        };
        let Some(custom) = compiled? else {
            native.seek(start);
            return Ok(None);
        };
        self.collected.customs.push(custom);
        Ok(Some(CustomId(u32::try_from(self.collected.customs.len() - 1).unwrap_or(u32::MAX))))
    }

    /// A `SafeString`; `None` when it cannot be made.
    pub(crate) fn safe_text(&self, text: &str) -> Option<Py<PyAny>> {
        let class = self.django.safe_string.bind(self.parser.py());
        class.call1((text,)).ok().map(Bound::unbind)
    }

    pub(crate) fn py(&self) -> Python<'py> {
        self.parser.py()
    }

    fn compile_tag(&mut self, native: &mut Parser, token: u32) -> PyResult<Option<CustomId>> {
        let suspended = (mem::take(native), mem::take(&mut self.collected));
        self.session.get().swap(Some(suspended));
        let compiled = self.parser.call_method1("compile_tag", (token,));
        let Some((parser, collected)) = self.session.get().swap(None) else {
            return Err(PyRuntimeError::new_err("the compilation was lost"));
        };
        *native = parser;
        self.collected = collected;
        let (node, position): (Bound<'py, PyAny>, usize) = compiled?.extract()?;
        native.seek(position);
        if node.is_none() {
            return Ok(None);
        }
        let custom = adopt::adopt(native, self, &node)?;
        self.collected.customs.push(custom);
        Ok(Some(CustomId(u32::try_from(self.collected.customs.len() - 1)?)))
    }

    /// Compiles what a Python `FilterExpression` was made from.
    pub(crate) fn expression(
        &mut self,
        native: &mut Parser,
        expression: &Bound<'py, PyAny>,
    ) -> PyResult<ExprId> {
        let text: String = expression.getattr("token")?.extract()?;
        native.expression(&text, self).map_err(|error| refusal(self.parser.py(), &error))
    }

    /// The compiled body behind a node list that our parser made.
    pub(crate) fn body_of(&self, node: &Bound<'py, PyAny>) -> PyResult<Option<BodyId>> {
        let Some(body) = node.getattr("nodelist")?.getattr_opt("body")? else { return Ok(None) };
        Ok(Some(BodyId(body.extract()?)))
    }

    pub(crate) fn django(&self) -> &'static Django {
        self.django
    }
}

impl Host for Libraries<'_, '_> {
    fn tag(&mut self, name: &str) -> Result<Tag, Error> {
        let key = PyString::new(self.parser.py(), name);
        match self.tags.get_item(key).map_err(|error| host_error(&error))? {
            None => Ok(Tag::Unknown),
            Some(function) => {
                let address = function.as_ptr() as usize;
                self.asked = address;
                Ok(self.django.builtins.get(&address).map_or(Tag::Custom, |tag| Tag::Builtin(*tag)))
            }
        }
    }

    fn filter(&mut self, name: &str, argument: bool) -> Result<FilterId, Error> {
        self.find_filter(name, argument).map_err(|error| host_error(&error))
    }

    fn custom(&mut self, parser: &mut Parser, token: u32) -> Result<Option<CustomId>, Error> {
        if let Some(custom) = self.known(parser, token)? {
            return Ok(Some(custom));
        }
        let compiled =
            if self.asked == self.django.load { self.load(parser, token) } else { Ok(false) };
        let compiled = match compiled {
            Ok(true) => Ok(None),
            Ok(false) => self.compile_tag(parser, token),
            Err(error) => Err(error),
        };
        compiled.map_err(|error| {
            let py = self.parser.py();
            let unsupported = Django::get(py)
                .and_then(|django| django.call(py, "is_unsupported", (error.value(py),)))
                .and_then(|answer| answer.is_truthy())
                .unwrap_or(false);
            if unsupported {
                Error::new(ErrorKind::Unsupported, error.to_string())
            } else {
                host_error(&error)
            }
        })
    }

    fn decides_escaping(&self, filter: FilterId) -> bool {
        let entry = self.collected.filters.get(filter.0 as usize);
        entry.is_some_and(|entry| entry.decides_escaping)
    }

    fn template_name(&self) -> Option<&str> {
        self.template_name.as_deref()
    }
}

/// Compile `source`; `parser` is a `LibraryParser` that knows the template's libraries.
///
/// Raises `Refused` when the source is wrong or cannot be compiled.
#[pyfunction]
pub(crate) fn compile<'py>(
    source: String,
    parser: &Bound<'py, PyAny>,
    session: &Bound<'py, Session>,
) -> PyResult<()> {
    let py = parser.py();
    let native = Parser::new(source).map_err(|error| refusal(py, &error))?;
    let mut host = Libraries::new(parser, session, Collected::default())?;
    let program = native.compile(&mut host).map_err(|error| refusal(py, &error))?;
    let Collected { filters, customs } = host.collected;
    let linked = Linked::new(py, program, filters, customs, parser.getattr("origin")?.unbind())?;
    *session.get().linked.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(linked));
    Ok(())
}

/// Return the tokens of `source`: (type, contents, line, start, end), offsets in characters.
#[pyfunction]
pub(crate) fn tokenize<'py>(py: Python<'py>, source: &str) -> PyResult<Bound<'py, PyList>> {
    let mut chars = 0;
    let tokens = PyList::empty(py);
    for token in djust_templates::lexer::tokenize(source) {
        let text = source.get(token.span.clone()).unwrap_or_default();
        let contents = source.get(token.contents.clone()).unwrap_or_default();
        let end = chars + text.chars().count();
        tokens.append((token.kind as u8, contents, token.line, chars, end))?;
        chars = end;
    }
    Ok(tokens)
}
