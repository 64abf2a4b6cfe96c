//! Marks beside the output: where each node of a live page stopped printing.

use std::collections::BTreeMap;
use std::sync::Arc;

use djust_live::{Marks, NodeMark, Printed, RowMarks, Shape, Tape};
use djust_templates::program::{BodyId, NodeKind};
use pyo3::prelude::*;

use crate::fault::{Fault, Outcome};
use crate::linked::Linked;
use crate::render::Render;
use crate::render::frozen::Reads;
use crate::render::plain_rows::PlainRows;
use crate::render::rows::Memo;

/// What to mark, and in which programs.
#[derive(Debug)]
pub(crate) struct MarkPlan {
    pub(crate) shape: Arc<Shape>,
    /// The programs by the number that the plan gives them.
    pub(crate) parts: Vec<Arc<Linked>>,
    /// What the loops read that may be skipped, by block.
    pub(crate) loops: BTreeMap<u32, Reads>,
    /// What the rows depend on where that can be looked up, by their body.
    pub(crate) plain_rows: BTreeMap<u32, PlainRows>,
}

impl MarkPlan {
    pub(crate) fn new(py: Python<'_>, shape: Arc<Shape>, parts: Vec<Arc<Linked>>) -> Self {
        let (mut loops, mut plain_rows) = (BTreeMap::new(), BTreeMap::new());
        let marks = shape.marks();
        for body in &marks.bodies {
            let Some(part) = parts.get(body.template as usize) else { continue };
            for (node, mark) in part.program.body(BodyId(body.body)).iter().zip(&body.nodes) {
                let (NodeKind::For(each), NodeMark::Block { block, .. }) = (&node.kind, mark)
                else {
                    continue;
                };
                if marks.alone.contains(block)
                    && let Some(reads) = Reads::of(part, each)
                {
                    loops.insert(*block, reads);
                }
                let bodies = marks.blocks.get(*block as usize);
                let is_row = |number: &&u32| {
                    marks.bodies.get(**number as usize).is_some_and(|row| {
                        (row.template, row.body) == (body.template, each.body.0)
                            && row.row.is_some()
                    })
                };
                if let Some(number) = bodies.and_then(|bodies| bodies.iter().find(is_row))
                    && let Some(plain) = PlainRows::of(py, marks, &parts, (*number, each))
                {
                    plain_rows.insert(*number, plain);
                }
            }
        }
        Self { shape, parts, loops, plain_rows }
    }

    /// Are rows compared by the values that they print?
    fn keeps_values(&self, number: u32, row: &RowMarks) -> bool {
        row.prints_only && self.plain_rows.get(&number).is_none_or(|plain| plain.is_bare)
    }

    /// How the rows of a body are left out.
    pub(crate) fn row_of(&self, number: u32) -> Option<&RowMarks> {
        self.marks().bodies.get(number as usize)?.row.as_ref()
    }

    fn marks(&self) -> &Marks {
        self.shape.marks()
    }

    /// Is body `number` of the plan this one?
    fn is(&self, number: u32, linked: &Arc<Linked>, body: BodyId) -> bool {
        let Some(marks) = self.marks().bodies.get(number as usize) else { return false };
        let part = self.parts.get(marks.template as usize);
        marks.body == body.0 && part.is_some_and(|part| Arc::ptr_eq(part, linked))
    }
}

/// The body that comes next, if the page is printed as planned.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Expected {
    /// The outermost one.
    Root,
    /// One of the bodies of a block.
    Block(Shown),
}

/// A block that is being printed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shown {
    frame: u32,
    word: u32,
    block: u32,
    /// The last body that it showed.
    last: Option<u32>,
    /// Where that body ended, or else where the block began.
    end: usize,
}

/// The marks of one render.
#[derive(Debug)]
pub(crate) struct Marking {
    plan: Arc<MarkPlan>,
    tape: Tape,
    expected: Option<Expected>,
    /// What rows printed before, if those that print the same need not be printed.
    pub(crate) memo: Option<Memo>,
}

impl Marking {
    pub(crate) fn plan(&self) -> &Arc<MarkPlan> {
        &self.plan
    }

    pub(crate) fn expected(&self, linked: &Arc<Linked>, body: BodyId) -> Option<u32> {
        match self.expected? {
            Expected::Root => self.plan.is(0, linked, body).then_some(0),
            Expected::Block(shown) => {
                let bodies = self.plan.marks().blocks.get(shown.block as usize)?;
                bodies.iter().copied().find(|number| self.plan.is(*number, linked, body))
            }
        }
    }

    /// Nothing is marked until [`Marking::resume`].
    pub(crate) fn suspend(&mut self) -> Option<Expected> {
        self.expected.take()
    }

    pub(crate) fn resume(&mut self, expected: Option<Expected>) {
        self.expected = expected;
    }

    /// What was printed was taken back, in the middle of some body.
    pub(crate) fn spoil(&mut self) {
        self.expected = None;
        self.tape.spoil();
    }

    /// Starts the frame of body `number`; the second is what was expected.
    fn enter(&mut self, number: u32, len: u32, at: usize) -> (u32, Option<Expected>) {
        let frame = self.tape.open(number, len, at);
        let mut outer = self.expected.take();
        match &mut outer {
            Some(Expected::Block(shown)) => {
                self.tape.link(shown.frame, shown.word, shown.last, frame);
                shown.last = Some(frame);
                if shown.end != at {
                    self.tape.spoil();
                }
            }
            // The outermost body comes once, and nothing before it.
            Some(Expected::Root) => {
                outer = None;
                if at != 0 {
                    self.tape.spoil();
                }
            }
            None => {}
        }
        (frame, outer)
    }

    /// Starts the frame of body `number`.
    pub(crate) fn enter_body(&mut self, number: u32, at: usize) -> (u32, Option<Expected>) {
        let len = self.plan.marks().bodies.get(number as usize).map_or(0, |marks| marks.len);
        self.enter(number, len, at)
    }

    pub(crate) fn set(&mut self, frame: u32, word: u32, at: usize) {
        self.tape.set(frame, word, at);
    }

    /// Notes a row that was not printed.
    pub(crate) fn unchanged(&mut self, number: u32, row: u32, place: (usize, usize, usize)) {
        let frame = self.tape.unchanged(number, row, place);
        if let Some(Expected::Block(shown)) = &mut self.expected {
            if shown.end != place.0 {
                self.tape.spoil();
            }
            self.tape.link(shown.frame, shown.word, shown.last, frame);
            shown.last = Some(frame);
            shown.end = place.2;
        }
    }

    pub(crate) fn leave(&mut self, frame: u32, mut outer: Option<Expected>, at: usize) {
        self.tape.close(frame, at);
        if let Some(Expected::Block(shown)) = &mut outer {
            shown.end = at;
        }
        self.expected = outer;
    }

    /// Ends a block: everything in it was printed by its bodies.
    fn end_block(&mut self, frame: u32, word: u32, at: usize) {
        match self.expected.take() {
            Some(Expected::Block(shown)) if shown.end == at => {}
            _ => self.tape.spoil(),
        }
        self.tape.set(frame, word, at);
    }
}

impl<'py> Render<'py> {
    /// From now on, marks are set; rows are compared with those of `memo`.
    pub(crate) fn mark(&mut self, plan: Arc<MarkPlan>, words: usize, mut memo: Option<Memo>) {
        self.begin_bytes();
        if let Some(memo) = &mut memo {
            memo.rewind();
        }
        let tape = Tape::with_capacity(words);
        let expected = Some(Expected::Root);
        self.marking = Some(Box::new(Marking { plan, tape, expected, memo }));
    }

    /// Is this a loop that would print what it did?
    fn skips(&mut self, linked: &Arc<Linked>, plan: &MarkPlan, block: u32) -> PyResult<bool> {
        let Some(reads) = plan.loops.get(&block) else { return Ok(false) };
        let Some(mut memo) = self.marking.as_mut().and_then(|marking| marking.memo.take()) else {
            return Ok(false);
        };
        let frozen = self.is_frozen_loop(linked, reads, memo.loop_of(block));
        if let (Ok(true), Some(bodies)) = (&frozen, plan.marks().blocks.get(block as usize)) {
            bodies.iter().for_each(|body| memo.pass(*body));
        }
        if let Some(marking) = &mut self.marking {
            marking.memo = Some(memo);
        }
        frozen
    }

    pub(crate) fn marked_nodes(
        &mut self,
        linked: &Arc<Linked>,
        body: BodyId,
        number: u32,
    ) -> Outcome<'py, ()> {
        let at = self.out.len();
        let Some(marking) = &mut self.marking else { return Ok(()) };
        let plan = Arc::clone(&marking.plan);
        let Some(marks) = plan.marks().bodies.get(number as usize) else { return Ok(()) };
        if let Some(row) = &marks.row
            && plan.keeps_values(number, row)
            && let Some(mut memo) = marking.memo.take()
        {
            let result = self.row(linked, body, number, row, &mut memo);
            if let Some(marking) = &mut self.marking {
                marking.memo = Some(memo);
            }
            return result;
        }
        let (frame, outer) = marking.enter(number, marks.len, at);
        for (node, mark) in linked.program.body(body).iter().zip(&marks.nodes) {
            match (&node.kind, *mark) {
                (NodeKind::Text(text), _) => self.out.extend_from_slice(text.as_bytes()),
                (_, NodeMark::Block { word, block }) if self.skips(linked, &plan, block)? => {
                    let at = self.out.len();
                    if let Some(marking) = &mut self.marking {
                        marking.tape.skip(frame, word, at);
                    }
                }
                (_, NodeMark::Block { word, block }) => {
                    let end = self.out.len();
                    if let Some(marking) = &mut self.marking {
                        let shown = Shown { frame, word, block, last: None, end };
                        marking.expected = Some(Expected::Block(shown));
                    }
                    self.annotated_node(linked, node)?;
                    let at = self.out.len();
                    if let Some(marking) = &mut self.marking {
                        marking.end_block(frame, word, at);
                    }
                }
                (_, NodeMark::Hole(word)) => {
                    self.annotated_node(linked, node)?;
                    let at = self.out.len();
                    if let Some(marking) = &mut self.marking {
                        marking.tape.set(frame, word, at);
                    }
                }
                (_, NodeMark::Text) => self.annotated_node(linked, node)?,
            }
        }
        let at = self.out.len();
        if let Some(marking) = &mut self.marking {
            marking.leave(frame, outer, at);
        }
        Ok(())
    }

    /// Renders the root body of a template with marks; `None` when it is none of ours or holds
    /// lone surrogates.
    pub(crate) fn finish_marked(
        mut self,
        linked: &Arc<Linked>,
        body: BodyId,
    ) -> PyResult<Option<(Printed, Option<Memo>)>> {
        let result = match self.body(linked, body) {
            Ok(()) => Ok(true),
            Err(Fault::Reference) => Ok(false),
            Err(fault) => Err(self.raise(fault)),
        };
        self.close()?;
        let Some(marking) = self.marking.take().filter(|_| matches!(result, Ok(true))) else {
            return result.map(|_| None);
        };
        linked.last_len.store(self.out.len(), std::sync::atomic::Ordering::Relaxed);
        let mut tape = marking.tape;
        let Ok(text) = String::from_utf8(self.out) else { return Ok(None) };
        if tape.end(0) as usize != text.len() || u32::try_from(text.len()).is_err() {
            tape.spoil();
        }
        let mut memo = marking.memo;
        if let Some(memo) = &mut memo {
            memo.trim();
        }
        Ok(Some((Printed { text, tape }, memo)))
    }
}
