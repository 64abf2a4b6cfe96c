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

/// Elements whose end tag may be left out: some start tags close them when they stand inside.
fn has_optional_end(name: &str) -> bool {
    matches!(name, "dd" | "dt" | "li" | "optgroup" | "option" | "p" | "rb" | "rp" | "rt" | "rtc")
}

/// Elements that the parser opens again behind the place where something else has closed them.
fn is_formatting(name: &str) -> bool {
    matches!(
        name,
        "a" | "b"
            | "big"
            | "code"
            | "em"
            | "font"
            | "i"
            | "nobr"
            | "s"
            | "small"
            | "strike"
            | "strong"
            | "tt"
            | "u"
    )
}

/// Elements that keep formatting inside of them.
fn is_marker(name: &str) -> bool {
    matches!(name, "applet" | "caption" | "marquee" | "object" | "td" | "template" | "th")
}

/// Elements whose end tag closes whatever is open inside of them.
fn closes_what_is_inside(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "applet"
            | "article"
            | "aside"
            | "blockquote"
            | "button"
            | "center"
            | "dd"
            | "details"
            | "dialog"
            | "dir"
            | "div"
            | "dl"
            | "dt"
            | "fieldset"
            | "figcaption"
            | "figure"
            | "footer"
            | "header"
            | "hgroup"
            | "li"
            | "listing"
            | "main"
            | "marquee"
            | "menu"
            | "nav"
            | "object"
            | "ol"
            | "p"
            | "pre"
            | "search"
            | "section"
            | "summary"
            | "ul"
    ) || is_heading(name)
}

/// Does the end tag `name` close the elements `inside` too, outermost first, as if each of them
/// had an end tag of its own? If not, it is ignored, or something of them goes on behind it.
#[must_use]
pub fn closes_all(name: &str, inside: &[&str]) -> bool {
    let is_part = |inner: &str| {
        matches!(inner, "caption" | "colgroup" | "tbody" | "td" | "tfoot" | "th" | "thead" | "tr")
    };
    match name {
        // A cell closes all but tables, and ends formatting; so each part of a table does.
        "table" | "tbody" | "thead" | "tfoot" | "tr" | "td" | "th" | "caption" => {
            let rest = inside.iter().skip_while(|inner| is_part(inner));
            let in_cell = is_marker(name) || inside.iter().any(|inner| is_marker(inner));
            rest.clone().all(|inner| in_cell && !is_scope(inner) && *inner != "form")
        }
        "html" | "body" | "select" => inside.iter().all(|inner| has_optional_end(inner)),
        _ => {
            let keeps = |inner: &&str| {
                is_scope(inner)
                    || matches!(*inner, "form" | "select")
                    || (is_formatting(inner) && !is_marker(name))
                    || (name == "p" && *inner == "button")
                    || (name == "li" && matches!(*inner, "ol" | "ul"))
            };
            closes_what_is_inside(name) && !inside.iter().any(keeps)
        }
    }
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
    /// The parser ignores the start tag inside this element.
    Ignored(usize),
}

/// What the start tag `name` does to the open elements, outermost first.
#[must_use]
pub fn conflict(open: &[&str], name: &str) -> Option<Conflict> {
    let placed = open.last().filter(|parent| !allowed_directly(parent, name));
    let placed = placed.map(|parent| misplaced(open, parent, name));
    let closed = chooser(open, name).or_else(|| closes(open, name));
    match (placed, closed) {
        (Some(Conflict::Inside(at) | Conflict::Around(at)), Some(closed)) => {
            Some(Conflict::Around(at.min(closed)))
        }
        (None, Some(at)) => Some(Conflict::Around(at)),
        (placed, _) => placed,
    }
}

/// The outermost open element that the start tag closes, or that forbids it.
fn closes(open: &[&str], name: &str) -> Option<usize> {
    let mut found = None;
    for (at, outer) in open.iter().enumerate().rev() {
        let clashes = match *outer {
            "p" => closes_p(name),
            "li" => name == "li",
            "dt" | "dd" => matches!(name, "dt" | "dd"),
            "option" => matches!(name, "option" | "optgroup"),
            "optgroup" => name == "optgroup",
            "select" => matches!(name, "select" | "input"),
            "a" | "button" | "nobr" | "form" => name == *outer,
            outer if is_heading(outer) => is_heading(name),
            _ => false,
        };
        if clashes {
            found = Some(at);
        }
        let starts_list = matches!(*outer, "ul" | "ol" | "dl" | "menu");
        if starts_list && matches!(name, "li" | "dt" | "dd") {
            break;
        }
        let ends_search = match name {
            "form" => false,
            "a" => is_marker(outer),
            // Text that has changed is read inside its parent alone, where a `select` drops them.
            "select" | "input" => false,
            _ => is_scope(outer),
        };
        if ends_search {
            break;
        }
    }
    found
}

/// The element that knows which of those inside of it the start tag closes, as they may lack an
/// end tag.
fn chooser(open: &[&str], name: &str) -> Option<usize> {
    let (outer, stays) = match name {
        "option" => ("select", "optgroup"),
        "hr" | "optgroup" => ("select", ""),
        "rp" | "rt" => ("ruby", "rtc"),
        "rb" | "rtc" => ("ruby", ""),
        _ => return None,
    };
    let parent = open.last()?;
    if *parent == outer || *parent == stays {
        return None;
    }
    open.iter().position(|element| *element == outer)
}

fn misplaced(open: &[&str], parent: &str, name: &str) -> Conflict {
    let last = open.len() - 1;
    let completed = match parent {
        "table" => matches!(name, "tr" | "td" | "th" | "col"),
        "tbody" | "thead" | "tfoot" => matches!(name, "td" | "th"),
        "tr" | "colgroup" | "select" | "optgroup" | "html" | "head" => false,
        "template" => true,
        // A stray table part, which in a table closes the cell.
        _ if !open.contains(&"table") => return Conflict::Ignored(last),
        _ => false,
    };
    if completed {
        return Conflict::Inside(last);
    }
    if name == "table" {
        // It closes the table, and its end tag closes another one.
        return Conflict::Around(0);
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
        "optgroup" => anywhere || name == "option",
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

    use Conflict::{Around, Ignored, Inside};

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
        assert_eq!(conflict(&["div"], "td"), Some(Ignored(0)));
    }

    #[test]
    fn an_end_tag_closes_what_may_lack_one() {
        assert!(closes_all("ul", &["li"]));
        assert!(closes_all("div", &["span", "p"]));
        assert!(closes_all("table", &["tbody", "tr", "td", "b"]));
    }

    #[test]
    fn an_end_tag_does_not_close_what_goes_on_behind_it() {
        assert!(!closes_all("div", &["b"]));
        assert!(!closes_all("div", &["form"]));
        assert!(!closes_all("div", &["table", "tbody"]));
        assert!(!closes_all("span", &["div"]));
        assert!(!closes_all("form", &["div"]));
    }

    #[test]
    fn the_outermost_element_that_is_closed_counts() {
        assert_eq!(conflict(&["form", "div", "p"], "form"), Some(Around(0)));
        assert_eq!(conflict(&["ul", "li", "div", "p"], "li"), Some(Around(1)));
    }

    #[test]
    fn a_choice_is_closed_by_what_is_none() {
        assert_eq!(conflict(&["select", "option"], "input"), Some(Around(0)));
        assert_eq!(conflict(&["select", "option"], "hr"), Some(Around(0)));
        assert_eq!(conflict(&["ruby", "rt"], "rt"), Some(Around(0)));
    }

    #[test]
    fn what_is_no_part_of_a_table_leaves_it() {
        assert_eq!(conflict(&["div", "table", "tbody", "tr"], "p"), Some(Around(1)));
    }
}
