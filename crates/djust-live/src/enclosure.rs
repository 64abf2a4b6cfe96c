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
    let tail = match context.name {
        "select" | "optgroup" => "<option></option>",
        name if !keeps_text(name) => "",
        _ if ends_in_form(html) => "x<form></form>",
        _ => "x",
    };
    tail.is_empty() || is_read_alone(html, tail, context)
}

/// The same, once it is known that text stays behind the element.
pub(crate) fn leaves_no_form(html: &str, context: Context<'_>) -> bool {
    !ends_in_form(html) || is_read_alone(html, "<form></form>", context)
}

/// May a form be open at the end? Its end tag closes it wherever that stands.
fn ends_in_form(html: &str) -> bool {
    let is_named = |at: usize| {
        let name = html.as_bytes().get(at..at + 4);
        name.is_some_and(|name| name.eq_ignore_ascii_case(b"form"))
    };
    let mut tags = html.rmatch_indices('<').map(|(at, _)| at + 1);
    tags.find_map(|at| match html.as_bytes().get(at) {
        Some(b'/') => is_named(at + 1).then_some(false),
        _ => is_named(at).then_some(true),
    })
    .unwrap_or(false)
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

#[cfg(test)]
mod tests {
    use djust_vdom::{Context, Namespace};

    use super::{is_enclosed, leaves_no_form};

    fn inside(name: &str) -> Context<'_> {
        Context { namespace: Namespace::Html, name, quirks: false }
    }

    #[test]
    fn what_is_closed_or_may_lack_an_end_tag_is_enclosed() {
        for html in ["<p>x</p>", "<ul><li>a<li>b</ul>", "<div><form></form></div>", "<i>é</i>"] {
            assert!(is_enclosed(html, inside("div")), "{html}");
        }
        assert!(is_enclosed("<option>a</option>", inside("select")));
    }

    #[test]
    fn what_goes_on_behind_the_element_is_not() {
        for html in ["<div><b></div>", "<form><div></form>", "<div><FORM></div>", "<p>"] {
            assert!(!is_enclosed(html, inside("div")), "{html}");
        }
        assert!(!is_enclosed("<option><b></option>", inside("select")));
    }

    #[test]
    fn a_form_that_is_left_open_forbids_the_next() {
        assert!(leaves_no_form("<div><form>a</form><p></p></div>", inside("div")));
        assert!(leaves_no_form("<formula></formula>", inside("div")));
        assert!(!leaves_no_form("<div><form>a</div>", inside("div")));
    }
}
