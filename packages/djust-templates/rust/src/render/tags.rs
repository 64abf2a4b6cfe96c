//! The tags of the language that print or bind something.

use std::collections::HashMap;
use std::mem;
use std::sync::Arc;

use djust_templates::program::{BodyId, ConstId, ExprId, Include, NameId};
use djust_templates::text::{is_space, strip};
use pyo3::basic::CompareOp;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString, PyTuple};

use crate::activation::{NodeKey, node_key};
use crate::fault::{Fault, Outcome};
use crate::ffi::type_of;
use crate::linked::Linked;
use crate::render::Render;
use crate::render::inheritance::{Compiled, program_of};
use crate::render::scope::{Found, Scope};
use crate::value::Value;

/// Templates that includes have found, by tag and name.
pub(crate) type IncludeCache<'py> =
    HashMap<(NodeKey, String), (Bound<'py, PyAny>, Option<Compiled>)>;

/// `re.sub(r">\s+<", "><", text)`
fn without_space_between_tags(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('>') {
        let (head, tail) = rest.split_at(at + 1);
        out.push_str(head);
        let trimmed = tail.trim_start_matches(is_space);
        rest = if trimmed.len() < tail.len() && trimmed.starts_with('<') { trimmed } else { tail };
    }
    out.push_str(rest);
    out
}

impl<'py> Render<'py> {
    /// Text that was printed, as a safe value.
    pub(crate) fn safe(&self, printed: Vec<u8>) -> PyResult<Value<'py>> {
        match String::from_utf8(printed) {
            Ok(text) => Ok(Value::Safe(text)),
            // Lone surrogates only exist in Python.
            Err(error) => {
                let text = crate::ffi::decode(self.py, error.as_bytes())?;
                Ok(Value::Object(self.mark_safe(text)?))
            }
        }
    }

    /// `context[name] = value`
    pub(crate) fn assign_value(
        &mut self,
        linked: &Linked,
        name: NameId,
        value: Value<'py>,
    ) -> PyResult<()> {
        let name = linked.name(name)?.text.bind(self.py).clone();
        let value = self.found(value)?;
        self.assign(&name, value)
    }

    /// What `render_value_in_context` returns for a value.
    pub(crate) fn shown(&mut self, value: &Value<'py>) -> PyResult<Value<'py>> {
        let outer = mem::take(&mut self.out);
        let result = self.write(value);
        let printed = mem::replace(&mut self.out, outer);
        result?;
        let shown = self.safe(printed)?;
        if self.autoescape || value.is_safe(self.django)? {
            return Ok(shown);
        }
        Ok(match shown {
            Value::Safe(text) => Value::Text(text),
            other => other,
        })
    }

    pub(crate) fn include(
        &mut self,
        linked: &Arc<Linked>,
        include: &Include,
        token: u32,
    ) -> Outcome<'py, ()> {
        let target = self.value(linked, include.template)?;
        let (template, program) = self.included(linked, target, token)?;
        let values = self.bound_values(linked, &include.bindings)?;
        if include.only {
            let dict = PyDict::new(self.py);
            for (name, value) in values {
                dict.set_item(name, value)?;
            }
            return self.render_isolated(&template, program, dict);
        }
        self.push_frame();
        let mut result = Ok(());
        for (name, value) in values {
            result = result.and_then(|()| self.assign(&name, Found::Object(value)));
        }
        let result = result
            .map_err(Fault::from)
            .and_then(|()| self.render_template(&template, program.as_ref()));
        self.pop_frame()?;
        result
    }

    fn included(
        &mut self,
        linked: &Arc<Linked>,
        target: Value<'py>,
        token: u32,
    ) -> PyResult<(Bound<'py, PyAny>, Option<Compiled>)> {
        let key =
            target.as_text(self.django).map(|(name, _)| (node_key(linked, token), name.to_owned()));
        if let Some(known) = key.as_ref().and_then(|key| self.includes.get(key)) {
            return Ok(known.clone());
        }
        let target = target.into_object(self.py)?;
        let is_relative = key
            .as_ref()
            .is_none_or(|(_, name)| name.trim_start_matches(['\'', '"']).starts_with('.'));
        let cached = if is_relative { None } else { self.cached_template(&target)? };
        let template = match cached {
            Some(template) => template,
            None => {
                let args = (&self.engine, target, linked.origin.bind(self.py));
                self.django.call(self.py, "find_included", args)?
            }
        };
        let program = program_of(&template)?;
        if let Some(key) = key {
            self.includes.insert(key, (template.clone(), program.clone()));
        }
        Ok((template, program))
    }

    /// `template.render(context.new(values))`
    pub(crate) fn render_isolated(
        &mut self,
        template: &Bound<'py, PyAny>,
        program: Option<Compiled>,
        values: Bound<'py, PyDict>,
    ) -> Outcome<'py, ()> {
        let mut scope = Scope::isolated();
        scope.add_base(values.clone().into_any(), self.django);
        self.isolate(values.into_any(), scope);
        let result = self.render_template(template, program.as_ref());
        self.rejoin();
        result
    }

    /// `template.render(context)`
    pub(crate) fn render_template(
        &mut self,
        template: &Bound<'py, PyAny>,
        program: Option<&Compiled>,
    ) -> Outcome<'py, ()> {
        let Some(program) = program else {
            let context = self.context_view()?;
            let text = template.call_method1(pyo3::intern!(self.py, "render"), (context,))?;
            self.after_python()?;
            return Ok(self.write_raw(&text)?);
        };
        let mark = self.out.len();
        self.enter(template.clone());
        let announced = self.announce(template);
        let result = announced.map_err(Fault::from).and_then(|()| match program.parent {
            // A parent may turn out to be one for the reference engine, and then all is undone.
            true => self.in_bytes(|render| render.body(&program.linked, program.root)),
            false => self.body(&program.linked, program.root),
        });
        self.leave()?;
        match result {
            Err(Fault::Reference) => {
                self.out.truncate(mark);
                if let Some(marking) = &mut self.marking {
                    marking.spoil();
                }
                let context = self.context_view()?;
                let text = self.django.call(self.py, "render_reference", (template, context))?;
                self.after_python()?;
                Ok(self.write_raw(&text)?)
            }
            result => result,
        }
    }

    pub(crate) fn filter_body(
        &mut self,
        linked: &Arc<Linked>,
        chain: ExprId,
        body: BodyId,
    ) -> Outcome<'py, ()> {
        let printed = self.captured(linked, body)?;
        let printed = self.safe(printed)?.into_object(self.py)?;
        let name = linked.keys.var.bind(self.py).clone();
        self.push_frame();
        let bound = self.assign(&name, Found::Object(printed));
        let value = bound.map_err(Fault::from).and_then(|()| self.value(linked, chain));
        self.pop_frame()?;
        Ok(self.write_result(value?)?)
    }

    /// What a node returned: text that is not escaped again.
    pub(crate) fn write_result(&mut self, value: Value<'py>) -> PyResult<()> {
        match value {
            Value::Text(text) | Value::Safe(text) => {
                self.write_text(&text, true);
                Ok(())
            }
            value => self.write_raw(&value.into_object(self.py)?),
        }
    }

    pub(crate) fn spaceless(&mut self, linked: &Arc<Linked>, body: BodyId) -> Outcome<'py, ()> {
        let printed = self.captured(linked, body)?;
        let text = match self.safe(printed)? {
            Value::Safe(text) => without_space_between_tags(strip(&text)),
            other => {
                let text =
                    self.django.call(self.py, "spaceless", (other.into_object(self.py)?,))?;
                return Ok(self.write_raw(&text)?);
            }
        };
        self.write_text(&text, true);
        Ok(())
    }

    pub(crate) fn cycle(&mut self, linked: &Arc<Linked>, at: u32) -> Outcome<'py, ()> {
        let Some(cycle) = linked.program.cycles.get(at as usize) else { return Ok(()) };
        if cycle.values.is_empty() {
            return Err(pyo3::exceptions::PyStopIteration::new_err(()).into());
        }
        let index = {
            let mut state = self.activation()?.state();
            let count = state.cycles.entry(node_key(linked, at)).or_default();
            let index = *count % cycle.values.len();
            *count += 1;
            index
        };
        let Some(expr) = cycle.values.get(index) else { return Ok(()) };
        let value = self.value(linked, *expr)?;
        if let Some(name) = cycle.name {
            let name = linked.name(name)?.text.bind(self.py).clone();
            let found = self.found(value.clone())?;
            if let Some((dict, found)) = self.scope.rebind_upward(&name, found)? {
                let object = self.object_of(found)?;
                dict.set_item(name, object)?;
            }
        }
        if cycle.silent {
            return Ok(());
        }
        Ok(self.write(&value)?)
    }

    pub(crate) fn reset_cycle(&mut self, linked: &Arc<Linked>, at: u32) -> Outcome<'py, ()> {
        self.activation()?.state().cycles.remove(&node_key(linked, at));
        Ok(())
    }

    pub(crate) fn first_of(
        &mut self,
        linked: &Linked,
        values: &[ExprId],
        target: Option<NameId>,
    ) -> Outcome<'py, ()> {
        let mut first = Value::empty();
        for expr in values {
            let value = self.lenient(linked, *expr)?;
            if value.is_true()? {
                if target.is_none() {
                    return Ok(self.write(&value)?);
                }
                first = self.shown(&value)?;
                break;
            }
        }
        match target {
            Some(name) => Ok(self.assign_value(linked, name, first)?),
            None => Ok(()),
        }
    }

    /// What the tag saw last: kept with the innermost loop, or with the template.
    fn changed_state(
        &mut self,
        place: &Option<Found<'py>>,
        key: NodeKey,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        match place {
            Some(Found::Loop(at)) => {
                Ok(self.scope.loops.get(*at).and_then(|state| state.changed.get(&key).cloned()))
            }
            Some(Found::Object(object)) => match object.get_item(("ifchanged", key.0, key.1)) {
                Ok(value) => Ok(Some(value)),
                Err(error) if error.is_instance_of::<pyo3::exceptions::PyKeyError>(self.py) => {
                    Ok(None)
                }
                Err(error) => Err(error),
            },
            _ => {
                let state = self.activation()?.state();
                Ok(state.changed.get(&key).map(|value| value.bind(self.py).clone()))
            }
        }
    }

    fn set_changed_state(
        &mut self,
        place: &Option<Found<'py>>,
        key: NodeKey,
        value: Bound<'py, PyAny>,
    ) -> PyResult<()> {
        match place {
            Some(Found::Loop(at)) => {
                if let Some(state) = self.scope.loops.get_mut(*at) {
                    state.changed.insert(key, value);
                }
            }
            Some(Found::Object(object)) => object.set_item(("ifchanged", key.0, key.1), value)?,
            _ => {
                self.activation()?.state().changed.insert(key, value.unbind());
            }
        }
        Ok(())
    }

    pub(crate) fn if_changed(
        &mut self,
        linked: &Arc<Linked>,
        token: u32,
        values: &[ExprId],
        changed: BodyId,
        otherwise: Option<BodyId>,
    ) -> Outcome<'py, ()> {
        let key = node_key(linked, token);
        let forloop = linked.keys.forloop.bind(self.py).clone();
        let place = self.scope.find(&forloop)?;
        let mut printed = None;
        let seen = if values.is_empty() {
            let text = self.captured(linked, changed)?;
            let seen = crate::ffi::decode(self.py, &text)?;
            printed = Some(text);
            seen
        } else {
            let seen = PyList::empty(self.py);
            for expr in values {
                seen.append(self.lenient(linked, *expr)?.into_object(self.py)?)?;
            }
            seen.into_any()
        };
        let differs = match self.changed_state(&place, key)? {
            Some(last) => seen.rich_compare(last, CompareOp::Ne)?.is_truthy()?,
            None => true,
        };
        if !differs {
            return match otherwise {
                Some(otherwise) => self.body(linked, otherwise),
                None => Ok(()),
            };
        }
        self.set_changed_state(&place, key, seen)?;
        match printed {
            Some(text) if !text.is_empty() => {
                self.out.extend_from_slice(&text);
                Ok(())
            }
            _ => self.body(linked, changed),
        }
    }

    /// `{% partial %}`
    pub(crate) fn partial(&mut self, node: &Bound<'py, PyAny>) -> Outcome<'py, ()> {
        let template = self.django.call(self.py, "find_partial", (node,))?;
        let program = program_of(&template)?;
        self.render_template(&template, program.as_ref())
    }

    pub(crate) fn csrf_token(&mut self, linked: &Linked) -> Outcome<'py, ()> {
        let name = linked.keys.csrf_token.bind(self.py);
        let token = match self.scope.find(name)? {
            Some(found) => Some(self.object_of(found)?),
            None => None,
        };
        if let (Some((known, text)), Some(token)) = (&self.csrf_input, &token)
            && known.is(token)
        {
            let text = text.clone();
            return Ok(self.write_raw(&text)?);
        }
        let text = self.django.call(self.py, "csrf_input", (&token,))?;
        if let Some(token) = token
            && self.is_settled(&token)?
        {
            self.csrf_input = Some((token, text.clone()));
        }
        Ok(self.write_raw(&text)?)
    }

    /// Is it text, or a lazy object that has become text, so that it stays what it is?
    fn is_settled(&self, object: &Bound<'py, PyAny>) -> PyResult<bool> {
        let class = type_of(object);
        if class == self.django.types.str || class == self.django.types.safe {
            return Ok(true);
        }
        if class != self.django.simple_lazy.as_ptr() as usize {
            return Ok(false);
        }
        let inner = object.getattr(pyo3::intern!(self.py, "_wrapped"))?;
        Ok(type_of(&inner) == self.django.types.str)
    }

    pub(crate) fn now(
        &mut self,
        linked: &Linked,
        format: ConstId,
        target: Option<NameId>,
    ) -> Outcome<'py, ()> {
        let format = linked.constant(format)?.bind(self.py);
        let moment = self.django.call(self.py, "current_moment", ())?;
        let known = match Value::Object(format.clone()).as_text(self.django) {
            Some((text, _)) if !text.is_empty() => {
                self.formatted_moment(&moment, text, None, false)?
            }
            _ => None,
        };
        let text = match known {
            Some(text) => PyString::new(self.py, &text).into_any(),
            None => self.django.call(self.py, "format_date", (moment, format))?,
        };
        match target {
            Some(name) => Ok(self.assign_value(linked, name, Value::Object(text))?),
            None => Ok(self.write_raw(&text)?),
        }
    }

    pub(crate) fn width_ratio(
        &mut self,
        linked: &Linked,
        parts: &[ExprId; 3],
        target: Option<NameId>,
    ) -> Outcome<'py, ()> {
        let mut values = Vec::with_capacity(3);
        for part in parts {
            match self.object(linked, *part) {
                Ok(value) => values.push(value),
                Err(Fault::Missing { .. }) => return Ok(()),
                Err(Fault::Raised(error)) if self.is_lookup_failure(&error) => return Ok(()),
                Err(Fault::Raised(error))
                    if error.is_instance_of::<PyValueError>(self.py)
                        || error.is_instance_of::<PyTypeError>(self.py) =>
                {
                    let message = "widthratio final argument must be a number";
                    let error = self.django.syntax_error.bind(self.py).call1((message,))?;
                    return Err(PyErr::from_value(error).into());
                }
                Err(fault) => return Err(fault),
            }
        }
        let args = PyTuple::new(self.py, values)?;
        let text = self.django.call(self.py, "width_ratio", args)?;
        match target {
            Some(name) => Ok(self.assign_value(linked, name, Value::Object(text))?),
            None => Ok(self.write_raw(&text)?),
        }
    }

    pub(crate) fn regroup(
        &mut self,
        linked: &Linked,
        list: ExprId,
        key: ExprId,
        name: NameId,
    ) -> Outcome<'py, ()> {
        let py = self.py;
        let groups = PyList::empty(py);
        let items = self.lenient(linked, list)?.into_object(py)?;
        if !items.is_none() {
            let mut open: Option<(Bound<'py, PyAny>, Bound<'py, PyList>)> = None;
            for item in items.try_iter()? {
                let item = item?;
                self.assign_value(linked, name, Value::Object(item.clone()))?;
                let key = self.lenient(linked, key)?.into_object(py)?;
                let same = match &open {
                    Some((last, _)) => last.is(&key) || key.eq(last)?,
                    None => false,
                };
                if !same && let Some((last, members)) = open.take() {
                    groups.append(self.django.call(py, "group", (last, members))?)?;
                }
                let (_, members) = open.get_or_insert_with(|| (key, PyList::empty(py)));
                members.append(item)?;
            }
            if let Some((last, members)) = open {
                groups.append(self.django.call(py, "group", (last, members))?)?;
            }
        }
        Ok(self.assign_value(linked, name, Value::Object(groups.into_any()))?)
    }

    /// A node's result: escaped when escaping is on, and text in any case.
    pub(crate) fn write_escaped(&mut self, value: &Bound<'py, PyAny>) -> PyResult<()> {
        let class = type_of(value);
        let types = &self.django.types;
        if class == types.str || class == types.safe {
            return self.write(&Value::Object(value.clone()));
        }
        if self.autoescape {
            if let Some(text) = self.form_html(value)? {
                return self.write(&text);
            }
            let escaped = self.django.conditional_escape.bind(self.py).call1((value,))?;
            return self.write_raw(&escaped);
        }
        self.write_raw(value)
    }

    /// Binds a name that a library's tag has asked for.
    pub(crate) fn assign_python(
        &mut self,
        name: &Py<PyString>,
        value: Bound<'py, PyAny>,
    ) -> PyResult<()> {
        let name = name.bind(self.py).clone();
        self.assign(&name, Found::Object(value))
    }
}
