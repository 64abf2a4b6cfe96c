//! The tags of libraries.

use std::sync::Arc;

use djust_templates::program::{BodyId, CustomId};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};

use crate::activation::node_key;
use crate::fault::{Fault, Outcome};
use crate::ffi::type_of;
use crate::linked::{BlockTranslate, Call, Custom, Linked, Setting, Translate};
use crate::render::Render;
use crate::render::inheritance::program_of;
use crate::render::scope::Found;
use crate::value::Value;

impl<'py> Render<'py> {
    pub(crate) fn custom(
        &mut self,
        linked: &Arc<Linked>,
        custom: CustomId,
        token: u32,
    ) -> Outcome<'py, ()> {
        match linked.custom(custom)? {
            Custom::Node(node) => self.python_node(node.bind(self.py)),
            Custom::Simple { call, target, content } => {
                let result = self.call_tag(linked, call, *content)?;
                match target {
                    Some(name) => Ok(self.assign_python(name, result)?),
                    None => Ok(self.write_escaped(&result)?),
                }
            }
            Custom::Inclusion { call, node } => self.inclusion(linked, call, node, token),
            Custom::Scoped { setting, body, .. } => self.scoped(linked, *setting, *body),
            Custom::Static { path, target, node } => {
                let path = self.object(linked, *path)?;
                let url = node.bind(self.py).call_method1("handle_simple", (path,))?;
                match target {
                    Some(name) => {
                        let shown = self.shown_escaped(url)?;
                        Ok(self.assign_python(name, shown)?)
                    }
                    None => Ok(self.write_escaped(&url)?),
                }
            }
            Custom::Partial(node) => self.partial(node.bind(self.py)),
            Custom::Inline(body) => self.body(linked, *body),
            Custom::Translate(tag) => self.translate(linked, tag),
            Custom::BlockTranslate(tag) => self.block_translate(linked, tag),
        }
    }

    fn python_node(&mut self, node: &Bound<'py, PyAny>) -> Outcome<'py, ()> {
        let context = self.context_view()?;
        let text = node.call_method1(pyo3::intern!(self.py, "render_annotated"), (context,))?;
        self.after_python()?;
        Ok(self.write_raw(&text)?)
    }

    fn shown_escaped(&self, value: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        if self.autoescape {
            return self.django.conditional_escape.bind(self.py).call1((value,));
        }
        Ok(value)
    }

    /// Calls a tag's function: positional arguments, the content of a block tag before them and
    /// the context before all.
    fn call_tag(
        &mut self,
        linked: &Arc<Linked>,
        call: &Call,
        content: Option<BodyId>,
    ) -> Outcome<'py, Bound<'py, PyAny>> {
        let py = self.py;
        let mut args = Vec::with_capacity(call.args.len() + 2);
        for expr in &call.args {
            args.push(self.object(linked, *expr)?);
        }
        let kwargs = PyDict::new(py);
        for (name, expr) in &call.kwargs {
            let value = self.object(linked, *expr)?;
            kwargs.set_item(name.bind(py), value)?;
        }
        if let Some(body) = content {
            let printed = self.captured(linked, body)?;
            args.insert(0, self.safe(printed)?.into_object(py)?);
        }
        if call.takes_context {
            args.insert(0, self.context_view()?);
        }
        let result = call.function.bind(py).call(PyTuple::new(py, args)?, Some(&kwargs))?;
        if call.takes_context {
            self.after_python()?;
        }
        self.locale = None;
        Ok(result)
    }

    fn inclusion(
        &mut self,
        linked: &Arc<Linked>,
        call: &Call,
        node: &Py<PyAny>,
        token: u32,
    ) -> Outcome<'py, ()> {
        let py = self.py;
        let values = self.call_tag(linked, call, None)?;
        let key = (node_key(linked, token), String::new());
        let (template, program) = match self.includes.get(&key) {
            Some(known) => known.clone(),
            None => {
                let args = (&self.engine, node.bind(py));
                let template = self.django.call(py, "inclusion_template", args)?;
                let found = (template.clone(), program_of(&template)?);
                self.includes.insert(key, found.clone());
                found
            }
        };
        let name = linked.keys.csrf_token.bind(py).clone();
        let token = match self.scope.find(&name)? {
            Some(found) => Some(self.object_of(found)?),
            None => None,
        };
        let token = token.filter(|token| !token.is_none());
        if type_of(&values) == self.django.types.dict {
            let values = values.cast_into::<PyDict>().map_err(PyErr::from)?;
            if let Some(token) = token {
                values.set_item(name, token)?;
            }
            return self.render_isolated(&template, program, values);
        }
        let context = self.context_view()?.call_method1("new", (values,))?;
        if let Some(token) = token {
            context.set_item(name, token)?;
        }
        let text = template.call_method1("render", (context,))?;
        self.after_python()?;
        Ok(self.write_raw(&text)?)
    }

    fn scoped(&mut self, linked: &Arc<Linked>, setting: Setting, body: BodyId) -> Outcome<'py, ()> {
        let py = self.py;
        let (name, expr) = match setting {
            Setting::Localize(on) => {
                let outer = self.use_l10n.replace(on);
                let result = self.body(linked, body);
                self.use_l10n = outer;
                return result;
            }
            Setting::Localtime(on) => {
                let outer = self.use_tz.replace(on);
                let result = self.body(linked, body);
                self.use_tz = outer;
                return result;
            }
            Setting::Language(expr) => ("language_override", expr),
            Setting::Timezone(expr) => ("timezone_override", expr),
        };
        let value = self.object(linked, expr)?;
        let manager = self.django.call(py, name, (value,))?;
        manager.call_method0("__enter__")?;
        self.locale = None;
        let result = self.body(linked, body);
        self.locale = None;
        let nothing = py.None();
        manager.call_method1("__exit__", (&nothing, &nothing, &nothing))?;
        result
    }

    fn translate(&mut self, linked: &Linked, tag: &Translate) -> Outcome<'py, ()> {
        let py = self.py;
        let context = match tag.context {
            Some(expr) => Some(self.object(linked, expr)?),
            None => None,
        };
        let expr = linked.expression(tag.message)?;
        let value = match &tag.literal {
            Some(literal) => {
                let literal = literal.bind(py).clone();
                self.message(literal, tag.noop, context, expr.filters.is_empty())?
            }
            None => match self.unfiltered(linked, expr) {
                Ok(value) if tag.noop => value,
                Ok(value) => {
                    let value = value.into_object(py)?;
                    self.message(value, false, context, false)?
                }
                Err(Fault::Missing { .. }) => {
                    let invalid = self.string_if_invalid()?;
                    let text = self.django.call(py, "invalid_text", (invalid, &*expr.variable))?;
                    Value::Object(text)
                }
                Err(fault) => return Err(fault),
            },
        };
        let value = self.filtered(linked, expr, value)?;
        let shown = match self.shown(&value)? {
            Value::Safe(text) => Value::Safe(text.replace("%%", "%")),
            Value::Text(text) => Value::Text(text.replace("%%", "%")),
            other => other,
        };
        match &tag.target {
            Some(name) => {
                let shown = shown.into_object(py)?;
                Ok(self.assign_python(name, shown)?)
            }
            None => Ok(self.write_result(shown)?),
        }
    }

    /// The translation of a message; lazy when filters are to see what Django shows them.
    fn message(
        &self,
        message: Bound<'py, PyAny>,
        noop: bool,
        context: Option<Bound<'py, PyAny>>,
        now: bool,
    ) -> PyResult<Value<'py>> {
        if noop {
            return Ok(Value::Object(message));
        }
        let name = if now { "translate" } else { "translate_lazily" };
        self.django.call(self.py, name, (message, context)).map(Value::Object)
    }

    fn block_translate(&mut self, linked: &Arc<Linked>, tag: &BlockTranslate) -> Outcome<'py, ()> {
        let py = self.py;
        let context = match tag.context {
            Some(expr) => Some(self.object(linked, expr)?),
            None => None,
        };
        let mut values = Vec::with_capacity(tag.bindings.len());
        for (name, expr) in &tag.bindings {
            values.push((name.bind(py).clone(), self.object(linked, *expr)?));
        }
        self.push_frame();
        let mut bound = Ok(());
        for (name, value) in values {
            bound = bound.and_then(|()| self.assign(&name, Found::Object(value)));
        }
        let parts = bound.map_err(Fault::from).and_then(|()| self.translated(linked, tag, context));
        self.pop_frame()?;
        let (message, data) = parts?;
        let text = match self.django.call(py, "format_message", (message, data))? {
            text if text.is_none() => {
                let context = self.context_view()?;
                let text =
                    self.django.call(py, "render_untranslated", (tag.node.bind(py), context))?;
                self.after_python()?;
                text
            }
            text => text,
        };
        match &tag.target {
            Some(name) => {
                let safe = self.django.safe_string.bind(py).call1((text,))?;
                Ok(self.assign_python(name, safe)?)
            }
            None => Ok(self.write_raw(&text)?),
        }
    }

    /// The message in the language of this moment, and the values of its variables as shown.
    fn translated(
        &mut self,
        linked: &Linked,
        tag: &BlockTranslate,
        context: Option<Bound<'py, PyAny>>,
    ) -> Outcome<'py, (Bound<'py, PyAny>, Bound<'py, PyDict>)> {
        let py = self.py;
        let mut variables: Vec<&Py<PyString>> = tag.singular.variables.iter().collect();
        let message = match &tag.plural {
            Some(plural) => {
                let count = self.object(linked, plural.count)?;
                let node = tag.node.bind(py);
                self.django.call(py, "check_count", (node, &count))?;
                let name = plural.counter.bind(py).clone();
                self.assign(&name, Found::Object(count.clone()))?;
                variables.extend(&plural.message.variables);
                let args = (&tag.singular.id, &plural.message.id, count, context);
                self.django.call(py, "translate_counted", args)?
            }
            None => self.django.call(py, "translate_message", (&tag.singular.id, context))?,
        };
        let data = PyDict::new(py);
        for name in variables {
            let name = name.bind(py);
            let value = match self.scope.find(name)? {
                Some(found) => self.object_of(found)?,
                None => {
                    let invalid = self.string_if_invalid()?;
                    self.django.call(py, "invalid_text", (invalid, name))?
                }
            };
            let shown = self.shown(&Value::Object(value))?.into_object(py)?;
            data.set_item(name, shown)?;
        }
        Ok((message, data))
    }
}
