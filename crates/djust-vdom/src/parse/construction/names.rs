//! What the parser wants to know about elements by their names.

use html5ever::{LocalName, local_name};

use crate::tree::Namespace;

/// Ends the "particular element in scope" search.
pub(super) const SCOPE: u16 = 1;
/// Ends it in list item scope too.
pub(super) const LIST_SCOPE: u16 = 1 << 1;
/// Ends it in button scope too.
pub(super) const BUTTON_SCOPE: u16 = 1 << 2;
/// Ends it in table scope.
pub(super) const TABLE_SCOPE: u16 = 1 << 3;
/// A special element.
pub(super) const SPECIAL: u16 = 1 << 4;
/// Has an implied end tag.
pub(super) const IMPLIED_END: u16 = 1 << 5;
/// Has an implied end tag where a template ends.
pub(super) const THOROUGH_END: u16 = 1 << 6;
/// `h1` to `h6`.
pub(super) const HEADING: u16 = 1 << 7;
/// `table`, `tbody`, `tfoot`, `thead` or `tr`: what does not belong there is moved out.
pub(super) const FOSTERING: u16 = 1 << 8;
/// MathML text integration point.
pub(super) const TEXT_POINT: u16 = 1 << 9;
/// HTML integration point.
pub(super) const HTML_POINT: u16 = 1 << 10;
/// `tbody`, `tfoot` or `thead`.
pub(super) const SECTION: u16 = 1 << 11;
/// `td` or `th`.
pub(super) const CELL: u16 = 1 << 12;

/// Returns the traits of an element; `annotation-xml` may be an HTML integration point besides.
pub(super) fn traits(namespace: Namespace, name: &LocalName) -> u16 {
    match namespace {
        Namespace::SvgOrXLink => match *name {
            local_name!("foreignObject") | local_name!("desc") | local_name!("title") => {
                SCOPE | SPECIAL | HTML_POINT
            }
            _ => 0,
        },
        Namespace::MathMlOrXml => match *name {
            local_name!("mi")
            | local_name!("mo")
            | local_name!("mn")
            | local_name!("ms")
            | local_name!("mtext") => SCOPE | SPECIAL | TEXT_POINT,
            local_name!("annotation-xml") => SCOPE | SPECIAL,
            _ => 0,
        },
        Namespace::Html | Namespace::XmlNs => html_traits(name),
    }
}

fn html_traits(name: &LocalName) -> u16 {
    match *name {
        local_name!("applet") | local_name!("marquee") | local_name!("object") => SCOPE | SPECIAL,
        local_name!("select") => SCOPE | SPECIAL,
        local_name!("html") | local_name!("template") => SCOPE | TABLE_SCOPE | SPECIAL,
        local_name!("table") => SCOPE | TABLE_SCOPE | SPECIAL | FOSTERING,
        local_name!("td") | local_name!("th") => SCOPE | SPECIAL | THOROUGH_END | CELL,
        local_name!("caption") => SCOPE | SPECIAL | THOROUGH_END,
        local_name!("colgroup") => SPECIAL | THOROUGH_END,
        local_name!("tbody") | local_name!("tfoot") | local_name!("thead") => {
            SPECIAL | THOROUGH_END | FOSTERING | SECTION
        }
        local_name!("tr") => SPECIAL | THOROUGH_END | FOSTERING,
        local_name!("ol") | local_name!("ul") => LIST_SCOPE | SPECIAL,
        local_name!("button") => BUTTON_SCOPE | SPECIAL,
        local_name!("dd") | local_name!("dt") | local_name!("li") | local_name!("p") => {
            SPECIAL | IMPLIED_END
        }
        local_name!("optgroup")
        | local_name!("option")
        | local_name!("rb")
        | local_name!("rp")
        | local_name!("rt")
        | local_name!("rtc") => IMPLIED_END,
        local_name!("h1")
        | local_name!("h2")
        | local_name!("h3")
        | local_name!("h4")
        | local_name!("h5")
        | local_name!("h6") => SPECIAL | HEADING,
        _ if is_plainly_special(name) => SPECIAL,
        _ => 0,
    }
}

/// The standard has `search` here too; Chromium has not.
fn is_plainly_special(name: &LocalName) -> bool {
    matches!(
        &**name,
        "address"
            | "area"
            | "article"
            | "aside"
            | "base"
            | "basefont"
            | "bgsound"
            | "blockquote"
            | "body"
            | "br"
            | "center"
            | "col"
            | "details"
            | "dir"
            | "div"
            | "dl"
            | "embed"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "frame"
            | "frameset"
            | "head"
            | "header"
            | "hgroup"
            | "hr"
            | "iframe"
            | "img"
            | "input"
            | "keygen"
            | "link"
            | "listing"
            | "main"
            | "menu"
            | "meta"
            | "nav"
            | "noembed"
            | "noframes"
            | "noscript"
            | "param"
            | "plaintext"
            | "pre"
            | "script"
            | "section"
            | "source"
            | "style"
            | "summary"
            | "textarea"
            | "title"
            | "track"
            | "wbr"
            | "xmp"
    )
}

/// Elements that can have a declarative shadow root, besides custom elements.
pub(super) fn is_shadow_host(name: &str) -> bool {
    matches!(
        name,
        "article"
            | "aside"
            | "blockquote"
            | "body"
            | "div"
            | "footer"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "main"
            | "nav"
            | "p"
            | "section"
            | "span"
    ) || is_custom_element_name(name)
}

fn is_custom_element_name(name: &str) -> bool {
    name.contains('-')
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && !matches!(
            name,
            "annotation-xml"
                | "color-profile"
                | "font-face"
                | "font-face-src"
                | "font-face-uri"
                | "font-face-format"
                | "font-face-name"
                | "missing-glyph"
        )
}
