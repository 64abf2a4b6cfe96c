//! The Django objects that rendering needs, imported once.

use std::collections::HashMap;

use djust_templates::tags::Builtin;
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple, PyType};

use crate::filters::Native;

/// Addresses of types whose values have a path of their own.
#[derive(Debug)]
pub(crate) struct Types {
    pub(crate) str: usize,
    pub(crate) safe: usize,
    pub(crate) int: usize,
    pub(crate) float: usize,
    pub(crate) bool: usize,
    pub(crate) none: usize,
    pub(crate) dict: usize,
    pub(crate) list: usize,
    pub(crate) tuple: usize,
    pub(crate) decimal: usize,
    pub(crate) datetime: usize,
    pub(crate) date: usize,
    pub(crate) time: usize,
    pub(crate) method: usize,
    pub(crate) function: usize,
    pub(crate) builtin: usize,
    pub(crate) context_dict: usize,
    pub(crate) simple_node: usize,
    pub(crate) simple_block_node: usize,
    pub(crate) inclusion_node: usize,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Django {
    pub(crate) types: Types,
    pub(crate) safe_string: Py<PyType>,
    pub(crate) safe_data: Py<PyAny>,
    pub(crate) localizable: Py<PyAny>,
    /// The class of what a context processor puts into every context without working it out.
    pub(crate) simple_lazy: Py<PyAny>,
    pub(crate) mark_safe: Py<PyAny>,
    pub(crate) conditional_escape: Py<PyAny>,
    pub(crate) localize: Py<PyAny>,
    pub(crate) template_localtime: Py<PyAny>,
    pub(crate) settings: Py<PyAny>,
    /// Where the lazy settings keep what was read of them since they changed last.
    pub(crate) known_settings: Option<Py<PyDict>>,
    pub(crate) template_class: Py<PyAny>,
    pub(crate) partial_class: Py<PyAny>,
    pub(crate) original_render: Py<PyAny>,
    pub(crate) variable_does_not_exist: Py<PyType>,
    pub(crate) syntax_error: Py<PyType>,
    pub(crate) support: Py<PyModule>,
    /// Does a loop know its length?
    pub(crate) loop_length: bool,
    pub(crate) builtins: HashMap<usize, Builtin>,
    /// The address of Django's function for `load`.
    pub(crate) load: usize,
    /// The addresses of its functions for `translate` and `blocktranslate`.
    pub(crate) translate: usize,
    pub(crate) block_translate: usize,
    pub(crate) filters: HashMap<usize, Native>,
    pub(crate) arities: Py<PyDict>,
}

static DJANGO: PyOnceLock<Django> = PyOnceLock::new();

fn address(object: &Bound<'_, PyAny>) -> usize {
    object.as_ptr() as usize
}

fn import<'py>(py: Python<'py>, module: &str, name: &str) -> PyResult<Bound<'py, PyAny>> {
    py.import(module)?.getattr(name)
}

fn class(py: Python<'_>, module: &str, name: &str) -> PyResult<Py<PyType>> {
    Ok(import(py, module, name)?.cast_into::<PyType>()?.unbind())
}

fn types(py: Python<'_>) -> PyResult<Types> {
    let of = |module: &str, name: &str| import(py, module, name).map(|class| address(&class));
    let exact = |class: Bound<'_, PyType>| class.as_ptr() as usize;
    Ok(Types {
        str: exact(py.get_type::<PyString>()),
        safe: of("django.utils.safestring", "SafeString")?,
        int: exact(py.get_type::<PyInt>()),
        float: exact(py.get_type::<PyFloat>()),
        bool: exact(py.get_type::<PyBool>()),
        none: crate::ffi::type_of(py.None().bind(py)),
        dict: exact(py.get_type::<PyDict>()),
        list: exact(py.get_type::<PyList>()),
        tuple: exact(py.get_type::<PyTuple>()),
        decimal: of("decimal", "Decimal")?,
        datetime: of("datetime", "datetime")?,
        date: of("datetime", "date")?,
        time: of("datetime", "time")?,
        method: of("types", "MethodType")?,
        function: of("types", "FunctionType")?,
        builtin: of("types", "BuiltinFunctionType")?,
        context_dict: of("django.template.context", "ContextDict")?,
        simple_node: of("django.template.library", "SimpleNode")?,
        simple_block_node: of("djust_templates._support", "SimpleBlockNode")?,
        inclusion_node: of("django.template.library", "InclusionNode")?,
    })
}

/// Django's own functions for the tags of the language, by address. They live as long as their
/// modules, so the addresses stay theirs.
fn builtins(py: Python<'_>) -> PyResult<HashMap<usize, Builtin>> {
    let mut known = HashMap::new();
    for module in ["django.template.defaulttags", "django.template.loader_tags"] {
        let tags = import(py, module, "register")?.getattr("tags")?;
        for (name, builtin) in Builtin::ALL {
            if tags.contains(name)? {
                known.insert(address(&tags.get_item(name)?), *builtin);
            }
        }
    }
    Ok(known)
}

fn filters(py: Python<'_>) -> PyResult<HashMap<usize, Native>> {
    let filters = import(py, "django.template.defaultfilters", "register")?.getattr("filters")?;
    let mut known = HashMap::new();
    for (name, native) in Native::ALL {
        if filters.contains(name)? {
            known.insert(address(&filters.get_item(name)?), *native);
        }
    }
    Ok(known)
}

impl Django {
    fn load(py: Python<'_>) -> PyResult<Self> {
        let support = py.import("djust_templates._support")?;
        let safestring = py.import("django.utils.safestring")?;
        let template_class = import(py, "django.template.base", "Template")?;
        Ok(Self {
            types: types(py)?,
            safe_string: class(py, "django.utils.safestring", "SafeString")?,
            safe_data: safestring.getattr("SafeData")?.unbind(),
            simple_lazy: import(py, "django.utils.functional", "SimpleLazyObject")?.unbind(),
            localizable: support.getattr("LOCALIZABLE")?.unbind(),
            mark_safe: safestring.getattr("mark_safe")?.unbind(),
            conditional_escape: import(py, "django.utils.html", "conditional_escape")?.unbind(),
            localize: import(py, "django.utils.formats", "localize")?.unbind(),
            template_localtime: import(py, "django.utils.timezone", "template_localtime")?.unbind(),
            known_settings: support.getattr("KNOWN_SETTINGS")?.cast_into().ok().map(Bound::unbind),
            settings: import(py, "django.conf", "settings")?.unbind(),
            original_render: support.getattr("ORIGINAL_RENDER")?.unbind(),
            partial_class: support.getattr("PartialTemplate")?.unbind(),
            template_class: template_class.unbind(),
            variable_does_not_exist: class(py, "django.template.base", "VariableDoesNotExist")?,
            syntax_error: class(py, "django.template.exceptions", "TemplateSyntaxError")?,
            loop_length: support.getattr("LOOP_LENGTH")?.is_truthy()?,
            support: support.unbind(),
            builtins: builtins(py)?,
            translate: address(&import(py, "django.templatetags.i18n", "do_translate")?),
            block_translate: address(&import(
                py,
                "django.templatetags.i18n",
                "do_block_translate",
            )?),
            load: address(&import(py, "django.template.defaulttags", "load")?),
            filters: filters(py)?,
            arities: PyDict::new(py).unbind(),
        })
    }

    /// The imported objects.
    pub(crate) fn get(py: Python<'_>) -> PyResult<&'static Self> {
        DJANGO.get_or_try_init(py, || Self::load(py))?;
        DJANGO.get(py).ok_or_else(|| PyRuntimeError::new_err("djust_templates is not initialised"))
    }

    /// `bool(settings.name)`
    pub(crate) fn setting(&self, py: Python<'_>, name: &Bound<'_, PyString>) -> PyResult<bool> {
        if let Some(known) = &self.known_settings
            && let Some(value) = known.bind(py).get_item(name)?
        {
            return value.is_truthy();
        }
        self.settings.bind(py).getattr(name)?.is_truthy()
    }

    /// Calls a function of `djust_templates._support`.
    pub(crate) fn call<'py>(
        &self,
        py: Python<'py>,
        name: &str,
        args: impl pyo3::call::PyCallArgs<'py>,
    ) -> PyResult<Bound<'py, PyAny>> {
        self.support.bind(py).getattr(name)?.call1(args)
    }
}
