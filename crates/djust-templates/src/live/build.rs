//! From a program to the plan of its HTML.

use super::content::{
    Conflict, breaks_out, closes_all, conflict, drops_leading_break, expels_text, is_foreign_root,
    is_integration_point, is_untamed,
};
use super::markup::{Place, Reader, Token};
use super::plan::{
    Attributes, Block, Children, Element, Item, NodeRef, Piece, Plan, Reason, Span, Textual,
};
use crate::program::{BodyId, CustomId, ExprId, Node, NodeKind, Program};
use djust_html::{is_html_space, is_raw_text_element, is_rcdata_element, is_void_element};

/// The templates that a page is made of, by number; the outermost one is number 0.
pub trait Templates {
    /// The program of a template.
    fn program(&self, template: u32) -> Option<&Program>;

    /// The body that a block of a template shows.
    fn block(&self, template: u32, block: u32) -> Option<(u32, BodyId)>;

    /// The template that an `include` always shows, when that is known.
    fn include(&self, template: u32, name: ExprId) -> Option<u32>;

    /// What is known of a library's tag.
    fn custom(&self, template: u32, tag: CustomId) -> Custom;
}

/// What is known of a library's tag when the template is compiled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Custom {
    /// It prints one of these bodies, or some of them.
    Bodies(Vec<BodyId>),
    /// It prints nothing.
    Silent,
    /// It prints something.
    Prints,
}

/// Plans deeper than this are textual; it bounds the stack.
pub const MAX_DEPTH: usize = 400;

/// Why the children of an open element cannot be planned.
struct Hazard {
    /// Which one: an index of [`Builder::open`].
    depth: usize,
    reason: Reason,
    culprit: NodeRef,
    /// Elements that the body leaves open.
    left: Vec<Box<str>>,
}

struct Open {
    name: Box<str>,
    foreign: bool,
}

/// An element of the body that is being read, still open.
struct Frame {
    name: Box<str>,
    attributes: Attributes,
    items: Vec<Item>,
    /// Where its start tag begins.
    outer: usize,
    /// Where its start tag ends.
    tag_end: usize,
    /// Where its contents begin.
    start: usize,
    textual: Option<(Reason, NodeRef)>,
}

struct Builder<'a, T> {
    templates: &'a T,
    open: Vec<Open>,
    /// The bodies that are being read; a template may include itself.
    active: Vec<(u32, BodyId)>,
}

/// One body being read.
struct Body {
    template: u32,
    id: BodyId,
    /// Index in [`Builder::open`] of the element that the body stands in.
    base: usize,
    frames: Vec<Frame>,
    reader: Reader,
    here: NodeRef,
}

/// The plan of template number 0.
pub fn plan_of<T: Templates>(templates: &T) -> Plan {
    let mut builder = Builder { templates, open: Vec::new(), active: Vec::new() };
    builder.open.push(Open { name: "".into(), foreign: false });
    let root = templates.program(0).and_then(|program| program.root).unwrap_or(BodyId(0));
    let top = match builder.body(0, root) {
        Ok(items) => Children::Items(items.into()),
        Err(hazard) => Children::Textual(Textual {
            pieces: pieces_between(templates, 0, root, 0, usize::MAX).into(),
            reason: hazard.reason,
            culprit: hazard.culprit,
        }),
    };
    Plan { top }
}

/// The items of template number 0 when it stands inside these elements, outermost first.
///
/// # Errors
///
/// The reason when what it prints does not stay in them.
pub fn plan_within<T: Templates>(templates: &T, around: &[&str]) -> Result<Vec<Item>, Reason> {
    let mut builder = Builder { templates, open: Vec::new(), active: Vec::new() };
    let names = std::iter::once("").chain(around.iter().copied());
    builder.open.extend(names.map(|name| Open { name: name.into(), foreign: false }));
    let root = templates.program(0).and_then(|program| program.root).unwrap_or(BodyId(0));
    builder.body(0, root).map_err(|hazard| hazard.reason)
}

/// What stands between two positions of a body, as [`Reader::position`] counts them.
fn pieces_between<T: Templates>(
    templates: &T,
    template: u32,
    body: BodyId,
    from: usize,
    to: usize,
) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut position = 0;
    let nodes = templates.program(template).map_or(&[][..], |program| program.body(body));
    for (index, node) in (0..).zip(nodes) {
        if let NodeKind::Text(text) = &node.kind {
            let start = from.saturating_sub(position).min(text.len());
            let end = to.saturating_sub(position).min(text.len());
            if let Some(part) = text.get(start..end).filter(|part| !part.is_empty()) {
                pieces.push(Piece::Text(part.into()));
            }
            position += text.len();
        } else {
            if (from..to).contains(&position) {
                pieces.push(Piece::Node(NodeRef { template, body, index }));
            }
            position += 1;
        }
    }
    pieces
}

impl<T: Templates> Builder<'_, T> {
    /// The items of a body, or why the element around it cannot be planned.
    fn body(&mut self, template: u32, id: BodyId) -> Result<Vec<Item>, Hazard> {
        let base = self.open.len() - 1;
        let here = NodeRef { template, body: id, index: 0 };
        if self.active.len() >= MAX_DEPTH {
            return Err(hazard(0, Reason::Unknown, here));
        }
        self.active.push((template, id));
        let frame = Frame {
            name: "".into(),
            attributes: Attributes::Known([].into()),
            items: Vec::new(),
            outer: 0,
            tag_end: 0,
            start: 0,
            textual: None,
        };
        let reader = match self.open.last() {
            Some(open) if !open.foreign && holds_text(&open.name) => Reader::within_raw(&open.name),
            _ => Reader::default(),
        };
        let mut body = Body { template, id, base, frames: vec![frame], reader, here };
        let result = self.nodes(&mut body).and_then(|()| self.end(&mut body));
        self.open.truncate(base + 1);
        self.active.pop();
        result?;
        Ok(body.frames.pop().map(|frame| frame.items).unwrap_or_default())
    }

    fn nodes(&mut self, body: &mut Body) -> Result<(), Hazard> {
        let templates = self.templates;
        let nodes = templates.program(body.template).map_or(&[][..], |p| p.body(body.id));
        for (index, node) in (0..).zip(nodes) {
            body.here.index = index;
            if let NodeKind::Text(text) = &node.kind {
                let mut at = 0;
                while let Some(token) = body.reader.read(text, &mut at) {
                    self.token(body, token)?;
                }
            } else {
                self.node(body, node)?;
            }
        }
        Ok(())
    }

    fn end(&mut self, body: &mut Body) -> Result<(), Hazard> {
        if let Some(text) = body.reader.take_text() {
            self.token(body, text)?;
        }
        let raw = body.frames.len() == 1 && body.reader.place() == Place::Raw;
        if body.reader.place() != Place::Content && !raw {
            return Err(hazard(0, Reason::MidMarkup, body.here));
        }
        if let Some(frame) = body.frames.get(1) {
            let reason = Reason::LeavesOpen(frame.name.clone());
            let left = body.frames.iter().skip(1).map(|frame| frame.name.clone()).collect();
            return Err(Hazard { left, ..hazard(body.base, reason, body.here) });
        }
        Ok(())
    }

    fn names(&self) -> Vec<&str> {
        self.open.iter().map(|open| &*open.name).collect()
    }

    /// The name of the element around the reader, and whether it is foreign.
    fn parent(&self) -> (&str, bool) {
        self.open.last().map_or(("", false), |open| (&*open.name, open.foreign))
    }

    /// Do other rules than those of HTML hold for what comes next?
    fn is_foreign(&self) -> bool {
        let (parent, is_foreign) = self.parent();
        is_foreign && !is_integration_point(parent)
    }

    fn foreign_root(&self) -> usize {
        self.open.iter().rposition(|open| is_foreign_root(&open.name)).unwrap_or(0)
    }

    /// The children of the open element at `depth` cannot be planned.
    fn mark(&mut self, body: &mut Body, hazard: Hazard) -> Result<(), Hazard> {
        let frame = hazard.depth.checked_sub(body.base).filter(|at| *at > 0);
        match frame.and_then(|at| body.frames.get_mut(at)) {
            Some(frame) => {
                frame.textual.get_or_insert((hazard.reason, hazard.culprit));
                Ok(())
            }
            None => Err(hazard),
        }
    }

    fn token(&mut self, body: &mut Body, token: Token) -> Result<(), Hazard> {
        match token {
            Token::Text(pieces) => self.text(body, pieces),
            Token::Comment(data) => {
                let span = token_span(body);
                push(body, Item::Comment(data.into(), span));
                Ok(())
            }
            Token::Doctype => {
                let span = token_span(body);
                push(body, Item::Doctype(span));
                Ok(())
            }
            Token::Odd(reason) => {
                let depth = self.open.len() - 1;
                self.mark(body, hazard(depth, reason, body.here))
            }
            Token::Start { name, attributes, closes_itself } => {
                self.start_tag(body, name, attributes, closes_itself)
            }
            Token::End { name } => self.end_tag(body, &name),
        }
    }

    fn text(&mut self, body: &mut Body, pieces: Vec<Piece>) -> Result<(), Hazard> {
        let blank = pieces.iter().all(|p| matches!(p, Piece::Text(text) if is_html_space(text)));
        let (parent, foreign) = self.parent();
        if !blank && !foreign && expels_text(parent) {
            let reason = Reason::Expelled(parent.into());
            let table = self.open.iter().rposition(|open| &*open.name == "table");
            // A head that prints tags keeps them; only text that is none would end it.
            let depth = match parent {
                "head" => self.open.len() - 1,
                _ => table.unwrap_or(0).saturating_sub(1),
            };
            self.mark(body, hazard(depth, reason, body.here))?;
        }
        let Some(frame) = body.frames.last_mut() else { return Ok(()) };
        if let Some(Item::Text(last)) = frame.items.last_mut() {
            let joined = last.iter().cloned().chain(pieces).collect();
            *last = joined;
        } else {
            frame.items.push(Item::Text(pieces.into()));
        }
        Ok(())
    }

    fn start_tag(
        &mut self,
        body: &mut Body,
        name: Box<str>,
        attributes: Attributes,
        closes_itself: bool,
    ) -> Result<(), Hazard> {
        let is_inside = self.is_foreign();
        let foreign = self.enters_foreign(body, &name)?;
        if (!foreign || !is_inside) && !self.check_place(body, &name)? {
            return Ok(());
        }
        let frame = Frame {
            name: name.clone(),
            attributes,
            items: Vec::new(),
            outer: body.reader.token_start(),
            tag_end: body.reader.position(),
            start: body.reader.position(),
            textual: None,
        };
        if (!foreign && is_void_element(&name)) || (foreign && closes_itself) {
            let end = body.reader.position();
            push(body, element(frame, Children::Items([].into()), end, end));
            return Ok(());
        }
        if !foreign && holds_text(&name) {
            body.reader.enter_raw(&name);
        }
        self.open.push(Open { name, foreign });
        body.frames.push(frame);
        Ok(())
    }

    /// Whether the element is not an HTML element.
    fn enters_foreign(&mut self, body: &mut Body, name: &str) -> Result<bool, Hazard> {
        if is_foreign_root(name) {
            return Ok(true);
        }
        if !self.is_foreign() {
            return Ok(false);
        }
        if !breaks_out(name) {
            return Ok(true);
        }
        let root = self.foreign_root();
        let outer = self.open.get(root).map(|open| open.name.clone()).unwrap_or_default();
        let reason = Reason::Misplaced(outer, name.into());
        self.mark(body, hazard(root.saturating_sub(1), reason, body.here))?;
        Ok(false)
    }

    /// Heeds what the parser does about the place of an element; false when it ignores the tag.
    fn check_place(&mut self, body: &mut Body, name: &str) -> Result<bool, Hazard> {
        if is_untamed(name) {
            return Err(hazard(0, Reason::Misplaced("body".into(), name.into()), body.here));
        }
        let is_page = matches!(name, "html" | "head" | "body");
        let doctype = body.frames.len() == 1
            && body.base == 0
            && body.frames.iter().any(|frame| frame.items.iter().any(is_doctype));
        let parent_is_page = matches!(self.parent().0, "" | "html");
        if (is_page && !parent_is_page) || (doctype && !is_page) {
            return Err(hazard(0, Reason::Misplaced("html".into(), name.into()), body.here));
        }
        let mut names = self.names();
        if self.is_foreign() {
            // What breaks out of foreign content stands where that stood.
            names.truncate(self.foreign_root());
        }
        let Some(conflict) = conflict(&names, name) else { return Ok(true) };
        let (at, depth) = match conflict {
            Conflict::Inside(at) | Conflict::Ignored(at) => (at, at),
            Conflict::Around(at) => (at, at.saturating_sub(1)),
        };
        let outer = self.open.get(at).map(|open| open.name.clone()).unwrap_or_default();
        self.mark(body, hazard(depth, Reason::Misplaced(outer, name.into()), body.here))?;
        Ok(!matches!(conflict, Conflict::Ignored(_)))
    }

    fn end_tag(&mut self, body: &mut Body, name: &str) -> Result<(), Hazard> {
        let found = body.frames.iter().rposition(|frame| &*frame.name == name).filter(|at| *at > 0);
        let Some(at) = found else {
            let reason = Reason::ClosesOutside(name.into());
            let outer = self.open.iter().rposition(|open| &*open.name == name);
            let depth = outer.map_or(self.open.len() - 1, |at| at.saturating_sub(1));
            return self.mark(body, hazard(depth, reason, body.here));
        };
        if at + 1 < body.frames.len() {
            let outer = body.base + at;
            let inside = self.open.get(outer + 1..).unwrap_or_default();
            let is_foreign = self.open.get(outer).is_some_and(|open| open.foreign);
            let names: Vec<&str> = inside.iter().map(|open| &*open.name).collect();
            let contained = if is_foreign {
                inside.iter().all(|open| open.foreign)
            } else {
                closes_all(name, &names)
            };
            body.frames.truncate(at + 1);
            self.open.truncate(outer + 1);
            let reason = Reason::ImpliedEnd(name.into());
            let depth = if contained { outer } else { 0 };
            self.mark(body, hazard(depth, reason, body.here))?;
        }
        self.open.pop();
        let Some(mut frame) = body.frames.pop() else { return Ok(()) };
        if drops_leading_break(&frame.name) {
            drop_leading_break(&mut frame, body.here);
        }
        let (from, to) = (frame.start, body.reader.token_start());
        let children = match frame.textual.take() {
            None => Children::Items(std::mem::take(&mut frame.items).into()),
            Some((reason, culprit)) => {
                let pieces = pieces_between(self.templates, body.template, body.id, from, to);
                Children::Textual(Textual { pieces: pieces.into(), reason, culprit })
            }
        };
        let end = body.reader.position();
        push(body, element(frame, children, to, end));
        Ok(())
    }

    /// A node that is not literal text.
    fn node(&mut self, body: &mut Body, node: &Node) -> Result<(), Hazard> {
        match self.shows(body.template, &node.kind) {
            Shows::Nothing => {
                body.reader.pass();
                if body.reader.place() == Place::Content {
                    self.flush(body)?;
                    push(body, Item::Silent(body.here));
                }
                Ok(())
            }
            Shows::Bodies(bodies) if body.reader.place() == Place::Content => {
                self.block(body, &bodies)
            }
            Shows::Bodies(bodies) => self.embedded(body, &bodies),
            Shows::Text => {
                body.reader.hole(body.here);
                Ok(())
            }
        }
    }

    fn flush(&mut self, body: &mut Body) -> Result<(), Hazard> {
        match body.reader.take_text() {
            Some(text) => self.token(body, text),
            None => Ok(()),
        }
    }

    fn block(&mut self, body: &mut Body, bodies: &[(u32, BodyId)]) -> Result<(), Hazard> {
        self.flush(body)?;
        let mut shown = Vec::with_capacity(bodies.len());
        let mut left: Vec<Box<str>> = Vec::new();
        let mut wrong = false;
        for (template, id) in bodies {
            match self.body(*template, *id) {
                Ok(items) => shown.push(items.into_boxed_slice()),
                Err(mut found) => {
                    wrong = true;
                    if matches!(found.reason, Reason::LeavesOpen(_) | Reason::ClosesOutside(_)) {
                        found.culprit = body.here;
                    }
                    if found.left.len() > left.len() {
                        left.clone_from(&found.left);
                    }
                    self.close_left_open(body, &found.reason);
                    self.mark(body, found)?;
                }
            }
        }
        if wrong {
            body.reader.pass();
            self.leave_open(body, left);
            return Ok(());
        }
        let is_text = |item: &Item| matches!(item, Item::Text(_));
        if shown.iter().all(|items| items.iter().all(is_text)) {
            body.reader.hole(body.here);
            return Ok(());
        }
        body.reader.pass();
        let block = Block { node: body.here, shown: bodies.into(), bodies: shown.into() };
        push(body, Item::Block(block));
        Ok(())
    }

    /// Elements that some branch leaves open: later end tags are theirs, and all of it is textual.
    fn leave_open(&mut self, body: &mut Body, names: Vec<Box<str>>) {
        for name in names {
            self.open.push(Open { name: name.clone(), foreign: false });
            body.frames.push(Frame {
                name,
                attributes: Attributes::Known([].into()),
                items: Vec::new(),
                outer: body.reader.position(),
                tag_end: body.reader.position(),
                start: body.reader.position(),
                textual: None,
            });
        }
    }

    /// A branch closed what another one had left open.
    fn close_left_open(&mut self, body: &mut Body, reason: &Reason) {
        if let Reason::ClosesOutside(name) = reason
            && body.frames.len() > 1
            && body.frames.last().is_some_and(|frame| frame.name == *name)
        {
            body.frames.pop();
            self.open.pop();
        }
    }

    /// A tag with bodies in the middle of markup: harmless when it stays there.
    fn embedded(&mut self, body: &mut Body, bodies: &[(u32, BodyId)]) -> Result<(), Hazard> {
        let harmless = match body.reader.place() {
            Place::Value(quote) => self.texts(bodies, &|text| !text.as_bytes().contains(&quote)),
            Place::Tag => self.texts(bodies, &|text| {
                let quotes = |quote| text.bytes().filter(|byte| *byte == quote).count();
                !text.contains(['<', '>']) && quotes(b'"') % 2 == 0 && quotes(b'\'') % 2 == 0
            }),
            Place::Comment => self.texts(bodies, &|text| !text.contains(['-', '>'])),
            Place::Raw => self.texts(bodies, &|text| !text.contains('<')),
            Place::Name | Place::Content => true,
        };
        body.reader.hole(body.here);
        if harmless { Ok(()) } else { Err(hazard(0, Reason::MidMarkup, body.here)) }
    }

    /// Whether `test` holds for the literal text of each body and of those inside them.
    fn texts(&self, bodies: &[(u32, BodyId)], test: &dyn Fn(&str) -> bool) -> bool {
        bodies.iter().all(|(template, id)| {
            let nodes = self.templates.program(*template).map_or(&[][..], |p| p.body(*id));
            let mut literal = String::new();
            let inner = nodes.iter().all(|node| match &node.kind {
                NodeKind::Text(text) => {
                    literal.push_str(text);
                    true
                }
                kind => match self.shows(*template, kind) {
                    Shows::Bodies(inner) => self.texts(&inner, test),
                    Shows::Nothing | Shows::Text => true,
                },
            });
            inner && test(&literal)
        })
    }

    fn shows(&self, template: u32, kind: &NodeKind) -> Shows {
        let own = |bodies: Vec<BodyId>| {
            Shows::Bodies(bodies.into_iter().map(|body| (template, body)).collect())
        };
        match kind {
            NodeKind::If(branches) => own(branches.iter().map(|branch| branch.body).collect()),
            NodeKind::For(each) => {
                own([Some(each.body), each.empty].into_iter().flatten().collect())
            }
            NodeKind::With(_, body) | NodeKind::Autoescape(_, body) => own(vec![*body]),
            NodeKind::IfChanged(_, changed, otherwise) => {
                own([Some(*changed), *otherwise].into_iter().flatten().collect())
            }
            NodeKind::Block(block) => match self.templates.block(template, *block) {
                Some(shown) => Shows::Bodies(vec![shown]),
                None => Shows::Text,
            },
            NodeKind::Include(include) => {
                let shown = self.templates.include(template, include.template);
                let root = |number| Some((number, self.templates.program(number)?.root?));
                match shown.and_then(root).filter(|root| !self.active.contains(root)) {
                    Some(root) => Shows::Bodies(vec![root]),
                    None => Shows::Text,
                }
            }
            NodeKind::Regroup(..) | NodeKind::ResetCycle(_) => Shows::Nothing,
            NodeKind::FirstOf(_, target)
            | NodeKind::Now(_, target)
            | NodeKind::WidthRatio(_, target) => silent_if(target.is_some()),
            NodeKind::Url(url) => silent_if(url.target.is_some()),
            NodeKind::Custom(tag) => match self.templates.custom(template, *tag) {
                Custom::Bodies(bodies) => own(bodies),
                Custom::Silent => Shows::Nothing,
                Custom::Prints => Shows::Text,
            },
            NodeKind::Text(_)
            | NodeKind::Print(_)
            | NodeKind::Extends(_)
            | NodeKind::Filter(..)
            | NodeKind::Spaceless(_)
            | NodeKind::Cycle(_)
            | NodeKind::CsrfToken => Shows::Text,
        }
    }
}

/// What a tag puts into the page.
enum Shows {
    Nothing,
    Text,
    Bodies(Vec<(u32, BodyId)>),
}

fn silent_if(silent: bool) -> Shows {
    if silent { Shows::Nothing } else { Shows::Text }
}

fn hazard(depth: usize, reason: Reason, culprit: NodeRef) -> Hazard {
    Hazard { depth, reason, culprit, left: Vec::new() }
}

fn holds_text(name: &str) -> bool {
    is_raw_text_element(name) || is_rcdata_element(name)
}

/// The element that ends at `end`, its inside at `inside_end`.
fn element(frame: Frame, children: Children, inside_end: usize, end: usize) -> Item {
    let Frame { name, attributes, outer, tag_end, start, .. } = frame;
    let span = Span { start: outer, end };
    let tag = Span { start: outer, end: tag_end };
    let inside = Span { start, end: inside_end };
    Item::Element(Box::new(Element { name, attributes, children, span, tag, inside }))
}

/// Where the token that was read last stands.
fn token_span(body: &Body) -> Span {
    Span { start: body.reader.token_start(), end: body.reader.position() }
}

fn is_doctype(item: &Item) -> bool {
    matches!(item, Item::Doctype(_))
}

fn push(body: &mut Body, item: Item) {
    if let Some(frame) = body.frames.last_mut() {
        frame.items.push(item);
    }
}

/// The line break that the parser drops is no text; one from a hole cannot be foreseen.
fn drop_leading_break(frame: &mut Frame, here: NodeRef) {
    let Some(first) = frame.items.first_mut() else { return };
    match first {
        Item::Text(pieces) => match pieces.first() {
            Some(Piece::Text(text)) => {
                let rest = text.strip_prefix("\r\n").or_else(|| text.strip_prefix('\n'));
                let dropped = rest.map_or(0, |rest| text.len() - rest.len());
                if let (Some(rest), Some(first)) = (rest.map(Box::from), pieces.first_mut()) {
                    *first = Piece::Text(rest);
                }
                frame.start += dropped;
            }
            _ => {
                let reason = Reason::LeadingBreak(frame.name.clone());
                frame.textual.get_or_insert((reason, here));
            }
        },
        Item::Block(_) => {
            let reason = Reason::LeadingBreak(frame.name.clone());
            frame.textual.get_or_insert((reason, here));
        }
        _ => {}
    }
}
