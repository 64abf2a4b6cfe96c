//! The stack of open elements.

use html5ever::{LocalName, local_name};

use super::Construction;
use super::names::{IMPLIED_END, SCOPE, TABLE_SCOPE, THOROUGH_END};
use crate::parse::dom::{Element, NONE, NodeId};

impl Construction {
    pub(super) fn current(&self) -> NodeId {
        self.open.last().copied().unwrap_or(NONE)
    }

    /// The context of a fragment while nothing else is open, else the current node.
    pub(super) fn adjusted_current(&self) -> NodeId {
        if self.open.len() == 1 && self.context != NONE { self.context } else { self.current() }
    }

    pub(super) fn traits(&self, id: NodeId) -> u16 {
        self.dom.element(id).map_or(0, |element| element.traits)
    }

    pub(super) fn current_has(&self, traits: u16) -> bool {
        self.traits(self.current()) & traits != 0
    }

    pub(super) fn is_named(&self, id: NodeId, name: &LocalName) -> bool {
        self.dom.element(id).is_some_and(|element| element.is_html(|known| known == name))
    }

    pub(super) fn current_is(&self, name: &LocalName) -> bool {
        self.is_named(self.current(), name)
    }

    pub(super) fn pop(&mut self) {
        self.open.pop();
    }

    pub(super) fn has_template(&self) -> bool {
        self.open.iter().any(|&id| self.is_named(id, &local_name!("template")))
    }

    pub(super) fn is_open(&self, id: NodeId) -> bool {
        self.open.contains(&id)
    }

    pub(super) fn remove_open(&mut self, id: NodeId) {
        if let Some(position) = self.open.iter().rposition(|&open| open == id) {
            self.open.remove(position);
        }
    }

    /// Returns whether an element is in the scope that `limits` end.
    pub(super) fn in_scope(&self, limits: u16, mut is_wanted: impl FnMut(NodeId) -> bool) -> bool {
        for &id in self.open.iter().rev() {
            if is_wanted(id) {
                return true;
            }
            if self.traits(id) & limits != 0 {
                return false;
            }
        }
        false
    }

    pub(super) fn named_in_scope(&self, limits: u16, name: &LocalName) -> bool {
        self.in_scope(limits, |id| self.is_named(id, name))
    }

    pub(super) fn has_in_scope(&self, name: &LocalName) -> bool {
        self.named_in_scope(SCOPE, name)
    }

    pub(super) fn has_in_table_scope(&self, name: &LocalName) -> bool {
        self.named_in_scope(TABLE_SCOPE, name)
    }

    /// Pops until an element of this name was popped.
    pub(super) fn pop_through(&mut self, name: &LocalName) {
        self.pop_through_if(|element| element.is_html(|known| known == name));
    }

    /// Pops until an element that is wanted was popped.
    pub(super) fn pop_through_if(&mut self, is_wanted: impl Fn(&Element) -> bool) {
        while let Some(id) = self.open.pop() {
            if self.dom.element(id).is_some_and(&is_wanted) {
                break;
            }
        }
    }

    /// Pops until the current node is wanted; the root always is.
    pub(super) fn pop_back_to(&mut self, is_wanted: impl Fn(&Element) -> bool) {
        while self.open.len() > 1 && !self.dom.element(self.current()).is_some_and(&is_wanted) {
            self.open.pop();
        }
    }

    pub(super) fn generate_implied_end_tags(&mut self, except: Option<&LocalName>) {
        while self.current_has(IMPLIED_END) && !except.is_some_and(|name| self.current_is(name)) {
            self.pop();
        }
    }

    pub(super) fn generate_all_implied_end_tags(&mut self) {
        while self.current_has(IMPLIED_END | THOROUGH_END) {
            self.pop();
        }
    }
}
