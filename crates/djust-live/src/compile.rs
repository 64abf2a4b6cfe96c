//! From the plan of a template to the shape of its pages.

use djust_html::{is_raw_text_element, is_rcdata_element};
use djust_templates::live::Templates;
use djust_templates::live::plan::{
    Attributes, Block, Children, Element, Item, NodeRef, Piece, Span,
};
use djust_templates::program::{self, BodyId, Node, NodeKind};
use djust_vdom::{Context, Namespace, Piece as Parsed};

use crate::Unsayable;
use crate::enclosure::{has_textual, is_enclosed};
use crate::shape::{
    FlowItem, FlowKind, FlowShape, KeyShape, LoopPlace, Place, Position, Shape, SlotShape, Spot,
    UnitShape,
};
use crate::tape::{BodyMarks, HEADER, NodeMark, RowMarks, START};

/// Attributes that give what is inside an element, or some of it, to somebody else.
const STEERING: [&str; 4] = ["dj-ignore", "dj-stream", "dj-update", "dj-ignore-attrs"];

/// A body whose marks are laid out.
#[derive(Clone, Copy)]
pub(crate) struct Body {
    template: u32,
    id: BodyId,
    pub(crate) marks: u32,
}

pub(crate) struct Compiler<'a, T> {
    pub(crate) templates: &'a T,
    pub(crate) shape: Shape,
    /// Names of the elements around.
    pub(crate) path: Vec<Box<str>>,
    /// How many loops are around.
    pub(crate) depth: usize,
}

/// A unit under construction.
#[derive(Default)]
pub(crate) struct Draft {
    slots: Vec<SlotShape>,
    segments: Vec<Box<[u16]>>,
    segment: Vec<u16>,
    before: Vec<u32>,
    count: u32,
}

pub(crate) fn has_attribute(element: &Element, name: &str) -> bool {
    match &element.attributes {
        Attributes::Known(known) => known.iter().any(|attribute| &*attribute.name == name),
        Attributes::Textual(pieces) => {
            pieces.iter().any(|piece| matches!(piece, Piece::Text(text) if text.contains(name)))
        }
    }
}

fn has_holes(pieces: &[Piece]) -> bool {
    pieces.iter().any(|piece| matches!(piece, Piece::Node(_)))
}

/// Is the element kept as a tree when anything in it changes?
pub(crate) fn is_island(element: &Element) -> bool {
    matches!(&*element.name, "template" | "svg" | "math" | "selectedcontent")
        || matches!(element.children, Children::Textual(_))
        || STEERING.iter().any(|name| has_attribute(element, name))
}

/// Where a body stands whose positions are wanted.
fn position_of(nodes: &[Node], marks: &[NodeMark], position: usize) -> Position {
    let mut at = 0;
    let mut last = Position { word: START, delta: position as u32 };
    for (node, mark) in nodes.iter().zip(marks) {
        if at >= position {
            break;
        }
        match (&node.kind, mark) {
            (NodeKind::Text(text), _) => at += text.len(),
            (_, NodeMark::Hole(word) | NodeMark::Block { word, .. }) => {
                at += 1;
                last = Position { word: *word, delta: (position - at) as u32 };
            }
            (_, NodeMark::Text) => at += 1,
        }
    }
    last
}

impl<T: Templates> Compiler<'_, T> {
    pub(crate) fn node(&self, node: NodeRef) -> Option<&NodeKind> {
        let program = self.templates.program(node.template)?;
        program.body(node.body).get(node.index as usize).map(|node| &node.kind)
    }

    /// `ifchanged` without values prints its body aside first.
    fn is_marked_block(&self, block: &Block) -> bool {
        !matches!(self.node(block.node), Some(NodeKind::IfChanged(values, ..)) if values.is_empty())
    }

    /// The blocks of the body that the elements stand in.
    pub(crate) fn collect<'p>(&self, elements: &'p [Element], found: &mut Vec<&'p Block>) {
        for element in elements {
            if let Children::Items(items) = &element.children
                && !is_island(element)
            {
                self.collect_items(items, found);
            }
        }
    }

    pub(crate) fn collect_items<'p>(&self, items: &'p [Item], found: &mut Vec<&'p Block>) {
        for item in items {
            match item {
                Item::Element(element) => self.collect(std::slice::from_ref(element), found),
                Item::Block(block) if self.is_marked_block(block) => found.push(block),
                _ => {}
            }
        }
    }

    /// Lays out the marks of a body.
    pub(crate) fn begin(&mut self, template: u32, id: BodyId, blocks: &[&Block]) -> Body {
        let nodes = self.templates.program(template).map_or(&[][..], |program| program.body(id));
        let mut len = HEADER;
        let mut marks = Vec::with_capacity(nodes.len());
        for (index, node) in (0..).zip(nodes) {
            let here = NodeRef { template, body: id, index };
            let is_block = blocks.iter().any(|block| block.node == here);
            marks.push(match &node.kind {
                NodeKind::Text(_) => NodeMark::Text,
                _ if is_block => {
                    let block = self.shape.marks.blocks.len() as u32;
                    self.shape.marks.blocks.push([].into());
                    len += 2;
                    NodeMark::Block { word: len - 2, block }
                }
                _ => {
                    len += 1;
                    NodeMark::Hole(len - 1)
                }
            });
        }
        let number = self.shape.marks.bodies.len() as u32;
        let nodes = marks.into();
        self.shape.marks.bodies.push(BodyMarks { template, body: id.0, nodes, len, row: None });
        self.shape.bodies.push([].into());
        Body { template, id, marks: number }
    }

    /// Notes which bodies a block of `body` shows.
    pub(crate) fn show(&mut self, body: Body, block: &Block, shown: Box<[u32]>) {
        let marks = self.shape.marks.bodies.get(body.marks as usize);
        let mark = marks.and_then(|marks| marks.nodes.get(block.node.index as usize));
        if let Some(NodeMark::Block { block, .. }) = mark
            && let Some(bodies) = self.shape.marks.blocks.get_mut(*block as usize)
        {
            *bodies = shown;
        }
    }

    /// Lays out the bodies of the blocks of a body; what they show is compiled with their flows.
    pub(crate) fn blocks(&mut self, body: Body, blocks: &[&Block]) {
        for block in blocks {
            let mut shown = Vec::new();
            for ((template, id), items) in block.shown.iter().zip(&block.bodies) {
                let mut found = Vec::new();
                self.collect_items(items, &mut found);
                let inner = self.begin(*template, *id, &found);
                shown.push(inner.marks);
                self.blocks(inner, &found);
            }
            self.show(body, block, shown.into());
        }
    }

    /// Literal text of a body; `None` when another node stands there.
    pub(crate) fn literal(&self, template: u32, id: BodyId, span: Span) -> Option<String> {
        let mut text = String::new();
        let mut at = 0;
        for node in self.templates.program(template)?.body(id) {
            if at >= span.end {
                break;
            }
            let NodeKind::Text(literal) = &node.kind else {
                if at >= span.start {
                    return None;
                }
                at += 1;
                continue;
            };
            let from = span.start.saturating_sub(at).min(literal.len());
            let to = (span.end - at).min(literal.len());
            text.push_str(literal.get(from..to).unwrap_or_default());
            at += literal.len();
        }
        Some(text)
    }

    fn place(&self, body: Body, span: Span) -> Place {
        let nodes =
            self.templates.program(body.template).map_or(&[][..], |program| program.body(body.id));
        let marks =
            self.shape.marks.bodies.get(body.marks as usize).map_or(&[][..], |marks| &marks.nodes);
        Place {
            start: position_of(nodes, marks, span.start),
            end: position_of(nodes, marks, span.end),
        }
    }

    fn context(&self) -> Context<'_> {
        let name = self.path.last().map_or("body", |name| name);
        Context { namespace: Namespace::Html, name, quirks: false }
    }

    fn parsed(&self, html: &str) -> Result<Parsed, Unsayable> {
        Parsed::parse(html, self.context()).map_err(|_| Unsayable("a literal cannot be parsed"))
    }

    fn unit(
        &mut self,
        body: Body,
        element: &Element,
        looped: Option<u32>,
    ) -> Result<u32, Unsayable> {
        let mut draft = Draft::default();
        let key = match self.literal(body.template, body.id, element.span) {
            Some(html) => {
                self.literal_element(element, &html, &mut draft)?;
                KeyShape::None
            }
            None => {
                self.element(body, element, &mut draft, "")?;
                self.key(body, element)
            }
        };
        Ok(self.add(body, element, draft, key, looped))
    }

    pub(crate) fn add(
        &mut self,
        body: Body,
        element: &Element,
        mut draft: Draft,
        key: KeyShape,
        looped: Option<u32>,
    ) -> u32 {
        draft.segments.push(std::mem::take(&mut draft.segment).into());
        let unit = self.shape.units.len() as u32;
        self.shape.units.push(UnitShape {
            place: self.place(body, element.span),
            key,
            slots: draft.slots.into(),
            looped,
            row_of: None,
            count: draft.count,
            segments: draft.segments.into(),
            before: draft.before.into(),
        });
        unit
    }

    fn literal_element(
        &self,
        element: &Element,
        html: &str,
        draft: &mut Draft,
    ) -> Result<(), Unsayable> {
        if has_textual(element) && !is_enclosed(html, self.context()) {
            return Err(Unsayable("an element goes on behind its end tag"));
        }
        self.literal_nodes(html, draft)
    }

    fn literal_nodes(&self, html: &str, draft: &mut Draft) -> Result<(), Unsayable> {
        let piece = self.parsed(html)?;
        draft.count += piece.count();
        piece.each_shape_unit(|unit| draft.segment.push(unit as u16));
        Ok(())
    }

    fn key(&self, body: Body, element: &Element) -> KeyShape {
        let Attributes::Known(known) = &element.attributes else {
            return KeyShape::Tag(self.place(body, element.tag));
        };
        let named = |name: &str| known.iter().find(|attribute| &*attribute.name == name);
        match named("dj-key").or_else(|| named("id")) {
            Some(attribute) if has_holes(&attribute.value) => {
                KeyShape::Value(self.place(body, attribute.span))
            }
            _ => KeyShape::None,
        }
    }

    pub(crate) fn element(
        &mut self,
        body: Body,
        element: &Element,
        draft: &mut Draft,
        tail: &str,
    ) -> Result<(), Unsayable> {
        let spot = Spot { offset: draft.count, flows: draft.before.len() as u32 };
        draft.count += 1;
        draft.segment.extend(element.name.encode_utf16());
        draft.segment.push(1);
        self.attributes(body, element, spot, draft);
        self.path.push(element.name.clone());
        let result = self.children(body, element, spot, draft, tail);
        self.path.pop();
        draft.segment.push(2);
        result
    }

    fn attributes(&self, body: Body, element: &Element, spot: Spot, draft: &mut Draft) {
        match &element.attributes {
            Attributes::Known(known) => {
                for attribute in known.iter().filter(|attribute| has_holes(&attribute.value)) {
                    draft.slots.push(SlotShape::Attribute {
                        element: spot,
                        name: attribute.name.clone(),
                        place: self.place(body, attribute.span),
                    });
                }
            }
            Attributes::Textual(_) => {
                let start = element.tag.start + 1 + element.name.len();
                let span = Span { start, end: element.tag.end - 1 };
                let place = self.place(body, span);
                draft.slots.push(SlotShape::Attributes { element: spot, place });
            }
        }
    }

    fn children(
        &mut self,
        body: Body,
        element: &Element,
        spot: Spot,
        draft: &mut Draft,
        tail: &str,
    ) -> Result<(), Unsayable> {
        let Children::Items(items) = &element.children else {
            return Err(Unsayable("an element without a plan"));
        };
        let kind = if is_raw_text_element(&element.name) {
            FlowKind::RawText
        } else if is_rcdata_element(&element.name) {
            FlowKind::EscapableText
        } else {
            FlowKind::Content
        };
        let literal = self.literal(body.template, body.id, element.inside);
        if kind != FlowKind::Content {
            if literal.as_deref() == Some("") {
                return Ok(());
            }
        } else if tail.is_empty() && !self.is_flow(body, items) {
            return self.fixed_children(body, items, draft);
        }
        draft.before.push(draft.count);
        draft.segments.push(std::mem::take(&mut draft.segment).into());
        let place = self.place(body, element.inside);
        let flow = self.flow(body, place, items, kind, tail)?;
        draft.slots.push(SlotShape::Flow { element: spot, flow });
        Ok(())
    }

    /// Does anything change that stands directly among these items?
    fn is_flow(&self, body: Body, items: &[Item]) -> bool {
        items.iter().any(|item| match item {
            Item::Text(pieces) | Item::Comment(pieces, _) => has_holes(pieces),
            Item::Element(element) => {
                is_island(element) && self.literal(body.template, body.id, element.span).is_none()
            }
            Item::Doctype(_) | Item::Block(_) | Item::Silent(_) => true,
        })
    }

    fn fixed_children(
        &mut self,
        body: Body,
        items: &[Item],
        draft: &mut Draft,
    ) -> Result<(), Unsayable> {
        for item in items {
            match item {
                Item::Text(pieces) => {
                    let is_empty = |piece: &Piece| matches!(piece, Piece::Text(t) if t.is_empty());
                    if !pieces.iter().all(is_empty) {
                        draft.count += 1;
                        draft.segment.push(3);
                    }
                }
                Item::Comment(..) => {
                    draft.count += 1;
                    draft.segment.push(4);
                }
                Item::Element(element) => {
                    match self.literal(body.template, body.id, element.span) {
                        Some(html) => self.literal_element(element, &html, draft)?,
                        None => self.element(body, element, draft, "")?,
                    }
                }
                Item::Doctype(_) | Item::Block(_) | Item::Silent(_) => {
                    return Err(Unsayable("an item that changes"));
                }
            }
        }
        Ok(())
    }

    pub(crate) fn flow(
        &mut self,
        body: Body,
        place: Place,
        items: &[Item],
        kind: FlowKind,
        tail: &str,
    ) -> Result<u32, Unsayable> {
        let changes = |item: &Item| match item {
            Item::Text(pieces) => has_holes(pieces),
            Item::Block(_) => false,
            _ => true,
        };
        let is_calm = !items.iter().any(changes);
        let items = match kind {
            FlowKind::Content => self.items(body, items, None)?,
            _ => [].into(),
        };
        if let [FlowItem::Block(word)] = &*items
            && self.depth == 0
            && is_calm
        {
            self.mark_alone(body, *word);
        }
        let path = self.path.clone().into();
        let flow = self.shape.flows.len() as u32;
        self.shape.flows.push(FlowShape { place, kind, items, path, tail: tail.into() });
        Ok(flow)
    }

    fn items(
        &mut self,
        body: Body,
        items: &[Item],
        looped: Option<u32>,
    ) -> Result<Box<[FlowItem]>, Unsayable> {
        let mut found = Vec::new();
        for item in items {
            match item {
                Item::Text(_) | Item::Silent(_) => {}
                Item::Comment(_, span) => {
                    found.push(FlowItem::Comment(self.place(body, *span)));
                }
                Item::Doctype(_) => return Err(Unsayable("a doctype inside the page")),
                Item::Element(element) => {
                    let is_literal = self.literal(body.template, body.id, element.span).is_some();
                    found.push(if is_island(element) && !is_literal {
                        FlowItem::Island(self.place(body, element.span))
                    } else {
                        FlowItem::Unit(self.unit(body, element, looped)?)
                    });
                }
                Item::Block(block) => {
                    if let Some(word) = self.block(body, block, looped)? {
                        found.push(FlowItem::Block(word));
                    }
                }
            }
        }
        Ok(found.into())
    }

    /// The word of a block, whose bodies are compiled; `None` when it counts as text.
    fn block(
        &mut self,
        body: Body,
        block: &Block,
        looped: Option<u32>,
    ) -> Result<Option<u32>, Unsayable> {
        let marks = self.shape.marks.bodies.get(body.marks as usize);
        let mark = marks.and_then(|marks| marks.nodes.get(block.node.index as usize));
        let Some(NodeMark::Block { word, block: number }) = mark.copied() else {
            return Ok(None);
        };
        let shown = self.shape.marks.blocks.get(number as usize).cloned().unwrap_or_default();
        let is_loop = matches!(self.node(block.node), Some(NodeKind::For(_)));
        let is_outer_loop = is_loop && looped.is_none() && self.depth == 0;
        let looped = if is_loop { self.add_loop(block.node) } else { looped };
        self.depth += usize::from(is_loop);
        for (marks, items) in shown.iter().zip(&block.bodies) {
            let Some(laid) = self.shape.marks.bodies.get(*marks as usize) else { continue };
            let inner = Body { template: laid.template, id: BodyId(laid.body), marks: *marks };
            let (plan, items) = (items, self.items(inner, items, looped)?);
            if is_outer_loop {
                self.mark_rows(inner, plan, &items);
            }
            if let Some(place) = self.shape.bodies.get_mut(*marks as usize) {
                *place = items;
            }
        }
        self.depth -= usize::from(is_loop);
        Ok(Some(word))
    }

    fn add_loop(&mut self, node: NodeRef) -> Option<u32> {
        let NodeRef { template, body, index } = node;
        let program = self.templates.program(template)?;
        let token = program.body(body).get(index as usize)?.token;
        let program::Place { chars, line } = program.places.get(token as usize)?.clone();
        self.shape.loops.push(LoopPlace { template, line, chars });
        Some(self.shape.loops.len() as u32 - 1)
    }

    fn mark_alone(&mut self, body: Body, word: u32) {
        let marks = self.shape.marks.bodies.get(body.marks as usize);
        let block = marks.into_iter().flat_map(|marks| &marks.nodes).find_map(|mark| match mark {
            NodeMark::Block { word: own, block } if *own == word => Some(*block),
            _ => None,
        });
        self.shape.marks.alone.extend(block);
    }

    /// Finds out whether the rows of a loop need not always be printed.
    fn mark_rows(&mut self, body: Body, plan: &[Item], items: &[FlowItem]) {
        let Some((unit, row)) = self.row_in(body, plan, items) else { return };
        if let Some(shape) = self.shape.units.get_mut(unit as usize)
            && let Some(marks) = self.shape.marks.bodies.get_mut(body.marks as usize)
            && !shape.slots.is_empty()
        {
            shape.row_of = Some(body.marks);
            marks.row = Some(row);
        }
    }

    /// The one element that a body shows, itself or by a template that it includes.
    fn row_in(&self, body: Body, plan: &[Item], items: &[FlowItem]) -> Option<(u32, RowMarks)> {
        let block = match items {
            [FlowItem::Unit(unit)] => {
                return self.row_of_element(body, plan, *unit).map(|row| (*unit, row));
            }
            [FlowItem::Block(_)] => plan.iter().find_map(|item| match item {
                Item::Block(block) => Some(block),
                _ => None,
            })?,
            _ => return None,
        };
        let index = block.node.index as usize;
        if !matches!(self.node(block.node), Some(NodeKind::Include(_))) {
            return None;
        }
        let nodes = self.templates.program(body.template)?.body(body.id);
        let (lead, trail) = (texts(nodes.get(..index)?)?, texts(nodes.get(index + 1..)?)?);
        let laid = self.shape.marks.bodies.get(body.marks as usize)?;
        let NodeMark::Block { block: number, .. } = laid.nodes.get(index)? else { return None };
        let shown = self.shape.marks.blocks.get(*number as usize)?;
        let ([marks], [plan]) = (&**shown, &*block.bodies) else { return None };
        let laid = self.shape.marks.bodies.get(*marks as usize)?;
        let inner = Body { template: laid.template, id: BodyId(laid.body), marks: *marks };
        let (unit, row) = self.row_in(inner, plan, self.shape.bodies.get(*marks as usize)?)?;
        let (lead, trail) = (lead + &row.lead, row.trail.into_string() + &trail);
        let (lead, trail, prints_only) = (lead.into(), trail.into(), false);
        Some((unit, RowMarks { lead, trail, prints_only, unit }))
    }

    fn row_of_element(&self, body: Body, plan: &[Item], unit: u32) -> Option<RowMarks> {
        let Span { start, end } = plan.iter().find_map(|item| match item {
            Item::Element(element) => Some(element.span),
            _ => None,
        })?;
        let nodes = self.templates.program(body.template)?.body(body.id);
        let prints = |node: &Node| matches!(node.kind, NodeKind::Text(_) | NodeKind::Print(_));
        let lead = self.literal(body.template, body.id, Span { start: 0, end: start })?.into();
        let trail =
            self.literal(body.template, body.id, Span { start: end, end: usize::MAX })?.into();
        Some(RowMarks { lead, trail, prints_only: nodes.iter().all(prints), unit })
    }
}

/// The text of nodes, if they are nothing else.
fn texts(nodes: &[Node]) -> Option<String> {
    let text = |node: &Node| match &node.kind {
        NodeKind::Text(text) => Some(text.to_string()),
        _ => None,
    };
    nodes.iter().map(text).collect()
}
