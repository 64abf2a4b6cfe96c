//! Slices of the printed text: what the parser makes of them, and what breaks out of its place.

use std::borrow::Cow;

use djust_vdom::{Context, Namespace, Piece};

use crate::Unsayable;
use crate::shape::FlowKind;

fn parse(html: &str, name: &str) -> Result<Piece, Unsayable> {
    let context = Context { namespace: Namespace::Html, name, quirks: false };
    Piece::parse(html, context).map_err(|_| Unsayable("a value cannot be parsed"))
}

/// Does the parser leave this text as it is?
fn is_plain(slice: &str) -> bool {
    !slice.bytes().any(|byte| matches!(byte, b'&' | b'\r'))
}

/// The data of the text node that this text becomes.
pub(crate) fn text(slice: &str, kind: FlowKind) -> Result<Cow<'_, str>, Unsayable> {
    if is_plain(slice) {
        return Ok(Cow::Borrowed(slice));
    }
    let name = match kind {
        FlowKind::Content => "body",
        FlowKind::EscapableText => "title",
        FlowKind::RawText => "style",
    };
    let piece = parse(slice, name)?;
    let text = piece.only_text().ok_or(Unsayable("text holds markup"))?;
    Ok(Cow::Owned(text.to_owned()))
}

/// Nothing in this text ends the element that it is the raw text of.
pub(crate) fn check_raw(slice: &str) -> Result<(), Unsayable> {
    let ends = slice.contains("</") || slice.contains("<!");
    if ends { Err(Unsayable("a value ends the element around it")) } else { Ok(()) }
}

/// The slice stays inside its quotes, which stand around it.
pub(crate) fn check_value(text: &str, start: usize, end: usize) -> Result<(), Unsayable> {
    let quote = start.checked_sub(1).and_then(|at| text.as_bytes().get(at));
    let slice = text.as_bytes().get(start..end).unwrap_or_default();
    match quote {
        Some(quote @ (b'"' | b'\'')) if !slice.contains(quote) => Ok(()),
        _ => Err(Unsayable("a value ends the attribute around it")),
    }
}

/// The value of an attribute that is written like this in quotes.
pub(crate) fn value(slice: &str) -> Result<Cow<'_, str>, Unsayable> {
    if is_plain(slice) {
        return Ok(Cow::Borrowed(slice));
    }
    let quote = if slice.contains('"') { '\'' } else { '"' };
    let piece = parse(&format!("<a b={quote}{slice}{quote}></a>"), "body")?;
    let value = piece.attribute("b").ok_or(Unsayable("a value ends the attribute around it"))?;
    Ok(Cow::Owned(value.to_owned()))
}

/// An element with these attributes.
pub(crate) fn attributes(slice: &str) -> Result<Piece, Unsayable> {
    let steers = ["dj-ignore", "dj-stream", "dj-update", "dj-root"];
    if steers.iter().any(|name| slice.contains(name)) {
        return Err(Unsayable("a value decides who owns an element"));
    }
    let broken = Unsayable("a value ends the tag around it");
    let piece = parse(&format!("<a {slice} ></a>"), "body")?.into_element().ok_or(broken)?;
    // One element, and nothing in it.
    if piece.count() == 1 { Ok(piece) } else { Err(broken) }
}

/// The data of a comment.
pub(crate) fn comment(slice: &str) -> Result<Cow<'_, str>, Unsayable> {
    let data = slice.strip_prefix("<!--").and_then(|rest| rest.strip_suffix("-->"));
    let data = data.ok_or(Unsayable("a value ends the comment around it"))?;
    let ends = data.contains("--") || data.starts_with('>') || data.starts_with("->");
    if ends || data.ends_with('-') || data.ends_with("<!") {
        return Err(Unsayable("a value ends the comment around it"));
    }
    if data.contains('\r') {
        return Ok(Cow::Owned(data.replace("\r\n", "\n").replace('\r', "\n")));
    }
    Ok(Cow::Borrowed(data))
}

/// The value of `dj-key` or of `id` in a start tag, as it is written there.
///
/// A wrong answer only makes a worse choice of which elements stay.
pub(crate) fn key_in(tag: &str) -> Option<&str> {
    let tag = tag.get(..tag.find('>')?)?;
    ["dj-key=\"", "id=\""].into_iter().find_map(|name| {
        // The end of another attribute's name, such as `aria-invalid`, is none of these.
        let is_whole = |at: &usize| {
            at.checked_sub(1)
                .and_then(|before| tag.as_bytes().get(before))
                .is_some_and(u8::is_ascii_whitespace)
        };
        let at = tag.match_indices(name).map(|(at, _)| at).find(is_whole)?;
        let (value, _) = tag.get(at + name.len()..)?.split_once('"')?;
        (!value.is_empty()).then_some(value)
    })
}

/// The name of the element that starts here.
pub(crate) fn name_in(html: &str) -> &str {
    let html = html.strip_prefix('<').unwrap_or(html);
    let end = html.find(|char: char| char.is_ascii_whitespace() || matches!(char, '>' | '/'));
    html.get(..end.unwrap_or(html.len())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::key_in;

    #[test]
    fn a_key_is_an_attribute_of_its_own() {
        let tag = "<input aria-invalid=\"true\" aria-describedby=\"b\" id=\"a\">";
        assert_eq!(key_in(tag), Some("a"));
        assert_eq!(key_in("<li id=\"a\" dj-key=\"b\">"), Some("b"));
        assert_eq!(key_in("<li data-id=\"a\">"), None);
        assert_eq!(key_in("<li>"), None);
    }
}
