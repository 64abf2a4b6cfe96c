//! What ops lead from one tree to another.
//!
//! Two elements are the same when they stand under the same parent and have the same key, or are
//! told to belong together by what is in them. The rest follows: attributes, text, and for the
//! children the fewest moves. Every pass is linear in the page but for one sort, and none recurses.

mod children;
mod content;
mod lis;
mod matching;
mod plan;

use djust_html::{is_raw_text_element, is_rcdata_element};

use crate::attributes::Pair;
use crate::ops::OpWriter;
use crate::tree::{NO_NUMBER, Namespace, NodeKind, OPAQUE, Tree};

/// The numbers of the new tree and the ops that lead to it.
pub(crate) struct Outcome {
    pub(crate) numbers: Vec<u32>,
    pub(crate) next: u32,
    pub(crate) ops: OpWriter,
}

pub(crate) use content::inserted;
pub use lis::longest_increasing;

/// Compares two trees whose roots can take each other's place; the ops follow those in `out`.
pub(crate) fn diff_trees(old: &Tree, new: &Tree, next: u32, out: OpWriter) -> Outcome {
    let mut differ = Differ {
        pair: Pair::new(old, new),
        numbers: vec![NO_NUMBER; new.nodes.len()],
        next,
        out,
        work: vec![(old.root, new.root)],
        selects: Vec::new(),
    };
    while let Some((old, new)) = differ.work.pop() {
        differ.visit(old, new);
    }
    differ.renew_selected_content(next);
    Outcome { numbers: differ.numbers, next: differ.next, ops: differ.out }
}

struct Differ<'a> {
    pair: Pair<'a>,
    /// For each node of the new tree its number.
    numbers: Vec<u32>,
    /// The next number for an inserted node.
    next: u32,
    out: OpWriter,
    /// Matched elements that are not equal.
    work: Vec<(usize, usize)>,
    /// Changed `select` elements of the new tree.
    selects: Vec<usize>,
}

impl Differ<'_> {
    /// Compares two elements that are the same one.
    fn visit(&mut self, old: usize, new: usize) {
        self.numbers[new] = self.pair.old.nodes[old].number;
        if self.pair.equal(old, new, Inside::Ours) {
            self.copy_numbers(old, new);
            return;
        }
        self.pair.diff_attributes(old, new, &mut self.out);
        if self.pair.new.is_html(new, "select") {
            self.selects.push(new);
        }
        if !self.pair.new.is_opaque(new) && !self.diff_raw_text(old, new) {
            self.diff_children(old, new);
        }
    }

    /// Browsers copy the selected option into a `selectedcontent` when it enters the page, not
    /// when the option changes. So the ones that were there before enter again.
    fn renew_selected_content(&mut self, first_new_number: u32) {
        let tree = self.pair.new;
        for select in std::mem::take(&mut self.selects) {
            for index in select..tree.nodes[select].end as usize {
                if tree.is_html(index, "selectedcontent") && self.numbers[index] < first_new_number
                {
                    let parent = tree.parent(select, index);
                    let content = self.content(parent, &[index]);
                    self.out.replace(self.numbers[index], content.get());
                    self.assign_numbers(index);
                }
            }
        }
    }

    /// Notes that two nodes are the same one and compares them now or later.
    fn join(&mut self, old: usize, new: usize) {
        match self.pair.new.nodes[new].kind {
            NodeKind::Element | NodeKind::Container => self.work.push((old, new)),
            _ => {
                let number = self.pair.old.nodes[old].number;
                self.numbers[new] = number;
                let text = self.pair.new.text(new);
                if self.pair.old.text(old) != text {
                    self.out.set_text(number, text);
                }
            }
        }
    }

    /// The numbers of a subtree that is equal to the old one.
    fn copy_numbers(&mut self, old: usize, new: usize) {
        let (before, after) = (self.pair.old, self.pair.new);
        let (mut i, mut j) = (old, new);
        let end = after.nodes[new].end as usize;
        while j < end {
            self.numbers[j] = before.nodes[i].number;
            if after.is_opaque(j) {
                (i, j) = (before.nodes[i].end as usize, after.nodes[j].end as usize);
            } else {
                (i, j) = (i + 1, j + 1);
            }
        }
    }

    /// Gives the next numbers to an inserted subtree.
    fn assign_numbers(&mut self, index: usize) {
        let mut current = index;
        let end = self.pair.new.nodes[index].end as usize;
        while current < end {
            self.numbers[current] = self.next;
            self.next += 1;
            let node = &self.pair.new.nodes[current];
            current = if node.flags & OPAQUE != 0 { node.end as usize } else { current + 1 };
        }
    }

    /// Elements that hold nothing but one text; false when this is not one of them.
    fn diff_raw_text(&mut self, old: usize, new: usize) -> bool {
        let node = &self.pair.new.nodes[new];
        let name = self.pair.new.name(node.name);
        if node.namespace != Namespace::Html
            || !(is_raw_text_element(name) || is_rcdata_element(name))
        {
            return false;
        }
        let (Some(before), Some(after)) =
            (only_text(self.pair.old, old), only_text(self.pair.new, new))
        else {
            return false;
        };
        match (before, after) {
            // The text of a text area is also what it shows, so the browser is told the element.
            (Some(before), Some(after)) if name != "textarea" => self.join(before, after),
            _ => {
                let old_text = before.map_or("", |index| self.pair.old.text(index));
                let text = after.map_or("", |index| self.pair.new.text(index));
                match (before, after) {
                    (Some(before), Some(after)) if old_text == text => self.join(before, after),
                    _ => {
                        self.out.set_raw_text(self.numbers[new], text);
                        if let Some(after) = after {
                            self.assign_numbers(after);
                        }
                    }
                }
            }
        }
        true
    }
}

/// The one text child, or none; `None` when there is anything else.
fn only_text(tree: &Tree, index: usize) -> Option<Option<usize>> {
    let mut children = tree.children(index);
    match (children.next(), children.next()) {
        (None, _) => Some(None),
        (Some(child), None) if tree.nodes[child].kind == NodeKind::Text => Some(Some(child)),
        _ => None,
    }
}

/// Whether the inside of opaque elements counts when trees are compared.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Inside {
    /// Only what is ours.
    Ours,
    /// Everything.
    All,
}

impl Pair<'_> {
    /// Returns whether two nodes can be the same one, apart from keys.
    pub(crate) fn alike(&self, old: usize, new: usize) -> bool {
        let (before, after) = (&self.old.nodes[old], &self.new.nodes[new]);
        before.kind == after.kind
            && before.namespace == after.namespace
            && (before.flags ^ after.flags) & OPAQUE == 0
            && (before.name == after.name && after.name.0 == 0
                || self.same_name(before.name, after.name))
    }

    /// Returns whether two subtrees are equal.
    pub(crate) fn equal(&self, old: usize, new: usize, inside: Inside) -> bool {
        if self.old.nodes[old].hash != self.new.nodes[new].hash {
            return false;
        }
        let (mut i, mut j) = (old, new);
        let mut ends: Vec<(usize, usize)> = Vec::new();
        loop {
            let (before, after) = (&self.old.nodes[i], &self.new.nodes[j]);
            if !self.alike(i, j) {
                return false;
            }
            let same = match after.kind {
                NodeKind::Element => self.same_attributes(i, j),
                NodeKind::Container => true,
                _ => self.old.text(i) == self.new.text(j),
            };
            if !same {
                return false;
            }
            let (old_end, new_end) = (before.end as usize, after.end as usize);
            if inside == Inside::Ours && after.flags & OPAQUE != 0 {
                (i, j) = (old_end, new_end);
            } else {
                ends.push((old_end, new_end));
                (i, j) = (i + 1, j + 1);
            }
            // Subtrees end together or not at all.
            while let Some(&(old_end, new_end)) = ends.last() {
                if (i == old_end) != (j == new_end) {
                    return false;
                }
                if i < old_end {
                    break;
                }
                ends.pop();
            }
            if ends.is_empty() {
                return true;
            }
        }
    }
}
