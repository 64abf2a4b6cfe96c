//! Does an element keep to itself what its markup leaves open?

use djust_templates::live::plan::{Children, Element, Item};
use djust_vdom::{Context, Piece};

use crate::scan::keeps_text;

/// Is there anything in the element of which the parser alone knows where it goes?
pub(crate) fn has_textual(element: &Element) -> bool {
    match &element.children {
        Children::Textual(_) => true,
        Children::Items(items) => items.iter().any(|item| match item {
            Item::Element(inner) => has_textual(inner),
            Item::Block(block) => block
                .bodies
                .iter()
                .flatten()
                .any(|item| matches!(item, Item::Element(inner) if has_textual(inner))),
            _ => false,
        }),
    }
}

/// Is what follows the element read as if the element were not there?
///
/// Formatting that is left open goes on behind it, and a form that is left open forbids others.
pub(crate) fn is_enclosed(html: &str, context: Context<'_>) -> bool {
    let holds_form = has_form(html);
    let tail = match context.name {
        "select" | "optgroup" => "<option></option>",
        name if !keeps_text(name) => "",
        _ if holds_form => "x<form></form>",
        _ => "x",
    };
    tail.is_empty() || is_read_alone(html, tail, context)
}

/// The same, once it is known that text stays behind the element.
pub(crate) fn leaves_no_form(html: &str, context: Context<'_>) -> bool {
    !has_form(html) || is_read_alone(html, "<form></form>", context)
}

fn has_form(html: &str) -> bool {
    html.as_bytes().windows(5).any(|start| start.eq_ignore_ascii_case(b"<form"))
}

fn is_read_alone(html: &str, tail: &str, context: Context<'_>) -> bool {
    let shape = |html: &str| {
        let mut units = Vec::new();
        Piece::parse(html, context).ok()?.each_shape_unit(|unit| units.push(unit));
        Some(units)
    };
    let (Some(mut alone), Some(behind)) = (shape(html), shape(tail)) else { return false };
    alone.extend(behind);
    shape(&format!("{html}{tail}")) == Some(alone)
}
