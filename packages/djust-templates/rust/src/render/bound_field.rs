//! A field of a form with its data, as Django's `BoundField` prints it.

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyList, PyString};

use crate::ffi::{dict_get, is_callable, type_of, utf8};
use crate::forms::{Facts, Forms, Kind, bound, field, form, replaces, widget};
use crate::render::Render;
use crate::render::form_templates::{Known, Printer};
use crate::render::forms::strip;
use crate::value::Value;

/// See the module.
pub(crate) struct BoundField<'py> {
    library: &'static Forms,
    object: Bound<'py, PyAny>,
    /// What the object keeps.
    state: Bound<'py, PyDict>,
    form: Bound<'py, PyAny>,
    field: Bound<'py, PyAny>,
    widget: Bound<'py, PyAny>,
    widget_state: Bound<'py, PyDict>,
    widget_facts: Facts,
    /// The attributes that the widget itself has.
    attrs: Bound<'py, PyDict>,
    html_name: Bound<'py, PyString>,
    name: Bound<'py, PyString>,
}

/// The dictionary of an object, if it has a plain one.
pub(crate) fn state_of<'py>(object: &Bound<'py, PyAny>) -> PyResult<Option<Bound<'py, PyDict>>> {
    let state = object.getattr_opt(pyo3::intern!(object.py(), "__dict__"))?;
    Ok(state.and_then(|state| state.cast_into::<PyDict>().ok()))
}

/// Text for Python.
fn text<'py>(py: Python<'py>, text: &str) -> Bound<'py, PyAny> {
    PyString::new(py, text).into_any()
}

impl<'py> BoundField<'py> {
    /// The field behind an object; `None` when somebody has other ideas of how it prints.
    pub(crate) fn of(
        render: &mut Render<'py>,
        library: &'static Forms,
        object: &Bound<'py, PyAny>,
    ) -> PyResult<Option<Self>> {
        let py = object.py();
        if !render.form_facts(Kind::Bound, object)?.has(bound::PRINTING) {
            return Ok(None);
        }
        let Some(state) = state_of(object)? else { return Ok(None) };
        let methods = [
            pyo3::intern!(py, "as_widget"),
            pyo3::intern!(py, "build_widget_attrs"),
            pyo3::intern!(py, "value"),
        ];
        if replaces(&state, &methods)? {
            return Ok(None);
        }
        let form = object.getattr(pyo3::intern!(py, "form"))?;
        let form_facts = render.form_facts(Kind::Form, &form)?;
        let field = object.getattr(pyo3::intern!(py, "field"))?;
        let widget = field.getattr(pyo3::intern!(py, "widget"))?;
        let widget_facts = render.form_facts(Kind::Widget, &widget)?;
        let Some(widget_state) = state_of(&widget)? else { return Ok(None) };
        let attrs = widget.getattr(pyo3::intern!(py, "attrs"))?;
        let html_name = object.getattr(pyo3::intern!(py, "html_name"))?;
        let name = object.getattr(pyo3::intern!(py, "name"))?;
        let types = &render.django().types;
        let plain = form_facts.has(form::FIELDS)
            && type_of(&attrs) == types.dict
            && type_of(&html_name) == types.str
            && type_of(&name) == types.str;
        let (Ok(attrs), Ok(html_name), Ok(name)) =
            (attrs.cast_into(), html_name.cast_into(), name.cast_into())
        else {
            return Ok(None);
        };
        let object = object.clone();
        Ok(plain.then_some(Self {
            library,
            object,
            state,
            form,
            field,
            widget,
            widget_state,
            widget_facts,
            attrs,
            html_name,
            name,
        }))
    }

    fn py(&self) -> Python<'py> {
        self.object.py()
    }

    /// Is a method of the widget Django's?
    fn widget_has(&self, fact: u32, name: &Bound<'py, PyString>) -> PyResult<bool> {
        Ok(self.widget_facts.has(fact) && dict_get(&self.widget_state, name)?.is_none())
    }

    /// Is a method of the field Django's?
    fn field_has(
        &self,
        render: &mut Render<'py>,
        fact: u32,
        name: &Bound<'py, PyString>,
    ) -> PyResult<bool> {
        Ok(render.form_facts(Kind::Field, &self.field)?.has(fact)
            && match state_of(&self.field)? {
                Some(state) => dict_get(&state, name)?.is_none(),
                None => false,
            })
    }

    /// `str(self)`
    pub(crate) fn text(&self, render: &mut Render<'py>) -> PyResult<Option<Value<'py>>> {
        let py = self.py();
        if self.field.getattr(pyo3::intern!(py, "show_hidden_initial"))?.is_truthy()?
            || !self.widget_has(widget::RENDER, pyo3::intern!(py, "render"))?
            || !self.widget_has(widget::RENDER_WITH, pyo3::intern!(py, "_render"))?
        {
            return Ok(None);
        }
        let renderer = self.form.getattr(pyo3::intern!(py, "renderer"))?;
        if renderer.is_none() {
            return Ok(None);
        }
        if self.field.getattr(pyo3::intern!(py, "localize"))?.is_truthy()? {
            self.widget.setattr(pyo3::intern!(py, "is_localized"), true)?;
        }
        let attrs = self.widget_attrs(render)?;
        let id = pyo3::intern!(py, "id");
        let auto_id = self.auto_id(render)?;
        if auto_id.is_truthy()? && !self.attrs.contains(id)? && !attrs.contains(id)? {
            attrs.set_item(id, auto_id)?;
        }
        let value = self.value(render)?;
        let name = self.widget.getattr(pyo3::intern!(py, "template_name"))?;
        if self.widget_has(widget::INPUT_CONTEXT, pyo3::intern!(py, "get_context"))?
            && render.known_form_template(&renderer, &name)? == Some(Known::Input)
        {
            let input_type = self.widget.getattr(pyo3::intern!(py, "input_type"))?;
            let value = self.formatted(render, value.clone())?;
            let all = self.all_attrs(&attrs)?;
            let mut printer = Printer::new(render.django());
            if let Ok(all) = all.cast_exact::<PyDict>()
                && printer.input(&input_type, self.html_name.as_any(), &value, all)
                && let Some(printed) = printer.finish()
            {
                return Ok(Some(printed));
            }
        }
        let context = self.context(render, value, &attrs)?;
        render.form_render(&renderer, &name, &context).map(Some)
    }

    /// `widget.get_context(html_name, value, attrs)`
    fn context(
        &self,
        render: &mut Render<'py>,
        value: Bound<'py, PyAny>,
        attrs: &Bound<'py, PyDict>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = self.py();
        let get_context = pyo3::intern!(py, "get_context");
        let is_input = self.widget_has(widget::INPUT_CONTEXT, get_context)?;
        if !is_input && !self.widget_has(widget::CONTEXT, get_context)? {
            let args = (&self.html_name, value, attrs);
            return self.widget.call_method1(get_context, args);
        }
        let required = self.widget.getattr(pyo3::intern!(py, "is_required"))?;
        let all = PyDict::new(py);
        all.set_item(pyo3::intern!(py, "name"), &self.html_name)?;
        all.set_item(pyo3::intern!(py, "is_hidden"), self.is_hidden()?)?;
        all.set_item(pyo3::intern!(py, "required"), required)?;
        all.set_item(pyo3::intern!(py, "value"), self.formatted(render, value)?)?;
        all.set_item(pyo3::intern!(py, "attrs"), self.all_attrs(attrs)?)?;
        let template_name = pyo3::intern!(py, "template_name");
        all.set_item(template_name, self.widget.getattr(template_name)?)?;
        if is_input {
            let input_type = self.widget.getattr(pyo3::intern!(py, "input_type"))?;
            all.set_item(pyo3::intern!(py, "type"), input_type)?;
        }
        let context = PyDict::new(py);
        context.set_item(pyo3::intern!(py, "widget"), all)?;
        Ok(context.into_any())
    }

    /// `widget.build_attrs(widget.attrs, attrs)`
    fn all_attrs(&self, attrs: &Bound<'py, PyDict>) -> PyResult<Bound<'py, PyAny>> {
        let build = pyo3::intern!(self.py(), "build_attrs");
        if !self.widget_has(widget::ATTRS, build)? {
            return self.widget.call_method1(build, (&self.attrs, attrs));
        }
        let together = self.attrs.copy()?;
        together.update(attrs.as_mapping())?;
        Ok(together.into_any())
    }

    /// `widget.format_value(value)`
    fn formatted(
        &self,
        render: &Render<'py>,
        value: Bound<'py, PyAny>,
    ) -> PyResult<Bound<'py, PyAny>> {
        let py = self.py();
        let format = pyo3::intern!(py, "format_value");
        if self.widget_has(widget::FORMAT, format)? {
            let types = &render.django().types;
            let class = type_of(&value);
            if value.is_none() {
                return Ok(value);
            }
            if class == types.str || class == types.safe {
                if !value.is_truthy()? {
                    return Ok(py.None().into_bound(py));
                }
                if !self.widget.getattr(pyo3::intern!(py, "is_localized"))?.is_truthy()? {
                    return Ok(value);
                }
            }
        }
        self.widget.call_method1(format, (value,))
    }

    /// `build_widget_attrs({})`
    fn widget_attrs(&self, render: &mut Render<'py>) -> PyResult<Bound<'py, PyDict>> {
        let py = self.py();
        let attrs = PyDict::new(py);
        if self.is_required_in_page(render)? {
            if !self.field_has(render, field::SIMPLE, pyo3::intern!(py, "require_all_fields"))? {
                let build = pyo3::intern!(py, "build_widget_attrs");
                let attrs = self.object.call_method1(build, (attrs,))?;
                return Ok(attrs.cast_into::<PyDict>()?);
            }
            attrs.set_item(pyo3::intern!(py, "required"), true)?;
        }
        if self.field.getattr(pyo3::intern!(py, "disabled"))?.is_truthy()? {
            attrs.set_item(pyo3::intern!(py, "disabled"), true)?;
        }
        // Asking for errors validates the form, which nobody does for a hidden field.
        let has_errors = !self.is_hidden()? && self.has_errors()?;
        if has_errors {
            attrs.set_item(pyo3::intern!(py, "aria-invalid"), pyo3::intern!(py, "true"))?;
        }
        if !self.widget.getattr(pyo3::intern!(py, "use_fieldset"))?.is_truthy()?
            && let Some(described) = self.described_by(render, has_errors)?
        {
            attrs.set_item(pyo3::intern!(py, "aria-describedby"), described)?;
        }
        Ok(attrs)
    }

    fn is_required_in_page(&self, render: &mut Render<'py>) -> PyResult<bool> {
        let py = self.py();
        let use_required = pyo3::intern!(py, "use_required_attribute");
        if !self.field.getattr(pyo3::intern!(py, "required"))?.is_truthy()?
            || !self.form.getattr(use_required)?.is_truthy()?
        {
            return Ok(false);
        }
        if self.widget_has(widget::REQUIRED, use_required)? {
            return Ok(!self.is_hidden()?);
        }
        let initial = self.initial(render)?;
        self.widget.call_method1(use_required, (initial,))?.is_truthy()
    }

    /// `aria_describedby`, if there is any.
    fn described_by(
        &self,
        render: &Render<'py>,
        has_errors: bool,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let py = self.py();
        let own = self.attrs.get_item(pyo3::intern!(py, "aria-describedby"))?;
        if own.is_some_and(|own| own.is_truthy().unwrap_or(true)) {
            return Ok(None);
        }
        let has_help = self.object.getattr(pyo3::intern!(py, "help_text"))?.is_truthy()?;
        if !has_help && !has_errors {
            return Ok(None);
        }
        let auto_id = self.auto_id(render)?;
        if !auto_id.is_truthy()? || self.is_hidden()? {
            return Ok(None);
        }
        let id = auto_id.str()?;
        let id = id.to_cow()?;
        let described = match (has_help, has_errors) {
            (true, true) => format!("{id}_helptext {id}_error"),
            (true, false) => format!("{id}_helptext"),
            _ => format!("{id}_error"),
        };
        Ok(Some(text(py, &described)))
    }

    /// `bool(errors)`
    fn has_errors(&self) -> PyResult<bool> {
        let py = self.py();
        if let Some(errors) = self.library.errors_of(&self.form)? {
            return dict_get(&errors, &self.name)?.map_or(Ok(false), |found| found.is_truthy());
        }
        // Asking for them makes the form find them.
        self.object.getattr(pyo3::intern!(py, "errors"))?.is_truthy()
    }

    /// `widget.is_hidden`
    fn is_hidden(&self) -> PyResult<bool> {
        let py = self.py();
        if !self.widget_facts.has(widget::HIDDEN) {
            return self.widget.getattr(pyo3::intern!(py, "is_hidden"))?.is_truthy();
        }
        let input_type = pyo3::intern!(py, "input_type");
        let found = match dict_get(&self.widget_state, input_type)? {
            Some(found) => found,
            None if self.widget_facts.has(widget::UNTYPED) => return Ok(false),
            None => self.widget.getattr(input_type)?,
        };
        found.eq(pyo3::intern!(py, "hidden"))
    }

    /// `auto_id`
    fn auto_id(&self, render: &Render<'py>) -> PyResult<Bound<'py, PyAny>> {
        let py = self.py();
        let auto_id = pyo3::intern!(py, "auto_id");
        let pattern = self.form.getattr(auto_id)?;
        if type_of(&pattern) != render.django().types.str {
            return self.object.getattr(auto_id);
        }
        let (Some(pattern), Some(name)) = (utf8(pattern.cast()?), utf8(&self.html_name)) else {
            return self.object.getattr(auto_id);
        };
        match pattern.split_once('%') {
            None if pattern.is_empty() => Ok(text(py, "")),
            None => Ok(self.html_name.clone().into_any()),
            Some((head, tail)) if tail.starts_with('s') && !tail.contains('%') => {
                let tail = tail.strip_prefix('s').unwrap_or_default();
                Ok(text(py, &[head, name, tail].concat()))
            }
            Some(_) => self.object.getattr(auto_id),
        }
    }

    /// `value()`
    fn value(&self, render: &mut Render<'py>) -> PyResult<Bound<'py, PyAny>> {
        let py = self.py();
        let bound_data = pyo3::intern!(py, "bound_data");
        let mut value = if !self.form.getattr(pyo3::intern!(py, "is_bound"))?.is_truthy()? {
            self.initial(render)?
        } else if !self.field_has(render, field::BOUND_DATA, bound_data)? {
            let initial = self.initial(render)?;
            self.field.call_method1(bound_data, (self.data()?, initial))?
        } else if self.field.getattr(pyo3::intern!(py, "disabled"))?.is_truthy()? {
            self.initial(render)?
        } else {
            self.data()?
        };
        let prepare = pyo3::intern!(py, "prepare_value");
        if !self.field_has(render, field::PREPARE, prepare)? {
            value = self.field.call_method1(prepare, (value,))?;
        }
        Ok(value)
    }

    /// `data`
    fn data(&self) -> PyResult<Bound<'py, PyAny>> {
        let py = self.py();
        let from_data = pyo3::intern!(py, "value_from_datadict");
        if !self.widget_has(widget::DATA, from_data)? {
            return self.object.getattr(pyo3::intern!(py, "data"));
        }
        let data = self.form.getattr(pyo3::intern!(py, "data"))?;
        if let Ok(data) = data.cast_exact::<PyDict>() {
            let found = dict_get(data, &self.html_name)?;
            return Ok(found.unwrap_or_else(|| py.None().into_bound(py)));
        }
        if self.library.has_many_values(&data) {
            let found = dict_get(data.cast::<PyDict>()?, &self.html_name)?;
            let Some(found) = found else { return Ok(py.None().into_bound(py)) };
            if let Ok(all) = found.cast_exact::<PyList>()
                && let Some(last) = all.len().checked_sub(1)
            {
                let last = all.get_item(last)?;
                if last.is_exact_instance_of::<PyString>() {
                    return Ok(last);
                }
            }
        }
        data.call_method1(pyo3::intern!(py, "get"), (&self.html_name,))
    }

    /// `initial`
    fn initial(&self, render: &Render<'py>) -> PyResult<Bound<'py, PyAny>> {
        let py = self.py();
        let initial = pyo3::intern!(py, "initial");
        if let Some(known) = dict_get(&self.state, initial)? {
            return Ok(known);
        }
        let given = self.form.getattr(initial)?;
        if let Ok(given) = given.cast_exact::<PyDict>() {
            let value = match dict_get(given, &self.name)? {
                Some(value) => value,
                None => self.field.getattr(initial)?,
            };
            let types = &render.django().types;
            let class = type_of(&value);
            let known = [types.none, types.str, types.safe, types.int, types.bool, types.float];
            // Others may be functions, or moments too exact for the widget.
            if known.contains(&class) && !is_callable(&value) {
                return Ok(value);
            }
        }
        self.object.getattr(initial)
    }

    /// `label_tag()`, or `legend_tag()`
    pub(crate) fn label_tag(
        &self,
        render: &mut Render<'py>,
        is_legend: bool,
    ) -> PyResult<Option<Value<'py>>> {
        let py = self.py();
        if !render.has_form_facts(&self.form, form::RENDER | form::NO_REQUIRED_CSS)? {
            return Ok(None);
        }
        let Some(label) = self.label(render)? else { return Ok(None) };
        let id = pyo3::intern!(py, "id");
        let id = match dict_get(&self.attrs, id)? {
            Some(own) if own.is_truthy()? => own,
            _ => self.auto_id(render)?,
        };
        let has_id = id.is_truthy()?;
        let attrs = if has_id {
            let attrs = PyDict::new(py);
            let for_label = pyo3::intern!(py, "id_for_label");
            let named = match self.widget_has(widget::LABEL, for_label)? {
                true => id,
                false => self.widget.call_method1(for_label, (id,))?,
            };
            if named.is_truthy()? && (!is_legend || self.library.legend_for) {
                attrs.set_item(pyo3::intern!(py, "for"), named)?;
            }
            attrs.into_any()
        } else {
            py.None().into_bound(py)
        };
        let renderer = self.form.getattr(pyo3::intern!(py, "renderer"))?;
        let name = self.form.getattr(pyo3::intern!(py, "template_name_label"))?;
        if !renderer.is_truthy()? || !name.is_truthy()? {
            return Ok(None);
        }
        if let Ok(attrs) = attrs.cast_exact::<PyDict>()
            && render.known_form_template(&renderer, &name)? == Some(Known::Label)
        {
            let mut printer = Printer::new(render.django());
            if printer.label(if is_legend { "legend" } else { "label" }, attrs, &label)
                && let Some(printed) = printer.finish()
            {
                return Ok(Some(printed));
            }
        }
        let tag = if is_legend { pyo3::intern!(py, "legend") } else { pyo3::intern!(py, "label") };
        let values = PyDict::new(py);
        values.set_item(pyo3::intern!(py, "field"), &self.object)?;
        values.set_item(pyo3::intern!(py, "label"), label.into_object(py)?)?;
        values.set_item(pyo3::intern!(py, "attrs"), attrs)?;
        values.set_item(pyo3::intern!(py, "use_tag"), PyBool::new(py, has_id))?;
        values.set_item(pyo3::intern!(py, "tag"), tag)?;
        render.form_render(&renderer, &name, &values.into_any()).map(Some)
    }

    /// `field.html`; `None` when it has to be rendered.
    pub(crate) fn group(&self, render: &mut Render<'py>) -> PyResult<Option<Value<'py>>> {
        let py = self.py();
        let label_tag = pyo3::intern!(py, "label_tag");
        if !render.form_facts(Kind::Bound, &self.object)?.has(bound::GROUP)
            || replaces(&self.state, &[label_tag])?
            || self.widget.getattr(pyo3::intern!(py, "use_fieldset"))?.is_truthy()?
        {
            return Ok(None);
        }
        let mut printer = Printer::new(render.django());
        printer.raw("\n  ");
        match self.text_named(render, pyo3::intern!(py, "label"))? {
            Some(label) if label.is_empty() => {}
            Some(_) => {
                let Some(tag) = self.label_tag(render, false)? else { return Ok(None) };
                if !printer.value(&tag) {
                    return Ok(None);
                }
            }
            None => return Ok(None),
        }
        printer.raw("\n\n");
        let Some(help) = self.text_named(render, pyo3::intern!(py, "help_text"))? else {
            return Ok(None);
        };
        if !help.is_empty() {
            let auto_id = Value::Object(self.auto_id(render)?);
            if !printer.help(&auto_id, &help) {
                return Ok(None);
            }
        }
        printer.raw("\n");
        let Some(errors) = self.errors_text(render)? else { return Ok(None) };
        if !printer.value(&errors) {
            return Ok(None);
        }
        printer.raw("\n");
        let Some(control) = self.text(render)? else { return Ok(None) };
        if !printer.value(&control) {
            return Ok(None);
        }
        Ok(printer.finish().map(|printed| match printed {
            Value::Safe(text) => Value::Safe(strip(&text).to_owned()),
            other => other,
        }))
    }

    /// An attribute that is text; `None` when it is something else.
    fn text_named(
        &self,
        render: &Render<'py>,
        name: &Bound<'py, PyString>,
    ) -> PyResult<Option<String>> {
        let value = Value::Object(self.library.shown(self.object.getattr(name)?)?);
        Ok(value.as_text(render.django()).map(|(text, _)| text.to_owned()))
    }

    /// `str(errors)`; `None` when Python has to print them.
    fn errors_text(&self, render: &mut Render<'py>) -> PyResult<Option<Value<'py>>> {
        let py = self.py();
        if let Some(errors) = self.library.errors_of(&self.form)?
            && dict_get(&errors, &self.name)?.is_none()
        {
            let class = self.form.getattr(pyo3::intern!(py, "error_class"))?;
            let renderer = self.form.getattr(pyo3::intern!(py, "renderer"))?;
            if self.library.is_error_list_class(&class) {
                let name = class.getattr(pyo3::intern!(py, "template_name"))?;
                if render.known_form_template(&renderer, &name)? == Some(Known::Errors) {
                    return Ok(Some(Value::Safe(String::new())));
                }
            }
        }
        render.form_text(&self.object.getattr(pyo3::intern!(py, "errors"))?)
    }

    /// The label with what is put behind it; `None` when Python has to put it together.
    fn label(&self, render: &mut Render<'py>) -> PyResult<Option<Value<'py>>> {
        let py = self.py();
        let label = self.library.shown(self.object.getattr(pyo3::intern!(py, "label"))?)?;
        let suffix = pyo3::intern!(py, "label_suffix");
        let suffix = match self.field.getattr(suffix)? {
            none if none.is_none() => self.form.getattr(suffix)?,
            own => own,
        };
        let django = render.django();
        let (label, suffix) = (Value::Object(label), Value::Object(suffix));
        let (Some((label_text, label_safe)), Some((suffix_text, suffix_safe))) =
            (label.as_text(django), suffix.as_text(django))
        else {
            return Ok(None);
        };
        let Some(last) = label_text.chars().next_back().filter(|_| !suffix_text.is_empty()) else {
            return Ok(Some(label));
        };
        if render.label_punctuation()?.contains(last) {
            return Ok(Some(label));
        }
        let mut together = Vec::with_capacity(label_text.len() + suffix_text.len());
        for (part, safe) in [(label_text, label_safe), (suffix_text, suffix_safe)] {
            if safe {
                together.extend_from_slice(part.as_bytes());
            } else {
                djust_templates::escape::escape_into(part.as_bytes(), &mut together);
            }
        }
        render.safe(together).map(Some)
    }
}
