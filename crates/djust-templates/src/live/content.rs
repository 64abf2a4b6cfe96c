//! Which elements HTML closes or moves by itself: the rules of the tree builder that a plan heeds.
//!
//! They follow "The rules for parsing tokens in HTML content" of the HTML standard and are wider
//! than the standard where that is simpler: what is refused here without need only costs time.

/// Elements whose start tag closes an open `p`.
fn closes_p(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "center"
            | "details"
            | "dialog"
            | "dir"
            | "div"
            | "dd"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "form"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hgroup"
            | "hr"
            | "li"
            | "listing"
            | "main"
            | "menu"
            | "nav"
            | "ol"
            | "p"
            | "plaintext"
            | "pre"
            | "search"
            | "section"
            | "summary"
            | "table"
            | "ul"
            | "xmp"
    )
}

fn is_heading(name: &str) -> bool {
    matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
}

/// Elements that end the search for an open element that a start tag would close.
fn is_scope(name: &str) -> bool {
    matches!(
        name,
        "applet"
            | "caption"
            | "html"
            | "table"
            | "td"
            | "th"
            | "marquee"
            | "object"
            | "template"
            | "foreignobject"
            | "desc"
    )
}

/// What a start tag would do to the elements around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Conflict {
    /// The parser puts elements of its own inside this element.
    Inside(usize),
    /// The parser closes this element or moves something out of it.
    Around(usize),
}

/// What the start tag `name` does to the open elements, outermost first.
#[must_use]
pub fn conflict(open: &[&str], name: &str) -> Option<Conflict> {
    if let Some(parent) = open.last()
        && !allowed_directly(parent, name)
    {
        return Some(misplaced(open, parent, name));
    }
    for (at, outer) in open.iter().enumerate().rev() {
        let clashes = match *outer {
            "p" => closes_p(name),
            "li" => name == "li",
            "dt" | "dd" => matches!(name, "dt" | "dd"),
            "option" => matches!(name, "option" | "optgroup"),
            "optgroup" => name == "optgroup",
            "a" | "button" | "nobr" | "form" => name == *outer,
            outer if is_heading(outer) => is_heading(name),
            _ => false,
        };
        if clashes {
            return Some(Conflict::Around(at));
        }
        let starts_list = matches!(*outer, "ul" | "ol" | "dl" | "menu");
        if starts_list && matches!(name, "li" | "dt" | "dd") {
            return None;
        }
        if is_scope(outer) && name != "form" {
            return None;
        }
    }
    None
}

fn misplaced(open: &[&str], parent: &str, name: &str) -> Conflict {
    let last = open.len() - 1;
    let completed = match parent {
        "table" => matches!(name, "tr" | "td" | "th" | "col"),
        "tbody" | "thead" | "tfoot" => matches!(name, "td" | "th"),
        "tr" | "colgroup" | "select" | "optgroup" | "html" | "head" => false,
        // A stray table part is ignored.
        _ => true,
    };
    if completed {
        return Conflict::Inside(last);
    }
    let table = open.iter().rposition(|outer| matches!(*outer, "table" | "select" | "html"));
    Conflict::Around(table.unwrap_or(last))
}

/// Table parts and the parents that keep them where they are.
fn allowed_directly(parent: &str, name: &str) -> bool {
    let anywhere = matches!(name, "script" | "style" | "template");
    match parent {
        "table" => anywhere || matches!(name, "caption" | "colgroup" | "tbody" | "thead" | "tfoot"),
        "tbody" | "thead" | "tfoot" => anywhere || name == "tr",
        "tr" => anywhere || matches!(name, "td" | "th"),
        "colgroup" => matches!(name, "col" | "template"),
        "select" => anywhere || matches!(name, "option" | "optgroup" | "hr"),
        "optgroup" => anywhere || matches!(name, "option" | "hr"),
        "html" => matches!(name, "head" | "body"),
        "head" => {
            anywhere
                || matches!(
                    name,
                    "base" | "link" | "meta" | "noscript" | "title" | "basefont" | "bgsound"
                )
        }
        _ => !matches!(
            name,
            "caption" | "col" | "colgroup" | "tbody" | "thead" | "tfoot" | "tr" | "td" | "th"
        ),
    }
}

/// Does text other than white space leave this element?
#[must_use]
pub fn expels_text(parent: &str) -> bool {
    matches!(parent, "table" | "tbody" | "thead" | "tfoot" | "tr" | "colgroup" | "html" | "head")
}

/// Does the parser drop a line break right behind the start tag?
#[must_use]
pub fn drops_leading_break(name: &str) -> bool {
    matches!(name, "pre" | "textarea" | "listing")
}

/// Is this start tag never part of a plan?
#[must_use]
pub fn is_untamed(name: &str) -> bool {
    matches!(
        name,
        "plaintext" | "frameset" | "frame" | "image" | "isindex" | "selectedcontent" | "noframes"
    )
}

/// Does this element start content in which other rules hold (SVG, MathML)?
#[must_use]
pub fn is_foreign_root(name: &str) -> bool {
    matches!(name, "svg" | "math")
}

/// Does HTML content start again inside this foreign element?
#[must_use]
pub fn is_integration_point(name: &str) -> bool {
    matches!(
        name,
        "foreignobject" | "desc" | "title" | "mi" | "mo" | "mn" | "ms" | "mtext" | "annotation-xml"
    )
}

/// Does this start tag end foreign content?
#[must_use]
pub fn breaks_out(name: &str) -> bool {
    closes_p(name) && !matches!(name, "details" | "dialog" | "search" | "form" | "summary")
        || matches!(
            name,
            "b" | "big"
                | "body"
                | "br"
                | "code"
                | "em"
                | "embed"
                | "font"
                | "head"
                | "i"
                | "img"
                | "meta"
                | "nobr"
                | "ruby"
                | "s"
                | "small"
                | "span"
                | "strong"
                | "strike"
                | "sub"
                | "sup"
                | "tt"
                | "u"
                | "var"
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    use Conflict::{Around, Inside};

    #[test]
    fn a_block_closes_an_open_paragraph() {
        assert_eq!(conflict(&["main", "p", "span"], "div"), Some(Around(1)));
        assert_eq!(conflict(&["main", "p", "span"], "em"), None);
    }

    #[test]
    fn a_table_cell_ends_the_search() {
        assert_eq!(conflict(&["p", "table", "tbody", "tr", "td"], "div"), None);
    }

    #[test]
    fn items_nest_through_lists_only() {
        assert_eq!(conflict(&["ul", "li"], "li"), Some(Around(1)));
        assert_eq!(conflict(&["ul", "li", "ul"], "li"), None);
        assert_eq!(conflict(&["ul", "li", "div"], "li"), Some(Around(1)));
    }

    #[test]
    fn rows_need_a_section() {
        assert_eq!(conflict(&["div", "table"], "tr"), Some(Inside(1)));
        assert_eq!(conflict(&["table", "tbody"], "tr"), None);
        assert_eq!(conflict(&["div"], "td"), Some(Inside(0)));
    }

    #[test]
    fn what_is_no_part_of_a_table_leaves_it() {
        assert_eq!(conflict(&["div", "table", "tbody", "tr"], "p"), Some(Around(1)));
    }
}
