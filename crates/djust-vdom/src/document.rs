//! A page as the browser has it, and how it becomes the next one.

use crate::attributes::Pair;
use crate::diff::{Inside, Outcome, diff_trees};
use crate::error::{Error, ErrorKind};
use crate::merge::keep_children;
use crate::ops::OpWriter;
use crate::tree::{NodeKind, OPAQUE, Tree};

/// Below so many dead numbers the page is not numbered again.
pub const MIN_DEAD_NUMBERS: u32 = 1024;

/// A page with the numbers its nodes have on the wire.
#[derive(Clone, Debug)]
pub struct Document {
    tree: Tree,
    /// The next number for an inserted node.
    next: u32,
    /// How many nodes have a number.
    count: u32,
}

/// Returns the ops that turn one page into another.
///
/// # Errors
///
/// As [`Document::new`] and [`Document::update`].
pub fn diff(old: &str, new: &str) -> Result<Vec<u8>, Error> {
    Document::new(old)?.update(new)
}

impl Document {
    /// Parses a page and numbers its nodes.
    ///
    /// # Errors
    ///
    /// As [`Tree::parse`].
    pub fn new(html: &str) -> Result<Self, Error> {
        let mut document = Self { tree: Tree::parse(html)?, next: 0, count: 0 };
        document.renumber();
        Ok(document)
    }

    /// Returns the tree.
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// Returns the whole page as HTML.
    pub fn html(&self) -> String {
        self.tree.html()
    }

    /// Returns how many nodes have a number, the root included.
    pub fn node_count(&self) -> u32 {
        self.count
    }

    /// Returns the hash of the page's shape.
    pub fn structure_hash(&self) -> u32 {
        self.tree.structure_hash()
    }

    /// Returns the text of the document's title, if the page has one outside of its root.
    pub fn title(&self) -> Option<String> {
        self.tree.outer_title()
    }

    /// Starts the numbers again, as after a resync.
    pub fn renumber(&mut self) {
        self.count = self.tree.renumber();
        self.next = self.count;
    }

    /// Starts the numbers again and returns the root as HTML: the body of a resync.
    pub fn resync(&mut self) -> String {
        self.renumber();
        self.tree.root_html()
    }

    /// Returns the ops that lead to the new page, as UTF-8 JSON, and becomes it.
    ///
    /// A root whose element has another name cannot be reached by ops: the list is then op 0
    /// alone, and the page has fresh numbers.
    ///
    /// # Errors
    ///
    /// As [`Tree::parse`], and [`ErrorKind::RootChanged`] when the new page is a document and the
    /// old one a fragment, or only one of them has an element with `dj-root`. The page is then
    /// the old one still.
    pub fn update(&mut self, html: &str) -> Result<Vec<u8>, Error> {
        let mut new = Tree::parse(html)?;
        check_roots(&self.tree, &new)?;
        if let Some(merged) = keep_children(&self.tree, &new) {
            new = merged;
        }
        if !same_root(&self.tree, &new) {
            self.tree = new;
            self.renumber();
            let mut ops = OpWriter::new();
            ops.resync();
            return Ok(ops.finish());
        }
        // The document in the browser stays the one it loaded, and keeps its mode.
        new.quirks = self.tree.quirks;
        let Outcome { numbers, next, mut ops } =
            diff_trees(&self.tree, &new, self.next, OpWriter::new());
        self.diff_title(&new, &mut ops);
        self.count = 0;
        for (node, number) in new.nodes.iter_mut().zip(numbers) {
            node.number = number;
            self.count += u32::from(number != crate::tree::NO_NUMBER);
        }
        self.next = next;
        self.tree = new;
        let dead = self.next - self.count;
        if dead > self.count && dead > MIN_DEAD_NUMBERS {
            ops.renumber();
            self.renumber();
        }
        Ok(ops.finish())
    }

    fn diff_title(&self, new: &Tree, ops: &mut OpWriter) {
        let (old_title, new_title) = (self.tree.outer_title(), new.outer_title());
        if old_title != new_title {
            ops.set_title(new_title.as_deref().unwrap_or(""));
        }
    }

    /// Returns the bytes this page holds on the heap.
    pub fn memory_bytes(&self) -> usize {
        self.tree.memory_bytes()
    }
}

impl Tree {
    /// Returns whether the roots hold the same: names, attributes, text, order of nodes. The
    /// inside of opaque elements is not looked at.
    pub fn same_page(&self, other: &Self) -> bool {
        Pair::new(self, other).equal(self.root, other.root, Inside::Ours)
            && self.outer_title().unwrap_or_default() == other.outer_title().unwrap_or_default()
    }
}

fn is_marked(tree: &Tree) -> bool {
    tree.attribute(tree.root, tree.name_id("dj-root")).is_some()
}

fn check_roots(old: &Tree, new: &Tree) -> Result<(), Error> {
    let detail = match (is_marked(old), is_marked(new)) {
        (true, false) => "The new page has no element with dj-root; the old one has.",
        (false, true) => "The new page has an element with dj-root; the old one has none.",
        (false, false) if old.is_document && !new.is_document => {
            "The new page is a fragment; the old one is a document."
        }
        (false, false) if !old.is_document && new.is_document => {
            "The new page is a document; the old one is a fragment."
        }
        _ => return Ok(()),
    };
    Err(Error::new(ErrorKind::RootChanged, detail))
}

pub(crate) fn same_root(old: &Tree, new: &Tree) -> bool {
    let (before, after) = (&old.nodes[old.root], &new.nodes[new.root]);
    before.kind == after.kind
        && before.namespace == after.namespace
        && (before.flags ^ after.flags) & OPAQUE == 0
        && (before.kind == NodeKind::Container || old.name(before.name) == new.name(after.name))
}
