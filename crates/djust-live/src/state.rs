//! What is kept of a page: hashes of what was printed, and numbers.

use std::collections::BTreeMap;

use djust_vdom::{Piece, ShapeHash};

use crate::hash::Hasher;
use crate::shape::{Shape, Spot, UnitShape};

/// The children of an element that has a flow.
#[derive(Debug, Clone, Default)]
pub(crate) enum Content {
    /// No node.
    #[default]
    Empty,
    /// One text node.
    Text(Leaf),
    /// Anything else.
    Many(Vec<Entry>),
}

/// A text node or a comment.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Leaf {
    pub(crate) hash: u64,
    pub(crate) number: u32,
}

/// A child.
#[derive(Debug, Clone)]
pub(crate) enum Entry {
    Text(Leaf),
    Comment(Leaf),
    Unit(Unit),
    Island(Box<Island>),
}

/// An element that is kept as a tree.
#[derive(Debug, Clone)]
pub(crate) struct Island {
    pub(crate) identity: u64,
    pub(crate) hash: u64,
    pub(crate) piece: Piece,
}

/// An element with what changes in it.
#[derive(Debug, Clone)]
pub(crate) struct Unit {
    /// Its shape and its key; the lowest bit tells whether nothing else can have the same.
    pub(crate) identity: u64,
    /// The hash of all of it, when there can be many.
    pub(crate) hash: u64,
    pub(crate) shape: u32,
    pub(crate) number: u32,
    pub(crate) slots: Slots,
}

#[derive(Debug, Clone)]
pub(crate) enum Slots {
    /// Each flow is one text: only hashes.
    Rigid(Box<[u64]>),
    Loose(Box<Loose>),
}

#[derive(Debug, Clone)]
pub(crate) struct Loose {
    pub(crate) slots: Box<[Slot]>,
    /// For each flow, how many nodes it and the flows before it had when they were numbered.
    pub(crate) after: Box<[u32]>,
}

#[derive(Debug, Clone)]
pub(crate) enum Slot {
    /// The hash of a value.
    Value(u64),
    /// All attributes of an element, as they were printed.
    Attributes(Box<str>),
    Flow(Content),
}

impl Unit {
    /// The number of a node that is always there.
    pub(crate) fn number_at(&self, spot: Spot) -> u32 {
        let moved = match (&self.slots, spot.flows) {
            (_, 0) => 0,
            (Slots::Rigid(_), flows) => flows,
            (Slots::Loose(loose), flows) => {
                loose.after.get(flows as usize - 1).copied().unwrap_or(0)
            }
        };
        self.number + spot.offset + moved
    }

    /// Keeps each flow by itself from now on.
    pub(crate) fn loosen(&mut self, shape: &UnitShape) {
        let Slots::Rigid(hashes) = &self.slots else { return };
        let mut flows = 0;
        let mut slots = Vec::with_capacity(hashes.len());
        for (hash, slot) in hashes.iter().zip(&shape.slots) {
            let crate::shape::SlotShape::Flow { .. } = slot else {
                slots.push(Slot::Value(*hash));
                continue;
            };
            let before = shape.before.get(flows as usize).copied().unwrap_or(0);
            let leaf = Leaf { hash: *hash, number: self.number + before + flows };
            slots.push(Slot::Flow(Content::Text(leaf)));
            flows += 1;
        }
        let after = (1..=flows).collect();
        self.slots = Slots::Loose(Box::new(Loose { slots: slots.into(), after }));
    }
}

impl Content {
    pub(crate) fn of(mut entries: Vec<Entry>) -> Self {
        match entries.as_slice() {
            [] => Self::Empty,
            [Entry::Text(leaf)] => Self::Text(*leaf),
            _ => {
                entries.shrink_to_fit();
                Self::Many(entries)
            }
        }
    }

    pub(crate) fn into_entries(self) -> Vec<Entry> {
        match self {
            Self::Empty => Vec::new(),
            Self::Text(leaf) => vec![Entry::Text(leaf)],
            Self::Many(entries) => entries,
        }
    }
}

/// Identity and hash of rows, by the body that they come from.
pub(crate) type Rows = BTreeMap<u32, Vec<(u64, u64)>>;

/// A pass over all that is kept, in the order of the page.
pub(crate) struct Walk<'a> {
    pub(crate) shape: &'a Shape,
}

impl Walk<'_> {
    fn unit_shape(&self, unit: &Unit) -> Option<&UnitShape> {
        self.shape.units.get(unit.shape as usize)
    }

    /// How many nodes there are.
    pub(crate) fn count(&self, content: &Content) -> u32 {
        match content {
            Content::Empty => 0,
            Content::Text(_) => 1,
            Content::Many(entries) => entries.iter().map(|entry| self.count_entry(entry)).sum(),
        }
    }

    pub(crate) fn count_entry(&self, entry: &Entry) -> u32 {
        match entry {
            Entry::Text(_) | Entry::Comment(_) => 1,
            Entry::Island(island) => island.piece.count(),
            Entry::Unit(unit) => self.count_unit(unit),
        }
    }

    pub(crate) fn count_unit(&self, unit: &Unit) -> u32 {
        let Some(shape) = self.unit_shape(unit) else { return 0 };
        shape.count
            + match &unit.slots {
                Slots::Rigid(_) => shape.flows() as u32,
                Slots::Loose(loose) => loose
                    .slots
                    .iter()
                    .map(|slot| match slot {
                        Slot::Flow(content) => self.count(content),
                        _ => 0,
                    })
                    .sum(),
            }
    }

    /// Adds the shape of the nodes to a structure hash.
    pub(crate) fn hash(&self, content: &Content, hash: &mut ShapeHash) {
        match content {
            Content::Empty => {}
            Content::Text(_) => hash.unit(3),
            Content::Many(entries) => {
                for entry in entries {
                    match entry {
                        Entry::Text(_) => hash.unit(3),
                        Entry::Comment(_) => hash.unit(4),
                        Entry::Island(island) => {
                            island.piece.each_shape_unit(|unit| hash.unit(unit));
                        }
                        Entry::Unit(unit) => self.hash_unit(unit, hash, 0),
                    }
                }
            }
        }
    }

    /// The same for an element, without its first `skip` marks and, then, its last one.
    pub(crate) fn hash_unit(&self, unit: &Unit, hash: &mut ShapeHash, skip: usize) {
        let Some(shape) = self.unit_shape(unit) else { return };
        let text = Content::Text(Leaf { hash: 0, number: 0 });
        let contents: Vec<&Content> = match &unit.slots {
            Slots::Rigid(_) => vec![&text; shape.flows()],
            Slots::Loose(loose) => loose
                .slots
                .iter()
                .filter_map(|slot| match slot {
                    Slot::Flow(content) => Some(content),
                    _ => None,
                })
                .collect(),
        };
        let last = shape.segments.len() - 1;
        for (index, segment) in shape.segments.iter().enumerate() {
            let start = if index == 0 { skip } else { 0 };
            let end = segment.len() - usize::from(skip > 0 && index == last);
            for unit in segment.get(start..end).unwrap_or_default() {
                hash.unit(u32::from(*unit));
            }
            if let Some(content) = contents.get(index) {
                self.hash(content, hash);
            }
        }
    }

    /// Identity and hash of the rows that need not always be printed, by body, in order.
    pub(crate) fn rows(&self, content: &Content, rows: &mut Rows) {
        let Content::Many(entries) = content else { return };
        for entry in entries {
            if let Entry::Unit(unit) = entry {
                self.rows_of_unit(unit, rows);
            }
        }
    }

    pub(crate) fn rows_of_unit(&self, unit: &Unit, rows: &mut Rows) {
        if let Some(body) = self.unit_shape(unit).and_then(|shape| shape.row_of) {
            rows.entry(body).or_default().push((unit.identity, unit.hash));
        } else if let Slots::Loose(loose) = &unit.slots {
            for slot in &loose.slots {
                if let Slot::Flow(content) = slot {
                    self.rows(content, rows);
                }
            }
        }
    }

    /// Numbers the nodes anew.
    pub(crate) fn renumber(&self, content: &mut Content, next: &mut u32) {
        match content {
            Content::Empty => {}
            Content::Text(leaf) => number(leaf, next),
            Content::Many(entries) => {
                for entry in entries {
                    match entry {
                        Entry::Text(leaf) | Entry::Comment(leaf) => number(leaf, next),
                        Entry::Island(island) => island.piece.assign(next),
                        Entry::Unit(unit) => self.renumber_unit(unit, next),
                    }
                }
            }
        }
    }

    pub(crate) fn renumber_unit(&self, unit: &mut Unit, next: &mut u32) {
        let Some(shape) = self.shape.units.get(unit.shape as usize) else { return };
        unit.number = *next;
        let mut moved = 0;
        match &mut unit.slots {
            Slots::Rigid(_) => moved = shape.flows() as u32,
            Slots::Loose(loose) => {
                let Loose { slots, after } = &mut **loose;
                let flows = slots.iter_mut().filter_map(|slot| match slot {
                    Slot::Flow(content) => Some(content),
                    _ => None,
                });
                for ((content, after), before) in flows.zip(after).zip(&shape.before) {
                    let first = unit.number + before + moved;
                    let mut inner = first;
                    self.renumber(content, &mut inner);
                    moved += inner - first;
                    *after = moved;
                }
            }
        }
        *next = unit.number + shape.count + moved;
    }

    /// All hashes as one number.
    pub(crate) fn digest(&self, content: &Content, hasher: Hasher, digest: u64) -> u64 {
        match content {
            Content::Empty => hasher.join(digest, 1),
            Content::Text(leaf) => hasher.join(hasher.join(digest, 2), leaf.hash),
            Content::Many(entries) => {
                let start = hasher.join(digest, 3 + entries.len() as u64);
                entries.iter().fold(start, |digest, entry| match entry {
                    Entry::Text(leaf) => hasher.join(hasher.join(digest, 2), leaf.hash),
                    Entry::Comment(leaf) => hasher.join(hasher.join(digest, 4), leaf.hash),
                    Entry::Island(island) => hasher.join(hasher.join(digest, 5), island.hash),
                    Entry::Unit(unit) => self.digest_unit(unit, hasher, digest),
                })
            }
        }
    }

    pub(crate) fn digest_unit(&self, unit: &Unit, hasher: Hasher, digest: u64) -> u64 {
        let digest = hasher.join(hasher.join(digest, 6), u64::from(unit.shape));
        match &unit.slots {
            Slots::Rigid(hashes) => {
                hashes.iter().fold(digest, |digest, hash| hasher.join(digest, *hash))
            }
            Slots::Loose(loose) => loose.slots.iter().fold(digest, |digest, slot| match slot {
                Slot::Value(hash) => hasher.join(digest, *hash),
                Slot::Attributes(text) => hasher.join(digest, hasher.text(text.as_bytes())),
                // A rigid unit with the same text has the same digest.
                Slot::Flow(Content::Text(leaf)) => hasher.join(digest, leaf.hash),
                Slot::Flow(content) => self.digest(content, hasher, digest),
            }),
        }
    }

    /// Bytes on the heap.
    pub(crate) fn bytes(&self, content: &Content) -> usize {
        let Content::Many(entries) = content else { return 0 };
        let inner = |entry: &Entry| match entry {
            Entry::Text(_) | Entry::Comment(_) => 0,
            Entry::Island(island) => size_of::<Island>() + island.piece.memory_bytes(),
            Entry::Unit(unit) => self.unit_bytes(unit),
        };
        entries.capacity() * size_of::<Entry>() + entries.iter().map(inner).sum::<usize>()
    }

    pub(crate) fn unit_bytes(&self, unit: &Unit) -> usize {
        match &unit.slots {
            Slots::Rigid(hashes) => size_of_val(&**hashes),
            Slots::Loose(loose) => {
                let inner = |slot: &Slot| match slot {
                    Slot::Value(_) => 0,
                    Slot::Attributes(text) => text.len(),
                    Slot::Flow(content) => self.bytes(content),
                };
                size_of::<Loose>()
                    + size_of_val(&*loose.slots)
                    + size_of_val(&*loose.after)
                    + loose.slots.iter().map(inner).sum::<usize>()
            }
        }
    }
}

fn number(leaf: &mut Leaf, next: &mut u32) {
    leaf.number = *next;
    *next += 1;
}
