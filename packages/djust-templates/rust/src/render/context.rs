//! The Python `Context` of a render: made when Python code needs one, and kept in step since.

use std::mem;

use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString};

use crate::activation::Activation;
use crate::django::Django;
use crate::render::scope::{Found, Scope};
use crate::render::{Render, Running};

/// The key under which a Python render context carries our state.
pub(crate) const ACTIVATION_KEY: &str = "djust_templates.activation";

/// What a render starts from.
pub(crate) enum Origin<'py> {
    /// A dictionary and perhaps a request, as template backends get them.
    Values { values: Option<Bound<'py, PyDict>>, request: Option<Bound<'py, PyAny>> },
    /// A Django context, bound to its template already.
    Context(Bound<'py, PyAny>),
}

/// How to make the context when it is needed.
#[derive(Debug)]
enum Source<'py> {
    Values {
        values: Option<Bound<'py, PyDict>>,
        request: Option<Bound<'py, PyAny>>,
        processed: Option<Bound<'py, PyDict>>,
    },
    /// `outer.new(values)`
    New(Bound<'py, PyAny>),
}

/// The parts of a Python context that are kept in step.
#[derive(Debug)]
struct Parts<'py> {
    object: Bound<'py, PyAny>,
    dicts: Bound<'py, PyList>,
    render_context: Bound<'py, PyAny>,
    render_dicts: Bound<'py, PyList>,
    /// How many dictionaries there are when Python code gets the context.
    depth: usize,
    flags: Option<(bool, Option<bool>, Option<bool>)>,
    template: Option<Bound<'py, PyAny>>,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct View<'py> {
    source: Source<'py>,
    parts: Option<Parts<'py>>,
    frames: usize,
    running: usize,
    /// While the context is put aside for an isolated one: how many templates were running.
    running_limit: Option<usize>,
}

/// A scope and its view, put aside while an isolated context renders.
pub(crate) type Outer<'py> = (Scope<'py>, View<'py>);

impl<'py> Parts<'py> {
    fn of(object: Bound<'py, PyAny>) -> PyResult<Self> {
        let render_context = object.getattr("render_context")?;
        Ok(Self {
            dicts: object.getattr("dicts")?.cast_into()?,
            render_dicts: render_context.getattr("dicts")?.cast_into()?,
            render_context,
            object,
            depth: 0,
            flags: None,
            template: None,
        })
    }
}

fn drop_last(list: &Bound<'_, PyList>, len: usize) -> PyResult<()> {
    // Python code may have left dictionaries behind; the tag that pushed below them drops them.
    if list.len() >= len { list.del_slice(len.saturating_sub(1), list.len()) } else { Ok(()) }
}

impl<'py> View<'py> {
    fn new(source: Source<'py>) -> Self {
        Self { source, parts: None, frames: 0, running: 0, running_limit: None }
    }
}

impl<'py> Render<'py> {
    /// A render of `template` that starts from `origin`.
    pub(crate) fn start(
        py: Python<'py>,
        engine: Bound<'py, PyAny>,
        template: Bound<'py, PyAny>,
        origin: Origin<'py>,
        capacity: usize,
    ) -> PyResult<Self> {
        let django = Django::get(py)?;
        let mut scope = Scope::default();
        let mut running = Running { activation: Activation::default(), template, dict: None };
        let bound = matches!(origin, Origin::Values { .. });
        let mut flags = (true, None, None);
        let view = match origin {
            Origin::Values { values, request } => {
                flags.0 = engine.getattr("autoescape")?.is_truthy()?;
                let processed = match &request {
                    Some(request) => Some(process_context(py, django, &engine, request)?),
                    None => None,
                };
                if let Some(processed) = &processed {
                    scope.add_base(processed.clone().into_any(), django);
                }
                if let Some(values) = &values {
                    scope.add_base(values.clone().into_any(), django);
                }
                if request.is_some() || values.is_none() {
                    // What the template assigns does not go to the view's own dictionary.
                    scope.push();
                }
                View::new(Source::Values { values, request, processed })
            }
            Origin::Context(context) => {
                let parts = Parts::of(context.clone())?;
                for dict in parts.dicts.iter() {
                    scope.add_base(dict, django);
                }
                let optional = |name: &str| -> PyResult<Option<bool>> {
                    let value = context.getattr(name)?;
                    if value.is_none() { Ok(None) } else { value.is_truthy().map(Some) }
                };
                flags = (
                    context.getattr("autoescape")?.is_truthy()?,
                    optional("use_l10n")?,
                    optional("use_tz")?,
                );
                if let Some(dict) = parts.render_dicts.iter().next_back() {
                    let dict = dict.cast_into::<PyDict>()?;
                    match dict.get_item(ACTIVATION_KEY)? {
                        Some(carried) => {
                            running.activation = carried.cast::<Activation>()?.get().clone();
                        }
                        None => dict.set_item(ACTIVATION_KEY, running.activation.clone())?,
                    }
                    running.dict = Some(dict);
                }
                let mut view =
                    View::new(Source::Values { values: None, request: None, processed: None });
                view.running = usize::from(running.dict.is_some());
                view.parts = Some(parts);
                view
            }
        };
        let instrumented = !django
            .template_class
            .bind(py)
            .getattr(pyo3::intern!(py, "_render"))?
            .is(&django.original_render);
        Ok(Self {
            py,
            django,
            out: Vec::with_capacity(capacity),
            pieces: super::output::Pieces::default(),
            scope,
            running: vec![running],
            context: view,
            outer: Vec::new(),
            engine,
            autoescape: flags.0,
            use_l10n: flags.1,
            use_tz: flags.2,
            locale: super::locale::Locale::default(),
            locale_used: false,
            logs_lookups: None,
            includes: super::tags::IncludeCache::default(),
            forms: super::forms::FormCache::default(),
            instrumented,
            bound,
            depth: super::depth::Depth::enter(),
            marking: None,
            row_values: Vec::new(),
            csrf_input: None,
        })
    }

    /// The Python context, perhaps behind by what the template has bound since.
    pub(crate) fn context_object(&mut self) -> PyResult<Bound<'py, PyAny>> {
        if self.context.parts.is_none() {
            let object = self.make_context()?;
            let parts = Parts::of(object)?;
            let innermost = parts.dicts.iter().next_back();
            self.context.parts = Some(parts);
            self.share_first_frame(innermost)?;
        }
        Ok(self.parts()?.object.clone())
    }

    /// Our first frame, where there is one, is what the context itself has for assignments.
    fn share_first_frame(&mut self, innermost: Option<Bound<'py, PyAny>>) -> PyResult<()> {
        let Source::Values { values, request, .. } = &self.context.source else { return Ok(()) };
        let Some(dict) = innermost.filter(|_| request.is_some() || values.is_none()) else {
            return Ok(());
        };
        let dict = dict.cast_into::<PyDict>()?;
        for (name, found) in self.scope.frame_bindings(0) {
            // A block or loop that was bound here asks for the context again; it exists by now.
            dict.set_item(name, self.object_of(found)?)?;
        }
        self.scope.set_frame_dict(0, dict);
        self.context.frames = 1;
        Ok(())
    }

    /// Leaves the context as Django leaves it when the template is done.
    pub(crate) fn close(&mut self) -> PyResult<()> {
        let view = self.outer.first().map_or(&self.context, |(_, view)| view);
        if self.bound
            && let Some(parts) = &view.parts
        {
            self.django.call(self.py, "unbind_context", (&parts.object,))?;
        }
        Ok(())
    }

    /// The request of the render, when it has one.
    pub(crate) fn request(&self) -> PyResult<Option<Bound<'py, PyAny>>> {
        let view = self.outer.first().map_or(&self.context, |(_, view)| view);
        match (&view.source, &view.parts) {
            (Source::Values { request: Some(request), .. }, _) => Ok(Some(request.clone())),
            (_, Some(parts)) => parts.object.getattr_opt(pyo3::intern!(self.py, "request")),
            _ => Ok(None),
        }
    }

    /// The Python context as it stands at this place of the template.
    pub(crate) fn context_view(&mut self) -> PyResult<Bound<'py, PyAny>> {
        self.context_object()?;
        self.attach_frames()?;
        self.attach_running()?;
        let flags = (self.autoescape, self.use_l10n, self.use_tz);
        let limit = self.context.running_limit.unwrap_or(self.running.len());
        let template =
            limit.checked_sub(1).and_then(|at| self.running.get(at)).map(|r| r.template.clone());
        let parts = self.parts()?;
        if parts.flags != Some(flags) {
            parts.object.setattr("autoescape", flags.0)?;
            parts.object.setattr("use_l10n", flags.1)?;
            parts.object.setattr("use_tz", flags.2)?;
            parts.flags = Some(flags);
        }
        if let Some(template) = template
            && !parts.template.as_ref().is_some_and(|known| known.is(&template))
        {
            parts.render_context.setattr("template", &template)?;
            parts.template = Some(template);
        }
        parts.depth = parts.dicts.len();
        Ok(parts.object.clone())
    }

    fn parts(&mut self) -> PyResult<&mut Parts<'py>> {
        self.context
            .parts
            .as_mut()
            .ok_or_else(|| pyo3::exceptions::PyRuntimeError::new_err("the context was not made"))
    }

    fn make_context(&mut self) -> PyResult<Bound<'py, PyAny>> {
        let py = self.py;
        match &self.context.source {
            Source::Values { values, request, processed } => {
                let template = self.running.first().map(|running| running.template.clone());
                let args = (values, request, processed, template, self.autoescape);
                self.django.call(py, "make_context", args)
            }
            Source::New(values) => {
                let values = values.clone();
                let Some((scope, view)) = self.outer.pop() else {
                    return self.django.call(py, "make_context", (values, (), (), (), true));
                };
                let inner =
                    (mem::replace(&mut self.scope, scope), mem::replace(&mut self.context, view));
                let outer = self.context_view();
                let attached = self.context.running;
                let put_aside = (
                    mem::replace(&mut self.scope, inner.0),
                    mem::replace(&mut self.context, inner.1),
                );
                self.outer.push(put_aside);
                self.context.running = attached;
                outer?.call_method1("new", (values,))
            }
        }
    }

    fn attach_frames(&mut self) -> PyResult<()> {
        for at in self.context.frames..self.scope.frames.len() {
            let dict = PyDict::new(self.py);
            for (name, found) in self.scope.frame_bindings(at) {
                dict.set_item(name, self.object_of(found)?)?;
            }
            self.parts()?.dicts.append(&dict)?;
            self.scope.set_frame_dict(at, dict);
            self.context.frames = at + 1;
        }
        Ok(())
    }

    fn attach_running(&mut self) -> PyResult<()> {
        let limit = self.context.running_limit.unwrap_or(self.running.len());
        for at in self.context.running..limit {
            let Some(running) = self.running.get_mut(at) else { break };
            let dict = match &running.dict {
                Some(dict) => dict.clone(),
                None => {
                    let dict = PyDict::new(self.py);
                    dict.set_item(ACTIVATION_KEY, running.activation.clone())?;
                    running.dict = Some(dict.clone());
                    dict
                }
            };
            self.parts()?.render_dicts.append(dict)?;
            self.context.running = at + 1;
        }
        Ok(())
    }

    /// Takes over what Python code did to the context.
    pub(crate) fn after_python(&mut self) -> PyResult<()> {
        let py = self.py;
        self.forget_locale();
        let Some(parts) = self.context.parts.as_mut() else { return Ok(()) };
        let autoescape = parts.object.getattr(pyo3::intern!(py, "autoescape"))?.is_truthy()?;
        if autoescape != self.autoescape {
            self.autoescape = autoescape;
            parts.flags = None;
        }
        // A tag may leave the context deeper or shallower than it was.
        let (before, now) = (parts.depth, parts.dicts.len());
        let left: Vec<_> = (before..now).map(|at| parts.dicts.get_item(at)).collect();
        parts.depth = now;
        for dict in left {
            self.scope.push_dict(dict?.cast_into()?);
        }
        for _ in now..before {
            self.scope.pop();
        }
        self.context.frames = self.scope.frames.len();
        Ok(())
    }

    /// Opens a frame: `context.push()`.
    pub(crate) fn push_frame(&mut self) {
        self.scope.push();
    }

    /// Closes a frame: `context.pop()`.
    pub(crate) fn pop_frame(&mut self) -> PyResult<()> {
        self.scope.pop();
        if self.context.frames > self.scope.frames.len() {
            self.context.frames = self.scope.frames.len();
            let parts = self.parts()?;
            drop_last(&parts.dicts, parts.dicts.len())?;
        }
        Ok(())
    }

    /// `context[name] = value` in the innermost frame.
    pub(crate) fn assign(
        &mut self,
        name: &Bound<'py, PyString>,
        value: Found<'py>,
    ) -> PyResult<()> {
        if let Some((dict, value)) = self.scope.bind(name, value) {
            let value = self.object_of(value)?;
            dict.set_item(name, value)?;
        }
        Ok(())
    }

    /// Starts a template inside this one: `render_context.push_state`.
    pub(crate) fn enter(&mut self, template: Bound<'py, PyAny>) {
        let activation = Activation::default();
        self.running.push(Running { activation, template, dict: None });
    }

    /// Ends the template that `enter` started.
    pub(crate) fn leave(&mut self) -> PyResult<()> {
        self.running.pop();
        if self.context.running > self.running.len() {
            self.context.running = self.running.len();
            let parts = self.parts()?;
            drop_last(&parts.render_dicts, parts.render_dicts.len())?;
        }
        Ok(())
    }

    /// Puts the context aside for one that has only `values`: `context.new(values)`.
    pub(crate) fn isolate(&mut self, values: Bound<'py, PyAny>, scope: Scope<'py>) {
        let view = View::new(Source::New(values));
        let mut outer =
            (mem::replace(&mut self.scope, scope), mem::replace(&mut self.context, view));
        outer.1.running_limit = Some(self.running.len());
        self.context.running = self.running.len();
        self.outer.push(outer);
    }

    /// Takes back the context that `isolate` put aside.
    pub(crate) fn rejoin(&mut self) {
        if let Some((scope, mut view)) = self.outer.pop() {
            view.running_limit = None;
            self.scope = scope;
            self.context = view;
        }
    }
}

/// What the context processors of the engine say, later ones first to be believed.
fn process_context<'py>(
    py: Python<'py>,
    django: &Django,
    engine: &Bound<'py, PyAny>,
    request: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyDict>> {
    let processors = engine.getattr(pyo3::intern!(py, "template_context_processors"))?;
    let processed = PyDict::new(py);
    for processor in processors.try_iter()? {
        let processor = processor?;
        let values = processor.call1((request,))?;
        match values.cast::<PyDict>() {
            Ok(values) => processed.update(values.as_mapping())?,
            Err(_) => {
                django.call(py, "update_context", (&processed, &values, &processor))?;
            }
        }
    }
    Ok(processed)
}
