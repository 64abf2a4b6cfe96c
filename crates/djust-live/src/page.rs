//! A page that one browser has.

use std::sync::Arc;

use djust_vdom::{MIN_DEAD_NUMBERS, OpWriter, ShapeHash, Tree};

use crate::Unsayable;
use crate::doubles::Double;
use crate::hash::Hasher;
use crate::scan::{Work, keeps_text};
use crate::shape::{Root, Shape};
use crate::state::{Content, Rows, Unit, Walk};
use crate::tape::Tape;
use crate::wild::WildCache;

/// What a template printed, and the marks beside it.
#[derive(Debug, Clone)]
pub struct Printed {
    /// The text.
    pub text: String,
    /// The marks.
    pub tape: Tape,
}

#[derive(Debug, Clone)]
enum State {
    Fragment(Content),
    Element(Unit),
}

/// See the module.
#[derive(Debug, Clone)]
pub struct Page {
    shape: Arc<Shape>,
    hasher: Hasher,
    state: State,
    /// The hash of what is around the root.
    outer: u64,
    title: Option<Box<str>>,
    /// The next number for an inserted node.
    next: u32,
    /// How many numbers were in use when they started anew.
    numbered: u32,
    known: WildCache,
    doubles: Vec<Double>,
}

/// What stands before and behind the root.
fn around<'p>(shape: &Shape, printed: &'p Printed) -> (&'p str, &'p str) {
    let (start, end) = shape.root_place(&printed.tape);
    let before = printed.text.get(..start).unwrap_or_default();
    (before, printed.text.get(end..).unwrap_or_default())
}

fn outer_hash(hasher: Hasher, (before, behind): (&str, &str)) -> u64 {
    hasher.join(hasher.text(before.as_bytes()), hasher.text(behind.as_bytes()))
}

/// The title of the document, when it stands outside of the root.
fn title_of(shape: &Shape, (before, behind): (&str, &str)) -> Result<Option<Box<str>>, Unsayable> {
    let Some((name, around)) = shape.path.split_last() else { return Ok(None) };
    if before.contains("dj-root") {
        return Err(Unsayable("a value prints another root"));
    }
    let text = if keeps_text(name) { "x" } else { "" };
    let page = format!("{before}<{name} dj-root>{text}</{name}>{behind}");
    let tree = Tree::parse(&page).map_err(|_| Unsayable("the page cannot be parsed"))?;
    // Something that is printed before the root may take it in.
    let path = tree.root_path();
    let implied = path.len().saturating_sub(around.len());
    let (implied, own) = path.split_at(implied);
    let strays = own.iter().zip(around).any(|(found, planned)| **found != **planned);
    let is_page = implied.is_empty() || implied == ["html", "body"];
    if strays || !is_page || (!text.is_empty() && !tree.root_starts_with_text()) {
        return Err(Unsayable("the root does not stay in its place"));
    }
    Ok(tree.title().map(Into::into))
}

fn check(printed: &Printed) -> Result<(), Unsayable> {
    if printed.tape.is_broken() || printed.tape.is_empty() {
        return Err(Unsayable("the page was not printed as planned"));
    }
    if printed.text.contains('\0') {
        return Err(Unsayable("a value holds a NUL character"));
    }
    Ok(())
}

impl Page {
    /// The page that a browser has when it has read this text.
    ///
    /// # Errors
    ///
    /// [`Unsayable`] when the browser reads the text otherwise than the template was planned.
    pub fn new(shape: Arc<Shape>, secret: u64, printed: &Printed) -> Result<Self, Unsayable> {
        check(printed)?;
        if printed.tape.is_partial() {
            return Err(Unsayable("some of the page was not printed"));
        }
        let hasher = Hasher::new(secret);
        let around = around(&shape, printed);
        let mut work = Work {
            shape: &shape,
            tape: &printed.tape,
            text: &printed.text,
            hasher,
            next: 0,
            out: OpWriter::new(),
            known: WildCache::default(),
            found: WildCache::default(),
            rows: Rows::new(),
            doubles: Vec::new(),
        };
        let frame = shape.root_frame(&printed.tape);
        let state = match shape.root {
            Root::Element { unit } => State::Element(work.build_unit(unit, frame)?),
            Root::Fragment { flow } => {
                work.next = 1;
                State::Fragment(work.build_flow(flow, frame)?)
            }
        };
        let (next, known, doubles) = (work.next, work.found, work.doubles);
        let (outer, title) = (outer_hash(hasher, around), title_of(&shape, around)?);
        Ok(Self { shape, hasher, state, outer, title, next, numbered: next, known, doubles })
    }

    /// Becomes the page of another text, and returns the ops that lead there as UTF-8 JSON.
    ///
    /// # Errors
    ///
    /// [`Unsayable`] when the page would have to be parsed; it is of no use any more then.
    pub fn update(&mut self, printed: &Printed) -> Result<Vec<u8>, Unsayable> {
        check(printed)?;
        let shape = Arc::clone(&self.shape);
        let mut work = Work {
            shape: &shape,
            tape: &printed.tape,
            text: &printed.text,
            hasher: self.hasher,
            next: self.next,
            out: OpWriter::new(),
            known: std::mem::take(&mut self.known),
            found: WildCache::default(),
            rows: if printed.tape.names_rows() { self.rows() } else { Rows::new() },
            doubles: std::mem::take(&mut self.doubles),
        };
        let frame = shape.root_frame(&printed.tape);
        match (&mut self.state, shape.root) {
            (State::Element(unit), _) => work.update_unit(unit, frame)?,
            (State::Fragment(content), Root::Fragment { flow }) => {
                work.update_root(flow, content, frame)?;
            }
            _ => return Err(Unsayable("the page has another template")),
        }
        self.next = work.next;
        self.known = work.found;
        self.doubles = work.doubles;
        let mut out = work.out;
        self.update_title(printed, &mut out)?;
        self.spare_numbers(&mut out);
        Ok(out.finish())
    }

    fn rows(&self) -> Rows {
        let walk = Walk { shape: &self.shape };
        let mut rows = Rows::new();
        match &self.state {
            State::Fragment(content) => walk.rows(content, &mut rows),
            State::Element(unit) => walk.rows_of_unit(unit, &mut rows),
        }
        rows
    }

    fn update_title(&mut self, printed: &Printed, out: &mut OpWriter) -> Result<(), Unsayable> {
        let around = around(&self.shape, printed);
        let outer = outer_hash(self.hasher, around);
        if outer == self.outer {
            return Ok(());
        }
        self.outer = outer;
        let title = title_of(&self.shape, around)?;
        if title != self.title {
            out.set_title(title.as_deref().unwrap_or(""));
            self.title = title;
        }
        Ok(())
    }

    /// Starts the numbers anew when most of them are dead.
    fn spare_numbers(&mut self, out: &mut OpWriter) {
        if self.next - self.numbered <= MIN_DEAD_NUMBERS {
            return;
        }
        let count = self.node_count();
        let dead = self.next - count;
        if dead > count && dead > MIN_DEAD_NUMBERS {
            out.renumber();
            self.renumber();
        }
    }

    /// Returns and forgets the keys that were found to be doubled, some of them if there are many.
    pub fn take_doubles(&mut self) -> Vec<Double> {
        std::mem::take(&mut self.doubles)
    }

    /// How many nodes have a number.
    #[must_use]
    pub fn node_count(&self) -> u32 {
        let walk = Walk { shape: &self.shape };
        match &self.state {
            State::Fragment(content) => 1 + walk.count(content),
            State::Element(unit) => walk.count_unit(unit),
        }
    }

    /// The hash of the shape of the root's inside.
    #[must_use]
    pub fn structure_hash(&self) -> u32 {
        let walk = Walk { shape: &self.shape };
        let mut hash = ShapeHash::default();
        match &self.state {
            State::Fragment(content) => walk.hash(content, &mut hash),
            State::Element(unit) => {
                // The root itself does not count: its name, the mark behind it, and the end.
                let shape = self.shape.units.get(unit.shape as usize);
                let first = shape.and_then(|shape| shape.segments.first());
                let skip = first.and_then(|first| first.iter().position(|unit| *unit == 1));
                walk.hash_unit(unit, &mut hash, skip.map_or(0, |at| at + 1));
            }
        }
        hash.value()
    }

    /// Starts the numbers anew, as in a page that was just parsed.
    pub fn renumber(&mut self) {
        let shape = Arc::clone(&self.shape);
        let walk = Walk { shape: &shape };
        match &mut self.state {
            State::Fragment(content) => {
                self.next = 1;
                walk.renumber(content, &mut self.next);
            }
            State::Element(unit) => {
                self.next = 0;
                walk.renumber_unit(unit, &mut self.next);
            }
        }
        self.numbered = self.next;
    }

    /// All that the page shows as one number; the same in every process that has the secret.
    #[must_use]
    pub fn digest(&self) -> u64 {
        let walk = Walk { shape: &self.shape };
        let start = self.hasher.join(self.outer, self.shape.statics);
        match &self.state {
            State::Fragment(content) => walk.digest(content, self.hasher, start),
            State::Element(unit) => walk.digest_unit(unit, self.hasher, start),
        }
    }

    /// The bytes this page holds on the heap.
    #[must_use]
    pub fn memory_bytes(&self) -> usize {
        let walk = Walk { shape: &self.shape };
        self.known.memory_bytes()
            + match &self.state {
                State::Fragment(content) => walk.bytes(content),
                State::Element(unit) => walk.unit_bytes(unit),
            }
    }
}
