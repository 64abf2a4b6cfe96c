//! The list of active formatting elements and the adoption agency.

use html5ever::tokenizer::Tag;
use html5ever::{Attribute, LocalName};

use super::Construction;
use super::names::{SCOPE, SPECIAL};
use crate::parse::dom::{NONE, NodeId};
use crate::tree::Namespace;

/// How often the adoption agency repeats itself for one end tag.
const OUTER_LIMIT: usize = 8;
/// After how many steps it stops cloning formatting elements.
const INNER_LIMIT: usize = 3;
/// How many equal formatting elements are kept: Noah's Ark.
const EQUAL_LIMIT: usize = 3;

/// An entry of the list.
#[derive(Clone, Debug)]
pub(super) enum Formatting {
    Marker,
    Element { id: NodeId, name: LocalName, attributes: Vec<Attribute> },
}

impl Formatting {
    fn is(&self, wanted: NodeId) -> bool {
        matches!(self, Self::Element { id, .. } if *id == wanted)
    }
}

impl Construction {
    fn formatting_position(&self, id: NodeId) -> Option<usize> {
        self.formatting.iter().rposition(|entry| entry.is(id))
    }

    fn remove_formatting(&mut self, id: NodeId) {
        if let Some(position) = self.formatting_position(id) {
            self.formatting.remove(position);
        }
    }

    pub(super) fn push_marker(&mut self) {
        self.formatting.push(Formatting::Marker);
    }

    pub(super) fn clear_to_marker(&mut self) {
        while let Some(entry) = self.formatting.pop() {
            if matches!(entry, Formatting::Marker) {
                break;
            }
        }
    }

    /// The last element of this name after the last marker.
    fn last_formatting(&self, wanted: &LocalName) -> Option<NodeId> {
        for entry in self.formatting.iter().rev() {
            match entry {
                Formatting::Marker => return None,
                Formatting::Element { id, name, .. } if name == wanted => return Some(*id),
                Formatting::Element { .. } => {}
            }
        }
        None
    }

    /// Inserts an element and remembers it as a formatting element.
    pub(super) fn insert_formatting(&mut self, tag: Tag) {
        let Tag { name, attrs, .. } = tag;
        let mut equal = Vec::new();
        for (position, entry) in self.formatting.iter().enumerate().rev() {
            match entry {
                Formatting::Marker => break,
                Formatting::Element { name: known, attributes, .. } => {
                    if *known == name && same_attributes(attributes, &attrs) {
                        equal.push(position);
                    }
                }
            }
        }
        if equal.len() >= EQUAL_LIMIT {
            if let Some(&earliest) = equal.last() {
                self.formatting.remove(earliest);
            }
        }
        let id = self.insert_html(name.clone(), attrs.clone());
        self.formatting.push(Formatting::Element { id, name, attributes: attrs });
    }

    /// Opens the formatting elements again that something else closed.
    pub(super) fn reconstruct_formatting(&mut self) {
        let is_settled = |this: &Self, entry: &Formatting| match entry {
            Formatting::Marker => true,
            Formatting::Element { id, .. } => this.is_open(*id),
        };
        let mut position = self.formatting.len();
        while position > 0 && !is_settled(self, &self.formatting[position - 1]) {
            position -= 1;
        }
        while position < self.formatting.len() {
            if let Formatting::Element { name, attributes, .. } = self.formatting[position].clone()
            {
                let clone = self.insert_html(name, attributes);
                self.set_formatting_id(position, clone);
            }
            position += 1;
        }
    }

    fn set_formatting_id(&mut self, position: usize, new: NodeId) {
        if let Some(Formatting::Element { id, .. }) = self.formatting.get_mut(position) {
            *id = new;
        }
    }

    /// A start tag `a` closes an `a` that is still active.
    pub(super) fn close_active_anchor(&mut self, name: &LocalName) {
        if let Some(anchor) = self.last_formatting(name) {
            self.adopt(name);
            self.remove_formatting(anchor);
            self.remove_open(anchor);
        }
    }

    /// The adoption agency algorithm, for an end tag or a start tag of this name.
    pub(super) fn adopt(&mut self, subject: &LocalName) {
        if self.current_is(subject) && self.formatting_position(self.current()).is_none() {
            self.pop();
            return;
        }
        for _ in 0..OUTER_LIMIT {
            let Some(formatting) = self.last_formatting(subject) else {
                self.close_any(subject);
                return;
            };
            let Some(stack_position) = self.open.iter().rposition(|&id| id == formatting) else {
                self.remove_formatting(formatting);
                return;
            };
            if !self.in_scope(SCOPE, |id| id == formatting) {
                return;
            }
            let furthest = (stack_position + 1..self.open.len())
                .find(|&position| self.traits(self.open[position]) & SPECIAL != 0);
            let Some(furthest) = furthest else {
                self.open.truncate(stack_position);
                self.remove_formatting(formatting);
                return;
            };
            self.adopt_once(formatting, stack_position, furthest);
        }
    }

    fn adopt_once(&mut self, formatting: NodeId, stack_position: usize, furthest: usize) {
        let block = self.open[furthest];
        let ancestor = stack_position.checked_sub(1).map_or(NONE, |above| self.open[above]);
        // Where the clone of the formatting element goes: in its place, or after this one.
        let mut bookmark = NONE;
        let mut last = block;
        let mut position = furthest;
        let mut steps = 0;
        loop {
            steps += 1;
            position -= 1;
            let node = self.open[position];
            if node == formatting {
                break;
            }
            if steps > INNER_LIMIT {
                self.remove_formatting(node);
            }
            let Some(entry) = self.formatting_position(node) else {
                self.open.remove(position);
                continue;
            };
            let clone = self.clone_formatting(entry);
            self.set_formatting_id(entry, clone);
            self.open[position] = clone;
            if last == block {
                bookmark = clone;
            }
            self.dom.insert(clone, last, NONE);
            last = clone;
        }
        let (parent, next) = self.place_for(ancestor);
        self.dom.insert(parent, last, next);
        let Some(entry) = self.formatting_position(formatting) else { return };
        let clone = self.clone_formatting(entry);
        self.dom.move_children(block, clone);
        self.dom.insert(block, clone, NONE);
        let mut replaced = self.formatting.remove(entry);
        if let Formatting::Element { id, .. } = &mut replaced {
            *id = clone;
        }
        let entry = self.formatting_position(bookmark).map_or(entry, |mark| mark + 1);
        self.formatting.insert(entry, replaced);
        self.remove_open(formatting);
        if let Some(position) = self.open.iter().rposition(|&id| id == block) {
            self.open.insert(position + 1, clone);
        }
    }

    fn clone_formatting(&mut self, position: usize) -> NodeId {
        match self.formatting[position].clone() {
            Formatting::Element { name, attributes, .. } => {
                self.create_element(Namespace::Html, name, attributes)
            }
            Formatting::Marker => NONE,
        }
    }

    /// Any other end tag in the body.
    pub(super) fn close_any(&mut self, name: &LocalName) {
        for position in (0..self.open.len()).rev() {
            let id = self.open[position];
            if self.is_named(id, name) {
                // What has an implied end above it goes with it.
                self.open.truncate(position);
                return;
            }
            if self.traits(id) & SPECIAL != 0 {
                return;
            }
        }
    }
}

fn same_attributes(left: &[Attribute], right: &[Attribute]) -> bool {
    left.len() == right.len() && left.iter().all(|attribute| right.contains(attribute))
}
