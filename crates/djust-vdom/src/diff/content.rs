//! Inserted nodes as HTML text where a parser gives them back, else as nodes.

use super::{Differ, Inside};
use crate::attributes::Pair;
use crate::ops::Insertion;
use crate::parse::Context;
use crate::tree::{NodeKind, Tree};

/// What an op inserts, ready to be written.
pub(crate) enum Inserted<'a> {
    Html(String),
    Nodes(&'a Tree, Vec<usize>),
}

impl Inserted<'_> {
    pub(crate) fn get(&self) -> Insertion<'_> {
        match self {
            Self::Html(html) => Insertion::Html(html),
            Self::Nodes(tree, indexes) => Insertion::Nodes(tree, indexes),
        }
    }
}

impl<'a> Differ<'a> {
    /// Prepares siblings of the new tree for insertion into `parent`.
    pub(super) fn content(&self, parent: usize, run: &[usize]) -> Inserted<'a> {
        let tree = self.pair.new;
        let node = &tree.nodes[parent];
        let context = match node.kind {
            NodeKind::Element => Context {
                namespace: node.namespace,
                name: tree.name(node.name),
                quirks: tree.quirks,
            },
            _ => Context { quirks: tree.quirks, ..Context::BODY },
        };
        inserted(tree, run, context)
    }
}

/// Prepares siblings of a tree for insertion into an element.
pub(crate) fn inserted<'a>(tree: &'a Tree, run: &[usize], context: Context<'_>) -> Inserted<'a> {
    let mut html = String::new();
    for &index in run {
        tree.write_compact(index, &mut html);
    }
    if gives_back(&html, context, tree, run) {
        Inserted::Html(html)
    } else {
        Inserted::Nodes(tree, run.to_vec())
    }
}

/// Returns whether parsing the text in its context gives these siblings again.
fn gives_back(html: &str, context: Context<'_>, tree: &Tree, run: &[usize]) -> bool {
    let Ok(parsed) = Tree::parse_fragment(html, context) else { return false };
    let pair = Pair::new(&parsed, tree);
    let mut wanted = run.iter();
    for child in parsed.children(0) {
        match wanted.next() {
            Some(&index) if pair.equal(child, index, Inside::All) => {}
            _ => return false,
        }
    }
    wanted.next().is_none()
}
