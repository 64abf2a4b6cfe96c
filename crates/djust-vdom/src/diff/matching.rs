//! Which children are the same ones: by key, by content, by neighbour, by name.

use std::collections::HashMap;
use std::ops::Range;

use djust_html::is_html_space;

use super::Inside;
use crate::attributes::{Key, Pair};
use crate::tree::NodeKind;

/// "Has no partner."
pub(super) const NONE: u32 = u32::MAX;

/// How many subtrees with the same hash are compared in full before giving up: equal hashes of
/// unequal subtrees are an accident or an attack, and neither may cost more than this.
const MAX_COMPARISONS: usize = 4;

/// Children of the old parent and of the new one, and who is who.
#[derive(Clone)]
pub(super) struct Matching {
    /// Node indexes in the order of the page.
    pub(super) old: Vec<usize>,
    /// Node indexes in the order of the page.
    pub(super) new: Vec<usize>,
    /// For each position in `old` the position in `new`.
    pub(super) of_old: Vec<u32>,
    /// For each position in `new` the position in `old`.
    pub(super) of_new: Vec<u32>,
}

impl Matching {
    pub(super) fn new(old: Vec<usize>, new: Vec<usize>) -> Self {
        let (of_old, of_new) = (vec![NONE; old.len()], vec![NONE; new.len()]);
        Self { old, new, of_old, of_new }
    }

    fn join(&mut self, old: usize, new: usize) {
        self.of_old[old] = new as u32;
        self.of_new[new] = old as u32;
    }

    fn is_free(&self, old: usize, new: usize) -> bool {
        self.of_old[old] == NONE && self.of_new[new] == NONE
    }

    /// Matches what is inside the ranges by all means.
    pub(super) fn find(&mut self, pair: &Pair<'_>, old: Range<usize>, new: Range<usize>) {
        if old.is_empty() || new.is_empty() {
            return;
        }
        let keys = Keys::of(self, pair, &old, &new);
        self.match_keys(pair, &keys, &old, &new);
        self.match_content(pair, &keys, &old, &new);
        self.match_neighbours(pair, &old, &new);
        self.match_gaps(pair, &keys, &old, &new);
    }

    /// Matches text and the like once more, after the elements were put into their new order.
    pub(super) fn find_between(&mut self, pair: &Pair<'_>) {
        let (old, new) = (0..self.old.len(), 0..self.new.len());
        let keys = Keys::of(self, pair, &old, &new);
        self.match_gaps(pair, &keys, &old, &new);
    }

    fn match_keys(
        &mut self,
        pair: &Pair<'_>,
        keys: &Keys<'_>,
        old: &Range<usize>,
        new: &Range<usize>,
    ) {
        for position in new.clone() {
            let Some(key) = keys.of_new[position - new.start] else { continue };
            if let Some(&partner) = keys.first_old.get(&key) {
                debug_assert!(old.contains(&partner));
                if self.is_free(partner, position)
                    && pair.alike(self.old[partner], self.new[position])
                {
                    self.join(partner, position);
                }
            }
        }
    }

    /// Matches equal subtrees without a key. Those that exist once come first: the others follow
    /// them as neighbours, and only then in order.
    fn match_content(
        &mut self,
        pair: &Pair<'_>,
        keys: &Keys<'_>,
        old: &Range<usize>,
        new: &Range<usize>,
    ) {
        let mut by_hash: HashMap<u32, Vec<usize>> = HashMap::new();
        for position in old.clone().rev() {
            let index = self.old[position];
            let keyed = keys.of_old[position - old.start].is_some();
            if self.of_old[position] == NONE && !keyed && !is_blank(pair.old, index) {
                by_hash.entry(pair.old.nodes[index].hash).or_default().push(position);
            }
        }
        if by_hash.is_empty() {
            return;
        }
        let mut wanted: HashMap<u32, usize> = HashMap::new();
        for position in new.clone() {
            if self.of_new[position] == NONE {
                *wanted.entry(pair.new.nodes[self.new[position]].hash).or_default() += 1;
            }
        }
        for only_unique in [true, false] {
            for position in new.clone() {
                let index = self.new[position];
                let hash = pair.new.nodes[index].hash;
                if self.of_new[position] != NONE || keys.of_new[position - new.start].is_some() {
                    continue;
                }
                let Some(found) = by_hash.get_mut(&hash) else { continue };
                if only_unique && (found.len() > 1 || wanted.get(&hash).is_some_and(|&n| n > 1)) {
                    continue;
                }
                if let Some(partner) = self.take_equal(pair, found, index) {
                    self.join(partner, position);
                }
            }
            self.match_neighbours(pair, old, new);
        }
    }

    /// Takes the first free old node out of a list that is equal to a new one.
    ///
    /// What is looked at is taken in any case, so that all searches together stay linear.
    fn take_equal(&self, pair: &Pair<'_>, found: &mut Vec<usize>, new: usize) -> Option<usize> {
        let mut comparisons = 0;
        while let Some(old) = found.pop() {
            if self.of_old[old] != NONE {
                continue;
            }
            if pair.equal(self.old[old], new, Inside::Ours) {
                return Some(old);
            }
            comparisons += 1;
            if comparisons == MAX_COMPARISONS {
                break;
            }
        }
        None
    }

    /// Matches equal nodes beside matched ones: white space stays with its row.
    fn match_neighbours(&mut self, pair: &Pair<'_>, old: &Range<usize>, new: &Range<usize>) {
        for position in new.clone().skip(1) {
            let before = self.of_new[position - 1];
            if before != NONE && old.contains(&(before as usize + 1)) {
                self.try_equal(pair, before as usize + 1, position);
            }
        }
        for position in new.clone().rev().skip(1) {
            let after = self.of_new[position + 1];
            if after != NONE && after as usize > old.start {
                self.try_equal(pair, after as usize - 1, position);
            }
        }
    }

    fn try_equal(&mut self, pair: &Pair<'_>, old: usize, new: usize) {
        if self.is_free(old, new) && pair.equal(self.old[old], self.new[new], Inside::Ours) {
            self.join(old, new);
        }
    }

    /// Matches what is left between matched neighbours: the same name in the same order.
    fn match_gaps(
        &mut self,
        pair: &Pair<'_>,
        keys: &Keys<'_>,
        old: &Range<usize>,
        new: &Range<usize>,
    ) {
        let mut start = new.start;
        while start < new.end {
            if self.of_new[start] != NONE {
                start += 1;
                continue;
            }
            let mut end = start + 1;
            while end < new.end && self.of_new[end] == NONE {
                end += 1;
            }
            let mut rest = start..end;
            for free in self.free_runs(&(start..end), old, new) {
                self.match_in_order(pair, keys, free, &mut rest, (old.start, new.start));
            }
            start = end;
        }
    }

    /// The old nodes without partner after the left neighbour and before the right one.
    fn free_runs(
        &self,
        gap: &Range<usize>,
        old: &Range<usize>,
        new: &Range<usize>,
    ) -> [Range<usize>; 2] {
        let after_left = match gap.start.checked_sub(1).filter(|left| new.contains(left)) {
            Some(left) => self.of_new[left] as usize + 1,
            None => old.start,
        };
        let before_right = if gap.end < new.end { self.of_new[gap.end] as usize } else { old.end };
        let mut end = after_left;
        while end < old.end && self.of_old[end] == NONE {
            end += 1;
        }
        if (after_left..=end).contains(&before_right) {
            return [after_left..end, end..end];
        }
        let mut start = before_right;
        while start > old.start && self.of_old[start - 1] == NONE {
            start -= 1;
        }
        [after_left..end, start..before_right]
    }

    fn match_in_order(
        &mut self,
        pair: &Pair<'_>,
        keys: &Keys<'_>,
        free: Range<usize>,
        gap: &mut Range<usize>,
        (old_start, new_start): (usize, usize),
    ) {
        let mut candidates = free;
        for position in gap.clone() {
            if self.of_new[position] != NONE {
                continue;
            }
            let found = candidates.clone().take(MAX_LOOK_AHEAD).find(|&old| {
                self.of_old[old] == NONE
                    && pair.alike(self.old[old], self.new[position])
                    && keys.compatible(old - old_start, position - new_start)
            });
            if let Some(old) = found {
                self.join(old, position);
                candidates.start = old + 1;
            }
        }
    }
}

/// How far a node looks for a partner of the same name; keeps the search linear.
const MAX_LOOK_AHEAD: usize = 16;

fn is_blank(tree: &crate::tree::Tree, index: usize) -> bool {
    tree.nodes[index].kind == NodeKind::Text && is_html_space(tree.text(index))
}

/// The keys inside the ranges that are being matched.
struct Keys<'a> {
    of_old: Vec<Option<Key<'a>>>,
    of_new: Vec<Option<Key<'a>>>,
    first_old: HashMap<Key<'a>, usize>,
    first_new: HashMap<Key<'a>, usize>,
}

impl<'a> Keys<'a> {
    fn of(matching: &Matching, pair: &Pair<'a>, old: &Range<usize>, new: &Range<usize>) -> Self {
        let of_old: Vec<_> = old.clone().map(|at| pair.old_key(matching.old[at])).collect();
        let of_new: Vec<_> = new.clone().map(|at| pair.new_key(matching.new[at])).collect();
        let first = |keys: &[Option<Key<'a>>], start: usize| {
            let mut first = HashMap::new();
            for (offset, key) in keys.iter().enumerate() {
                if let Some(key) = key {
                    first.entry(*key).or_insert(start + offset);
                }
            }
            first
        };
        Self {
            first_old: first(&of_old, old.start),
            first_new: first(&of_new, new.start),
            of_old,
            of_new,
        }
    }

    /// Returns whether two elements may be the same one: a key that only one of them has must be
    /// unknown on the other side.
    fn compatible(&self, old: usize, new: usize) -> bool {
        match (self.of_old[old], self.of_new[new]) {
            (None, None) => true,
            (Some(key), None) => !self.first_new.contains_key(&key),
            (None, Some(key)) => !self.first_old.contains_key(&key),
            (Some(_), Some(_)) => false,
        }
    }
}
