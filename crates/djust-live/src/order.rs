//! Children that came, went or moved.

use std::borrow::Cow;
use std::ops::Range;

use djust_vdom::{Piece, Target, longest_increasing};

use crate::Unsayable;
use crate::diff::Home;
use crate::matching::{Claims, NONE, partners};
use crate::scan::{Kind, Seen, Work, context_of};
use crate::state::{Entry, Walk};

/// From how many moves on all elements may be put into their order by one op.
const PERMUTE_FROM_MOVES: usize = 3;
/// About what a move costs on the wire, in bytes.
const MOVE_BYTES: usize = 14;

/// Children between those that stay where they are.
struct Middle<'s> {
    old: Vec<Option<Entry>>,
    new: &'s [Seen],
    /// For each new child its place among the old ones, or [`NONE`].
    partner: Vec<u32>,
    /// The same the other way round.
    survives: Vec<bool>,
    /// New children that need not move.
    stays: Vec<bool>,
    /// The new children that are done.
    done: Vec<Option<Entry>>,
    /// The number of what follows all of them.
    after: Option<u32>,
}

impl<'s> Middle<'s> {
    fn new(
        old: Vec<Entry>,
        new: &'s [Seen],
        (claims, start): (&Claims, usize),
        after: Option<u32>,
    ) -> Self {
        let partner = partners(&old, new, claims, start);
        let mut survives = vec![false; old.len()];
        let mut sequence = Vec::new();
        for found in partner.iter().filter(|found| **found != NONE) {
            sequence.push(*found);
            if let Some(survives) = survives.get_mut(*found as usize) {
                *survives = true;
            }
        }
        let mut steady = longest_increasing(&sequence).into_iter();
        let stays =
            partner.iter().map(|found| *found != NONE && steady.next().unwrap_or(false)).collect();
        let done = new.iter().map(|_| None).collect();
        let old = old.into_iter().map(Some).collect();
        Self { old, new, partner, survives, stays, done, after }
    }

    fn partner(&self, at: usize) -> Option<usize> {
        self.partner.get(at).filter(|found| **found != NONE).map(|found| *found as usize)
    }

    fn stays(&self, at: usize) -> bool {
        self.stays.get(at) == Some(&true)
    }

    fn number(&self, old: usize) -> Option<u32> {
        self.old.get(old)?.as_ref().map(Entry::number)
    }

    /// The first new child of the group that moves together and ends at `at`.
    fn group(&self, at: usize) -> usize {
        let mut start = at;
        let mut first = self.partner(at);
        while let Some(before) = start.checked_sub(1) {
            let previous = first.and_then(|first| {
                (0..first).rev().find(|old| self.survives.get(*old) == Some(&true))
            });
            let follows = previous.is_some() && previous == self.partner(before);
            if !follows || self.stays(before) {
                break;
            }
            first = previous;
            start = before;
        }
        start
    }

    /// How many groups move.
    fn moves(&self) -> usize {
        let mut moves = 0;
        let mut end = self.new.len();
        while let Some(at) = end.checked_sub(1) {
            end = at;
            if self.partner(at).is_some() && !self.stays(at) {
                end = self.group(at);
                moves += 1;
            }
        }
        moves
    }

    /// Do only elements change places, all others staying where they are?
    fn is_permutation(&self) -> bool {
        self.old.len() == self.new.len()
            && self.old.iter().zip(self.new).zip(&self.partner).all(|((old, new), partner)| {
                let is_element = old.as_ref().is_some_and(Entry::is_element);
                match new.kind {
                    Kind::Unit(_) | Kind::Island => is_element && *partner != NONE,
                    Kind::Text => matches!(old, Some(Entry::Text(_))),
                    Kind::Comment => matches!(old, Some(Entry::Comment(_))),
                }
            })
    }
}

impl<'a> Work<'a> {
    /// Children of which only those in `range` of the new ones are not done already.
    pub(crate) fn update_middle(
        &mut self,
        home: Home<'a>,
        mut old: Vec<Entry>,
        seen: &[Seen],
        claims: &Claims,
        range: Range<usize>,
    ) -> Result<Vec<Entry>, Unsayable> {
        let (start, mut kept) = (range.start, seen.len() - range.end);
        let text_follows = old.len().checked_sub(kept).and_then(|at| old.get(at));
        let is_reordering = start + kept < old.len().min(seen.len());
        if is_reordering && matches!(text_follows, Some(Entry::Text(_))) {
            // White space behind the last row that changed belongs to some row: it moves with it.
            kept -= 1;
        }
        let end = old.split_off(old.len() - kept);
        let between = old.split_off(start);
        let new = seen.get(start..seen.len() - kept).unwrap_or_default();
        let after = end.first().map(Entry::number);
        let mut middle = Middle::new(between, new, (claims, start), after);
        self.note_new_doubles(home.flow, seen, &middle.partner, start);
        if start == 0 && kept == 0 && middle.partner.iter().all(|found| *found == NONE) {
            return self.replace_all(home, new, middle.old.is_empty());
        }
        let moves = middle.moves();
        if moves < PERMUTE_FROM_MOVES
            || !middle.is_permutation()
            || !self.permute(home, &old, &mut middle, &end, moves)
        {
            self.remove(&middle);
            self.place(home, &mut middle)?;
        }
        old.extend(self.finish(home, middle)?);
        old.extend(end);
        Ok(old)
    }

    /// Nothing is what it was.
    fn replace_all(
        &mut self,
        home: Home<'a>,
        new: &[Seen],
        was_empty: bool,
    ) -> Result<Vec<Entry>, Unsayable> {
        if new.is_empty() {
            self.out.clear(home.parent, None);
            return Ok(Vec::new());
        }
        let target =
            if was_empty { Target::EndOf(home.parent) } else { Target::AllOf(home.parent) };
        self.insert(home, new, target)
    }

    /// Builds and inserts children that follow each other.
    fn insert(
        &mut self,
        home: Home<'a>,
        new: &[Seen],
        target: Target,
    ) -> Result<Vec<Entry>, Unsayable> {
        let (Some(first), Some(last)) = (new.first(), new.last()) else { return Ok(Vec::new()) };
        let html = self.slice(first.start as usize, last.end as usize)?;
        let mut html = Cow::Borrowed(html);
        if last.tail {
            // A line break before the tail is one by itself.
            let text = html.replace("\r\n", "\n").replace('\r', "\n");
            html = Cow::Owned(text + &home.flow.tail);
        }
        let piece = Piece::parse(&html, context_of(home.flow))
            .map_err(|_| Unsayable("inserted text cannot be parsed"))?;
        let number = self.next;
        let built: Result<Vec<Entry>, Unsayable> =
            new.iter().map(|seen| self.build(home.flow, seen)).collect();
        let built = built?;
        let walk = Walk { shape: self.shape };
        let count: u32 = built.iter().map(|entry| walk.count_entry(entry)).sum();
        if count != piece.count() || self.next != number + count {
            return Err(Unsayable("the browser would read inserted text otherwise"));
        }
        piece.insert(target, context_of(home.flow), &mut self.out);
        Ok(built)
    }

    fn remove(&mut self, middle: &Middle<'_>) {
        let mut at = 0;
        while at < middle.old.len() {
            let mut end = at;
            while middle.survives.get(end) == Some(&false) {
                end += 1;
            }
            if end > at
                && let (Some(first), Some(last)) = (middle.number(at), middle.number(end - 1))
            {
                self.out.remove(first, last);
            }
            at = end + 1;
        }
    }

    /// Moves and inserts, from the last child to the first.
    fn place(&mut self, home: Home<'a>, middle: &mut Middle<'_>) -> Result<(), Unsayable> {
        let mut before = middle.after;
        let mut end = middle.new.len();
        while let Some(at) = end.checked_sub(1) {
            let Some(partner) = middle.partner(at) else {
                let mut start = at;
                while start > 0 && middle.partner(start - 1).is_none() {
                    start -= 1;
                }
                before = self.place_new(home, middle, start..end, before)?;
                end = start;
                continue;
            };
            let mut start = at;
            if !middle.stays(at) {
                start = middle.group(at);
                let first = middle.partner(start).and_then(|first| middle.number(first));
                if let (Some(first), Some(last)) = (first, middle.number(partner)) {
                    match before {
                        Some(reference) => self.out.move_before(first, reference, last),
                        None => self.out.move_to_end(first, home.parent, last),
                    }
                }
            }
            before = middle.partner(start).and_then(|first| middle.number(first));
            end = start;
        }
        Ok(())
    }

    fn place_new(
        &mut self,
        home: Home<'a>,
        middle: &mut Middle<'_>,
        range: Range<usize>,
        before: Option<u32>,
    ) -> Result<Option<u32>, Unsayable> {
        let target = before.map_or(Target::EndOf(home.parent), Target::Before);
        let new = middle.new.get(range.clone()).unwrap_or_default();
        let built = self.insert(home, new, target)?;
        let first = built.first().map(Entry::number);
        for (entry, done) in built.into_iter().zip(middle.done.iter_mut().skip(range.start)) {
            *done = Some(entry);
        }
        Ok(first.or(before))
    }

    /// Puts all elements into their order by one op; false when moves are shorter.
    fn permute(
        &mut self,
        home: Home<'a>,
        start: &[Entry],
        middle: &mut Middle<'_>,
        end: &[Entry],
        moves: usize,
    ) -> bool {
        let elements = |entries: &[Entry]| -> Vec<u32> {
            entries.iter().filter(|entry| entry.is_element()).map(Entry::number).collect()
        };
        let is_element = |at: &usize| {
            matches!(middle.new.get(*at).map(|new| new.kind), Some(Kind::Unit(_) | Kind::Island))
        };
        let mut order = elements(start);
        for at in (0..middle.new.len()).filter(is_element) {
            order.extend(middle.partner(at).and_then(|old| middle.number(old)));
        }
        order.extend(elements(end));
        let mut sorted = order.clone();
        sorted.sort_unstable();
        let ranks: Vec<u32> = order
            .iter()
            .map(|number| sorted.partition_point(|other| other < number) as u32)
            .collect();
        let digits = |rank: &u32| rank.checked_ilog10().unwrap_or(0) as usize + 2;
        if ranks.iter().map(digits).sum::<usize>() >= moves * MOVE_BYTES {
            return false;
        }
        self.out.permute(home.parent, &ranks);
        // What is no element stays where it stands.
        for at in (0..middle.new.len()).filter(|at| !is_element(at)) {
            if let Some(partner) = middle.partner.get_mut(at) {
                *partner = at as u32;
            }
        }
        true
    }

    /// The new children, those that were there before brought up to what was printed.
    fn finish(&mut self, home: Home<'a>, middle: Middle<'_>) -> Result<Vec<Entry>, Unsayable> {
        let Middle { mut old, new, partner, done, .. } = middle;
        let mut children = Vec::with_capacity(new.len());
        for ((seen, partner), done) in new.iter().zip(partner).zip(done) {
            let known = old.get_mut(partner as usize).and_then(Option::take);
            match (done, known) {
                (Some(entry), _) => children.push(entry),
                (None, Some(mut entry)) => {
                    self.update_child(home, &mut entry, seen)?;
                    children.push(entry);
                }
                (None, None) => return Err(Unsayable("a child was lost")),
            }
        }
        Ok(children)
    }
}
