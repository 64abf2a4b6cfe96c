//! `extends`, `block` and `block.super`.

use std::mem;
use std::sync::Arc;

use djust_templates::program::{BodyId, ExprId, Operand};
use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString};

use crate::activation::BlockRef;
use crate::compile::Session;
use crate::django::Django;
use crate::fault::{Fault, Outcome};
use crate::linked::Linked;
use crate::render::scope::{Found, OpenBlock};
use crate::render::{Origin, Render};
use crate::value::Value;

/// What Python code sees as `block`.
#[pyclass(frozen, module = "djust_templates._native")]
#[derive(Debug)]
pub(crate) struct BlockView {
    block: BlockRef,
    inherited: bool,
    context: Py<PyAny>,
}

#[pymethods]
impl BlockView {
    /// The block's name.
    #[getter]
    fn name(&self) -> &str {
        &self.block.name
    }

    /// Render what the parent template has in this block.
    #[pyo3(name = "super")]
    fn parent<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        let context = self.context.bind(py);
        let engine = context.getattr("template")?.getattr("engine")?;
        let template = context.getattr("render_context")?.getattr("template")?;
        let mut render = Render::start(py, engine, template, Origin::Context(context.clone()), 0)?;
        let value = render.super_of(&self.block, self.inherited);
        value.map_err(|fault| render.raise(fault))?.into_object(py)
    }
}

/// The compiled program behind a template object, and the body of it that is the template.
#[derive(Debug, Clone)]
pub(crate) struct Compiled {
    pub(crate) linked: Arc<Linked>,
    pub(crate) root: BodyId,
    /// Does it extend another template?
    pub(crate) parent: bool,
}

/// What a template object or a node list was compiled to, when it was.
fn compiled(object: &Bound<'_, PyAny>, body: Option<u32>) -> PyResult<Option<Compiled>> {
    let Some(session) = object.getattr_opt(pyo3::intern!(object.py(), "session"))? else {
        return Ok(None);
    };
    let Ok(session) = session.cast::<Session>() else { return Ok(None) };
    let linked = session.get().linked()?;
    let root = body.map(BodyId).or(linked.program.root);
    let parent = body.is_none() && linked.program.parent().is_some();
    Ok(root.map(|root| Compiled { linked, root, parent }))
}

/// The compiled program of a template object or of a partial, when it has one.
pub(crate) fn program_of(template: &Bound<'_, PyAny>) -> PyResult<Option<Compiled>> {
    let py = template.py();
    let django = Django::get(py)?;
    if template.is_instance(django.partial_class.bind(py))? {
        let nodes = template.getattr(pyo3::intern!(py, "nodelist"))?;
        return match nodes.getattr_opt(pyo3::intern!(py, "body"))? {
            Some(body) => compiled(&nodes, Some(body.extract()?)),
            None => Ok(None),
        };
    }
    compiled(template, None)
}

/// A template that the cached loader of an engine has compiled already.
pub(crate) fn cached_by<'py>(
    engine: &Bound<'py, PyAny>,
    name: &Bound<'py, PyAny>,
) -> PyResult<Option<Bound<'py, PyAny>>> {
    let py = engine.py();
    let cache = engine.getattr(pyo3::intern!(py, "template_cache"))?;
    let (Ok(cache), Ok(name)) = (cache.cast::<PyDict>(), name.cast::<PyString>()) else {
        return Ok(None);
    };
    let Some(template) = cache.get_item(name)? else { return Ok(None) };
    // Names that no loader knows are kept there too.
    let known = template.getattr_opt(pyo3::intern!(py, "session"))?;
    Ok(known.filter(|session| !session.is_none()).map(|_| template))
}

impl<'py> Render<'py> {
    /// Renders the parent template with this template's blocks.
    pub(crate) fn extends(&mut self, linked: &Arc<Linked>, parent: ExprId) -> Outcome<'py, ()> {
        let template = self.parent_template(linked, parent)?;
        let Some(program) = program_of(&template)? else { return Err(Fault::Reference) };
        let Compiled { linked: parent, root, .. } = program;
        self.add_blocks(linked)?;
        if parent.program.parent().is_none() {
            self.add_blocks(&parent)?;
        }
        let Some(running) = self.running.last_mut() else { return Ok(()) };
        let child = mem::replace(&mut running.template, template.clone());
        let announced = self.announce(&template);
        let result = announced.map_err(Fault::from).and_then(|()| self.body(&parent, root));
        if let Some(running) = self.running.last_mut() {
            running.template = child;
        }
        result
    }

    /// Tells tests that a template is about to render.
    pub(crate) fn announce(&mut self, template: &Bound<'py, PyAny>) -> PyResult<()> {
        if self.instrumented {
            let context = self.context_view()?;
            self.django.call(self.py, "announce", (template, context))?;
        }
        Ok(())
    }

    fn parent_template(
        &mut self,
        linked: &Linked,
        parent: ExprId,
    ) -> Outcome<'py, Bound<'py, PyAny>> {
        let name = self.object(linked, parent)?;
        let expr = linked.expression(parent)?;
        let is_constant = expr.filters.is_empty() && matches!(expr.operand, Operand::Constant(_));
        let source = if is_constant { None } else { Some(&*expr.source) };
        let history = {
            let mut state = self.activation()?.state();
            let known = state.history.as_ref().map(|list| list.clone_ref(self.py));
            match known {
                Some(list) => list,
                None => {
                    let list = PyList::new(self.py, [linked.origin.bind(self.py)])?.unbind();
                    state.history = Some(list.clone_ref(self.py));
                    list
                }
            }
        };
        if let Some(template) = self.cached_parent(&name, history.bind(self.py))? {
            return Ok(template);
        }
        let args = (&self.engine, name, source, history);
        Ok(self.django.call(self.py, "find_parent", args)?)
    }

    /// A template that the cached loader has compiled already.
    pub(crate) fn cached_template(
        &self,
        name: &Bound<'py, PyAny>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        cached_by(&self.engine, name)
    }

    /// The cached parent, unless a template of this name is being extended already: then the
    /// loaders have to pass it over.
    fn cached_parent(
        &self,
        name: &Bound<'py, PyAny>,
        history: &Bound<'py, PyList>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        for origin in history.iter() {
            if origin.getattr(pyo3::intern!(self.py, "template_name"))?.eq(name)? {
                return Ok(None);
            }
        }
        let template = self.cached_template(name)?;
        if let Some(template) = &template {
            history.append(template.getattr(pyo3::intern!(self.py, "origin"))?)?;
        }
        Ok(template)
    }

    fn add_blocks(&self, linked: &Arc<Linked>) -> PyResult<()> {
        let mut state = self.activation()?.state();
        let queues = state.blocks.get_or_insert_default();
        for block in &linked.program.blocks {
            let name = linked.program.name(block.name);
            let block =
                BlockRef { linked: Arc::clone(linked), name: name.to_owned(), body: block.body };
            match queues.get_mut(name) {
                Some(queue) => queue.insert(0, block),
                None => {
                    queues.insert(name.to_owned(), vec![block]);
                }
            }
        }
        Ok(())
    }

    /// Renders a block where it stands.
    pub(crate) fn block(&mut self, linked: &Arc<Linked>, block: u32) -> Outcome<'py, ()> {
        let own = linked.program.blocks.get(block as usize);
        let own = own.ok_or_else(|| PyRuntimeError::new_err("a compiled block is missing"))?;
        let own = BlockRef {
            linked: Arc::clone(linked),
            name: linked.program.name(own.name).to_owned(),
            body: own.body,
        };
        self.render_block(&own)
    }

    /// `BlockNode.render`: the most derived block of this name that is not open yet.
    fn render_block(&mut self, own: &BlockRef) -> Outcome<'py, ()> {
        let (inherited, next) = {
            let mut state = self.activation()?.state();
            match &mut state.blocks {
                None => (false, None),
                Some(queues) => (true, queues.get_mut(&own.name).and_then(Vec::pop)),
            }
        };
        let block = next.clone().unwrap_or_else(|| own.clone());
        let (linked, body) = (Arc::clone(&block.linked), block.body);
        let name = linked.keys.block.bind(self.py).clone();
        self.push_frame();
        let at = self.scope.blocks.len();
        self.scope.blocks.push(OpenBlock { block, inherited, object: None });
        let bound = self.assign(&name, Found::Block(at));
        let result = bound.map_err(Fault::from).and_then(|()| self.body(&linked, body));
        self.scope.blocks.truncate(at);
        self.pop_frame()?;
        if let Some(next) = next {
            let mut state = self.activation()?.state();
            if let Some(queue) = state.blocks.as_mut().and_then(|queues| queues.get_mut(&own.name))
            {
                queue.push(next);
            }
        }
        result
    }

    /// `{{ block.super }}` of an open block.
    pub(crate) fn block_super(&mut self, at: usize) -> Outcome<'py, Value<'py>> {
        let Some(open) = self.scope.blocks.get(at) else { return Ok(Value::empty()) };
        let (block, inherited) = (open.block.clone(), open.inherited);
        self.super_of(&block, inherited)
    }

    fn super_of(&mut self, block: &BlockRef, inherited: bool) -> Outcome<'py, Value<'py>> {
        if !inherited {
            let message = "'BlockNode' object has no attribute 'context'. Did you use \
                           {{ block.super }} in a base template?";
            let error = self.django.syntax_error.bind(self.py).call1((message,))?;
            return Err(PyErr::from_value(error).into());
        }
        let has_parent = {
            let state = self.activation()?.state();
            let queue = state.blocks.as_ref().and_then(|queues| queues.get(&block.name));
            queue.is_some_and(|queue| !queue.is_empty())
        };
        if !has_parent {
            return Ok(Value::empty());
        }
        let printed = self.captured_by(|render| render.render_block(block))?;
        Ok(self.safe(printed)?)
    }

    /// What Python code sees as `block`.
    pub(crate) fn block_object(&mut self, at: usize) -> PyResult<Bound<'py, PyAny>> {
        if let Some(object) = self.scope.blocks.get(at).and_then(|open| open.object.clone()) {
            return Ok(object);
        }
        let context = self.context_object()?;
        let Some(open) = self.scope.blocks.get_mut(at) else {
            return Ok(self.py.None().into_bound(self.py));
        };
        let view = BlockView {
            block: open.block.clone(),
            inherited: open.inherited,
            context: context.unbind(),
        };
        let object = Bound::new(self.py, view)?.into_any();
        open.object = Some(object.clone());
        Ok(object)
    }
}
