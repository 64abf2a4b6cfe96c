//! Part of a page: siblings that were parsed in the context of their parent.

use crate::attributes::Pair;
use crate::diff::{Outcome, diff_trees, inserted};
use crate::document::same_root;
use crate::doubles::Double;
use crate::error::Error;
use crate::merge::keep_children;
use crate::ops::OpWriter;
use crate::parse::Context;
use crate::tree::{NO_NUMBER, NodeKind, Tree};

/// Siblings with the numbers that they and their descendants have on the wire.
#[derive(Clone, Debug)]
pub struct Piece {
    tree: Tree,
}

/// Where inserted siblings go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// Before the node of this number.
    Before(u32),
    /// To the end of the element of this number.
    EndOf(u32),
    /// In the place of the node of this number.
    InsteadOf(u32),
    /// In the place of all children of the element of this number.
    AllOf(u32),
}

impl Piece {
    /// Parses siblings; they have no numbers yet.
    ///
    /// # Errors
    ///
    /// As [`Tree::parse_fragment`].
    pub fn parse(html: &str, context: Context<'_>) -> Result<Self, Error> {
        let mut tree = Tree::parse_fragment(html, context)?;
        tree.quirks = context.quirks;
        Ok(Self { tree })
    }

    /// Keeps the one element that this is as the root of further comparisons; `None` when it is
    /// anything else.
    pub fn into_element(mut self) -> Option<Self> {
        let mut tops = self.tree.children(0);
        let (first, second) = (tops.next()?, tops.next());
        let is_element = self.tree.nodes[first].kind == NodeKind::Element;
        if second.is_some() || !is_element {
            return None;
        }
        self.tree.root = first;
        Some(self)
    }

    /// Returns all but the last sibling, which is a text node; `None` when it is anything else.
    pub fn without_last_text(mut self) -> Option<Self> {
        let last = self.tree.children(0).last()?;
        if self.tree.nodes[last].kind != NodeKind::Text {
            return None;
        }
        self.tree.nodes.truncate(last);
        self.tree.nodes[0].end = last as u32;
        Some(self)
    }

    /// Returns the text when this is one text node or nothing, else `None`.
    pub fn only_text(&self) -> Option<&str> {
        match self.tree.nodes.len() {
            1 => Some(""),
            2 if self.tree.nodes[1].kind == NodeKind::Text => Some(self.tree.text(1)),
            _ => None,
        }
    }

    /// Returns the value of an attribute of the first element.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.tree.attribute(1, self.tree.name_id(name))
    }

    /// Returns keys that more than one element has among its siblings; see [`Tree::doubles`].
    pub fn doubles(&self) -> Vec<Double> {
        self.tree.doubles()
    }

    /// Returns how many nodes have or get a number.
    pub fn count(&self) -> u32 {
        let mut count = 0;
        self.each_numbered(|_| count += 1);
        count
    }

    fn each_numbered(&self, mut visit: impl FnMut(usize)) {
        let mut index = 1;
        while index < self.tree.nodes.len() {
            visit(index);
            let is_opaque = self.tree.is_opaque(index);
            index = if is_opaque { self.tree.nodes[index].end as usize } else { index + 1 };
        }
    }

    /// Returns the number of the first node.
    pub fn number(&self) -> u32 {
        self.tree.nodes.get(1).map_or(NO_NUMBER, |node| node.number)
    }

    /// Gives the nodes the next numbers.
    pub fn assign(&mut self, next: &mut u32) {
        let mut indexes = Vec::new();
        self.each_numbered(|index| indexes.push(index));
        for index in indexes {
            self.tree.nodes[index].number = *next;
            *next += 1;
        }
    }

    /// Calls `visit` with what the structure hash is made of.
    pub fn each_shape_unit(&self, visit: impl FnMut(u32)) {
        self.tree.each_shape_unit(1..self.tree.nodes.len(), visit);
    }

    /// Writes the op that inserts all of it into an element, of which `context` tells the name.
    pub fn insert(&self, target: Target, context: Context<'_>, out: &mut OpWriter) {
        let run: Vec<usize> = self.tree.children(0).collect();
        let content = inserted(&self.tree, &run, context);
        match target {
            Target::Before(reference) => out.insert(reference, content.get()),
            Target::EndOf(parent) => out.append(parent, content.get()),
            Target::InsteadOf(node) => out.replace(node, content.get()),
            Target::AllOf(parent) => out.clear(parent, Some(content.get())),
        }
    }

    /// Returns whether `new` can be reached by ops: both are elements of the same name.
    pub fn is_alike(&self, new: &Self) -> bool {
        same_root(&self.tree, &new.tree)
    }

    /// Writes the ops that give the first element of `new` its attributes, where this one has
    /// the number `node`.
    pub fn diff_attributes(mut self, new: &Self, node: u32, out: &mut OpWriter) {
        if let Some(first) = self.tree.nodes.get_mut(1) {
            first.number = node;
            Pair::new(&self.tree, &new.tree).diff_attributes(1, 1, out);
        }
    }

    /// Becomes `new`, an element alike, and writes the ops that lead there.
    pub fn update(&mut self, mut new: Self, next: &mut u32, out: OpWriter) -> OpWriter {
        if let Some(merged) = keep_children(&self.tree, &new.tree) {
            new.tree = merged;
        }
        let outcome = diff_trees(&self.tree, &new.tree, *next, out);
        let Outcome { numbers, next: after, ops } = outcome;
        for (node, number) in new.tree.nodes.iter_mut().zip(numbers) {
            node.number = number;
        }
        *next = after;
        *self = new;
        ops
    }

    /// Returns the bytes this holds on the heap.
    pub fn memory_bytes(&self) -> usize {
        self.tree.memory_bytes()
    }
}
