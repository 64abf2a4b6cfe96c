//! A plan for people: every hole, block and textual region, in the order of the page.

use super::plan::{Attributes, Children, Element, Item, NodeRef, Piece, Plan, Textual};
use crate::program::{Branch, Condition, ExprId, NodeKind, Operand, Program};

/// What a line of the outline is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A tag whose bodies are planned one by one.
    Block,
    /// Something printed into text.
    Text,
    /// Something printed into the value of an attribute.
    Attribute,
    /// Something that decides which attributes there are.
    Attributes,
    /// Something printed into a comment.
    Comment,
    /// Something printed into the text of `script`, `style`, `textarea` or the like.
    RawText,
    /// A region that is rendered to text and parsed when that text has changed.
    Textual,
}

impl Kind {
    /// The word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Block => "block",
            Self::Text => "text",
            Self::Attribute => "attribute",
            Self::Attributes => "attributes",
            Self::Comment => "comment",
            Self::RawText => "raw text",
            Self::Textual => "textual",
        }
    }
}

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// How many blocks and textual regions are around it.
    pub depth: usize,
    /// What it is about.
    pub kind: Kind,
    /// The node; for a textual region the one to blame.
    pub node: NodeRef,
    /// Where: an element, and an attribute behind `@`.
    pub place: String,
    /// Why, for a textual region.
    pub reason: Option<String>,
}

/// The lines of a plan.
#[must_use]
pub fn outline(plan: &Plan) -> Vec<Line> {
    let mut lines = Lines { lines: Vec::new(), depth: 0 };
    lines.children(&plan.top, "");
    lines.lines
}

struct Lines {
    lines: Vec<Line>,
    depth: usize,
}

impl Lines {
    fn add(&mut self, kind: Kind, node: NodeRef, place: &str, reason: Option<String>) {
        self.lines.push(Line { depth: self.depth, kind, node, place: place.into(), reason });
    }

    fn pieces(&mut self, kind: Kind, pieces: &[Piece], place: &str) {
        for piece in pieces {
            if let Piece::Node(node) = piece {
                self.add(kind, *node, place, None);
            }
        }
    }

    fn children(&mut self, children: &Children, place: &str) {
        match children {
            Children::Items(items) => self.items(items, place),
            Children::Textual(region) => self.textual(region, place),
        }
    }

    fn textual(&mut self, region: &Textual, place: &str) {
        self.add(Kind::Textual, region.culprit, place, Some(region.reason.describe()));
    }

    fn items(&mut self, items: &[Item], place: &str) {
        for item in items {
            match item {
                Item::Element(element) => self.element(element),
                Item::Text(pieces) => {
                    let raw = djust_html::is_raw_text_element(place)
                        || djust_html::is_rcdata_element(place);
                    self.pieces(if raw { Kind::RawText } else { Kind::Text }, pieces, place);
                }
                Item::Comment(pieces, _) => self.pieces(Kind::Comment, pieces, place),
                Item::Block(block) => {
                    self.add(Kind::Block, block.node, place, None);
                    self.depth += 1;
                    for body in &block.bodies {
                        self.items(body, place);
                    }
                    self.depth -= 1;
                }
                Item::Doctype(_) | Item::Silent(_) => {}
            }
        }
    }

    fn element(&mut self, element: &Element) {
        match &element.attributes {
            Attributes::Known(attributes) => {
                for attribute in attributes {
                    let place = format!("{}@{}", element.name, attribute.name);
                    self.pieces(Kind::Attribute, &attribute.value, &place);
                }
            }
            Attributes::Textual(pieces) => {
                self.pieces(Kind::Attributes, pieces, &element.name);
            }
        }
        self.children(&element.children, &element.name);
    }
}

/// What a node reads from the context: paths such as `row.name`, each once, in order.
#[must_use]
pub fn reads(program: &Program, kind: &NodeKind) -> Vec<String> {
    paths(program, &expressions(kind))
}

/// The paths that expressions read, each once, in order.
#[must_use]
pub fn paths(program: &Program, expressions: &[ExprId]) -> Vec<String> {
    let mut found = Vec::new();
    for expr in expressions {
        add_paths(program, *expr, &mut found);
    }
    found
}

fn expressions(kind: &NodeKind) -> Vec<ExprId> {
    match kind {
        NodeKind::Print(expr) | NodeKind::Filter(expr, _) | NodeKind::Extends(expr) => vec![*expr],
        NodeKind::If(branches) => branches.iter().flat_map(tested).collect(),
        NodeKind::For(each) => vec![each.sequence],
        NodeKind::With(bindings, _) => bindings.iter().map(|(_, expr)| *expr).collect(),
        NodeKind::Include(include) => std::iter::once(include.template)
            .chain(include.bindings.iter().map(|(_, expr)| *expr))
            .collect(),
        NodeKind::FirstOf(values, _) | NodeKind::IfChanged(values, ..) => values.to_vec(),
        NodeKind::WidthRatio(parts, _) => parts.to_vec(),
        NodeKind::Regroup(list, ..) => vec![*list],
        NodeKind::Url(url) => std::iter::once(url.view)
            .chain(url.args.iter().copied())
            .chain(url.kwargs.iter().map(|(_, expr)| *expr))
            .collect(),
        NodeKind::Text(_)
        | NodeKind::Block(_)
        | NodeKind::Autoescape(..)
        | NodeKind::Spaceless(_)
        | NodeKind::Cycle(_)
        | NodeKind::ResetCycle(_)
        | NodeKind::CsrfToken
        | NodeKind::Now(..)
        | NodeKind::Custom(_) => Vec::new(),
    }
}

fn tested(branch: &Branch) -> Vec<ExprId> {
    let mut found = Vec::new();
    let mut rest: Vec<&Condition> = branch.condition.iter().collect();
    while let Some(condition) = rest.pop() {
        match condition {
            Condition::Value(expr) => found.push(*expr),
            Condition::Not(inner) => rest.push(inner),
            Condition::And(a, b) | Condition::Or(a, b) | Condition::Compare(_, a, b) => {
                rest.extend([&**b, &**a]);
            }
        }
    }
    found
}

fn add_paths(program: &Program, expr: ExprId, found: &mut Vec<String>) {
    let Some(expr) = program.expression(expr) else { return };
    let arguments = expr.filters.iter().filter_map(|call| call.argument.as_ref());
    for operand in std::iter::once(&expr.operand).chain(arguments) {
        if let Operand::Path(names) = operand {
            let names: Vec<_> = names.iter().map(|name| program.name(*name)).collect();
            let path = names.join(".");
            if !found.contains(&path) {
                found.push(path);
            }
        }
    }
}
