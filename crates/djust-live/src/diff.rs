//! From what is kept to what was printed now: ops, and the next state.

use std::mem;

use djust_vdom::{Namespace, Piece, Target};

use crate::Unsayable;
use crate::matching::{Claims, same};
use crate::scan::{Kind, Seen, Work, context_of};
use crate::shape::{FlowItem, FlowKind, FlowShape, SlotShape};
use crate::slice;
use crate::state::{Content, Entry, Island, Leaf, Slot, Slots, Unit};

/// The flow of an element, and the element.
#[derive(Clone, Copy)]
pub(crate) struct Home<'a> {
    pub(crate) flow: &'a FlowShape,
    pub(crate) parent: u32,
}

impl<'a> Work<'a> {
    /// Brings a unit up to what was printed in `frame`.
    pub(crate) fn update_unit(&mut self, unit: &mut Unit, frame: u32) -> Result<(), Unsayable> {
        let shape = self.unit(unit.shape)?;
        let mut flows = 0;
        for (index, slot) in shape.slots.iter().enumerate() {
            match slot {
                SlotShape::Attribute { element, name, place } => {
                    let (start, end) = place.of(self.tape, frame);
                    let hash = self.hash_of(start, end);
                    let number = unit.number_at(*element);
                    let known = match &mut unit.slots {
                        Slots::Rigid(hashes) => hashes.get_mut(index),
                        Slots::Loose(loose) => match loose.slots.get_mut(index) {
                            Some(Slot::Value(hash)) => Some(hash),
                            _ => None,
                        },
                    };
                    if let Some(known) = known.filter(|known| **known != hash) {
                        *known = hash;
                        slice::check_value(self.text, start, end)?;
                        let value = slice::value(self.slice(start, end)?)?;
                        self.out.set_attribute(number, name, &value, Namespace::Html);
                    }
                }
                SlotShape::Attributes { element, place } => {
                    let (start, end) = place.of(self.tape, frame);
                    let text = self.slice(start, end)?;
                    let number = unit.number_at(*element);
                    if let Slots::Loose(loose) = &mut unit.slots
                        && let Some(Slot::Attributes(known)) = loose.slots.get_mut(index)
                        && **known != *text
                    {
                        let (old, new) = (slice::attributes(known)?, slice::attributes(text)?);
                        old.diff_attributes(&new, number, &mut self.out);
                        *known = text.into();
                    }
                }
                SlotShape::Flow { element, flow } => {
                    let home = Home { flow: self.flow(*flow)?, parent: unit.number_at(*element) };
                    let before = shape.before.get(flows as usize).copied().unwrap_or(0);
                    let number = unit.number + before + flows;
                    flows += 1;
                    if !self.update_rigid(home, unit, index, number, frame)? {
                        unit.loosen(shape);
                        if let Slots::Loose(loose) = &mut unit.slots
                            && let Some(Slot::Flow(content)) = loose.slots.get_mut(index)
                        {
                            self.update_flow(home, content, frame)?;
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// A flow that was one text and is one text; false when it is anything else.
    fn update_rigid(
        &mut self,
        home: Home<'a>,
        unit: &mut Unit,
        index: usize,
        number: u32,
        frame: u32,
    ) -> Result<bool, Unsayable> {
        if self.is_skipped(home.flow, frame) {
            return Ok(true);
        }
        let Slots::Rigid(hashes) = &mut unit.slots else { return Ok(false) };
        let Some(known) = hashes.get_mut(index) else { return Ok(false) };
        let flow = home.flow;
        let (hash, start, end) = if flow.is_text() {
            let (start, end) = flow.place.of(self.tape, frame);
            let hash = self.hash_of(start, end);
            if hash == *known {
                return Ok(true);
            }
            let text = self.slice(start, end)?;
            if text.is_empty() || (flow.kind == FlowKind::Content && text.contains('<')) {
                return Ok(false);
            }
            (hash, start, end)
        } else {
            match self.scan(flow, frame)?.as_slice() {
                [seen] if seen.kind == Kind::Text => {
                    (seen.hash, seen.start as usize, seen.end as usize)
                }
                _ => return Ok(false),
            }
        };
        if hash != *known {
            *known = hash;
            let text = self.text_of(flow, start, end, true)?;
            self.out.set_text(number, &text);
        }
        Ok(true)
    }

    /// Is all that changes in the flow as it was?
    fn is_skipped(&self, flow: &FlowShape, frame: u32) -> bool {
        matches!(&*flow.items, [FlowItem::Block(word)] if self.tape.is_skipped(frame, *word))
    }

    /// The data of a text node of the flow; `tail` tells whether white space follows it.
    fn text_of(
        &self,
        flow: &FlowShape,
        start: usize,
        end: usize,
        tail: bool,
    ) -> Result<String, Unsayable> {
        let text = self.slice(start, end)?;
        if flow.kind != FlowKind::Content {
            slice::check_raw(text)?;
        }
        let mut text = slice::text(text, flow.kind)?.into_owned();
        if tail {
            text.push_str(&flow.tail);
        }
        Ok(text)
    }

    /// Brings the children of an element up to what was printed.
    fn update_flow(
        &mut self,
        home: Home<'a>,
        content: &mut Content,
        frame: u32,
    ) -> Result<(), Unsayable> {
        if home.flow.kind != FlowKind::Content {
            return self.update_raw(home, content, frame);
        }
        if self.is_skipped(home.flow, frame) {
            return Ok(());
        }
        if let Content::Text(leaf) = content
            && home.flow.is_text()
        {
            let (start, end) = home.flow.place.of(self.tape, frame);
            if start < end && leaf.hash == self.hash_of(start, end) {
                return Ok(());
            }
        }
        let seen = self.scan(home.flow, frame)?;
        let old = mem::take(content).into_entries();
        *content = Content::of(self.update_children(home, old, &seen)?);
        Ok(())
    }

    /// The flow of a whole page.
    pub(crate) fn update_root(
        &mut self,
        flow: u32,
        content: &mut Content,
        frame: u32,
    ) -> Result<(), Unsayable> {
        self.update_flow(Home { flow: self.flow(flow)?, parent: 0 }, content, frame)
    }

    /// An element that holds nothing but one text.
    fn update_raw(
        &mut self,
        home: Home<'a>,
        content: &mut Content,
        frame: u32,
    ) -> Result<(), Unsayable> {
        let flow = home.flow;
        let (start, end) = flow.place.of(self.tape, frame);
        let hash = self.hash_of(start, end);
        match content {
            Content::Text(leaf) if leaf.hash == hash => return Ok(()),
            Content::Empty if start == end => return Ok(()),
            Content::Text(leaf) if start < end && !flow.is_textarea() => {
                leaf.hash = hash;
                let text = self.text_of(flow, start, end, true)?;
                self.out.set_text(leaf.number, &text);
                return Ok(());
            }
            _ => {}
        }
        let text = self.text_of(flow, start, end, true)?;
        self.out.set_raw_text(home.parent, &text);
        *content = if text.is_empty() {
            Content::Empty
        } else {
            Content::Text(Leaf { hash, number: self.take_number() })
        };
        Ok(())
    }

    fn update_children(
        &mut self,
        home: Home<'a>,
        mut old: Vec<Entry>,
        seen: &[Seen],
    ) -> Result<Vec<Entry>, Unsayable> {
        let body_of = |unit: u32| self.shape.units.get(unit as usize).and_then(|unit| unit.row_of);
        let claims = Claims::of(&old, seen, body_of);
        let claims = claims.ok_or(Unsayable("a row is lost that was not printed"))?;
        let in_place = old.len() == seen.len() && claims.are_in_place();
        let mut start = 0;
        for (at, (entry, seen)) in old.iter_mut().zip(seen).enumerate() {
            if !claims.allow(at, at) || !same(entry, seen, in_place) {
                break;
            }
            self.update_child(home, entry, seen)?;
            start += 1;
        }
        if start == old.len() && start == seen.len() {
            return Ok(old);
        }
        let (mut kept, shorter) = (0, old.len().min(seen.len()));
        let ends = old.iter_mut().enumerate().rev().zip(seen.iter().enumerate().rev());
        for ((from, entry), (to, seen)) in ends.take(shorter - start) {
            if !claims.allow(from, to) || !same(entry, seen, false) {
                break;
            }
            self.update_child(home, entry, seen)?;
            kept += 1;
        }
        self.update_middle(home, old, seen, &claims, start..seen.len() - kept)
    }

    /// Brings one child up to what was printed.
    pub(crate) fn update_child(
        &mut self,
        home: Home<'a>,
        entry: &mut Entry,
        seen: &Seen,
    ) -> Result<(), Unsayable> {
        let (start, end) = (seen.start as usize, seen.end as usize);
        match entry {
            Entry::Text(leaf) if leaf.hash != seen.hash => {
                leaf.hash = seen.hash;
                let text = self.text_of(home.flow, start, end, seen.tail)?;
                self.out.set_text(leaf.number, &text);
            }
            Entry::Comment(leaf) if leaf.hash != seen.hash => {
                leaf.hash = seen.hash;
                let data = slice::comment(self.slice(start, end)?)?;
                self.out.set_text(leaf.number, &data);
            }
            Entry::Unit(unit) if seen.row.is_some() && unit.hash != seen.hash => {
                return Err(Unsayable("a row that changed was not printed"));
            }
            Entry::Unit(unit) if seen.hash == 0 || unit.hash != seen.hash => {
                unit.hash = seen.hash;
                self.update_unit(unit, seen.frame)?;
            }
            Entry::Island(island) if island.hash != seen.hash => {
                island.hash = seen.hash;
                let piece = self.parse_island(home.flow, start, end)?;
                self.note_doubles_in(&piece);
                self.update_island(home, island, piece)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn update_island(
        &mut self,
        home: Home<'a>,
        island: &mut Island,
        mut piece: Piece,
    ) -> Result<(), Unsayable> {
        if island.piece.is_alike(&piece) {
            let out = mem::take(&mut self.out);
            self.out = island.piece.update(piece, &mut self.next, out);
            return Ok(());
        }
        let target = Target::InsteadOf(island.piece.number());
        piece.assign(&mut self.next);
        piece.insert(target, context_of(home.flow), &mut self.out);
        island.piece = piece;
        Ok(())
    }
}
