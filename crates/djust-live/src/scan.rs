//! Reading what was printed: the children of a flow, and their first state.

use std::sync::Arc;

use djust_templates::live::plan::Span;
use djust_vdom::{Context, Namespace, OpWriter, Piece};

use crate::Unsayable;
use crate::doubles::Double;
use crate::enclosure::{is_enclosed, leaves_no_form};
use crate::hash::Hasher;
use crate::shape::{FlowItem, FlowKind, FlowShape, KeyShape, Shape, SlotShape, UnitShape};
use crate::slice;
use crate::state::{Content, Entry, Island, Leaf, Loose, Rows, Slot, Slots, Unit};
use crate::tape::{BODY, NEXT, Tape};
use crate::wild::{self, WildCache, WildKind, WildText};

/// What a child is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Text,
    Comment,
    Unit(u32),
    Island,
}

/// A child of a flow, as it was printed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Seen {
    pub(crate) kind: Kind,
    /// Nothing else in the flow can have the same if the lowest bit is set.
    pub(crate) identity: u64,
    /// Of what was printed; 0 for units that are not compared as a whole.
    pub(crate) hash: u64,
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) frame: u32,
    /// Does white space from behind the body follow?
    pub(crate) tail: bool,
    /// It was not printed, and is as this row of its body was before.
    pub(crate) row: Option<u32>,
}

/// Identities of what has no shape.
pub(crate) const TEXT: u64 = 2;
pub(crate) const COMMENT: u64 = 4;

/// One comparison of a page with what was printed now.
pub(crate) struct Work<'a> {
    pub(crate) shape: &'a Shape,
    pub(crate) tape: &'a Tape,
    pub(crate) text: &'a str,
    pub(crate) hasher: Hasher,
    /// The next number.
    pub(crate) next: u32,
    pub(crate) out: OpWriter,
    /// What was found before.
    pub(crate) known: WildCache,
    /// What was found this time.
    pub(crate) found: WildCache,
    /// The rows of before, if some were not printed.
    pub(crate) rows: Rows,
    /// Keys that several children of a flow have.
    pub(crate) doubles: Vec<Double>,
}

pub(crate) fn context_of(flow: &FlowShape) -> Context<'_> {
    let name = flow.path.last().map_or("body", |name| name);
    Context { namespace: Namespace::Html, name, quirks: false }
}

/// Does text stay where it is in this element?
pub(crate) fn keeps_text(name: &str) -> bool {
    !matches!(
        name,
        "table" | "tbody" | "thead" | "tfoot" | "tr" | "colgroup" | "select" | "optgroup"
    )
}

fn lost<T>(found: Option<T>) -> Result<T, Unsayable> {
    found.ok_or(Unsayable("the marks do not fit the page"))
}

impl<'a> Work<'a> {
    pub(crate) fn flow(&self, flow: u32) -> Result<&'a FlowShape, Unsayable> {
        lost(self.shape.flows.get(flow as usize))
    }

    pub(crate) fn unit(&self, unit: u32) -> Result<&'a UnitShape, Unsayable> {
        lost(self.shape.units.get(unit as usize))
    }

    #[inline]
    pub(crate) fn slice(&self, start: usize, end: usize) -> Result<&'a str, Unsayable> {
        lost(self.text.get(start..end))
    }

    #[inline]
    pub(crate) fn hash_of(&self, start: usize, end: usize) -> u64 {
        self.hasher.text(self.text.as_bytes().get(start..end).unwrap_or_default())
    }

    /// The children of a flow.
    pub(crate) fn scan(&mut self, flow: &'a FlowShape, frame: u32) -> Result<Vec<Seen>, Unsayable> {
        let (start, end) = flow.place.of(self.tape, frame);
        let mut seen = Vec::new();
        let mut run = start;
        self.scan_items(flow, &flow.items, frame, &mut run, &mut seen)?;
        self.run(flow, run, end, &mut seen)?;
        if !flow.tail.is_empty() {
            if seen.last().is_none_or(|last| last.kind != Kind::Text) {
                seen.push(self.leaf(Kind::Text, end, end));
            }
            if let Some(last) = seen.last_mut() {
                last.tail = true;
                last.hash = self.hasher.join(last.hash, 1);
            }
        }
        Ok(seen)
    }

    fn scan_items(
        &mut self,
        flow: &'a FlowShape,
        items: &'a [FlowItem],
        frame: u32,
        run: &mut usize,
        seen: &mut Vec<Seen>,
    ) -> Result<(), Unsayable> {
        for item in items {
            let (next, end) = match item {
                FlowItem::Block(word) => {
                    if self.tape.is_skipped(frame, *word) {
                        return Err(Unsayable("a block that is new was not printed"));
                    }
                    let mut inner = self.tape.word(frame, word + 1);
                    while inner != 0 {
                        if let Some(row) = self.tape.unchanged_row(inner) {
                            let next = self.seen_unchanged(row)?;
                            self.run(flow, *run, next.start as usize, seen)?;
                            *run = next.end as usize;
                            seen.push(next);
                            inner = self.tape.word(inner, NEXT);
                            continue;
                        }
                        let body = self.tape.word(inner, BODY);
                        let items = lost(self.shape.bodies.get(body as usize))?;
                        self.scan_items(flow, items, inner, run, seen)?;
                        inner = self.tape.word(inner, NEXT);
                    }
                    continue;
                }
                FlowItem::Unit(unit) => self.seen_unit(*unit, frame)?,
                FlowItem::Comment(place) => {
                    let (start, end) = place.of(self.tape, frame);
                    (self.leaf(Kind::Comment, start, end), end)
                }
                FlowItem::Island(place) => {
                    let (start, end) = place.of(self.tape, frame);
                    (self.island(start, end)?, end)
                }
            };
            self.run(flow, *run, next.start as usize, seen)?;
            seen.push(next);
            *run = end;
        }
        Ok(())
    }

    /// A row that was not printed.
    fn seen_unchanged(&self, (body, row, at): (u32, u32, u32)) -> Result<Seen, Unsayable> {
        let laid = self.shape.marks.bodies.get(body as usize);
        let unit = laid.and_then(|laid| laid.row.as_ref()).map(|row| row.unit);
        let kind = Kind::Unit(lost(unit)?);
        let rows = self.rows.get(&body).and_then(|rows| rows.get(row as usize));
        let (identity, hash) = lost(rows.copied())?;
        let (start, end) = (at, at);
        Ok(Seen { kind, identity, hash, start, end, frame: 0, tail: false, row: Some(row) })
    }

    fn leaf(&self, kind: Kind, start: usize, end: usize) -> Seen {
        let identity = if kind == Kind::Text { TEXT } else { COMMENT };
        let hash = self.hash_of(start, end);
        Seen {
            kind,
            identity,
            hash,
            start: start as u32,
            end: end as u32,
            frame: 0,
            tail: false,
            row: None,
        }
    }

    fn seen_unit(&self, unit: u32, frame: u32) -> Result<(Seen, usize), Unsayable> {
        let shape = self.unit(unit)?;
        let (start, end) = shape.place.of(self.tape, frame);
        let (mut identity, mut hash) = (self.hasher.join(5, u64::from(unit)) | 1, 0);
        if shape.looped.is_some() {
            hash = self.hash_of(start, end);
            identity = match self.key_of(shape, frame)? {
                Some(key) => {
                    self.hasher.join(self.hasher.text(key.as_bytes()), u64::from(unit)) | 1
                }
                None => identity & !1,
            };
        }
        let (start, last) = (start as u32, end as u32);
        Ok((
            Seen {
                kind: Kind::Unit(unit),
                identity,
                hash,
                start,
                end: last,
                frame,
                tail: false,
                row: None,
            },
            end,
        ))
    }

    /// The key of a unit in a loop, as it was printed.
    pub(crate) fn key_of(
        &self,
        shape: &UnitShape,
        frame: u32,
    ) -> Result<Option<&'a str>, Unsayable> {
        Ok(match shape.key {
            KeyShape::None => None,
            KeyShape::Value(place) => {
                let (start, end) = place.of(self.tape, frame);
                Some(self.slice(start, end)?).filter(|key| !key.is_empty())
            }
            KeyShape::Tag(place) => {
                let (start, end) = place.of(self.tape, frame);
                slice::key_in(self.slice(start, end)?)
            }
        })
    }

    fn island(&self, start: usize, end: usize) -> Result<Seen, Unsayable> {
        let html = self.slice(start, end)?;
        let identity = wild::island_identity(self.hasher, html);
        let hash = self.hash_of(start, end);
        let (start, end) = (start as u32, end as u32);
        Ok(Seen {
            kind: Kind::Island,
            identity,
            hash,
            start,
            end,
            frame: 0,
            tail: false,
            row: None,
        })
    }

    /// What stands between two children, if anything: text, or what a value printed as HTML.
    fn run(
        &mut self,
        flow: &FlowShape,
        start: usize,
        end: usize,
        seen: &mut Vec<Seen>,
    ) -> Result<(), Unsayable> {
        if start >= end {
            return if start == end { Ok(()) } else { lost(None) };
        }
        let text = self.slice(start, end)?;
        if flow.kind != FlowKind::Content {
            slice::check_raw(text)?;
        } else if text.contains('<') {
            return self.wild(flow, start, end, seen);
        }
        seen.push(self.leaf(Kind::Text, start, end));
        Ok(())
    }

    fn wild(
        &mut self,
        flow: &FlowShape,
        start: usize,
        end: usize,
        seen: &mut Vec<Seen>,
    ) -> Result<(), Unsayable> {
        let hash = self.hash_of(start, end);
        let wild = match self.found.get(hash).or_else(|| self.known.get(hash)) {
            Some(wild) => Arc::clone(wild),
            None => {
                let text = self.slice(start, end)?;
                if text.contains("dj-update") || text.contains("dj-root") {
                    return Err(Unsayable("a value decides who owns an element"));
                }
                let before = self.known.at_place_of(&self.found).map(|before| &**before);
                WildText { text, path: &flow.path, hasher: self.hasher }.read(before)?.into()
            }
        };
        let mut run = start;
        for item in &wild.items {
            let (from, to) = (start + item.start as usize, start + item.end as usize);
            if run < from {
                seen.push(self.leaf(Kind::Text, run, from));
            }
            let kind = match item.kind {
                WildKind::Comment => Kind::Comment,
                WildKind::Element => Kind::Island,
            };
            let (identity, hash, frame) = (item.identity, item.hash, 0);
            let (start, end) = (from as u32, to as u32);
            seen.push(Seen { kind, identity, hash, start, end, frame, tail: false, row: None });
            run = to;
        }
        if run < end {
            seen.push(self.leaf(Kind::Text, run, end));
        }
        self.found.insert(hash, &wild);
        Ok(())
    }

    /// The children of a flow, numbered from the next number on.
    pub(crate) fn build_flow(&mut self, flow: u32, frame: u32) -> Result<Content, Unsayable> {
        let flow = self.flow(flow)?;
        if flow.is_text() {
            let (start, end) = flow.place.of(self.tape, frame);
            if start == end {
                return Ok(Content::Empty);
            }
            let text = self.slice(start, end)?;
            let wild = flow.kind == FlowKind::Content && text.contains('<');
            if !wild {
                if flow.kind != FlowKind::Content {
                    slice::check_raw(text)?;
                }
                let leaf = Leaf { hash: self.hash_of(start, end), number: self.take_number() };
                return Ok(Content::Text(leaf));
            }
        }
        let seen = self.scan(flow, frame)?;
        self.note_doubles(flow, &seen);
        let entries: Result<Vec<Entry>, Unsayable> =
            seen.iter().map(|seen| self.build(flow, seen)).collect();
        Ok(Content::of(entries?))
    }

    pub(crate) fn take_number(&mut self) -> u32 {
        self.next += 1;
        self.next - 1
    }

    /// A child with the next numbers.
    pub(crate) fn build(&mut self, flow: &FlowShape, seen: &Seen) -> Result<Entry, Unsayable> {
        if seen.row.is_some() {
            return Err(Unsayable("a row that is new was not printed"));
        }
        let (start, end) = (seen.start as usize, seen.end as usize);
        Ok(match seen.kind {
            Kind::Text => Entry::Text(Leaf { hash: seen.hash, number: self.take_number() }),
            Kind::Comment => {
                slice::comment(self.slice(start, end)?)?;
                Entry::Comment(Leaf { hash: seen.hash, number: self.take_number() })
            }
            Kind::Unit(unit) => {
                let mut built = self.build_unit(unit, seen.frame)?;
                (built.identity, built.hash) = (seen.identity, seen.hash);
                Entry::Unit(built)
            }
            Kind::Island => {
                let mut piece = self.parse_island(flow, start, end)?;
                self.note_doubles_in(&piece);
                piece.assign(&mut self.next);
                let (identity, hash) = (seen.identity, seen.hash);
                Entry::Island(Box::new(Island { identity, hash, piece }))
            }
        })
    }

    pub(crate) fn parse_island(
        &self,
        flow: &FlowShape,
        start: usize,
        end: usize,
    ) -> Result<Piece, Unsayable> {
        let html = self.slice(start, end)?;
        let broken = Unsayable("an element does not stay in its place");
        // What is printed inside may close it, or elements around it.
        let whole = Span { start: 0, end: html.len() };
        if wild::pieces(html, &flow.path)? != [(WildKind::Element, whole)] {
            return Err(broken);
        }
        let context = context_of(flow);
        let piece = if keeps_text(context.name) {
            // Or leave something open that takes in what follows.
            Piece::parse(&format!("{html}x"), context).ok().and_then(Piece::without_last_text)
        } else {
            Piece::parse(html, context).ok().filter(|_| is_enclosed(html, context))
        };
        let piece = piece.filter(|_| leaves_no_form(html, context));
        piece.and_then(Piece::into_element).ok_or(broken)
    }

    /// A unit with the next numbers.
    pub(crate) fn build_unit(&mut self, unit: u32, frame: u32) -> Result<Unit, Unsayable> {
        let shape = self.unit(unit)?;
        let number = self.next;
        let mut slots = Vec::with_capacity(shape.slots.len());
        let mut after = Vec::with_capacity(shape.flows());
        let (mut moved, mut rigid) = (0, true);
        for slot in &shape.slots {
            slots.push(match slot {
                SlotShape::Attribute { place, .. } => {
                    let (start, end) = place.of(self.tape, frame);
                    slice::check_value(self.text, start, end)?;
                    Slot::Value(self.hash_of(start, end))
                }
                SlotShape::Attributes { place, .. } => {
                    rigid = false;
                    let (start, end) = place.of(self.tape, frame);
                    let text = self.slice(start, end)?;
                    slice::attributes(text)?;
                    Slot::Attributes(text.into())
                }
                SlotShape::Flow { flow, .. } => {
                    let before = shape.before.get(after.len()).copied().unwrap_or(0);
                    let first = number + before + moved;
                    self.next = first;
                    let content = self.build_flow(*flow, frame)?;
                    moved += self.next - first;
                    after.push(moved);
                    rigid &=
                        matches!(content, Content::Text(_)) && !self.flow(*flow)?.is_textarea();
                    Slot::Flow(content)
                }
            });
        }
        self.next = number + shape.count + moved;
        let slots = if rigid {
            Slots::Rigid(slots.into_iter().filter_map(only_hash).collect())
        } else {
            Slots::Loose(Box::new(Loose { slots: slots.into(), after: after.into() }))
        };
        Ok(Unit { identity: 0, hash: 0, shape: unit, number, slots })
    }
}

fn only_hash(slot: Slot) -> Option<u64> {
    match slot {
        Slot::Value(hash) | Slot::Flow(Content::Text(Leaf { hash, .. })) => Some(hash),
        _ => None,
    }
}
