//! Keys that more than one child of a flow has: the children are then matched in order.

use djust_vdom::Piece;

use crate::matching::{NONE, is_keyed};
use crate::scan::{Kind, Seen, Work};
use crate::shape::{FlowShape, LoopPlace};
use crate::slice;

/// So many are noted until somebody asks for them.
const MAX_DOUBLES: usize = 16;
/// So many characters are kept of a key.
const MAX_KEY_CHARS: usize = 60;

/// A key that more than one of the elements has that stand side by side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Double {
    /// The loop that printed them; `None` for elements out of values and out of markup that is
    /// kept as a tree.
    pub place: Option<LoopPlace>,
    /// The name of the element around them.
    pub parent: Box<str>,
    /// The start of the key.
    pub key: Box<str>,
}

fn may_double(seen: &Seen) -> bool {
    matches!(seen.kind, Kind::Unit(_) | Kind::Island) && is_keyed(seen.identity)
}

impl Work<'_> {
    /// Notes what is doubled among children that are all new.
    pub(crate) fn note_doubles(&mut self, flow: &FlowShape, seen: &[Seen]) {
        if seen.len() > 1 {
            self.note_doubles_among(flow, seen, |_| true);
        }
    }

    /// Notes which keys of the children without a partner another child has too; `new` are those
    /// from number `start` on.
    pub(crate) fn note_new_doubles(
        &mut self,
        flow: &FlowShape,
        seen: &[Seen],
        partner: &[u32],
        start: usize,
    ) {
        let is_new = |at: usize| {
            at.checked_sub(start).and_then(|at| partner.get(at)).is_some_and(|found| *found == NONE)
        };
        self.note_doubles_among(flow, seen, is_new);
    }

    /// Linear for few new children, and sorts many.
    fn note_doubles_among(
        &mut self,
        flow: &FlowShape,
        seen: &[Seen],
        is_new: impl Fn(usize) -> bool,
    ) {
        let new =
            |(at, seen): (usize, &Seen)| (may_double(seen) && is_new(at)).then_some(seen.identity);
        let mut fresh: Vec<u64> = seen.iter().enumerate().filter_map(new).collect();
        if fresh.is_empty() {
            return;
        }
        fresh.sort_unstable();
        let twice = fresh.windows(2).find_map(|pair| match pair {
            [one, other] if one == other => Some(*one),
            _ => None,
        });
        let twice = twice.or_else(|| {
            if fresh.len() == seen.len() {
                return None;
            }
            let known = |(at, seen): &(usize, &Seen)| {
                may_double(seen) && !is_new(*at) && fresh.binary_search(&seen.identity).is_ok()
            };
            seen.iter().enumerate().find(known).map(|(_, seen)| seen.identity)
        });
        let of_new = |(at, seen): &(usize, &Seen)| Some(seen.identity) == twice && is_new(*at);
        if let Some((_, seen)) = seen.iter().enumerate().find(of_new) {
            self.note_double(flow, seen);
        }
    }

    /// Notes what is doubled inside an element that is kept as a tree.
    pub(crate) fn note_doubles_in(&mut self, piece: &Piece) {
        for djust_vdom::Double { parent, key, .. } in piece.doubles() {
            self.push_double(None, parent.into(), &key);
        }
    }

    fn note_double(&mut self, flow: &FlowShape, seen: &Seen) {
        let (place, key) = match seen.kind {
            Kind::Unit(unit) => {
                let Ok(shape) = self.unit(unit) else { return };
                (self.shape.loop_of(shape), self.key_of(shape, seen.frame).ok().flatten())
            }
            _ => {
                let html = self.slice(seen.start as usize, seen.end as usize);
                (None, html.ok().and_then(slice::key_in))
            }
        };
        if let Some(key) = key {
            self.push_double(place.cloned(), flow.path.last().cloned().unwrap_or_default(), key);
        }
    }

    fn push_double(&mut self, place: Option<LoopPlace>, parent: Box<str>, key: &str) {
        if self.doubles.len() == MAX_DOUBLES {
            return;
        }
        let end = key.char_indices().nth(MAX_KEY_CHARS).map_or(key.len(), |(end, _)| end);
        let key = key.get(..end).unwrap_or_default().into();
        self.doubles.push(Double { place, parent, key });
    }
}
