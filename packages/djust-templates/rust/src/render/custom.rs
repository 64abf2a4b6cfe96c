//! The tags of libraries.

use std::sync::Arc;

use djust_templates::program::{BodyId, CustomId};
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};

use crate::activation::node_key;
use crate::fault::Outcome;
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
            Custom::Scoped { setting, body } => self.scoped(linked, *setting, *body),
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
            Custom::Translate(tag) => self.translate(linked, tag, token),
            Custom::BlockTranslate(tag) => self.block_translate(linked, tag, token),
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
        self.forget_locale();
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
        self.forget_locale();
        let result = self.body(linked, body);
        self.forget_locale();
        let nothing = py.None();
        manager.call_method1("__exit__", (&nothing, &nothing, &nothing))?;
        result
    }

    fn translate(&mut self, linked: &Arc<Linked>, tag: &Translate, token: u32) -> Outcome<'py, ()> {
        let py = self.py;
        let context = match tag.context {
            Some(expr) => Some(self.object(linked, expr)?),
            None => None,
        };
        let expr = linked.expression(tag.message)?;
        let mut unfiltered = false;
        let value = match &tag.literal {
            Some(literal) => {
                let literal = literal.bind(py).clone();
                let plain = expr.filters.is_empty();
                let key = node_key(linked, token);
                let keep = plain && !tag.noop && context.is_none();
                match self.locale.messages.get(&key) {
                    Some(known) if keep => known.clone(),
                    _ => {
                        let message = self.message(literal, tag.noop, context, plain)?;
                        if keep {
                            self.locale.messages.insert(key, message.clone());
                            self.locale_used = true;
                        }
                        message
                    }
                }
            }
            None => match self.unfiltered(linked, expr) {
                Ok(value) if tag.noop => value,
                Ok(value) => {
                    let value = value.into_object(py)?;
                    self.message(value, false, context, false)?
                }
                Err(fault) if self.is_missing(&fault) => {
                    let invalid = self.string_if_invalid()?;
                    unfiltered = invalid.is_truthy()?;
                    let text = self.django.call(py, "invalid_text", (invalid, &*expr.variable))?;
                    Value::Object(text)
                }
                Err(fault) => return Err(fault),
            },
        };
        let value = if unfiltered { value } else { self.filtered(linked, expr, value)? };
        if tag.target.is_none()
            && value.as_text(self.django).is_some_and(|(text, _)| !text.contains("%%"))
        {
            return Ok(self.write(&value)?);
        }
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

    fn block_translate(
        &mut self,
        linked: &Arc<Linked>,
        tag: &BlockTranslate,
        token: u32,
    ) -> Outcome<'py, ()> {
        let py = self.py;
        let (message, data) = self.message_parts(linked, tag, token)?;
        let text = match self.formatted(message, data)? {
            Ok(text) => text,
            Err(_) => self.untranslated(linked, tag, token)?,
        };
        match &tag.target {
            Some(name) => {
                let text = text.into_object(py)?;
                let safe = self.django.safe_string.bind(py).call1((text,))?;
                Ok(self.assign_python(name, safe)?)
            }
            None => Ok(self.write_result(text)?),
        }
    }

    /// The message and the values of its variables, with the names of the tag in a frame.
    fn message_parts(
        &mut self,
        linked: &Arc<Linked>,
        tag: &BlockTranslate,
        token: u32,
    ) -> Outcome<'py, Translated<'py>> {
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
        bound?;
        // Django pops the frame only when nothing is raised, and a context shows its frames.
        let (message, data) = self.translated(linked, tag, context, token)?;
        self.pop_frame()?;
        Ok((message, data))
    }

    /// `message % data`, or what was to be formatted when the message does not fit the data.
    #[allow(clippy::type_complexity, reason = "the outer error is Python's, the inner ours")]
    fn formatted(
        &self,
        message: Bound<'py, PyAny>,
        data: Vec<(Bound<'py, PyString>, Value<'py>)>,
    ) -> PyResult<Result<Value<'py>, (Bound<'py, PyAny>, Bound<'py, PyDict>)>> {
        if let Some(text) = formatted(&message, &data, self.django) {
            return Ok(Ok(text));
        }
        let values = PyDict::new(self.py);
        for (name, value) in data {
            values.set_item(name, value.into_object(self.py)?)?;
        }
        let text = self.django.call(self.py, "format_message", (&message, &values))?;
        Ok(if text.is_none() { Err((message, values)) } else { Ok(Value::Object(text)) })
    }

    /// A block whose translation is broken, in the language of its source.
    fn untranslated(
        &mut self,
        linked: &Arc<Linked>,
        tag: &BlockTranslate,
        token: u32,
    ) -> Outcome<'py, Value<'py>> {
        let py = self.py;
        let nothing = py.None();
        let manager = self.django.call(py, "language_override", (&nothing,))?;
        manager.call_method0("__enter__")?;
        self.forget_locale();
        let parts = self.message_parts(linked, tag, token);
        self.forget_locale();
        manager.call_method1("__exit__", (&nothing, &nothing, &nothing))?;
        let (message, data) = parts?;
        match self.formatted(message, data)? {
            // Django's node assigns the text while it renders the second time, and then nothing.
            Ok(_) if tag.target.is_some() => Ok(Value::empty()),
            Ok(text) => Ok(text),
            Err((message, values)) => {
                let args = (&tag.tag_name, message, values);
                Err(PyErr::from_value(self.django.call(py, "unformattable", args)?).into())
            }
        }
    }

    /// The message in the language of this moment, and the values of its variables as shown.
    fn translated(
        &mut self,
        linked: &Arc<Linked>,
        tag: &BlockTranslate,
        context: Option<Bound<'py, PyAny>>,
        token: u32,
    ) -> Outcome<'py, Translated<'py>> {
        let py = self.py;
        let mut variables: Vec<&Py<PyString>> = tag.singular.variables.iter().collect();
        let message = match &tag.plural {
            Some(plural) => {
                let count = self.object(linked, plural.count)?;
                if type_of(&count) != self.django.types.int {
                    let args = (&plural.counter, &tag.tag_name, &count);
                    self.django.call(py, "check_count", args)?;
                }
                let name = plural.counter.bind(py).clone();
                self.assign(&name, Found::Object(count.clone()))?;
                variables.extend(&plural.message.variables);
                let args = (&tag.singular.id, &plural.message.id, count, context);
                self.django.call(py, "translate_counted", args)?
            }
            None => {
                let key = node_key(linked, token);
                match self.locale.messages.get(&key) {
                    Some(Value::Object(known)) if context.is_none() => known.clone(),
                    _ => {
                        let keep = context.is_none();
                        let args = (&tag.singular.id, context);
                        let message = self.django.call(py, "translate_message", args)?;
                        if keep {
                            self.locale.messages.insert(key, Value::Object(message.clone()));
                            self.locale_used = true;
                        }
                        message
                    }
                }
            }
        };
        let mut data = Vec::with_capacity(variables.len());
        for name in variables {
            let name = name.bind(py);
            let value = match self.scope.find(name)? {
                Some(found) => self.object_of(found)?,
                None => {
                    let invalid = self.string_if_invalid()?;
                    self.django.call(py, "invalid_text", (invalid, name))?
                }
            };
            data.push((name.clone(), self.shown(&Value::Object(value))?));
        }
        Ok((message, data))
    }
}

/// A translated message and the values for it.
type Translated<'py> = (Bound<'py, PyAny>, Vec<(Bound<'py, PyString>, Value<'py>)>);

/// `message % data` for messages that only hold `%(name)s` and `%%`, where every name is known.
fn formatted<'py>(
    message: &Bound<'py, PyAny>,
    data: &[(Bound<'py, PyString>, Value<'py>)],
    django: &crate::django::Django,
) -> Option<Value<'py>> {
    let message = Value::Object(message.clone());
    let (mut rest, _) = message.as_text(django)?;
    let mut out = String::with_capacity(rest.len() + 32);
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(tail) = rest.strip_prefix('%') {
            out.push('%');
            rest = tail;
            continue;
        }
        let (name, tail) = rest.strip_prefix('(')?.split_once(")s")?;
        let is_name = |known: &Bound<'py, PyString>| crate::ffi::utf8(known) == Some(name);
        let (_, value) = data.iter().rev().find(|(known, _)| is_name(known))?;
        out.push_str(value.as_text(django)?.0);
        rest = tail;
    }
    out.push_str(rest);
    Some(Value::Text(out))
}
