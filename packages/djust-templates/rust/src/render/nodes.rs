//! One node after the other.

use std::sync::Arc;

use djust_templates::program::{BodyId, ExprId, ForLoop, NameId, Node, NodeKind};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString};

use crate::fault::{Fault, Outcome};
use crate::ffi::{list_item, type_of};
use crate::linked::Linked;
use crate::render::Render;
use crate::render::scope::{Found, Loop};
use crate::value::Value;

/// What a loop goes over.
enum Items<'py> {
    List(Bound<'py, PyAny>),
    Iterator(Bound<'py, PyAny>),
}

impl<'py> Items<'py> {
    #[inline]
    fn next(&self, at: usize) -> PyResult<Option<Bound<'py, PyAny>>> {
        match self {
            Self::List(list) => Ok(list_item(list, at)),
            Self::Iterator(iterator) => {
                match iterator.cast::<pyo3::types::PyIterator>()?.clone().next() {
                    Some(item) => item.map(Some),
                    None => Ok(None),
                }
            }
        }
    }
}

impl<'py> Render<'py> {
    /// Renders the nodes of a body.
    pub(crate) fn body(&mut self, linked: &Arc<Linked>, body: BodyId) -> Outcome<'py, ()> {
        self.depth.descend(self.py)?;
        let marked = self.marking.as_ref().and_then(|marking| marking.expected(linked, body));
        let result = match marked {
            Some(number) => self.marked_nodes(linked, body, number),
            None => self.nodes(linked, body),
        };
        self.depth.ascend();
        result
    }

    fn nodes(&mut self, linked: &Arc<Linked>, body: BodyId) -> Outcome<'py, ()> {
        for node in linked.program.body(body) {
            match &node.kind {
                NodeKind::Text(text) => self.write_literal(linked, text)?,
                _ => self.annotated_node(linked, node)?,
            }
        }
        Ok(())
    }

    /// Renders a node; what goes wrong learns where it stands.
    #[inline]
    pub(crate) fn annotated_node(&mut self, linked: &Arc<Linked>, node: &Node) -> Outcome<'py, ()> {
        match self.node(linked, node) {
            Ok(()) => Ok(()),
            Err(fault) => Err(self.annotated(linked, node.token, fault)),
        }
    }

    #[inline]
    fn print(&mut self, linked: &Linked, expr: ExprId) -> Outcome<'py, ()> {
        let value = match self.value(linked, expr) {
            Err(Fault::Raised(error)) if self.is_decode_error(&error) => return Ok(()),
            value => value?,
        };
        Ok(self.write(&value)?)
    }

    fn node(&mut self, linked: &Arc<Linked>, node: &Node) -> Outcome<'py, ()> {
        match &node.kind {
            NodeKind::Text(text) => Ok(self.write_literal(linked, text)?),
            NodeKind::Print(expr) => self.print(linked, *expr),
            NodeKind::If(branches) => {
                for branch in branches {
                    let taken = match &branch.condition {
                        Some(condition) => self.is_met(linked, condition)?,
                        None => true,
                    };
                    if taken {
                        return self.body(linked, branch.body);
                    }
                }
                Ok(())
            }
            NodeKind::For(each) => self.for_loop(linked, each),
            NodeKind::With(bindings, body) => self.with(linked, bindings, *body),
            NodeKind::Block(block) => self.block(linked, *block),
            NodeKind::Extends(parent) => self.extends(linked, *parent),
            NodeKind::Include(include) => self.include(linked, include, node.token),
            NodeKind::Autoescape(on, body) => {
                let outer = std::mem::replace(&mut self.autoescape, *on);
                let result = self.body(linked, *body);
                self.autoescape = outer;
                result
            }
            NodeKind::Filter(chain, body) => self.filter_body(linked, *chain, *body),
            NodeKind::Spaceless(body) => self.spaceless(linked, *body),
            NodeKind::Cycle(cycle) => self.cycle(linked, *cycle),
            NodeKind::ResetCycle(cycle) => self.reset_cycle(linked, *cycle),
            NodeKind::FirstOf(values, target) => self.first_of(linked, values, *target),
            NodeKind::IfChanged(values, changed, otherwise) => {
                self.if_changed(linked, node.token, values, *changed, *otherwise)
            }
            NodeKind::CsrfToken => self.csrf_token(linked),
            NodeKind::Now(format, target) => self.now(linked, *format, *target),
            NodeKind::WidthRatio(parts, target) => self.width_ratio(linked, parts, *target),
            NodeKind::Regroup(list, key, name) => self.regroup(linked, *list, *key, *name),
            NodeKind::Url(url) => self.url(linked, url),
            NodeKind::Custom(custom) => self.custom(linked, *custom, node.token),
        }
    }

    /// Evaluates bindings before any of them is visible.
    pub(crate) fn bound_values(
        &mut self,
        linked: &Linked,
        bindings: &[(NameId, ExprId)],
    ) -> Outcome<'py, Vec<(Bound<'py, PyString>, Bound<'py, PyAny>)>> {
        let mut values = Vec::with_capacity(bindings.len());
        for (name, expr) in bindings {
            let name = linked.name(*name)?.text.bind(self.py).clone();
            values.push((name, self.object(linked, *expr)?));
        }
        Ok(values)
    }

    fn with(
        &mut self,
        linked: &Arc<Linked>,
        bindings: &[(NameId, ExprId)],
        body: BodyId,
    ) -> Outcome<'py, ()> {
        let values = self.bound_values(linked, bindings)?;
        self.push_frame();
        let mut result = Ok(());
        for (name, value) in values {
            result = result.and_then(|()| self.assign(&name, Found::Object(value)));
        }
        let result = result.map_err(Fault::from).and_then(|()| self.body(linked, body));
        self.pop_frame()?;
        result
    }

    fn for_loop(&mut self, linked: &Arc<Linked>, each: &ForLoop) -> Outcome<'py, ()> {
        let forloop = linked.keys.forloop.bind(self.py).clone();
        let parent = self.scope.find(&forloop)?.unwrap_or(Found::Nothing);
        self.push_frame();
        let result = self.for_items(linked, each, &forloop, parent);
        self.pop_frame()?;
        result
    }

    /// The items of a loop and how many they are.
    fn items(
        &mut self,
        linked: &Linked,
        each: &ForLoop,
    ) -> Outcome<'py, (Option<Items<'py>>, usize)> {
        let values = self.lenient(linked, each.sequence)?.into_object(self.py)?;
        if values.is_none() {
            return Ok((None, 0));
        }
        let class = type_of(&values);
        let types = &self.django.types;
        let (values, len) = if class == types.list
            || class == types.tuple
            || values.hasattr(pyo3::intern!(self.py, "__len__"))?
        {
            let len = values.len()?;
            (values, len)
        } else {
            let list = PyList::empty(self.py);
            for item in values.try_iter()? {
                list.append(item?)?;
            }
            let len = list.len();
            (list.into_any(), len)
        };
        if len == 0 {
            return Ok((None, 0));
        }
        let items = if each.reversed {
            let builtins = self.py.import(pyo3::intern!(self.py, "builtins"))?;
            let reversed =
                builtins.getattr(pyo3::intern!(self.py, "reversed"))?.call1((values,))?;
            Items::Iterator(reversed.try_iter()?.into_any())
        } else if type_of(&values) == self.django.types.list {
            Items::List(values)
        } else {
            Items::Iterator(values.try_iter()?.into_any())
        };
        Ok((Some(items), len))
    }

    fn for_items(
        &mut self,
        linked: &Arc<Linked>,
        each: &ForLoop,
        forloop: &Bound<'py, PyString>,
        parent: Found<'py>,
    ) -> Outcome<'py, ()> {
        let (items, len) = self.items(linked, each)?;
        let Some(items) = items else {
            return match each.empty {
                Some(empty) => self.body(linked, empty),
                None => Ok(()),
            };
        };
        let state = Loop { index: 0, len, parent, dict: None, changed: Default::default() };
        let at = self.scope.loops.len();
        self.scope.loops.push(state);
        let bound = self.assign(forloop, Found::Loop(at));
        let result =
            bound.map_err(Fault::from).and_then(|()| self.iterate(linked, each, &items, at));
        self.scope.loops.truncate(at);
        result
    }

    fn iterate(
        &mut self,
        linked: &Arc<Linked>,
        each: &ForLoop,
        items: &Items<'py>,
        at: usize,
    ) -> Outcome<'py, ()> {
        let single = match &*each.variables {
            [name] => Some(linked.name(*name)?.text.bind(self.py).clone()),
            _ => None,
        };
        let len = self.scope.loops.get(at).map_or(0, |state| state.len);
        let mut passing = match &single {
            Some(_) => self.passing(linked, each.body, len)?,
            None => None,
        };
        let mut index = 0;
        while let Some(item) = items.next(index)? {
            if let Some(passing) = &mut passing
                && self.passes(passing, &item, index)?
            {
                index += 1;
                continue;
            }
            if let Some(state) = self.scope.loops.get_mut(at) {
                state.index = index;
                if state.dict.is_some() {
                    self.refresh_loop(at)?;
                }
            }
            match &single {
                Some(name) => {
                    self.assign(name, Found::Object(item))?;
                    self.body(linked, each.body)?;
                }
                None => self.unpacked(linked, each, &item)?,
            }
            index += 1;
        }
        Ok(())
    }

    /// One round of a loop with several variables, which get a frame of their own.
    fn unpacked(
        &mut self,
        linked: &Arc<Linked>,
        each: &ForLoop,
        item: &Bound<'py, PyAny>,
    ) -> Outcome<'py, ()> {
        let len = match item.len() {
            Ok(len) => len,
            Err(error) if error.is_instance_of::<pyo3::exceptions::PyTypeError>(self.py) => 1,
            Err(error) => return Err(error.into()),
        };
        if len != each.variables.len() {
            let needed = each.variables.len();
            let message = format!("Need {needed} values to unpack in for loop; got {len}. ");
            return Err(PyValueError::new_err(message).into());
        }
        let mut values = Vec::with_capacity(len);
        for (name, value) in each.variables.iter().zip(item.try_iter()?) {
            values.push((linked.name(*name)?.text.bind(self.py).clone(), value?));
        }
        self.push_frame();
        let mut result = Ok(());
        for (name, value) in values {
            result = result.and_then(|()| self.assign(&name, Found::Object(value)));
        }
        let result = result.map_err(Fault::from).and_then(|()| self.body(linked, each.body));
        self.pop_frame()?;
        result
    }

    /// In debug, an exception learns which token of which template it came from.
    pub(crate) fn annotated(
        &mut self,
        linked: &Linked,
        token: u32,
        fault: Fault<'py>,
    ) -> Fault<'py> {
        if matches!(fault, Fault::Reference) {
            return fault;
        }
        let error = self.raise(fault);
        if !self.is_exception(&error) {
            return Fault::Raised(error);
        }
        match self.annotate(linked, token, &error) {
            Ok(()) => Fault::Raised(error),
            Err(error) => Fault::Raised(error),
        }
    }

    fn annotate(&mut self, linked: &Linked, token: u32, error: &PyErr) -> PyResult<()> {
        if !self.engine.getattr(pyo3::intern!(self.py, "debug"))?.is_truthy()? {
            return Ok(());
        }
        let Some(place) = linked.program.places.get(token as usize) else { return Ok(()) };
        let args = (
            error.value(self.py),
            self.template()?,
            linked.origin.bind(self.py),
            place.chars.start,
            place.chars.end,
            place.line,
        );
        self.django.call(self.py, "annotate", args)?;
        Ok(())
    }

    pub(crate) fn found(&self, value: Value<'py>) -> PyResult<Found<'py>> {
        Ok(Found::Object(value.into_object(self.py)?))
    }
}
