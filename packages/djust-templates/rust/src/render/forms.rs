//! Forms, their fields and their errors, printed by twins of Django's functions.
//!
//! What is printed comes from the templates of the form's renderer; only the Python between a
//! template and the next is done here. See [`crate::forms`] for when.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyList, PyString, PyType};

use crate::fault::Fault;
use crate::ffi::{dict_get, type_of};
use crate::forms::{self, Facts, Forms, Kind, Method, form, replaces};
use crate::render::bound_field::{BoundField, state_of};
use crate::render::form_templates::{self, Known};
use crate::render::inheritance::{Compiled, cached_by, program_of};
use crate::render::tags::IncludeCache;
use crate::render::{Origin, Render};
use crate::value::Value;

/// What the forms of one render have found out.
#[derive(Default)]
pub(crate) struct FormCache<'py> {
    facts: Vec<(usize, Kind, Facts)>,
    templates: Vec<FormTemplate<'py>>,
    /// What templates that render forms have included.
    includes: IncludeCache<'py>,
    /// After which characters a label needs no suffix, in the present language.
    punctuation: Option<String>,
}

impl FormCache<'_> {
    /// Forgets what depends on the language.
    pub(crate) fn forget_language(&mut self) {
        self.punctuation = None;
    }
}

/// A template as a renderer finds it.
#[derive(Clone)]
struct FormTemplate<'py> {
    renderer: Bound<'py, PyAny>,
    name: String,
    template: Bound<'py, PyAny>,
    engine: Bound<'py, PyAny>,
    compiled: Compiled,
    known: Option<Known>,
}

/// The class of the templates that our backend hands out.
fn backend_template(py: Python<'_>) -> PyResult<&Bound<'_, PyType>> {
    static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    CLASS.import(py, "djust_templates.backend", "BackendTemplate")
}

/// The class of the backend.
fn backend(py: Python<'_>) -> PyResult<&Bound<'_, PyType>> {
    static CLASS: PyOnceLock<Py<PyType>> = PyOnceLock::new();
    CLASS.import(py, "djust_templates.backend", "DjustTemplates")
}

fn is_empty_list(object: &Bound<'_, PyAny>) -> bool {
    object.cast_exact::<PyList>().is_ok_and(|list| list.is_empty())
}

/// What `str.strip()` takes away.
pub(crate) fn strip(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || ('\u{1c}'..='\u{1f}').contains(&c))
}

impl<'py> Render<'py> {
    /// `str(object)` of a form, a field or a list of errors; `None` when Python has to do it.
    pub(crate) fn form_text(&mut self, object: &Bound<'py, PyAny>) -> PyResult<Option<Value<'py>>> {
        let Some(library) = Forms::get(self.py)? else { return Ok(None) };
        if !library.is_renderable(object) || self.instrumented {
            return Ok(None);
        }
        if library.is_bound_field(object) {
            return self.field_text(library, object);
        }
        if self.form_facts(Kind::Renderable, object)?.has(forms::RENDER | forms::STR) {
            return self.renderable(object, None);
        }
        Ok(None)
    }

    /// `object.__html__()` of a form or a list of errors; `None` when Python has to do it.
    pub(crate) fn form_html(&mut self, object: &Bound<'py, PyAny>) -> PyResult<Option<Value<'py>>> {
        let Some(library) = Forms::get(self.py)? else { return Ok(None) };
        if !library.is_renderable(object)
            || self.instrumented
            || !self.form_facts(Kind::Renderable, object)?.has(forms::RENDER | forms::HTML)
        {
            return Ok(None);
        }
        self.renderable(object, None)
    }

    /// What a method gives that a template calls; `None` when Python has to call it.
    pub(crate) fn form_method(
        &mut self,
        method: &Bound<'py, PyAny>,
    ) -> PyResult<Option<Value<'py>>> {
        let py = self.py;
        let Some(library) = Forms::known(py).filter(|_| !self.instrumented) else {
            return Ok(None);
        };
        let Some(twin) = library.method(&method.getattr(pyo3::intern!(py, "__func__"))?) else {
            return Ok(None);
        };
        let object = method.getattr(pyo3::intern!(py, "__self__"))?;
        match twin {
            Method::LabelTag => self.label_tag(library, &object, false),
            Method::LegendTag => self.label_tag(library, &object, true),
            Method::CssClasses => self.css_classes(library, &object),
            Method::AsWidget => self.field_text(library, &object),
            Method::AsFieldGroup | Method::Render => self.renderable(&object, None),
            Method::RenderWith(attribute) => {
                let name = object.getattr(attribute)?;
                self.renderable(&object, Some(name))
            }
        }
    }

    /// `object.render(name)`
    fn renderable(
        &mut self,
        object: &Bound<'py, PyAny>,
        name: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Option<Value<'py>>> {
        let py = self.py;
        let state = object.getattr(pyo3::intern!(py, "__dict__"))?.cast_into::<PyDict>();
        let Ok(state) = state else { return Ok(None) };
        let replaced = replaces(&state, &[pyo3::intern!(py, "render")])?;
        if replaced || !self.form_facts(Kind::Renderable, object)?.has(forms::RENDER) {
            return Ok(None);
        }
        let renderer = object.getattr(pyo3::intern!(py, "renderer"))?;
        let name = match name {
            Some(name) if name.is_truthy()? => name,
            _ => self.form_template_name(object)?,
        };
        if dict_get(&state, pyo3::intern!(py, "data"))?.is_some_and(|data| is_empty_list(&data))
            && Forms::known(py).is_some_and(|library| library.is_error_list(object))
            && self.known_form_template(&renderer, &name)? == Some(Known::Errors)
        {
            return Ok(Some(Value::Safe(String::new())));
        }
        let values = match self.form_context(object, &state)? {
            Some(values) => values.into_any(),
            None => object.call_method0(pyo3::intern!(py, "get_context"))?,
        };
        self.form_render(&renderer, &name, &values).map(Some)
    }

    /// `object.template_name`
    fn form_template_name(&mut self, object: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        let template_name = pyo3::intern!(self.py, "template_name");
        if Forms::known(self.py).is_some_and(|library| library.is_bound_field(object))
            && self.form_facts(Kind::Bound, object)?.has(forms::bound::TEMPLATE_NAME)
        {
            let field = object.getattr(pyo3::intern!(self.py, "field"))?;
            let own = field.getattr(template_name)?;
            if own.is_truthy()? {
                return Ok(own);
            }
            let form = object.getattr(pyo3::intern!(self.py, "form"))?;
            let renderer = form.getattr(pyo3::intern!(self.py, "renderer"))?;
            return renderer.getattr(pyo3::intern!(self.py, "field_template_name"));
        }
        object.getattr(template_name)
    }

    /// `form.get_context()`; `None` when Python has to do it.
    fn form_context(
        &mut self,
        form: &Bound<'py, PyAny>,
        state: &Bound<'py, PyDict>,
    ) -> PyResult<Option<Bound<'py, PyDict>>> {
        let py = self.py;
        let names = [pyo3::intern!(py, "get_context"), pyo3::intern!(py, "_bound_items")];
        let Some(library) = Forms::known(py).filter(|library| library.is_form(form)) else {
            return Ok(None);
        };
        if replaces(state, &names)? || !self.form_facts(Kind::Form, form)?.has(form::CONTEXT) {
            return Ok(None);
        }
        let all = form.getattr(pyo3::intern!(py, "fields"))?;
        let bound = form.getattr(pyo3::intern!(py, "_bound_fields_cache"))?;
        let (Ok(all), Ok(bound), Some(errors)) =
            (all.cast_exact::<PyDict>(), bound.cast_exact::<PyDict>(), library.errors_of(form)?)
        else {
            return Ok(None);
        };
        let no_errors = form.getattr(pyo3::intern!(py, "error_class"))?;
        let arguments = PyDict::new(py);
        let renderer = pyo3::intern!(py, "renderer");
        arguments.set_item(renderer, form.getattr(renderer)?)?;
        let (fields, hidden) = (PyList::empty(py), PyList::empty(py));
        // An empty list of Django's own class is as good for one field as for another.
        let nothing = match library.is_error_list_class(&no_errors) {
            true => Some(no_errors.call((), Some(&arguments))?),
            false => None,
        };
        for name in all.keys() {
            let field = match bound.get_item(&name)? {
                Some(field) => field,
                None => form.get_item(&name)?,
            };
            if !self.form_facts(Kind::Bound, &field)?.has(forms::bound::ERRORS) {
                return Ok(None);
            }
            let found = errors.get_item(field.getattr(pyo3::intern!(py, "name"))?)?;
            if !field.getattr(pyo3::intern!(py, "is_hidden"))?.is_truthy()? {
                let found = match (found, &nothing) {
                    (Some(found), _) => found,
                    (None, Some(nothing)) => nothing.clone(),
                    (None, None) => no_errors.call((), Some(&arguments))?,
                };
                fields.append((field, found))?;
            } else if found.is_some_and(|found| found.is_truthy().unwrap_or(true)) {
                // They go to the top, as a text that may be translated.
                return Ok(None);
            } else {
                hidden.append(field)?;
            }
        }
        let top = form.call_method0(pyo3::intern!(py, "non_field_errors"))?;
        let values = PyDict::new(py);
        values.set_item(pyo3::intern!(py, "form"), form)?;
        values.set_item(pyo3::intern!(py, "fields"), fields)?;
        values.set_item(pyo3::intern!(py, "hidden_fields"), hidden)?;
        let top = top.call_method0(pyo3::intern!(py, "copy"))?;
        values.set_item(pyo3::intern!(py, "errors"), top)?;
        Ok(Some(values))
    }

    /// `mark_safe(renderer.render(name, values))`
    pub(crate) fn form_render(
        &mut self,
        renderer: &Bound<'py, PyAny>,
        name: &Bound<'py, PyAny>,
        values: &Bound<'py, PyAny>,
    ) -> PyResult<Value<'py>> {
        if type_of(values) == self.django.types.dict
            && let Some(found) = self.form_template(renderer, name)?
        {
            let values = values.cast::<PyDict>()?;
            if found.known == Some(Known::Field)
                && let Some(printed) = self.field_group(values)?
            {
                return Ok(printed);
            }
            if let Some(printed) = self.form_printed(&found, values)? {
                return match String::from_utf8(printed) {
                    Ok(text) => Ok(Value::Safe(strip(&text).to_owned())),
                    Err(error) => {
                        let text = crate::ffi::decode(self.py, error.as_bytes())?;
                        let text = text.call_method0(pyo3::intern!(self.py, "strip"))?;
                        Ok(Value::Object(self.mark_safe(text)?))
                    }
                };
            }
        }
        let text = renderer.call_method1(pyo3::intern!(self.py, "render"), (name, values))?;
        Ok(Value::Object(self.mark_safe(text)?))
    }

    /// `field.html` with nothing but a field; `None` when it has to be rendered.
    fn field_group(&mut self, values: &Bound<'py, PyDict>) -> PyResult<Option<Value<'py>>> {
        let Some(library) = Forms::get(self.py)? else { return Ok(None) };
        let field = values.get_item(pyo3::intern!(self.py, "field"))?;
        let Some(field) = field.filter(|field| values.len() == 1 && library.is_bound_field(field))
        else {
            return Ok(None);
        };
        match BoundField::of(self, library, &field)? {
            Some(field) => field.group(self),
            None => Ok(None),
        }
    }

    /// What a template prints; `None` when Python has to render it.
    fn form_printed(
        &mut self,
        found: &FormTemplate<'py>,
        values: &Bound<'py, PyDict>,
    ) -> PyResult<Option<Vec<u8>>> {
        let origin = Origin::Values { values: Some(values.clone()), request: None };
        let (engine, template) = (found.engine.clone(), found.template.clone());
        let mut inner = Render::start(self.py, engine, template, origin, 256)?;
        inner.forms = std::mem::take(&mut self.forms);
        inner.includes = std::mem::take(&mut inner.forms.includes);
        inner.begin_bytes();
        let result = inner.body(&found.compiled.linked, found.compiled.root);
        let result = result.map_err(|fault| match fault {
            Fault::Reference => None,
            fault => Some(inner.raise(fault)),
        });
        self.forms = std::mem::take(&mut inner.forms);
        self.forms.includes.extend(std::mem::take(&mut inner.includes));
        inner.close()?;
        match result {
            Ok(()) => Ok(Some(inner.out)),
            Err(None) => Ok(None),
            // A backend says what it has tried, which takes Python.
            Err(Some(error)) if self.is_missing_template(&error)? => Ok(None),
            Err(Some(error)) => Err(error),
        }
    }

    fn is_missing_template(&self, error: &PyErr) -> PyResult<bool> {
        let module = self.py.import("django.template.exceptions")?;
        let class = module.getattr("TemplateDoesNotExist")?;
        error.value(self.py).is_instance(&class)
    }

    /// Which of Django's small templates a name stands for.
    pub(crate) fn known_form_template(
        &mut self,
        renderer: &Bound<'py, PyAny>,
        name: &Bound<'py, PyAny>,
    ) -> PyResult<Option<Known>> {
        Ok(self.form_template(renderer, name)?.and_then(|found| found.known))
    }

    /// The compiled template behind a name; `None` when the renderer has another kind.
    fn form_template(
        &mut self,
        renderer: &Bound<'py, PyAny>,
        name: &Bound<'py, PyAny>,
    ) -> PyResult<Option<FormTemplate<'py>>> {
        let Ok(text) = name.cast::<PyString>() else { return Ok(None) };
        let Some(text) = crate::ffi::utf8(text) else { return Ok(None) };
        let mut known = self.forms.templates.iter();
        if let Some(found) = known.find(|one| one.name == text && one.renderer.is(renderer)) {
            return Ok(Some(found.clone()));
        }
        let found = self.find_form_template(renderer, name, text)?;
        self.forms.templates.extend(found.clone());
        Ok(found)
    }

    fn find_form_template(
        &mut self,
        renderer: &Bound<'py, PyAny>,
        name: &Bound<'py, PyAny>,
        text: &str,
    ) -> PyResult<Option<FormTemplate<'py>>> {
        let py = self.py;
        if !self.form_facts(Kind::Renderer, renderer)?.has(forms::RENDER) {
            return Ok(None);
        }
        let template = match self.cached_form_template(renderer, name)? {
            Some(template) => template,
            None => {
                let found = renderer.call_method1(pyo3::intern!(py, "get_template"), (name,))?;
                if !found.get_type().is(backend_template(py)?) {
                    return Ok(None);
                }
                found.getattr(pyo3::intern!(py, "template"))?
            }
        };
        let Some(compiled) = program_of(&template)? else { return Ok(None) };
        let engine = template.getattr(pyo3::intern!(py, "engine"))?;
        let known = form_templates::known(&engine, &template)?;
        let (renderer, name) = (renderer.clone(), text.to_owned());
        Ok(Some(FormTemplate { renderer, name, template, engine, compiled, known }))
    }

    /// The same where the renderer has an engine of its own that keeps what it has compiled.
    fn cached_form_template(
        &mut self,
        renderer: &Bound<'py, PyAny>,
        name: &Bound<'py, PyAny>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let py = self.py;
        if !self.form_facts(Kind::Renderer, renderer)?.has(forms::GET_TEMPLATE) {
            return Ok(None);
        }
        let own = renderer.getattr(pyo3::intern!(py, "engine"))?;
        if !own.get_type().is(backend(py)?) {
            return Ok(None);
        }
        cached_by(&own.getattr(pyo3::intern!(py, "engine"))?, name)
    }

    /// Which functions of an object's class are Django's.
    pub(crate) fn form_facts(&mut self, kind: Kind, object: &Bound<'py, PyAny>) -> PyResult<Facts> {
        let class = type_of(object);
        let mut known = self.forms.facts.iter();
        if let Some((.., facts)) = known.find(|(other, of, _)| *other == class && *of == kind) {
            return Ok(*facts);
        }
        let facts = match Forms::get(self.py)? {
            Some(library) => library.facts(kind, &object.get_type())?,
            None => Facts::default(),
        };
        self.forms.facts.push((class, kind, facts));
        Ok(facts)
    }

    /// Does the class of a form have, or lack, these things, and the form not replace them?
    pub(crate) fn has_form_facts(
        &mut self,
        form: &Bound<'py, PyAny>,
        facts: u32,
    ) -> PyResult<bool> {
        let py = self.py;
        if !self.form_facts(Kind::Form, form)?.has(facts) {
            return Ok(false);
        }
        let names = [
            pyo3::intern!(py, "error_css_class"),
            pyo3::intern!(py, "required_css_class"),
            pyo3::intern!(py, "render"),
        ];
        Ok(match state_of(form)? {
            Some(state) => !replaces(&state, &names)?,
            None => false,
        })
    }

    /// `str(field)` or `field.as_widget()`
    fn field_text(
        &mut self,
        library: &'static Forms,
        object: &Bound<'py, PyAny>,
    ) -> PyResult<Option<Value<'py>>> {
        match BoundField::of(self, library, object)? {
            Some(field) => field.text(self),
            None => Ok(None),
        }
    }

    /// `field.label_tag()` or `field.legend_tag()`
    fn label_tag(
        &mut self,
        library: &'static Forms,
        object: &Bound<'py, PyAny>,
        is_legend: bool,
    ) -> PyResult<Option<Value<'py>>> {
        match BoundField::of(self, library, object)? {
            Some(field) => field.label_tag(self, is_legend),
            None => Ok(None),
        }
    }

    /// `field.css_classes()`, where it is empty.
    fn css_classes(
        &mut self,
        library: &'static Forms,
        object: &Bound<'py, PyAny>,
    ) -> PyResult<Option<Value<'py>>> {
        if !library.is_bound_field(object)
            || !self.form_facts(Kind::Bound, object)?.has(forms::bound::ERRORS)
        {
            return Ok(None);
        }
        let form = object.getattr(pyo3::intern!(self.py, "form"))?;
        let no_css = form::NO_ERROR_CSS | form::NO_REQUIRED_CSS;
        Ok(self.has_form_facts(&form, no_css)?.then(|| Value::Text(String::new())))
    }

    /// `gettext(":?.!")`
    pub(crate) fn label_punctuation(&mut self) -> PyResult<&str> {
        if self.forms.punctuation.is_none() {
            let translation = self.py.import("django.utils.translation")?;
            let text = translation.call_method1("gettext", (":?.!",))?;
            self.forms.punctuation = Some(text.extract()?);
        }
        Ok(self.forms.punctuation.as_deref().unwrap_or_default())
    }
}
