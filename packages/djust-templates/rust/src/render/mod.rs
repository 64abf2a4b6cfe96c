//! Rendering a compiled program over Python objects.

mod bound_field;
mod condition;
mod context;
mod custom;
mod depth;
mod expression;
mod form_templates;
mod forms;
mod frozen;
mod inheritance;
mod locale;
mod lookup;
mod marking;
mod nodes;
mod output;
mod plain_rows;
mod rows;
mod scope;
mod tags;
mod urls;
mod write;

use std::sync::Arc;

use djust_templates::program::BodyId;
use pyo3::prelude::*;
use pyo3::types::PyDict;

use crate::activation::Activation;
use crate::django::Django;
use crate::fault::{Fault, Outcome};
use crate::linked::Linked;
use crate::value::Value;

pub(crate) use context::Origin;
pub(crate) use form_templates::sources as form_sources;
pub(crate) use inheritance::program_of;
use locale::Locale;
pub(crate) use marking::MarkPlan;
pub(crate) use rows::Memo;
use scope::Scope;

/// A template being rendered, and the state it has put aside.
struct Running<'py> {
    activation: Activation,
    /// The template that `render_context.template` names.
    template: Bound<'py, PyAny>,
    /// The dictionary on the stack of the Python render context, once Python needs one.
    dict: Option<Bound<'py, PyDict>>,
}

/// One render, or the part of one that Python has asked for.
pub(crate) struct Render<'py> {
    py: Python<'py>,
    django: &'static Django,
    out: Vec<u8>,
    pieces: output::Pieces<'py>,
    scope: Scope<'py>,
    running: Vec<Running<'py>>,
    context: context::View<'py>,
    outer: Vec<context::Outer<'py>>,
    engine: Bound<'py, PyAny>,
    autoescape: bool,
    use_l10n: Option<bool>,
    use_tz: Option<bool>,
    locale: Locale<'py>,
    /// Is there anything in `locale` to forget?
    locale_used: bool,
    /// Is the log of failed look-ups read?
    logs_lookups: Option<bool>,
    includes: tags::IncludeCache<'py>,
    forms: forms::FormCache<'py>,
    instrumented: bool,
    /// Did this render bind its context to the template?
    bound: bool,
    depth: depth::Depth,
    /// The marks of a live page.
    marking: Option<Box<marking::Marking>>,
    /// Room for the values of a row.
    row_values: Vec<Value<'py>>,
    /// The last token of a form, and the control with it.
    csrf_input: Option<(Bound<'py, PyAny>, Bound<'py, PyAny>)>,
}

impl<'py> Render<'py> {
    /// Renders a body and returns what it printed.
    fn captured(&mut self, linked: &Arc<Linked>, body: BodyId) -> Outcome<'py, Vec<u8>> {
        self.captured_by(|render| render.body(linked, body))
    }

    /// The running template's state.
    fn activation(&self) -> PyResult<&Activation> {
        self.running.last().map(|running| &running.activation).ok_or_else(|| {
            pyo3::exceptions::PyRuntimeError::new_err("no template is being rendered")
        })
    }

    fn template(&self) -> PyResult<&Bound<'py, PyAny>> {
        self.running.last().map(|running| &running.template).ok_or_else(|| {
            pyo3::exceptions::PyRuntimeError::new_err("no template is being rendered")
        })
    }

    /// The text for what cannot be shown.
    fn string_if_invalid(&self) -> PyResult<Bound<'py, PyAny>> {
        self.engine.getattr("string_if_invalid")
    }

    /// Makes a fault an exception.
    pub(crate) fn raise(&mut self, fault: Fault<'py>) -> PyErr {
        match fault {
            Fault::Raised(error) => error,
            Fault::Missing { name, subject } => {
                let subject = match subject {
                    Some(subject) => Ok(subject),
                    None => self.context_view(),
                };
                let class = self.django.variable_does_not_exist.bind(self.py);
                let message = "Failed lookup for key [%s] in %r";
                subject
                    .and_then(|subject| class.call1((message, (name, subject))))
                    .map_or_else(|error| error, PyErr::from_value)
            }
            Fault::Reference => {
                pyo3::exceptions::PyRuntimeError::new_err("a parent template was not compiled")
            }
        }
    }
}

impl<'py> Render<'py> {
    pub(crate) fn py(&self) -> Python<'py> {
        self.py
    }

    pub(crate) fn autoescape(&self) -> bool {
        self.autoescape
    }

    pub(crate) fn django(&self) -> &'static Django {
        self.django
    }

    /// Renders the root body of a template, or one body inside it, to a safe string.
    pub(crate) fn finish(
        mut self,
        linked: &Arc<Linked>,
        body: BodyId,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let result = match self.body(linked, body) {
            Ok(()) => Ok(true),
            Err(Fault::Reference) => Ok(false),
            Err(fault) => Err(self.raise(fault)),
        };
        self.close()?;
        if !result? {
            return Ok(None);
        }
        linked.last_len.store(self.out.len(), std::sync::atomic::Ordering::Relaxed);
        let text = self.text()?;
        self.django.safe_string.bind(self.py).call1((text,)).map(Some)
    }
}
