//! A compiled program together with the Python objects that it refers to.

use std::collections::HashMap;
use std::sync::atomic::AtomicUsize;

use djust_templates::program::{
    BodyId, ConstId, Constant, CustomId, ExprId, FilterId, NameId, NodeKind, Program,
};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::{PyFloat, PyInt, PyString};

use crate::django::Django;
use crate::filters::Native;

/// A name of the template: interned, and as an index when it is one.
#[derive(Debug)]
pub(crate) struct Name {
    pub(crate) text: Py<PyString>,
    pub(crate) index: Option<usize>,
    pub(crate) known: Known,
}

/// Names that the engine itself gives a meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Known {
    No,
    Counter,
    Counter0,
    RevCounter,
    RevCounter0,
    First,
    Last,
    ParentLoop,
    Length,
    Super,
    True,
    False,
    None,
}

impl Known {
    fn of(name: &str) -> Self {
        match name {
            "counter" => Self::Counter,
            "counter0" => Self::Counter0,
            "revcounter" => Self::RevCounter,
            "revcounter0" => Self::RevCounter0,
            "first" => Self::First,
            "last" => Self::Last,
            "length" => Self::Length,
            "parentloop" => Self::ParentLoop,
            "super" => Self::Super,
            "True" => Self::True,
            "False" => Self::False,
            "None" => Self::None,
            _ => Self::No,
        }
    }
}

/// A filter as the template's libraries define it.
#[derive(Debug)]
pub(crate) struct FilterEntry {
    pub(crate) function: Py<PyAny>,
    pub(crate) native: Option<Native>,
    pub(crate) expects_localtime: bool,
    pub(crate) needs_autoescape: bool,
    pub(crate) is_safe: bool,
    /// Is it registered as `escape` or `safe`?
    pub(crate) decides_escaping: bool,
}

/// A call of a tag function made by `simple_tag`, `simple_block_tag` or `inclusion_tag`.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) function: Py<PyAny>,
    pub(crate) takes_context: bool,
    pub(crate) args: Vec<ExprId>,
    pub(crate) kwargs: Vec<(Py<PyString>, ExprId)>,
}

/// A tag of a library.
#[derive(Debug)]
pub(crate) enum Custom {
    /// Its node renders itself, with a real context.
    Node(Py<PyAny>),
    /// `simple_tag` and, with a body, `simple_block_tag`.
    Simple { call: Call, target: Option<Py<PyString>>, content: Option<BodyId> },
    /// `inclusion_tag`; the node stays the key under which its template is kept.
    Inclusion { call: Call, node: Py<PyAny> },
    /// A node that prints what one expression gives, under a setting it changes meanwhile.
    Scoped { setting: Setting, body: BodyId },
    /// `static`
    Static { path: ExprId, target: Option<Py<PyString>>, node: Py<PyAny> },
    /// `partial`
    Partial(Py<PyAny>),
    /// `partialdef`, shown where it is defined
    Inline(BodyId),
    /// `translate`
    Translate(Box<Translate>),
    /// `blocktranslate`
    BlockTranslate(Box<BlockTranslate>),
}

/// What a scoped tag changes while its body renders.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Setting {
    /// `localize`
    Localize(bool),
    /// `localtime`
    Localtime(bool),
    /// `language`
    Language(ExprId),
    /// `timezone`
    Timezone(ExprId),
}

/// `{% translate %}`
#[derive(Debug)]
pub(crate) struct Translate {
    pub(crate) message: ExprId,
    /// The message when it is a constant; else it is the value of a variable.
    pub(crate) literal: Option<Py<PyAny>>,
    pub(crate) noop: bool,
    pub(crate) context: Option<ExprId>,
    pub(crate) target: Option<Py<PyString>>,
}

/// `{% blocktranslate %}`
#[derive(Debug)]
pub(crate) struct BlockTranslate {
    pub(crate) tag_name: String,
    pub(crate) bindings: Vec<(Py<PyString>, ExprId)>,
    pub(crate) singular: Message,
    pub(crate) plural: Option<Plural>,
    pub(crate) context: Option<ExprId>,
    pub(crate) target: Option<Py<PyString>>,
}

/// The message id of a `blocktranslate` and the variables in it.
#[derive(Debug)]
pub(crate) struct Message {
    pub(crate) id: Py<PyString>,
    pub(crate) variables: Vec<Py<PyString>>,
}

/// The counted part of a `blocktranslate`.
#[derive(Debug)]
pub(crate) struct Plural {
    pub(crate) message: Message,
    pub(crate) counter: Py<PyString>,
    pub(crate) count: ExprId,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Linked {
    pub(crate) program: Program,
    pub(crate) names: Vec<Name>,
    pub(crate) constants: Vec<Py<PyAny>>,
    pub(crate) filters: Vec<FilterEntry>,
    pub(crate) customs: Vec<Custom>,
    pub(crate) keys: Keys,
    /// The `Origin` of the template.
    pub(crate) origin: Py<PyAny>,
    /// Long literal text as Python strings, by the address of the text.
    literals: HashMap<usize, Py<PyString>>,
    /// How many bytes the last render printed.
    pub(crate) last_len: AtomicUsize,
}

/// Interned names that tags of the language bind.
#[derive(Debug)]
pub(crate) struct Keys {
    pub(crate) forloop: Py<PyString>,
    pub(crate) block: Py<PyString>,
    pub(crate) var: Py<PyString>,
    pub(crate) csrf_token: Py<PyString>,
}

fn lost() -> PyErr {
    PyRuntimeError::new_err("a compiled template refers to a missing part")
}

fn constant(py: Python<'_>, django: &Django, constant: &Constant) -> PyResult<Py<PyAny>> {
    Ok(match constant {
        Constant::Int(digits) => py.get_type::<PyInt>().call1((&**digits,))?.unbind(),
        Constant::Float(value) => PyFloat::new(py, *value).into_any().unbind(),
        Constant::Text(text) => django.safe_string.bind(py).call1((&**text,))?.unbind(),
        Constant::Translated(text) => django.call(py, "lazy_translation", (&**text,))?.unbind(),
    })
}

/// Literal text of this many bytes is kept as a Python string too: joining strings costs less than
/// decoding the text at each render.
const LONG_LITERAL: usize = 1024;

/// The long texts of a program. Their addresses stay, since the tables of a program never change.
fn long_literals(py: Python<'_>, program: &Program) -> HashMap<usize, Py<PyString>> {
    let nodes = program.bodies.iter().flat_map(|body| body.iter());
    let texts = nodes.filter_map(|node| match &node.kind {
        NodeKind::Text(text) if text.len() >= LONG_LITERAL => Some(text),
        _ => None,
    });
    texts.map(|text| (text.as_ptr() as usize, PyString::new(py, text).unbind())).collect()
}

impl Linked {
    pub(crate) fn new(
        py: Python<'_>,
        program: Program,
        filters: Vec<FilterEntry>,
        customs: Vec<Custom>,
        origin: Py<PyAny>,
    ) -> PyResult<Self> {
        let django = Django::get(py)?;
        let names = program.names.iter().map(|name| Name {
            text: PyString::intern(py, name).unbind(),
            index: name.bytes().all(|b| b.is_ascii_digit()).then(|| name.parse().ok()).flatten(),
            known: Known::of(name),
        });
        let names = names.collect();
        let constants = program
            .constants
            .iter()
            .map(|value| constant(py, django, value))
            .collect::<PyResult<_>>()?;
        let intern = |name| PyString::intern(py, name).unbind();
        let keys = Keys {
            forloop: intern("forloop"),
            block: intern("block"),
            var: intern("var"),
            csrf_token: intern("csrf_token"),
        };
        let last_len = AtomicUsize::new(0);
        let literals = long_literals(py, &program);
        Ok(Self { program, names, constants, filters, customs, keys, origin, literals, last_len })
    }

    /// The Python string for a long text of this program.
    #[inline]
    pub(crate) fn long_literal(&self, text: &str) -> Option<&Py<PyString>> {
        if text.len() < LONG_LITERAL { None } else { self.literals.get(&(text.as_ptr() as usize)) }
    }

    #[inline]
    pub(crate) fn name(&self, id: NameId) -> PyResult<&Name> {
        self.names.get(id.0 as usize).ok_or_else(lost)
    }

    #[inline]
    pub(crate) fn constant(&self, id: ConstId) -> PyResult<&Py<PyAny>> {
        self.constants.get(id.0 as usize).ok_or_else(lost)
    }

    #[inline]
    pub(crate) fn expression(&self, id: ExprId) -> PyResult<&djust_templates::program::Expr> {
        self.program.expression(id).ok_or_else(lost)
    }

    #[inline]
    pub(crate) fn filter(&self, id: FilterId) -> PyResult<&FilterEntry> {
        self.filters.get(id.0 as usize).ok_or_else(lost)
    }

    pub(crate) fn custom(&self, id: CustomId) -> PyResult<&Custom> {
        self.customs.get(id.0 as usize).ok_or_else(lost)
    }
}
