//! Django's own functions for printing forms: those that have a native twin.
//!
//! A twin is only used where Django's function would run. A class or an object that replaces one
//! of the functions is left to Python, and so is a Django in which somebody has replaced them.

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyString, PyType};

/// What an object of the forms library is to its printing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `BoundField`
    Bound,
    Field,
    Widget,
    Form,
    /// A form, a formset, a list of errors.
    Renderable,
    Renderer,
}

/// Which functions of a class are Django's, a bit each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Facts(u32);

impl Facts {
    pub(crate) fn has(self, wanted: u32) -> bool {
        self.0 & wanted == wanted
    }
}

/// Bits of [`Facts`], by kind.
pub(crate) mod bound {
    pub(crate) const STR: u32 = 1;
    pub(crate) const AS_WIDGET: u32 = 1 << 1;
    pub(crate) const BUILD_ATTRS: u32 = 1 << 2;
    pub(crate) const VALUE: u32 = 1 << 3;
    pub(crate) const ERRORS: u32 = 1 << 4;
    pub(crate) const AUTO_ID: u32 = 1 << 5;
    pub(crate) const DATA: u32 = 1 << 6;
    pub(crate) const INITIAL: u32 = 1 << 7;
    pub(crate) const FIELDSET: u32 = 1 << 8;
    pub(crate) const HIDDEN: u32 = 1 << 9;
    pub(crate) const DESCRIBED: u32 = 1 << 10;
    /// All that `str()` runs.
    pub(crate) const PRINTING: u32 = (1 << 11) - 1;
    /// All that the template of a field asks a field for.
    pub(crate) const GROUP: u32 = 0b11 << 11 | PRINTING;
    pub(crate) const TEMPLATE_NAME: u32 = 1 << 13;
}
pub(crate) mod field {
    pub(crate) const BOUND_DATA: u32 = 1;
    pub(crate) const PREPARE: u32 = 1 << 1;
    /// The class has no opinion on `require_all_fields`.
    pub(crate) const SIMPLE: u32 = 1 << 2;
}
pub(crate) mod widget {
    pub(crate) const RENDER: u32 = 1;
    pub(crate) const RENDER_WITH: u32 = 1 << 1;
    pub(crate) const FORMAT: u32 = 1 << 2;
    pub(crate) const ATTRS: u32 = 1 << 3;
    pub(crate) const DATA: u32 = 1 << 4;
    pub(crate) const LABEL: u32 = 1 << 5;
    pub(crate) const REQUIRED: u32 = 1 << 6;
    pub(crate) const HIDDEN: u32 = 1 << 7;
    /// `get_context` of `Widget`, or else of `Input`.
    pub(crate) const CONTEXT: u32 = 1 << 8;
    pub(crate) const INPUT_CONTEXT: u32 = 1 << 9;
    /// The class has no type of its own.
    pub(crate) const UNTYPED: u32 = 1 << 10;
}
pub(crate) mod form {
    pub(crate) const ERRORS: u32 = 1;
    pub(crate) const WIDGET_DATA: u32 = 1 << 1;
    pub(crate) const INITIAL: u32 = 1 << 2;
    pub(crate) const RENDER: u32 = 1 << 3;
    pub(crate) const NO_ERROR_CSS: u32 = 1 << 4;
    pub(crate) const NO_REQUIRED_CSS: u32 = 1 << 5;
    /// All that `get_context` runs.
    pub(crate) const CONTEXT: u32 = 0b111 << 6 | ERRORS;
    /// All that the twins of fields rely on.
    pub(crate) const FIELDS: u32 = ERRORS | WIDGET_DATA | INITIAL;
}
/// `render`, of [`Kind::Renderable`] and [`Kind::Renderer`].
pub(crate) const RENDER: u32 = 1;
/// `get_template`, of [`Kind::Renderer`].
pub(crate) const GET_TEMPLATE: u32 = 1 << 1;
/// `__str__` and `__html__`, of [`Kind::Renderable`].
pub(crate) const STR: u32 = 1 << 1;
pub(crate) const HTML: u32 = 1 << 2;

/// A method that templates call and that has a twin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    LabelTag,
    LegendTag,
    CssClasses,
    AsWidget,
    AsFieldGroup,
    /// `render`, and the others that call it with the template of this attribute.
    Render,
    RenderWith(&'static str),
}

/// One function to look for: in which kind of object, under which name, which bit it is.
#[derive(Debug)]
struct Original {
    kind: Kind,
    name: Py<PyString>,
    /// `None` where the class has to have nothing under the name.
    function: Option<Py<PyAny>>,
    bit: u32,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Forms {
    originals: Vec<Original>,
    methods: Vec<(usize, Method)>,
    renderable: Py<PyType>,
    bound_field: Py<PyType>,
    error_dict: usize,
    error_list: usize,
    /// The classes of submitted data: what they have of a name is a list, its last item counts.
    many_values: [usize; 2],
    base_form: Py<PyType>,
    /// The class of text that is translated when it is shown.
    promise: Py<PyType>,
    /// Does a legend name the field that it is for?
    pub(crate) legend_for: bool,
}

static FORMS: PyOnceLock<Forms> = PyOnceLock::new();

const BOUNDFIELD: &str = "django.forms.boundfield";
const FIELDS: &str = "django.forms.fields";
const FORMS_MODULE: &str = "django.forms.forms";
const RENDERERS: &str = "django.forms.renderers";
const UTILS: &str = "django.forms.utils";
const WIDGETS: &str = "django.forms.widgets";

/// Kind, module, class, name and bit of what has to be Django's.
const ORIGINALS: &[(Kind, &str, &str, &str, u32)] = &[
    (Kind::Bound, UTILS, "RenderableFieldMixin", "__str__", bound::STR),
    (Kind::Bound, BOUNDFIELD, "BoundField", "as_widget", bound::AS_WIDGET),
    (Kind::Bound, BOUNDFIELD, "BoundField", "build_widget_attrs", bound::BUILD_ATTRS),
    (Kind::Bound, BOUNDFIELD, "BoundField", "value", bound::VALUE),
    (Kind::Bound, BOUNDFIELD, "BoundField", "errors", bound::ERRORS),
    (Kind::Bound, BOUNDFIELD, "BoundField", "auto_id", bound::AUTO_ID),
    (Kind::Bound, BOUNDFIELD, "BoundField", "data", bound::DATA),
    (Kind::Bound, BOUNDFIELD, "BoundField", "initial", bound::INITIAL),
    (Kind::Bound, BOUNDFIELD, "BoundField", "use_fieldset", bound::FIELDSET),
    (Kind::Bound, BOUNDFIELD, "BoundField", "is_hidden", bound::HIDDEN),
    (Kind::Bound, BOUNDFIELD, "BoundField", "aria_describedby", bound::DESCRIBED),
    (Kind::Bound, BOUNDFIELD, "BoundField", "label_tag", 1 << 11),
    (Kind::Bound, BOUNDFIELD, "BoundField", "__getitem__", 1 << 12),
    (Kind::Bound, BOUNDFIELD, "BoundField", "template_name", bound::TEMPLATE_NAME),
    (Kind::Field, FIELDS, "Field", "bound_data", field::BOUND_DATA),
    (Kind::Field, FIELDS, "Field", "prepare_value", field::PREPARE),
    (Kind::Widget, WIDGETS, "Widget", "render", widget::RENDER),
    (Kind::Widget, WIDGETS, "Widget", "_render", widget::RENDER_WITH),
    (Kind::Widget, WIDGETS, "Widget", "format_value", widget::FORMAT),
    (Kind::Widget, WIDGETS, "Widget", "build_attrs", widget::ATTRS),
    (Kind::Widget, WIDGETS, "Widget", "value_from_datadict", widget::DATA),
    (Kind::Widget, WIDGETS, "Widget", "id_for_label", widget::LABEL),
    (Kind::Widget, WIDGETS, "Widget", "use_required_attribute", widget::REQUIRED),
    (Kind::Widget, WIDGETS, "Widget", "is_hidden", widget::HIDDEN),
    (Kind::Widget, WIDGETS, "Widget", "get_context", widget::CONTEXT),
    (Kind::Widget, WIDGETS, "Input", "get_context", widget::INPUT_CONTEXT),
    (Kind::Form, FORMS_MODULE, "BaseForm", "errors", form::ERRORS),
    (Kind::Form, FORMS_MODULE, "BaseForm", "_widget_data_value", form::WIDGET_DATA),
    (Kind::Form, FORMS_MODULE, "BaseForm", "get_initial_for_field", form::INITIAL),
    (Kind::Form, UTILS, "RenderableMixin", "render", form::RENDER),
    (Kind::Form, FORMS_MODULE, "BaseForm", "get_context", 1 << 6),
    (Kind::Form, FORMS_MODULE, "BaseForm", "_bound_items", 1 << 7),
    (Kind::Form, FORMS_MODULE, "BaseForm", "__getitem__", 1 << 8),
    (Kind::Renderable, UTILS, "RenderableMixin", "render", RENDER),
    (Kind::Renderable, UTILS, "RenderableMixin", "__str__", STR),
    (Kind::Renderable, UTILS, "RenderableMixin", "__html__", HTML),
    (Kind::Renderer, RENDERERS, "BaseRenderer", "render", RENDER),
    (Kind::Renderer, RENDERERS, "EngineMixin", "get_template", GET_TEMPLATE),
];

/// Kind, name and bit of what a class must not have.
const ABSENT: &[(Kind, &str, u32)] = &[
    (Kind::Field, "require_all_fields", field::SIMPLE),
    (Kind::Widget, "input_type", widget::UNTYPED),
    (Kind::Form, "error_css_class", form::NO_ERROR_CSS),
    (Kind::Form, "required_css_class", form::NO_REQUIRED_CSS),
];

const METHODS: &[(&str, &str, &str, Method)] = &[
    (BOUNDFIELD, "BoundField", "label_tag", Method::LabelTag),
    (BOUNDFIELD, "BoundField", "legend_tag", Method::LegendTag),
    (BOUNDFIELD, "BoundField", "css_classes", Method::CssClasses),
    (BOUNDFIELD, "BoundField", "as_widget", Method::AsWidget),
    (UTILS, "RenderableFieldMixin", "as_field_group", Method::AsFieldGroup),
    (UTILS, "RenderableMixin", "render", Method::Render),
    (UTILS, "RenderableFormMixin", "as_p", Method::RenderWith("template_name_p")),
    (UTILS, "RenderableFormMixin", "as_div", Method::RenderWith("template_name_div")),
    (UTILS, "RenderableFormMixin", "as_table", Method::RenderWith("template_name_table")),
    (UTILS, "RenderableFormMixin", "as_ul", Method::RenderWith("template_name_ul")),
    (UTILS, "RenderableErrorMixin", "as_ul", Method::RenderWith("template_name_ul")),
];

/// Does the code of a function, a property or a cached property stand in this module's file?
fn is_of(module: &Bound<'_, PyModule>, found: &Bound<'_, PyAny>) -> PyResult<bool> {
    let mut function = found.clone();
    for inner in ["fget", "func"] {
        if let Some(getter) = found.getattr_opt(inner)? {
            function = getter;
        }
    }
    let Some(code) = function.getattr_opt("__code__")? else { return Ok(false) };
    code.getattr("co_filename")?.eq(module.getattr("__file__")?)
}

impl Forms {
    fn load(py: Python<'_>) -> PyResult<Self> {
        let mut originals = Vec::new();
        for (kind, module, class, name, bit) in ORIGINALS {
            let module = py.import(*module)?;
            let found = module.getattr(*class)?.getattr(*name)?;
            if is_of(&module, &found)? {
                let (name, function) = (PyString::intern(py, name).unbind(), Some(found.unbind()));
                originals.push(Original { kind: *kind, name, function, bit: *bit });
            }
        }
        for (kind, name, bit) in ABSENT {
            let name = PyString::intern(py, name).unbind();
            originals.push(Original { kind: *kind, name, function: None, bit: *bit });
        }
        let mut methods = Vec::new();
        for (module, class, name, method) in METHODS {
            let module = py.import(*module)?;
            let found = module.getattr(*class)?.getattr(*name)?;
            if is_of(&module, &found)? {
                // It lives as long as its class, and its class as long as its module.
                methods.push((found.as_ptr() as usize, *method));
            }
        }
        let version: (u32, u32) = {
            let version = py.import("django")?.getattr("VERSION")?;
            (version.get_item(0)?.extract()?, version.get_item(1)?.extract()?)
        };
        let class = |module: &str, name: &str| py.import(module)?.getattr(name);
        Ok(Self {
            originals,
            methods,
            renderable: class(UTILS, "RenderableMixin")?.cast_into::<PyType>()?.unbind(),
            bound_field: class(BOUNDFIELD, "BoundField")?.cast_into::<PyType>()?.unbind(),
            error_dict: class(UTILS, "ErrorDict")?.as_ptr() as usize,
            error_list: class(UTILS, "ErrorList")?.as_ptr() as usize,
            many_values: many_values(py)?,
            base_form: class(FORMS_MODULE, "BaseForm")?.cast_into::<PyType>()?.unbind(),
            promise: class("django.utils.functional", "Promise")?.cast_into::<PyType>()?.unbind(),
            legend_for: version < (6, 1),
        })
    }

    /// The library, unless nobody has imported it: then no object is of it.
    pub(crate) fn get(py: Python<'_>) -> PyResult<Option<&'static Self>> {
        if let Some(forms) = FORMS.get(py) {
            return Ok(Some(forms));
        }
        let modules = py.import(pyo3::intern!(py, "sys"))?.getattr(pyo3::intern!(py, "modules"))?;
        // The last that `import django.forms` imports of those that are needed here.
        if !modules.contains(pyo3::intern!(py, "django.forms.models"))? {
            return Ok(None);
        }
        FORMS.get_or_try_init(py, || Self::load(py))?;
        let forms = FORMS.get(py);
        forms.map(Some).ok_or_else(|| PyRuntimeError::new_err("the forms are not initialised"))
    }

    /// The library, if it was asked for before.
    pub(crate) fn known(py: Python<'_>) -> Option<&'static Self> {
        FORMS.get(py)
    }

    /// The twin of a function.
    pub(crate) fn method(&self, function: &Bound<'_, PyAny>) -> Option<Method> {
        let address = function.as_ptr() as usize;
        self.methods.iter().find(|(known, _)| *known == address).map(|(_, method)| *method)
    }

    /// Is this a form, a formset, a field or a list of errors?
    pub(crate) fn is_renderable(&self, object: &Bound<'_, PyAny>) -> bool {
        crate::ffi::is_a(object, self.renderable.bind(object.py()))
    }

    /// Text that is translated when it is shown, shown now; other values as they are.
    pub(crate) fn shown<'py>(&self, value: Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        if crate::ffi::is_a(&value, self.promise.bind(value.py())) {
            return Ok(value.str()?.into_any());
        }
        Ok(value)
    }

    /// The errors of a form by field, if it has looked for them.
    pub(crate) fn errors_of<'py>(
        &self,
        form: &Bound<'py, PyAny>,
    ) -> PyResult<Option<Bound<'py, PyDict>>> {
        let errors = form.getattr(pyo3::intern!(form.py(), "_errors"))?;
        let own = crate::ffi::type_of(&errors) == self.error_dict;
        Ok(if own { errors.cast_into().ok() } else { None })
    }

    /// Is this a field of a form with its data?
    pub(crate) fn is_bound_field(&self, object: &Bound<'_, PyAny>) -> bool {
        crate::ffi::is_a(object, self.bound_field.bind(object.py()))
    }

    /// Is this a form?
    pub(crate) fn is_form(&self, object: &Bound<'_, PyAny>) -> bool {
        crate::ffi::is_a(object, self.base_form.bind(object.py()))
    }

    /// Is this a list of errors, and not of a class derived from it?
    pub(crate) fn is_error_list(&self, object: &Bound<'_, PyAny>) -> bool {
        crate::ffi::type_of(object) == self.error_list
    }

    /// Is this the class of lists of errors?
    pub(crate) fn is_error_list_class(&self, class: &Bound<'_, PyAny>) -> bool {
        class.as_ptr() as usize == self.error_list
    }

    /// Is this submitted data, and not of a class derived from it?
    pub(crate) fn has_many_values(&self, data: &Bound<'_, PyAny>) -> bool {
        self.many_values.contains(&crate::ffi::type_of(data))
    }

    /// Is this a field that has no items with names, whatever its class looks like?
    pub(crate) fn refuses_names(&self, class: usize) -> bool {
        class == self.bound_field.as_ptr() as usize
    }

    /// Which functions of the class of an object are Django's.
    pub(crate) fn facts(&self, kind: Kind, class: &Bound<'_, PyType>) -> PyResult<Facts> {
        let py = class.py();
        let mut bits = 0;
        for original in self.originals.iter().filter(|original| original.kind == kind) {
            let found = class.getattr_opt(original.name.bind(py))?;
            let fits = match (&original.function, found) {
                (Some(function), Some(found)) => found.is(function.bind(py)),
                (None, found) => found.is_none(),
                (Some(_), None) => false,
            };
            bits |= if fits { original.bit } else { 0 };
        }
        // A class that makes attributes up may have anything.
        Ok(Facts(if crate::ffi::looks_up_plainly(class) { bits } else { 0 }))
    }
}

/// The classes whose `get` gives the last item of a list; none if somebody has replaced that.
fn many_values(py: Python<'_>) -> PyResult<[usize; 2]> {
    let module = py.import("django.utils.datastructures")?;
    let class = module.getattr("MultiValueDict")?;
    let query = py.import("django.http.request")?.getattr("QueryDict")?;
    for name in ["get", "__getitem__"] {
        let method = class.getattr(name)?;
        if !is_of(&module, &method)? || !query.getattr(name)?.is(&method) {
            return Ok([0; 2]);
        }
    }
    Ok([class.as_ptr() as usize, query.as_ptr() as usize])
}

/// Has an object replaced one of these methods for itself alone?
pub(crate) fn replaces(
    state: &Bound<'_, PyDict>,
    names: &[&Bound<'_, PyString>],
) -> PyResult<bool> {
    for name in names {
        if crate::ffi::dict_get(state, name)?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Return the source of each of Django's templates that is printed without being run, by name.
#[pyfunction]
pub(crate) fn form_sources(py: Python<'_>) -> PyResult<Bound<'_, PyDict>> {
    crate::render::form_sources(py)
}
