//! The smallest templates of Django's forms, which every field of every form prints.
//!
//! Where a project has put other templates in their place, those are rendered.

use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyList, PyString};

use djust_templates::escape::escape_into;

use crate::django::Django;
use crate::ffi::type_of;
use crate::render::inheritance::cached_by;
use crate::value::Value;

/// A template of Django's that is printed without being run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    /// `widgets/input.html`, or one that only includes it.
    Input,
    /// `label.html`
    Label,
    /// `errors/list/default.html`, which prints nothing where there are no errors.
    Errors,
    /// `field.html`
    Field,
}

/// One of Django's templates: its name below `django/forms/` and its source.
struct Source(&'static str, &'static str);

const INPUT: Source = Source(
    "widgets/input.html",
    concat!(
        r#"<input type="{{ widget.type }}" name="{{ widget.name }}"{% if widget.value != None %}"#,
        r#" value="{{ widget.value|stringformat:'s' }}"{% endif %}"#,
        r#"{% include "django/forms/widgets/attrs.html" %}>"#,
        "\n",
    ),
);
const INPUT_ATTRS: Source = Source(
    "widgets/attrs.html",
    concat!(
        "{% for name, value in widget.attrs.items %}{% if value is not False %} {{ name }}",
        r#"{% if value is not True %}="{{ value|stringformat:'s' }}"{% endif %}{% endif %}"#,
        "{% endfor %}",
    ),
);
/// As are those of most other inputs.
const TEXT: Source =
    Source("widgets/text.html", "{% include \"django/forms/widgets/input.html\" %}\n");
const LABEL: Source = Source(
    "label.html",
    concat!(
        "{% if use_tag %}<{{ tag }}{% include 'django/forms/attrs.html' %}>{{ label }}</{{ tag }}>",
        "{% else %}{{ label }}{% endif %}\n",
    ),
);
const LABEL_ATTRS: Source = Source(
    "attrs.html",
    concat!(
        "{% for name, value in attrs.items %}{% if value is not False %} {{ name }}",
        r#"{% if value is not True %}="{{ value|stringformat:'s' }}"{% endif %}{% endif %}"#,
        "{% endfor %}",
    ),
);
const ERRORS: Source =
    Source("errors/list/default.html", r#"{% include "django/forms/errors/list/ul.html" %}"#);
const ERRORS_UL: Source = Source(
    "errors/list/ul.html",
    concat!(
        r#"{% if errors %}<ul class="{{ error_class }}"{% if errors.field_id %}"#,
        r#" id="{{ errors.field_id }}_error"{% endif %}>{% for error in errors %}"#,
        "<li>{{ error }}</li>{% endfor %}</ul>{% endif %}",
    ),
);

const FIELD: Source = Source(
    "field.html",
    concat!(
        "{% if field.use_fieldset %}\n  <fieldset{% if field.aria_describedby %}",
        " aria-describedby=\"{{ field.aria_describedby }}\"{% endif %}>\n",
        "  {% if field.label %}{{ field.legend_tag }}{% endif %}\n{% else %}\n",
        "  {% if field.label %}{{ field.label_tag }}{% endif %}\n{% endif %}\n",
        "{% if field.help_text %}<div class=\"helptext\"{% if field.auto_id %}",
        " id=\"{{ field.auto_id }}_helptext\"{% endif %}>{{ field.help_text|safe }}</div>{% endif %}\n",
        "{{ field.errors }}\n{{ field }}{% if field.use_fieldset %}</fieldset>{% endif %}\n",
    ),
);

/// All that is known of Django's templates, by name.
pub(crate) fn sources(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    let all = PyDict::new(py);
    let known = [INPUT, INPUT_ATTRS, TEXT, LABEL, LABEL_ATTRS, ERRORS, ERRORS_UL, FIELD];
    for Source(name, text) in known {
        all.set_item(format!("django/forms/{name}"), text)?;
    }
    Ok(all)
}

impl Source {
    /// Does an engine find this under its name?
    fn is_in(&self, engine: &Bound<'_, PyAny>) -> PyResult<bool> {
        let py = engine.py();
        let name = PyString::new(py, &format!("django/forms/{}", self.0)).into_any();
        let template = match cached_by(engine, &name)? {
            Some(template) => template,
            None => engine.call_method1(pyo3::intern!(py, "get_template"), (name,))?,
        };
        self.is_of(&template)
    }

    fn is_of(&self, template: &Bound<'_, PyAny>) -> PyResult<bool> {
        template.getattr(pyo3::intern!(template.py(), "source"))?.eq(self.1)
    }
}

/// Which of Django's templates this is, if the engine has no others that it would include.
pub(crate) fn known(
    engine: &Bound<'_, PyAny>,
    template: &Bound<'_, PyAny>,
) -> PyResult<Option<Known>> {
    let py = engine.py();
    let library_count = 3;
    let builtins = engine.getattr(pyo3::intern!(py, "builtins"))?;
    let own_language = builtins.cast::<PyList>().is_ok_and(|own| own.len() == library_count);
    if !own_language || !engine.getattr(pyo3::intern!(py, "autoescape"))?.is_truthy()? {
        return Ok(None);
    }
    Ok(if TEXT.is_of(template)? {
        (INPUT.is_in(engine)? && INPUT_ATTRS.is_in(engine)?).then_some(Known::Input)
    } else if INPUT.is_of(template)? {
        INPUT_ATTRS.is_in(engine)?.then_some(Known::Input)
    } else if LABEL.is_of(template)? {
        LABEL_ATTRS.is_in(engine)?.then_some(Known::Label)
    } else if ERRORS.is_of(template)? {
        ERRORS_UL.is_in(engine)?.then_some(Known::Errors)
    } else {
        FIELD.is_of(template)?.then_some(Known::Field)
    })
}

/// Prints one of the templates; a method that says no has printed nothing of use.
pub(crate) struct Printer {
    out: Vec<u8>,
    django: &'static Django,
}

impl Printer {
    pub(crate) fn new(django: &'static Django) -> Self {
        Self { out: Vec::with_capacity(160), django }
    }

    pub(crate) fn raw(&mut self, text: &str) {
        self.out.extend_from_slice(text.as_bytes());
    }

    /// `{{ value|stringformat:'s' }}`
    pub(crate) fn value(&mut self, value: &Value<'_>) -> bool {
        if let Some((text, safe)) = value.as_text(self.django) {
            if safe {
                self.raw(text);
            } else {
                escape_into(text.as_bytes(), &mut self.out);
            }
        } else if let Some(number) = value.as_int(self.django) {
            self.raw(&number.to_string());
        } else {
            return false;
        }
        true
    }

    /// `attrs.html`
    fn attrs(&mut self, attrs: &Bound<'_, PyDict>) -> bool {
        attrs.iter().all(|(name, value)| {
            let truth = value.cast_exact::<PyBool>().map(|value| value.is_true()).ok();
            if truth == Some(false) {
                return true;
            }
            self.raw(" ");
            self.text(&name)
                && (truth == Some(true) || {
                    self.raw("=\"");
                    let printed = self.value(&Value::Object(value));
                    self.raw("\"");
                    printed
                })
        })
    }

    /// `{{ value }}` of text, which may be translated or written in another way if it is none.
    fn text(&mut self, value: &Bound<'_, PyAny>) -> bool {
        let class = type_of(value);
        let types = &self.django.types;
        (class == types.str || class == types.safe) && self.value(&Value::Object(value.clone()))
    }

    /// `widgets/input.html`
    pub(crate) fn input(
        &mut self,
        input_type: &Bound<'_, PyAny>,
        name: &Bound<'_, PyAny>,
        value: &Bound<'_, PyAny>,
        attrs: &Bound<'_, PyDict>,
    ) -> bool {
        self.raw("<input type=\"");
        let mut printed = self.text(input_type);
        self.raw("\" name=\"");
        printed = printed && self.text(name);
        self.raw("\"");
        if !value.is_none() {
            self.raw(" value=\"");
            printed = printed && self.value(&Value::Object(value.clone()));
            self.raw("\"");
        }
        printed = printed && self.attrs(attrs);
        self.raw(">");
        printed
    }

    /// `label.html` with a tag.
    pub(crate) fn label(
        &mut self,
        tag: &str,
        attrs: &Bound<'_, PyDict>,
        label: &Value<'_>,
    ) -> bool {
        self.raw("<");
        self.raw(tag);
        let printed = self.attrs(attrs);
        self.raw(">");
        let printed = printed && self.value(label);
        self.raw("</");
        self.raw(tag);
        self.raw(">");
        printed
    }

    /// The help of a field, which is HTML.
    pub(crate) fn help(&mut self, auto_id: &Value<'_>, help: &str) -> bool {
        self.raw("<div class=\"helptext\"");
        let Some((id, _)) = auto_id.as_text(self.django) else { return false };
        if !id.is_empty() {
            self.raw(" id=\"");
            if !self.value(auto_id) {
                return false;
            }
            self.raw("_helptext\"");
        }
        self.raw(">");
        self.raw(help);
        self.raw("</div>");
        true
    }

    /// What was printed, if it is text without lone surrogates.
    pub(crate) fn finish<'py>(self) -> Option<Value<'py>> {
        String::from_utf8(self.out).ok().map(Value::Safe)
    }
}
