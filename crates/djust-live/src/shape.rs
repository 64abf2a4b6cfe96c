//! What is known of a page before it is rendered: its elements, and the slots in them.

use std::ops::Range;

use crate::tape::{END, Marks, START, Tape};

/// A byte of the output: so many bytes behind what a word of the frame says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Position {
    pub(crate) word: u32,
    pub(crate) delta: u32,
}

/// A part of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) start: Position,
    pub(crate) end: Position,
}

impl Position {
    #[inline]
    pub(crate) fn of(self, tape: &Tape, frame: u32) -> usize {
        tape.word(frame, self.word) as usize + self.delta as usize
    }
}

impl Place {
    /// All of a body.
    pub(crate) const WHOLE: Self =
        Self { start: Position { word: START, delta: 0 }, end: Position { word: END, delta: 0 } };

    #[inline]
    pub(crate) fn of(self, tape: &Tape, frame: u32) -> (usize, usize) {
        (self.start.of(tape, frame), self.end.of(tape, frame))
    }
}

/// A node of a unit: static nodes before it, and flows whose nodes come before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Spot {
    pub(crate) offset: u32,
    pub(crate) flows: u32,
}

/// What changes in a unit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SlotShape {
    /// The value of an attribute.
    Attribute { element: Spot, name: Box<str>, place: Place },
    /// All attributes of an element.
    Attributes { element: Spot, place: Place },
    /// The children of an element.
    Flow { element: Spot, flow: u32 },
}

/// Where the key of a unit comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum KeyShape {
    /// It has none.
    None,
    /// The value of `dj-key` or `id`.
    Value(Place),
    /// It may stand among attributes that are not known.
    Tag(Place),
}

/// An element whose tags stand in one body, with all inside it that is always there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UnitShape {
    pub(crate) place: Place,
    pub(crate) key: KeyShape,
    pub(crate) slots: Box<[SlotShape]>,
    /// The loop that may print many of it into one flow, by its number.
    pub(crate) looped: Option<u32>,
    /// The body whose rows it is, if those need not always be printed.
    pub(crate) row_of: Option<u32>,
    /// Nodes that are always there.
    pub(crate) count: u32,
    /// What they add to the structure hash, before, between and after the flows.
    pub(crate) segments: Box<[Box<[u16]>]>,
    /// Static nodes before the nodes of each flow.
    pub(crate) before: Box<[u32]>,
}

/// What may stand in a flow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FlowKind {
    /// Elements, text and comments.
    Content,
    /// Text with character references.
    EscapableText,
    /// Text.
    RawText,
}

/// The children of an element when some of them change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FlowShape {
    pub(crate) place: Place,
    pub(crate) kind: FlowKind,
    pub(crate) items: Box<[FlowItem]>,
    /// The names of the elements around it, outermost first; the last one is its parent.
    pub(crate) path: Box<[Box<str>]>,
    /// White space that the parser moves here from behind the body.
    pub(crate) tail: Box<str>,
}

/// Something in a flow besides text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FlowItem {
    /// A unit, by its number.
    Unit(u32),
    /// A comment.
    Comment(Place),
    /// An element that is kept as a tree.
    Island(Place),
    /// Bodies, linked from the word after this one.
    Block(u32),
}

/// What ops apply to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Root {
    /// The whole text.
    Fragment { flow: u32 },
    /// An element.
    Element { unit: u32 },
}

/// Where a loop stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoopPlace {
    /// The number of its template.
    pub template: u32,
    /// The line of its tag, counted from 1.
    pub line: u32,
    /// The characters of its tag.
    pub chars: Range<usize>,
}

/// A compiled live template, shared by all pages that show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    pub(crate) marks: Marks,
    pub(crate) units: Vec<UnitShape>,
    pub(crate) flows: Vec<FlowShape>,
    /// What the bodies of blocks show, by their number in the marks.
    pub(crate) bodies: Vec<Box<[FlowItem]>>,
    /// The loops that print elements.
    pub(crate) loops: Vec<LoopPlace>,
    pub(crate) root: Root,
    /// The words of the blocks around the root, outermost first.
    pub(crate) way: Box<[u32]>,
    /// The names of the elements around the root and of the root itself, outermost first.
    pub(crate) path: Box<[Box<str>]>,
    /// All literal text, as one number.
    pub(crate) statics: u64,
}

impl Shape {
    /// What a renderer has to mark.
    #[must_use]
    pub fn marks(&self) -> &Marks {
        &self.marks
    }

    pub(crate) fn loop_of(&self, unit: &UnitShape) -> Option<&LoopPlace> {
        self.loops.get(unit.looped? as usize)
    }

    /// The frame that the root stands in.
    pub(crate) fn root_frame(&self, tape: &Tape) -> u32 {
        self.way.iter().fold(0, |frame, word| tape.word(frame, word + 1))
    }

    /// Where the root stands in the text, from its start tag to its end tag.
    pub(crate) fn root_place(&self, tape: &Tape) -> (usize, usize) {
        let place = match self.root {
            Root::Fragment { .. } => Some(Place::WHOLE),
            Root::Element { unit } => self.units.get(unit as usize).map(|unit| unit.place),
        };
        place.map_or((0, 0), |place| place.of(tape, self.root_frame(tape)))
    }
}

impl FlowShape {
    /// Is it text and nothing else, as far as the template tells?
    pub(crate) fn is_text(&self) -> bool {
        self.items.is_empty() && self.tail.is_empty()
    }

    /// The text of a text area is set as a whole, so its node does not keep its number.
    pub(crate) fn is_textarea(&self) -> bool {
        self.path.last().is_some_and(|name| &**name == "textarea")
    }
}

impl UnitShape {
    pub(crate) fn flows(&self) -> usize {
        self.before.len()
    }
}
