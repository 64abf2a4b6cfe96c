//! The templates that a page is made of, as far as their names are known when they compile.

use std::collections::HashMap;
use std::sync::Arc;

use djust_templates::live::{self, Templates};
use djust_templates::program::{BodyId, Constant, CustomId, ExprId, NodeKind, Operand, Program};
use pyo3::prelude::*;
use pyo3::types::PyList;

use crate::linked::{Custom, Linked};
use crate::render::program_of;

/// A template of the page, and the templates that extend it, outermost first.
struct Part<'py> {
    template: Bound<'py, PyAny>,
    linked: Arc<Linked>,
    /// Parts of one chain of `extends` share this list.
    chain: Vec<u32>,
}

/// All templates of a page whose names are known when they compile.
pub(crate) struct Parts<'py> {
    parts: Vec<Part<'py>>,
    includes: HashMap<(u32, ExprId), u32>,
    /// The outermost part of a template by its identity.
    known: HashMap<usize, u32>,
}

/// A name that is written in the template.
fn constant_name(program: &Program, expr: ExprId) -> Option<&str> {
    let expr = program.expression(expr)?;
    match (&expr.operand, expr.filters.is_empty()) {
        (Operand::Constant(id), true) => match program.constants.get(id.0 as usize)? {
            Constant::Text(name) => Some(name),
            _ => None,
        },
        _ => None,
    }
}

impl<'py> Parts<'py> {
    /// The parts of a page; `None` when they depend on what is not known.
    pub(crate) fn of(
        template: &Bound<'py, PyAny>,
        find: &Bound<'py, PyAny>,
    ) -> PyResult<Option<Self>> {
        let mut parts = Self { parts: Vec::new(), includes: HashMap::new(), known: HashMap::new() };
        Ok(parts.add(template, find)?.map(|_| parts))
    }

    /// The templates in the order of their numbers.
    pub(crate) fn templates(&self) -> impl ExactSizeIterator<Item = &Bound<'py, PyAny>> {
        self.parts.iter().map(|part| &part.template)
    }

    /// Their programs.
    pub(crate) fn programs(&self) -> Vec<Arc<Linked>> {
        self.parts.iter().map(|part| Arc::clone(&part.linked)).collect()
    }

    /// Adds a template with its parents and everything they include; returns the outermost part.
    fn add(
        &mut self,
        template: &Bound<'py, PyAny>,
        find: &Bound<'py, PyAny>,
    ) -> PyResult<Option<u32>> {
        if let Some(number) = self.known.get(&(template.as_ptr() as usize)) {
            return Ok(Some(*number));
        }
        let mut found = Vec::new();
        let mut next = Some(template.clone());
        while let Some(template) = next.take() {
            let Some(compiled) = program_of(&template)? else { return Ok(None) };
            let parent = compiled.linked.program.parent();
            if let Some(parent) = parent {
                let Some(name) = constant_name(&compiled.linked.program, parent) else {
                    return Ok(None);
                };
                if found.len() >= live::build::MAX_DEPTH {
                    return Ok(None);
                }
                let children = found.iter().map(|(child, _)| child).chain([&template]);
                let children = PyList::new(template.py(), children.collect::<Vec<_>>())?;
                next = Some(find.call1((name, children))?).filter(|parent| !parent.is_none());
                if next.is_none() {
                    return Ok(None);
                }
            }
            found.push((template, compiled.linked));
        }
        found.reverse();
        let first = u32::try_from(self.parts.len())?;
        let last = first + u32::try_from(found.len())?;
        let chain: Vec<u32> = (first..last).collect();
        self.known.insert(template.as_ptr() as usize, first);
        for (template, linked) in found {
            self.parts.push(Part { template, linked, chain: chain.clone() });
        }
        for number in chain {
            self.add_includes(number, find)?;
        }
        Ok(Some(first))
    }

    fn add_includes(&mut self, number: u32, find: &Bound<'py, PyAny>) -> PyResult<()> {
        let Some(linked) = self.parts.get(number as usize).map(|part| part.linked.clone()) else {
            return Ok(());
        };
        for node in linked.program.bodies.iter().flatten() {
            let NodeKind::Include(include) = &node.kind else { continue };
            let Some(name) = constant_name(&linked.program, include.template) else { continue };
            let template = find.call1((name, PyList::empty(find.py())))?;
            if template.is_none() {
                continue;
            }
            if let Some(shown) = self.add(&template, find)? {
                self.includes.insert((number, include.template), shown);
            }
        }
        Ok(())
    }

    pub(crate) fn linked(&self, template: u32) -> Option<&Linked> {
        self.parts.get(template as usize).map(|part| &*part.linked)
    }
}

impl Templates for Parts<'_> {
    fn program(&self, template: u32) -> Option<&Program> {
        self.linked(template).map(|linked| &linked.program)
    }

    fn block(&self, template: u32, block: u32) -> Option<(u32, BodyId)> {
        let part = self.parts.get(template as usize)?;
        let program = &part.linked.program;
        let name = program.name(program.blocks.get(block as usize)?.name);
        part.chain.iter().rev().find_map(|number| {
            let program = self.program(*number)?;
            let shown = program.blocks.iter().find(|block| program.name(block.name) == name)?;
            Some((*number, shown.body))
        })
    }

    fn include(&self, template: u32, name: ExprId) -> Option<u32> {
        self.includes.get(&(template, name)).copied()
    }

    fn custom(&self, template: u32, tag: CustomId) -> live::Custom {
        let silent_if = |target: bool| {
            if target { live::Custom::Silent } else { live::Custom::Prints }
        };
        match self.linked(template).and_then(|linked| linked.custom(tag).ok()) {
            Some(Custom::Scoped { body, .. } | Custom::Inline(body)) => {
                live::Custom::Bodies(vec![*body])
            }
            Some(Custom::Simple { target, .. } | Custom::Static { target, .. }) => {
                silent_if(target.is_some())
            }
            Some(Custom::Translate(tag)) => silent_if(tag.target.is_some()),
            Some(Custom::BlockTranslate(tag)) => silent_if(tag.target.is_some()),
            Some(Custom::Node(_) | Custom::Inclusion { .. } | Custom::Partial(_)) | None => {
                live::Custom::Prints
            }
        }
    }
}
