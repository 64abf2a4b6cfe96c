//! Values that print HTML: safe strings, forms, tags of libraries.
//!
//! The same rules that plan a template tell whether such a text stays where it stands. If it does,
//! its elements are kept as trees and compared as such.

use djust_templates::live::plan::{Item, Span};
use djust_templates::live::{Custom, Templates, plan_within};
use djust_templates::program::{BodyId, CustomId, ExprId, Node, NodeKind, Program};

use crate::Unsayable;

/// Something that a value prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WildKind {
    Element,
    Comment,
}

/// A piece of such a text; what is between the pieces is text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WildItem {
    pub(crate) kind: WildKind,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// A template that is one literal text.
struct Literal(Program);

impl Literal {
    fn new(text: &str) -> Self {
        let node = Node { kind: NodeKind::Text(text.into()), token: 0 };
        let bodies = vec![vec![node].into_boxed_slice()];
        Self(Program { bodies, root: Some(BodyId(0)), ..Program::default() })
    }
}

impl Templates for Literal {
    fn program(&self, template: u32) -> Option<&Program> {
        (template == 0).then_some(&self.0)
    }

    fn block(&self, _template: u32, _block: u32) -> Option<(u32, BodyId)> {
        None
    }

    fn include(&self, _template: u32, _name: ExprId) -> Option<u32> {
        None
    }

    fn custom(&self, _template: u32, _tag: CustomId) -> Custom {
        Custom::Prints
    }
}

/// The elements and comments in a text that stands inside the elements of `path`.
pub(crate) fn items(text: &str, path: &[Box<str>]) -> Result<Box<[WildItem]>, Unsayable> {
    let around: Vec<&str> = path.iter().map(|name| &**name).collect();
    let items = plan_within(&Literal::new(text), &around)
        .map_err(|_| Unsayable("a value prints HTML that does not stay in its place"))?;
    let mut found = Vec::new();
    for item in items {
        let (kind, Span { start, end }) = match item {
            Item::Text(_) => continue,
            Item::Element(element) => (WildKind::Element, element.span),
            Item::Comment(_, span) => (WildKind::Comment, span),
            _ => return Err(Unsayable("a value prints a doctype")),
        };
        found.push(WildItem { kind, start, end });
    }
    Ok(found.into())
}
