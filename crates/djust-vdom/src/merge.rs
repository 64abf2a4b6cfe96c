//! `dj-update="append"` and `"prepend"`: a container keeps the children it had.
//!
//! The new page says only what is new; the page in the browser has the old children too. So the
//! tree to compare with is made of both before the differ looks at it.

use std::collections::HashMap;

use crate::assembler::Assembler;
use crate::attributes::{Key, Names, Pair};
use crate::diff::Inside;
use crate::tree::{APPEND, NodeKind, PREPEND, Tree};

/// Returns the new tree with the children that its containers keep; `None` when it has none.
pub(crate) fn keep_children(old: &Tree, new: &Tree) -> Option<Tree> {
    if !new.accumulates || !old.accumulates {
        return None;
    }
    let names = Names::of(old);
    let containers = (0..old.nodes.len())
        .filter(|&index| accumulates(old, index))
        .filter_map(|index| Some((names.key(old, index)?, index)))
        .collect();
    let mut merge = Merge {
        pair: Pair::new(old, new),
        containers,
        out: Assembler::with_capacity(new.nodes.len(), 0),
        root: 0,
    };
    merge.write(0);
    let root = merge.root;
    let mut tree = merge.out.finish();
    tree.root = root;
    tree.doctype.clone_from(&new.doctype);
    tree.is_document = new.is_document;
    tree.quirks = new.quirks;
    Some(tree)
}

fn accumulates(tree: &Tree, index: usize) -> bool {
    tree.nodes[index].flags & (APPEND | PREPEND) != 0
}

struct Merge<'a> {
    pair: Pair<'a>,
    /// The containers of the old tree.
    containers: HashMap<Key<'a>, usize>,
    out: Assembler,
    root: usize,
}

/// Where a child of a container comes from.
enum Source {
    Old(usize),
    New(usize),
}

impl Merge<'_> {
    /// Copies a subtree of the new tree; recurses only from container to container in it.
    fn write(&mut self, index: usize) {
        let new = self.pair.new;
        let mut open: Vec<u32> = Vec::new();
        let mut current = index;
        let end = new.nodes[index].end as usize;
        loop {
            while open.last().is_some_and(|&end| end as usize <= current) {
                open.pop();
                self.out.close();
            }
            if current >= end {
                return;
            }
            if current == new.root {
                self.root = self.out.len();
            }
            let node = &new.nodes[current];
            self.out.copy_open(new, current);
            if matches!(node.kind, NodeKind::Element | NodeKind::Container) {
                open.push(node.end);
            }
            match self.partner(current) {
                Some(partner) => {
                    for child in self.children(partner, current) {
                        match child {
                            Source::Old(child) => self.out.copy(self.pair.old, child),
                            Source::New(child) => self.write(child),
                        }
                    }
                    current = node.end as usize;
                }
                None => current += 1,
            }
        }
    }

    /// Finds the old container that a container of the new tree continues.
    fn partner(&self, index: usize) -> Option<usize> {
        if !accumulates(self.pair.new, index) {
            return None;
        }
        let key = self.pair.new_key(index)?;
        self.containers.get(&key).copied()
    }

    /// The children that the container has from now on.
    fn children(&self, old: usize, new: usize) -> Vec<Source> {
        let pair = &self.pair;
        let all: Vec<usize> = pair.new.children(new).collect();
        let mut by_key: HashMap<Key<'_>, usize> = HashMap::new();
        let mut by_hash: HashMap<u32, Vec<usize>> = HashMap::new();
        for (position, &child) in all.iter().enumerate().rev() {
            match pair.new_key(child) {
                Some(key) => drop(by_key.insert(key, position)),
                None => by_hash.entry(pair.new.nodes[child].hash).or_default().push(position),
            }
        }
        let mut known = vec![false; all.len()];
        let mut kept = Vec::new();
        for child in pair.old.children(old) {
            let again = match pair.old_key(child) {
                Some(key) => by_key.remove(&key),
                None => by_hash
                    .get_mut(&pair.old.nodes[child].hash)
                    .and_then(Vec::pop)
                    .filter(|&position| pair.equal(child, all[position], Inside::All)),
            };
            kept.push(match again {
                Some(position) => {
                    known[position] = true;
                    Source::New(all[position])
                }
                None => Source::Old(child),
            });
        }
        let mut fresh: Vec<usize> =
            all.iter().zip(known).filter(|(_, known)| !known).map(|(&child, _)| child).collect();
        let is_text = |index: usize| pair.new.nodes[index].kind == NodeKind::Text;
        // The white space around rows that are known already would pile up.
        fresh.retain(|&index| !is_text(index) || !djust_html::is_html_space(pair.new.text(index)));
        let fresh = fresh.into_iter().map(Source::New);
        if pair.new.nodes[new].flags & PREPEND != 0 {
            fresh.chain(kept).collect()
        } else {
            kept.into_iter().chain(fresh).collect()
        }
    }
}
