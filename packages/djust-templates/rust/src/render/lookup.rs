//! Looking names up, in Django's order: item, attribute, index; then calling what is callable.

use std::collections::HashMap;

use djust_templates::program::NameId;
use pyo3::exceptions::{PyAttributeError, PyIndexError, PyKeyError, PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyDictMethods, PyString};

use crate::activation::NodeKey;
use crate::fault::{Fault, Outcome};
use crate::ffi::{dict_get, is_callable, is_mapping, type_of};
use crate::forms::Forms;
use crate::linked::{Known, Linked, Name};
use crate::render::Render;
use crate::render::scope::Found;
use crate::value::Value;

/// What the `ifchanged` tags of a loop saw last.
pub(crate) type ChangedState<'py> = HashMap<NodeKey, Bound<'py, PyAny>>;

/// Why a step from one object to the next failed.
enum Failure {
    Missing,
    Raised(PyErr),
}

impl From<PyErr> for Failure {
    fn from(error: PyErr) -> Self {
        Self::Raised(error)
    }
}

impl<'py> Render<'py> {
    /// The value of a dotted name.
    pub(crate) fn path(&mut self, linked: &Linked, path: &[NameId]) -> Outcome<'py, Value<'py>> {
        let Some((first, rest)) = path.split_first() else { return Ok(Value::empty()) };
        let name = linked.name(*first)?;
        let text = name.text.bind(self.py);
        match self.scope.find(text)? {
            Some(Found::Object(object)) => self.follow(object, linked, name, rest),
            Some(Found::Loop(at)) => self.loop_path(at, linked, rest),
            Some(Found::Block(at)) => self.block_path(at, linked, rest),
            Some(Found::Nothing) => {
                let nothing = PyDict::new(self.py).into_any();
                self.follow(nothing, linked, name, rest)
            }
            None => self.absent(linked, name, rest),
        }
    }

    /// The literals that every context holds, or a name that is not there.
    fn absent(
        &mut self,
        linked: &Linked,
        name: &Name,
        rest: &[NameId],
    ) -> Outcome<'py, Value<'py>> {
        let literal = match name.known {
            Known::True => Value::Bool(true),
            Known::False => Value::Bool(false),
            Known::None => Value::none(self.py),
            _ => {
                if let Some(index) = name.index {
                    return self.numbered(index, linked, name, rest);
                }
                return self.missing(name, None);
            }
        };
        if rest.is_empty() {
            return Ok(literal);
        }
        let literal = literal.into_object(self.py)?;
        self.follow(literal, linked, name, rest)
    }

    /// A context may have numbers as keys: the last thing that Django tries.
    fn numbered(
        &mut self,
        index: usize,
        linked: &Linked,
        name: &Name,
        rest: &[NameId],
    ) -> Outcome<'py, Value<'py>> {
        let context = self.context_view()?;
        match context.get_item(index) {
            Ok(object) => self.follow(object, linked, name, rest),
            Err(error) if error.is_instance_of::<PyKeyError>(self.py) => self.missing(name, None),
            Err(error) => Err(error.into()),
        }
    }

    /// Fails for a name that is not there, and logs it as Django does.
    fn missing<T>(&mut self, name: &Name, subject: Option<Bound<'py, PyAny>>) -> Outcome<'py, T> {
        let fault = Fault::Missing { name: name.text.bind(self.py).clone().into_any(), subject };
        if !self.logs_lookups()? {
            return Err(fault);
        }
        let error = self.raise(fault);
        self.log_lookup(name, &error)?;
        Err(Fault::Raised(error))
    }

    fn logs_lookups(&mut self) -> PyResult<bool> {
        if let Some(known) = self.logs_lookups {
            return Ok(known);
        }
        let support = self.django.support.bind(self.py);
        let logger = support.getattr(pyo3::intern!(self.py, "LOOKUP_LOGGER"))?;
        let debug = 10;
        let logs = logger.call_method1(pyo3::intern!(self.py, "isEnabledFor"), (debug,))?;
        let logs = logs.is_truthy()?;
        self.logs_lookups = Some(logs);
        Ok(logs)
    }

    fn log_lookup(&mut self, name: &Name, error: &PyErr) -> PyResult<()> {
        if self.logs_lookups()? {
            let context = self.context_view()?;
            let args = (name.text.bind(self.py), context, error.value(self.py));
            self.django.call(self.py, "log_lookup", args)?;
        }
        Ok(())
    }

    /// Calls `object` when it is callable, then looks up the rest of the path.
    fn follow(
        &mut self,
        object: Bound<'py, PyAny>,
        linked: &Linked,
        name: &Name,
        rest: &[NameId],
    ) -> Outcome<'py, Value<'py>> {
        let mut current = object;
        let mut name = name;
        if is_callable(&current) {
            current = match self.call(current) {
                Ok(value) => value,
                Err(error) => return self.failed(name, error),
            };
        }
        let Some(last) = rest.last() else { return Ok(Value::Object(current)) };
        for id in rest {
            name = linked.name(*id)?;
            current = match self.step(current, name)? {
                Ok(value) => value,
                Err((subject, Failure::Missing)) => return self.missing(name, Some(subject)),
                Err((_, Failure::Raised(error))) => return self.failed(name, error),
            };
            if is_callable(&current) {
                let is_last = std::ptr::eq(id, last);
                if is_last && type_of(&current) == self.django.types.method {
                    match self.form_method(&current) {
                        Ok(Some(value)) => return Ok(value),
                        Ok(None) => {}
                        Err(error) => return self.failed(name, error),
                    }
                }
                current = match self.call(current) {
                    Ok(value) => value,
                    Err(error) => return self.failed(name, error),
                };
            }
        }
        Ok(Value::Object(current))
    }

    /// An exception of the objects themselves: silent where they ask for it.
    fn failed(&mut self, name: &Name, error: PyErr) -> Outcome<'py, Value<'py>> {
        if !self.is_exception(&error) {
            return Err(error.into());
        }
        self.log_lookup(name, &error)?;
        let silent = error.value(self.py).getattr_opt("silent_variable_failure")?;
        if silent.is_some_and(|silent| silent.is_truthy().unwrap_or(false)) {
            return Ok(Value::Object(self.string_if_invalid()?));
        }
        Err(error.into())
    }

    #[inline]
    #[allow(clippy::type_complexity, reason = "the outer error is ours, the inner the object's")]
    fn step(
        &self,
        current: Bound<'py, PyAny>,
        name: &Name,
    ) -> PyResult<Result<Bound<'py, PyAny>, (Bound<'py, PyAny>, Failure)>> {
        let text = name.text.bind(self.py);
        let result = self.item(&current, text, name).and_then(|item| match item {
            Some(value) => Ok(value),
            None => self.attribute(&current, text, name),
        });
        Ok(result.map_err(|failure| (current, failure)))
    }

    /// `current[name]`, or `None` when attributes come next.
    #[inline]
    fn item(
        &self,
        current: &Bound<'py, PyAny>,
        text: &Bound<'py, PyString>,
        name: &Name,
    ) -> Result<Option<Bound<'py, PyAny>>, Failure> {
        let class = type_of(current);
        let types = &self.django.types;
        if class == types.dict {
            return match current.cast::<PyDict>() {
                Ok(dict) => Ok(dict_get(dict, text)?),
                Err(_) => Ok(None),
            };
        }
        if !is_mapping(current) {
            return Ok(None);
        }
        if class == types.list || class == types.tuple || class == types.str || class == types.safe
        {
            // They refuse text; only the index, after the attributes, can succeed.
            if let Some(index) = name.index
                && let Ok(value) = current.get_item(index)
            {
                return Ok(Some(value));
            }
            return Ok(None);
        }
        if Forms::known(self.py).is_some_and(|forms| forms.refuses_names(class)) {
            return Ok(None);
        }
        match current.get_item(text) {
            Ok(value) => Ok(Some(value)),
            Err(error)
                if self.is_lookup_error(&error)
                    || error.is_instance_of::<PyAttributeError>(self.py) =>
            {
                Ok(None)
            }
            Err(error) => Err(error.into()),
        }
    }

    fn is_lookup_error(&self, error: &PyErr) -> bool {
        error.is_instance_of::<PyTypeError>(self.py)
            || error.is_instance_of::<PyKeyError>(self.py)
            || error.is_instance_of::<PyValueError>(self.py)
            || error.is_instance_of::<PyIndexError>(self.py)
    }

    #[inline]
    fn attribute(
        &self,
        current: &Bound<'py, PyAny>,
        text: &Bound<'py, PyString>,
        name: &Name,
    ) -> Result<Bound<'py, PyAny>, Failure> {
        match current.getattr(text) {
            Ok(value) => Ok(value),
            Err(error)
                if error.is_instance_of::<PyAttributeError>(self.py)
                    || error.is_instance_of::<PyTypeError>(self.py) =>
            {
                // A property that exists and raises is an error of the object.
                if self.lists_attribute(current, text)? {
                    return Err(error.into());
                }
                self.index(current, text, name)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// `name in dir(object)`, without the list where it cannot be there.
    fn lists_attribute(
        &self,
        object: &Bound<'py, PyAny>,
        name: &Bound<'py, PyString>,
    ) -> PyResult<bool> {
        let class = type_of(object);
        let types = &self.django.types;
        let plain = [types.dict, types.list, types.tuple, types.str, types.safe, types.int];
        if plain.contains(&class) || class == types.none || class == types.float {
            return Ok(false);
        }
        object.dir()?.contains(name)
    }

    fn index(
        &self,
        current: &Bound<'py, PyAny>,
        text: &Bound<'py, PyString>,
        name: &Name,
    ) -> Result<Bound<'py, PyAny>, Failure> {
        let result = match name.index {
            Some(index) => current.get_item(index),
            None => {
                let starts_like_number = text.to_cow()?.starts_with(|c: char| c.is_numeric());
                if !starts_like_number {
                    return Err(Failure::Missing);
                }
                let int = self.py.get_type::<pyo3::types::PyInt>();
                int.call1((text,)).and_then(|index| current.get_item(index))
            }
        };
        result.map_err(|error| {
            if self.is_lookup_error(&error) { Failure::Missing } else { Failure::Raised(error) }
        })
    }

    /// Calls what a name gave, unless it says that templates must not.
    fn call(&self, callable: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let py = self.py;
        if self.has_mark(&callable, pyo3::intern!(py, "do_not_call_in_templates"))? {
            return Ok(callable);
        }
        if self.has_mark(&callable, pyo3::intern!(py, "alters_data"))? {
            return self.string_if_invalid();
        }
        match callable.call0() {
            Err(error) if error.is_instance_of::<PyTypeError>(py) => {
                if self.django.call(py, "needs_arguments", (&callable,))?.is_truthy()? {
                    self.string_if_invalid()
                } else {
                    Err(error)
                }
            }
            result => result,
        }
    }

    /// `getattr(callable, mark, False)`, without an AttributeError for plain methods.
    fn has_mark(
        &self,
        callable: &Bound<'py, PyAny>,
        mark: &Bound<'py, PyString>,
    ) -> PyResult<bool> {
        let types = &self.django.types;
        let class = type_of(callable);
        if class == types.builtin {
            return Ok(false);
        }
        if class == types.method || class == types.function {
            let function = if class == types.method {
                callable.getattr(pyo3::intern!(self.py, "__func__"))?
            } else {
                callable.clone()
            };
            if type_of(&function) == types.function {
                let dict = function.getattr(pyo3::intern!(self.py, "__dict__"))?;
                return match dict.cast_into::<PyDict>()?.get_item(mark)? {
                    Some(value) => value.is_truthy(),
                    None => Ok(false),
                };
            }
        }
        match callable.getattr_opt(mark)? {
            Some(value) => value.is_truthy(),
            None => Ok(false),
        }
    }

    /// `forloop.…`
    fn loop_path(
        &mut self,
        at: usize,
        linked: &Linked,
        rest: &[NameId],
    ) -> Outcome<'py, Value<'py>> {
        let Some((first, deeper)) = rest.split_first() else {
            return Ok(Value::Object(self.loop_object(at)?.into_any()));
        };
        let name = linked.name(*first)?;
        let Some(state) = self.scope.loops.get(at) else { return Ok(Value::empty()) };
        let (index, len) = (state.index, state.len);
        let number = |n: usize| Ok(Value::Int(i64::try_from(n).unwrap_or(i64::MAX)));
        if deeper.is_empty() {
            match name.known {
                Known::Counter => return number(index + 1),
                Known::Counter0 => return number(index),
                Known::RevCounter => return number(len.saturating_sub(index)),
                Known::RevCounter0 => return number(len.saturating_sub(index + 1)),
                Known::Length if self.django.loop_length => return number(len),
                Known::First => return Ok(Value::Bool(index == 0)),
                Known::Last => return Ok(Value::Bool(index + 1 == len)),
                _ => {}
            }
        }
        if name.known == Known::ParentLoop {
            return match state.parent.clone() {
                Found::Loop(parent) => self.loop_path(parent, linked, deeper),
                parent => {
                    let parent = self.object_of(parent)?;
                    self.follow(parent, linked, name, deeper)
                }
            };
        }
        let object = self.loop_object(at)?.into_any();
        self.follow(object, linked, name, rest)
    }

    /// `block.…`
    fn block_path(
        &mut self,
        at: usize,
        linked: &Linked,
        rest: &[NameId],
    ) -> Outcome<'py, Value<'py>> {
        let object = |render: &mut Self| render.object_of(Found::Block(at));
        let Some(first) = rest.first() else { return Ok(Value::Object(object(self)?)) };
        let name = linked.name(*first)?;
        if rest.len() == 1 && name.known == Known::Super {
            return match self.block_super(at) {
                Err(Fault::Raised(error)) => self.failed(name, error),
                result => result,
            };
        }
        let object = object(self)?;
        self.follow(object, linked, name, rest)
    }

    /// What Python sees as `forloop`.
    pub(crate) fn loop_object(&mut self, at: usize) -> PyResult<Bound<'py, PyDict>> {
        let py = self.py;
        let Some(state) = self.scope.loops.get(at) else { return Ok(PyDict::new(py)) };
        if let Some(dict) = &state.dict {
            return Ok(dict.clone());
        }
        let (parent, len) = (state.parent.clone(), state.len);
        let parent = self.object_of(parent)?;
        let dict = PyDict::new(py);
        dict.set_item("parentloop", parent)?;
        if self.django.loop_length {
            dict.set_item("length", len)?;
        }
        if let Some(state) = self.scope.loops.get_mut(at) {
            state.dict = Some(dict.clone());
        }
        self.refresh_loop(at)?;
        Ok(dict)
    }

    /// Writes the counters of a loop that Python has seen.
    pub(crate) fn refresh_loop(&self, at: usize) -> PyResult<()> {
        let py = self.py;
        let Some(state) = self.scope.loops.get(at) else { return Ok(()) };
        let Some(dict) = &state.dict else { return Ok(()) };
        let (index, len) = (state.index, state.len);
        dict.set_item(pyo3::intern!(py, "counter0"), index)?;
        dict.set_item(pyo3::intern!(py, "counter"), index + 1)?;
        dict.set_item(pyo3::intern!(py, "revcounter"), len.saturating_sub(index))?;
        dict.set_item(pyo3::intern!(py, "revcounter0"), len.saturating_sub(index + 1))?;
        dict.set_item(pyo3::intern!(py, "first"), index == 0)?;
        dict.set_item(pyo3::intern!(py, "last"), index + 1 == len)
    }

    /// What a name stands for, as Python sees it.
    pub(crate) fn object_of(&mut self, found: Found<'py>) -> PyResult<Bound<'py, PyAny>> {
        match found {
            Found::Object(object) => Ok(object),
            Found::Loop(at) => Ok(self.loop_object(at)?.into_any()),
            Found::Block(at) => self.block_object(at),
            Found::Nothing => Ok(PyDict::new(self.py).into_any()),
        }
    }
}
