//! The children of one element: compared, planned, written.

use djust_html::is_html_space;

use super::matching::{Matching, NONE};
use super::plan::{Plan, Step};
use super::{Differ, Inside};
use crate::tree::NodeKind;

/// From how many moves on a permutation is considered.
const PERMUTE_FROM_MOVES: usize = 3;

impl Differ<'_> {
    /// Writes what changes in the children of an element and notes the pairs to compare.
    pub(super) fn diff_children(&mut self, old: usize, new: usize) {
        let old_children: Vec<usize> = self.pair.old.children(old).collect();
        let new_children: Vec<usize> = self.pair.new.children(new).collect();
        let shorter = old_children.len().min(new_children.len());
        let mut start = 0;
        while start < shorter && self.same(old_children[start], new_children[start]) {
            start += 1;
        }
        let (mut old_end, mut new_end) = (old_children.len(), new_children.len());
        while old_end > start
            && new_end > start
            && self.same(old_children[old_end - 1], new_children[new_end - 1])
        {
            old_end -= 1;
            new_end -= 1;
        }
        let mut matching = Matching::new(old_children, new_children);
        matching.join_ends(start, old_end, new_end);
        if start < old_end || start < new_end {
            let plan = self.plan(new, matching, start, old_end, new_end);
            self.take_steps(new, &plan);
            matching = plan.matching;
        }
        for (at, &partner) in matching.of_new.iter().enumerate() {
            if partner != NONE {
                self.join(matching.old[partner as usize], matching.new[at]);
            }
        }
    }

    /// Returns whether two nodes at the same place are surely the same one.
    fn same(&self, old: usize, new: usize) -> bool {
        if self.pair.equal(old, new, Inside::Ours) {
            return true;
        }
        let is_element = self.pair.new.nodes[new].kind == NodeKind::Element;
        is_element
            && self.pair.alike(old, new)
            && self.pair.new_key(new).is_some_and(|key| self.pair.old_key(old) == Some(key))
    }

    /// Finds the cheapest way among those that suit a reordering.
    fn plan(
        &self,
        new: usize,
        ends: Matching,
        start: usize,
        old_end: usize,
        new_end: usize,
    ) -> Plan {
        let mut matching = ends.clone();
        matching.find(&self.pair, start..old_end, start..new_end);
        let best = Plan::by_moves(matching.clone());
        if best.moves == 0 {
            return best;
        }
        let parent = self.numbers[new];
        let cost = |plan: &Plan| plan.cost(&self.pair, parent, self.next);
        let mut best = (cost(&best), best);
        let mut consider = |plan: Plan| {
            let cost = cost(&plan);
            if cost < best.0 {
                best = (cost, plan);
            }
        };
        // The white space after the last changed row may belong to another row: look again with
        // it among the changed ones.
        let next = ends.old.get(old_end).copied();
        if next.is_some_and(|index| self.is_blank(index)) {
            let mut wider = ends;
            wider.part(old_end, new_end);
            wider.find(&self.pair, start..old_end + 1, start..new_end + 1);
            consider(Plan::by_moves(wider));
        }
        if Plan::by_moves(matching.clone()).moves >= PERMUTE_FROM_MOVES {
            consider(Plan::by_permutation(matching, &self.pair));
        }
        best.1
    }

    fn is_blank(&self, old: usize) -> bool {
        let tree = self.pair.old;
        tree.nodes[old].kind == NodeKind::Text && is_html_space(tree.text(old))
    }

    fn take_steps(&mut self, new: usize, plan: &Plan) {
        let parent = self.numbers[new];
        let matching = &plan.matching;
        for (at, &partner) in matching.of_new.iter().enumerate() {
            if partner != NONE {
                let old = matching.old[partner as usize];
                self.numbers[matching.new[at]] = self.pair.old.nodes[old].number;
            }
        }
        let number = |differ: &Self, at: usize| differ.pair.old.nodes[matching.old[at]].number;
        for step in &plan.steps {
            match step {
                Step::Clear { insert } => {
                    let run = &matching.new[insert.clone()];
                    let content = (!run.is_empty()).then(|| self.content(new, run));
                    self.out.clear(parent, content.as_ref().map(|content| content.get()));
                    self.assign_all(run);
                }
                Step::Remove { first, last } => {
                    let (first, last) = (number(self, *first), number(self, *last));
                    self.out.remove(first, last);
                }
                Step::Replace { old, insert } => {
                    let run = &matching.new[insert.clone()];
                    let old = number(self, *old);
                    let content = self.content(new, run);
                    self.out.replace(old, content.get());
                    self.assign_all(run);
                }
                Step::Move { first, last, before } => {
                    let (first, last) = (number(self, *first), number(self, *last));
                    match before.map(|at| self.numbers[matching.new[at]]) {
                        Some(reference) => self.out.move_before(first, reference, last),
                        None => self.out.move_to_end(first, parent, last),
                    }
                }
                Step::Insert { insert, before } => {
                    let run = &matching.new[insert.clone()];
                    let content = self.content(new, run);
                    match before.map(|at| self.numbers[matching.new[at]]) {
                        Some(reference) => self.out.insert(reference, content.get()),
                        None => self.out.append(parent, content.get()),
                    }
                    self.assign_all(run);
                }
                Step::Permute { ranks } => self.out.permute(parent, ranks),
            }
        }
    }

    fn assign_all(&mut self, run: &[usize]) {
        for &index in run {
            self.assign_numbers(index);
        }
    }
}

impl Matching {
    /// Joins the equal ends of both lists.
    fn join_ends(&mut self, start: usize, old_end: usize, new_end: usize) {
        for at in 0..start {
            (self.of_old[at], self.of_new[at]) = (at as u32, at as u32);
        }
        for (old, new) in (old_end..self.old.len()).zip(new_end..self.new.len()) {
            (self.of_old[old], self.of_new[new]) = (new as u32, old as u32);
        }
    }

    /// Forgets that two nodes are the same one.
    fn part(&mut self, old: usize, new: usize) {
        (self.of_old[old], self.of_new[new]) = (NONE, NONE);
    }
}
