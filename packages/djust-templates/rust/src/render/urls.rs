//! `{% url %}`: the routes of a name are asked for once, and filled in here.

use std::sync::Arc;

use djust_templates::filters::url_encode;
use djust_templates::program::{NameId, Url};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyList, PyTuple, PyType};

use crate::fault::Outcome;
use crate::linked::Linked;
use crate::render::Render;
use crate::value::Value;

/// What Django leaves as it is when it quotes an address.
const SAFE: &str = "!$&'()*+,;=/~:@";

/// A route without its arguments.
#[derive(Debug)]
pub(crate) struct Route {
    /// The quoted text around the arguments, one more than these.
    texts: Vec<String>,
    /// Which argument stands behind each text but the last, and what it may be.
    params: Vec<(usize, Kind)>,
}

/// What a converter of Django's takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Int,
    Str,
    Slug,
    Uuid,
}

/// The routes of this moment, as [`crate::render::locale::Locale`] keeps them.
#[derive(Debug)]
pub(crate) struct Routes<'py> {
    /// `None` where only Django can tell.
    object: Option<Bound<'py, PyAny>>,
    known: Vec<Known>,
}

/// What was asked for, and what was found.
#[derive(Debug)]
struct Known {
    view: String,
    count: usize,
    names: Vec<NameId>,
    route: Option<Arc<Route>>,
}

impl Kind {
    fn named(name: &str) -> Option<Self> {
        match name {
            "int" => Some(Self::Int),
            "str" => Some(Self::Str),
            "slug" => Some(Self::Slug),
            "uuid" => Some(Self::Uuid),
            _ => None,
        }
    }

    fn takes(self, text: &str) -> bool {
        !text.is_empty()
            && match self {
                Self::Int => text.bytes().all(|byte| byte.is_ascii_digit()),
                Self::Str => !text.contains('/'),
                Self::Slug => {
                    text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
                }
                Self::Uuid => false,
            }
    }
}

fn uuid_class(py: Python<'_>) -> PyResult<&Bound<'_, PyType>> {
    static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    CLASS.import(py, "uuid", "UUID")
}

impl Route {
    fn read(found: &Bound<'_, PyAny>) -> PyResult<Option<Self>> {
        if found.is_none() {
            return Ok(None);
        }
        let (texts, params): (Vec<String>, Vec<(usize, String)>) = found.extract()?;
        let kinds = params.iter().map(|(at, name)| Some((*at, Kind::named(name)?)));
        Ok(kinds.collect::<Option<_>>().map(|params| Self { texts, params }))
    }

    /// The address; `None` when an argument is not what a converter takes for sure.
    fn fill<'py>(&self, render: &Render<'py>, args: &[Value<'py>]) -> PyResult<Option<String>> {
        let (first, rest) = match self.texts.split_first() {
            Some((first, rest)) if rest.len() == self.params.len() => (first, rest),
            _ => return Ok(None),
        };
        let mut url = first.clone();
        for ((at, kind), text) in self.params.iter().zip(rest) {
            let Some(value) = args.get(*at) else { return Ok(None) };
            if !put(render, &mut url, *kind, value)? {
                return Ok(None);
            }
            url.push_str(text);
        }
        // Django makes something else of addresses that would name another host.
        Ok((!url.starts_with("//")).then_some(url))
    }
}

/// Writes an argument; no when its converter might refuse it.
fn put<'py>(
    render: &Render<'py>,
    url: &mut String,
    kind: Kind,
    value: &Value<'py>,
) -> PyResult<bool> {
    if let Some((text, _)) = value.as_text(render.django()) {
        let Some(quoted) = kind.takes(text).then(|| url_encode(text, SAFE)).flatten() else {
            return Ok(false);
        };
        url.push_str(&quoted);
    } else if let Some(number) = value.as_int(render.django()) {
        if kind == Kind::Uuid || (kind == Kind::Int && number < 0) {
            return Ok(false);
        }
        url.push_str(&number.to_string());
    } else if let Value::Object(object) = value
        && kind == Kind::Uuid
        && object.get_type().is(uuid_class(object.py())?)
    {
        url.push_str(&object.str()?.to_cow()?);
    } else {
        return Ok(false);
    }
    Ok(true)
}

impl<'py> Render<'py> {
    pub(crate) fn url(&mut self, linked: &Linked, url: &Url) -> Outcome<'py, ()> {
        let mut values = Vec::with_capacity(url.args.len() + url.kwargs.len());
        for expr in &url.args {
            values.push(Value::Object(self.object(linked, *expr)?));
        }
        for (_, expr) in &url.kwargs {
            values.push(Value::Object(self.object(linked, *expr)?));
        }
        let view = self.object(linked, url.view)?;
        let text = match self.known_url(linked, url, &view, &values)? {
            Some(text) => Value::Text(text),
            None => Value::Object(self.reversed(linked, url, view, values)?),
        };
        match (url.target, text) {
            (Some(name), text) => Ok(self.assign_value(linked, name, text)?),
            (None, Value::Object(text)) => Ok(self.write_escaped(&text)?),
            (None, text) => Ok(self.write(&text)?),
        }
    }

    /// The address, where a route without surprises leads to it.
    fn known_url(
        &mut self,
        linked: &Linked,
        url: &Url,
        view: &Bound<'py, PyAny>,
        values: &[Value<'py>],
    ) -> PyResult<Option<String>> {
        let view = Value::Object(view.clone());
        let Some((name, _)) = view.as_text(self.django()) else { return Ok(None) };
        if !url.args.is_empty() && !url.kwargs.is_empty() {
            return Ok(None);
        }
        match self.route(linked, url, name)? {
            Some(route) => route.fill(self, values),
            None => Ok(None),
        }
    }

    /// Finds out where addresses lead at this moment.
    fn find_routes(&mut self) -> PyResult<()> {
        if self.locale.routes.is_none() {
            let request = self.request()?;
            let object = self.django.call(self.py, "routes", (request,))?;
            let object = (!object.is_none()).then_some(object);
            self.locale.routes = Some(Routes { object, known: Vec::new() });
            self.locale_used = true;
        }
        Ok(())
    }

    /// What tells the routes of this moment from all others; `None` where only Django can tell.
    pub(crate) fn routes_number(&mut self) -> PyResult<Option<i64>> {
        self.find_routes()?;
        match &self.locale.routes {
            Some(Routes { object: Some(object), .. }) => {
                object.getattr(pyo3::intern!(self.py, "number"))?.extract().map(Some)
            }
            _ => Ok(None),
        }
    }

    fn route(&mut self, linked: &Linked, url: &Url, view: &str) -> PyResult<Option<Arc<Route>>> {
        let py = self.py;
        self.find_routes()?;
        let Some(Routes { object: Some(object), known }) = &self.locale.routes else {
            return Ok(None);
        };
        let names = || url.kwargs.iter().map(|(name, _)| *name);
        let count = url.args.len();
        if let Some(known) = known.iter().find(|known| {
            known.view == view && known.count == count && known.names.iter().copied().eq(names())
        }) {
            return Ok(known.route.clone());
        }
        let texts: Vec<_> = names()
            .map(|name| linked.name(name).map(|name| name.text.bind(py).clone()))
            .collect::<Result<_, _>>()?;
        let call = (view, count, PyTuple::new(py, texts)?);
        let found = object.call_method1(pyo3::intern!(py, "route"), call)?;
        let route = Route::read(&found)?.map(Arc::new);
        if let Some(Routes { known, .. }) = &mut self.locale.routes {
            let (view, names) = (view.to_owned(), names().collect());
            known.push(Known { view, count, names, route: route.clone() });
        }
        Ok(route)
    }

    /// What Django's `reverse` says.
    fn reversed(
        &mut self,
        linked: &Linked,
        url: &Url,
        view: Bound<'py, PyAny>,
        values: Vec<Value<'py>>,
    ) -> Outcome<'py, Bound<'py, PyAny>> {
        let py = self.py;
        let (args, kwargs) = (PyList::empty(py), PyDict::new(py));
        for (at, value) in values.into_iter().enumerate() {
            let value = value.into_object(py)?;
            match at.checked_sub(url.args.len()).and_then(|at| url.kwargs.get(at)) {
                Some((name, _)) => kwargs.set_item(linked.name(*name)?.text.bind(py), value)?,
                None => args.append(value)?,
            }
        }
        let request = self.request()?;
        let call = (view, args, kwargs, request, url.target.is_some());
        Ok(self.django.call(py, "reverse", call)?)
    }
}
