//! The marks of one render: where each node of the planned bodies stopped printing.

/// Words before the marks of a frame: body, next frame, first byte, last byte.
pub(crate) const HEADER: u32 = 4;
/// The word of the first mark of a frame.
pub const FIRST_MARK: u32 = HEADER;
pub(crate) const BODY: u32 = 0;
pub(crate) const NEXT: u32 = 1;
pub(crate) const START: u32 = 2;
pub(crate) const END: u32 = 3;

/// Where in the frame of a row that was not printed it says which row of before it is.
const ROW: u32 = HEADER;
/// Set in the first word of such a frame.
const UNCHANGED: u32 = 1 << 31;

/// The first frame of a block that was not printed.
const SKIPPED: u32 = u32::MAX;

/// What to note of a node of a planned body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeMark {
    /// Nothing: it is literal text.
    Text,
    /// Where it ends, in this word of the frame.
    Hole(u32),
    /// The same, and in the next word the first frame of its bodies.
    Block {
        /// The word.
        word: u32,
        /// Which bodies it shows: an index of [`Marks::blocks`].
        block: u32,
    },
}

/// A body that is marked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BodyMarks {
    /// The template that it belongs to.
    pub template: u32,
    /// The body in its program.
    pub body: u32,
    /// One for each node.
    pub nodes: Box<[NodeMark]>,
    /// Words of its frames.
    pub len: u32,
    /// How to print no more of it than needed when it is a row like before.
    pub row: Option<RowMarks>,
}

/// The body of a loop that holds one element and nothing else but literal text, by itself or in a
/// template that it includes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowMarks {
    /// The text before the element.
    pub lead: Box<str>,
    /// The text behind it.
    pub trail: Box<str>,
    /// Do all its nodes print a value?
    pub prints_only: bool,
    /// The element among the units of the page.
    pub unit: u32,
}

/// All that a renderer has to know about marks. Body 0 is that of the outermost template.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Marks {
    /// The bodies.
    pub bodies: Vec<BodyMarks>,
    /// For each block the bodies that it may show.
    pub blocks: Vec<Box<[u32]>>,
    /// Blocks that are the only thing in their element that changes, in an element that is there
    /// once: if they would show what they did, they need not be printed.
    pub alone: Vec<u32>,
}

/// The frames of one render: for each time that a planned body was shown, its marks.
#[derive(Debug, Clone, Default)]
pub struct Tape {
    words: Vec<u32>,
    /// Something was printed that no plan foresaw.
    broken: bool,
    /// Something was left out.
    partial: bool,
    /// Some rows were left out.
    names_rows: bool,
}

impl Tape {
    /// An empty tape with room for `words`.
    #[must_use]
    pub fn with_capacity(words: usize) -> Self {
        Self { words: Vec::with_capacity(words), broken: false, partial: false, names_rows: false }
    }

    /// Starts the frame of a body at byte `at` of the output; returns its address.
    #[inline]
    pub fn open(&mut self, body: u32, len: u32, at: usize) -> u32 {
        let frame = self.words.len() as u32;
        self.words.resize(self.words.len() + len as usize, 0);
        self.set(frame, BODY, body as usize);
        self.set(frame, START, at);
        frame
    }

    /// Notes that the element of a row is as in row number `row` of the last render of the body;
    /// around byte `at` only the text around it was printed.
    pub fn unchanged(
        &mut self,
        body: u32,
        row: u32,
        (start, at, end): (usize, usize, usize),
    ) -> u32 {
        (self.partial, self.names_rows) = (true, true);
        let frame = self.open(body | UNCHANGED, HEADER + 2, start);
        self.set(frame, ROW, row as usize);
        self.set(frame, ROW + 1, at);
        self.close(frame, end);
        frame
    }

    /// Notes that a block is as it was, and was not printed.
    pub fn skip(&mut self, frame: u32, word: u32, at: usize) {
        self.partial = true;
        self.set(frame, word, at);
        self.set(frame, word + 1, SKIPPED as usize);
    }

    /// Was the block not printed?
    #[inline]
    pub(crate) fn is_skipped(&self, frame: u32, word: u32) -> bool {
        self.word(frame, word + 1) == SKIPPED
    }

    /// Does it name rows by the number that they had before?
    pub(crate) fn names_rows(&self) -> bool {
        self.names_rows
    }

    /// Was something left out?
    #[must_use]
    pub fn is_partial(&self) -> bool {
        self.partial
    }

    /// The body, the row and the place of a row that was not printed.
    pub(crate) fn unchanged_row(&self, frame: u32) -> Option<(u32, u32, u32)> {
        let body = self.word(frame, BODY);
        let unchanged = body & UNCHANGED != 0;
        unchanged.then(|| (body & !UNCHANGED, self.word(frame, ROW), self.word(frame, ROW + 1)))
    }

    /// Ends the frame at byte `at`.
    #[inline]
    pub fn close(&mut self, frame: u32, at: usize) {
        self.set(frame, END, at);
    }

    /// Notes a byte of the output.
    #[inline]
    pub fn set(&mut self, frame: u32, word: u32, at: usize) {
        if let Some(place) = self.words.get_mut((frame + word) as usize) {
            *place = at as u32;
        }
    }

    /// Appends a frame to those of a block; `last` is the one before it.
    #[inline]
    pub fn link(&mut self, owner: u32, word: u32, last: Option<u32>, frame: u32) {
        match last {
            Some(last) => self.set(last, NEXT, frame as usize),
            None => self.set(owner, word + 1, frame as usize),
        }
    }

    /// Where a frame ended.
    #[inline]
    #[must_use]
    pub fn end(&self, frame: u32) -> u32 {
        self.word(frame, END)
    }

    /// The marks do not describe all of the output.
    pub fn spoil(&mut self) {
        self.broken = true;
    }

    /// Are the marks worth nothing?
    #[must_use]
    pub fn is_broken(&self) -> bool {
        self.broken
    }

    /// How many words there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.words.len()
    }

    /// Was nothing marked?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    #[inline]
    pub(crate) fn word(&self, frame: u32, word: u32) -> u32 {
        self.words.get((frame + word) as usize).copied().unwrap_or(0)
    }
}
