//! From "who is who" to the steps that put the children in place, and what they cost.

use std::ops::Range;

use super::lis::longest_increasing;
use super::matching::{Matching, NONE};
use crate::attributes::Pair;
use crate::tree::NodeKind;

/// One step, in positions of a [`Matching`].
#[derive(Clone, Debug)]
pub(super) enum Step {
    /// Remove all children of the parent.
    Clear { insert: Range<usize> },
    /// Remove old children, first to last.
    Remove { first: usize, last: usize },
    /// Put one old child's place to new ones.
    Replace { old: usize, insert: Range<usize> },
    /// Move old children, first to last, before a new child or to the end.
    Move { first: usize, last: usize, before: Option<usize> },
    /// Insert new children before a new child or at the end.
    Insert { insert: Range<usize>, before: Option<usize> },
    /// Put the elements into this order.
    Permute { ranks: Vec<u32> },
}

/// Steps in the order to take them.
pub(super) struct Plan {
    pub(super) matching: Matching,
    pub(super) steps: Vec<Step>,
    pub(super) moves: usize,
}

impl Plan {
    /// Plans the fewest moves.
    pub(super) fn by_moves(matching: Matching) -> Self {
        let mut plan = Self { steps: Vec::new(), moves: 0, matching };
        if plan.matching.of_old.iter().all(|&partner| partner == NONE)
            && (plan.matching.old.len() > 1 || plan.matching.new.is_empty())
        {
            plan.steps.push(Step::Clear { insert: 0..plan.matching.new.len() });
            return plan;
        }
        plan.place(true);
        plan
    }

    /// Plans one permutation of the elements, then what is left.
    pub(super) fn by_permutation(mut matching: Matching, pair: &Pair<'_>) -> Self {
        let is_element = |index: usize| pair.old.nodes[index].kind == NodeKind::Element;
        let mut steps = Vec::new();
        // Elements that go must be gone before the others are counted.
        let mut position = 0;
        let mut kept: Vec<usize> = Vec::new();
        while position < matching.old.len() {
            let mut end = position;
            while end < matching.old.len()
                && matching.of_old[end] == NONE
                && is_element(matching.old[end])
            {
                end += 1;
            }
            if end > position {
                steps.push(Step::Remove { first: position, last: end - 1 });
                position = end;
            } else {
                kept.push(position);
                position += 1;
            }
        }
        let mut places: Vec<usize> = Vec::new();
        for (place, &old) in kept.iter().enumerate() {
            if is_element(matching.old[old]) {
                places.push(place);
            }
        }
        let mut sorted: Vec<usize> = places.iter().map(|&place| kept[place]).collect();
        sorted.sort_unstable_by_key(|&old| pair.old.nodes[matching.old[old]].number);
        let mut rank_of = vec![0; matching.old.len()];
        for (rank, &old) in sorted.iter().enumerate() {
            rank_of[old] = rank as u32;
        }
        let order: Vec<usize> = matching
            .of_new
            .iter()
            .map(|&old| old as usize)
            .filter(|&old| old != NONE as usize && is_element(matching.old[old]))
            .collect();
        steps.push(Step::Permute { ranks: order.iter().map(|&old| rank_of[old]).collect() });
        for (&place, &old) in places.iter().zip(&order) {
            kept[place] = old;
        }
        // From here on the elements stand in their new order; text is looked at afresh, so the
        // steps so far, which name positions of before, keep the old list.
        let old = kept.iter().map(|&at| matching.old[at]).collect();
        let mut after = Matching::new(old, std::mem::take(&mut matching.new));
        for (position, &at) in kept.iter().enumerate() {
            let partner = matching.of_old[at];
            if partner != NONE && is_element(matching.old[at]) {
                after.of_old[position] = partner;
                after.of_new[partner as usize] = position as u32;
            }
        }
        after.find_between(pair);
        let mut plan = Self { matching: after, steps: Vec::new(), moves: 0 };
        plan.place(false);
        plan.absorb(steps, &matching.old);
        plan
    }

    /// Puts steps that name positions of another list in front.
    fn absorb(&mut self, steps: Vec<Step>, old: &[usize]) {
        let offset = self.matching.old.len();
        self.matching.old.extend_from_slice(old);
        let moved = steps.into_iter().map(|step| match step {
            Step::Remove { first, last } => {
                Step::Remove { first: first + offset, last: last + offset }
            }
            step => step,
        });
        let rest = std::mem::take(&mut self.steps);
        self.steps = moved.chain(rest).collect();
    }

    /// Removes, moves and inserts, from the last child to the first.
    fn place(&mut self, may_replace: bool) {
        let matching = &self.matching;
        let (olds, news) = (matching.old.len(), matching.new.len());
        let matched: Vec<usize> = (0..news).filter(|&at| matching.of_new[at] != NONE).collect();
        let sequence: Vec<u32> = matched.iter().map(|&at| matching.of_new[at]).collect();
        let mut stays = vec![false; news];
        for (&at, stay) in matched.iter().zip(longest_increasing(&sequence)) {
            stays[at] = stay;
        }
        // The survivor before each old node: what stands right before it once the others are gone.
        let mut survivor_before = vec![NONE; olds];
        let mut survivor = NONE;
        for ((at, before), &partner) in (0..).zip(&mut survivor_before).zip(&matching.of_old) {
            *before = survivor;
            if partner != NONE {
                survivor = at;
            }
        }
        let mut replaced = vec![false; olds];
        let mut placing = Vec::new();
        let mut end = news;
        while end > 0 {
            let before = (end < news).then_some(end);
            let at = end - 1;
            let mut start = at;
            if matching.of_new[at] == NONE {
                while start > 0 && matching.of_new[start - 1] == NONE {
                    start -= 1;
                }
                let right = match before {
                    None => Some(olds),
                    Some(right) if stays[right] => Some(matching.of_new[right] as usize),
                    Some(_) => None,
                };
                let gone = right
                    .and_then(|right| right.checked_sub(1))
                    .filter(|&left| may_replace && matching.of_old[left] == NONE);
                placing.push(match gone {
                    Some(old) => {
                        replaced[old] = true;
                        Step::Replace { old, insert: start..end }
                    }
                    None => Step::Insert { insert: start..end, before },
                });
            } else if !stays[at] {
                let last = matching.of_new[at] as usize;
                let mut first = last;
                while start > 0
                    && !stays[start - 1]
                    && matching.of_new[start - 1] != NONE
                    && survivor_before[first] == matching.of_new[start - 1]
                {
                    start -= 1;
                    first = matching.of_new[start] as usize;
                }
                self.moves += 1;
                placing.push(Step::Move { first, last, before });
            }
            end = start;
        }
        let mut at = 0;
        while at < olds {
            let mut end = at;
            while end < olds && matching.of_old[end] == NONE && !replaced[end] {
                end += 1;
            }
            if end > at {
                self.steps.push(Step::Remove { first: at, last: end - 1 });
            }
            at = end + 1;
        }
        self.steps.append(&mut placing);
    }

    /// Estimates the bytes of the ops, content apart: that is the same for every plan but for
    /// text, which counts.
    pub(super) fn cost(&self, pair: &Pair<'_>, parent: u32, next: u32) -> usize {
        let number = |old: usize| pair.old.nodes[self.matching.old[old]].number;
        let reference = |before: Option<usize>| match before {
            None => digits(parent),
            Some(at) => match self.matching.of_new[at] {
                NONE => digits(next),
                old => digits(number(old as usize)),
            },
        };
        let through = |first: usize, last: usize| {
            if first == last { 0 } else { 1 + digits(number(last).abs_diff(number(first))) }
        };
        let content = |range: &Range<usize>| -> usize {
            let texts = range.clone().map(|at| self.matching.new[at]);
            let length = |index: usize| match pair.new.nodes[index].kind {
                NodeKind::Element => 0,
                _ => pair.new.text(index).len(),
            };
            3 + texts.map(length).sum::<usize>()
        };
        let cost = |step: &Step| match step {
            Step::Clear { insert } => 5 + digits(parent) + content(insert),
            Step::Remove { first, last } => 5 + digits(number(*first)) + through(*first, *last),
            Step::Replace { old, insert } => 5 + digits(number(*old)) + content(insert),
            Step::Move { first, last, before } => {
                6 + digits(number(*first)) + reference(*before) + through(*first, *last)
            }
            Step::Insert { insert, before } => 5 + reference(*before) + content(insert),
            Step::Permute { ranks } => {
                8 + digits(parent) + ranks.iter().map(|&rank| 1 + digits(rank)).sum::<usize>()
            }
        };
        self.steps.iter().map(cost).sum()
    }
}

fn digits(number: u32) -> usize {
    number.checked_ilog10().unwrap_or(0) as usize + 1
}
