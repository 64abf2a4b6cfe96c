//! Which elements have no content, and which hold text that is not markup.

/// Returns whether the HTML element `name` never has an end tag.
///
/// The names that the HTML fragment serialiser leaves open: the void elements and the obsolete
/// ones that browsers parse in the same way.
pub fn is_void_element(name: &str) -> bool {
    matches!(
        name,
        "area"
            | "base"
            | "basefont"
            | "bgsound"
            | "br"
            | "col"
            | "embed"
            | "frame"
            | "hr"
            | "img"
            | "input"
            | "keygen"
            | "link"
            | "meta"
            | "param"
            | "source"
            | "track"
            | "wbr"
    )
}

/// Returns whether the text of the HTML element `name` is written as it is, without escaping.
///
/// `noscript` belongs here because browsers parse pages with scripting on.
pub fn is_raw_text_element(name: &str) -> bool {
    matches!(
        name,
        "iframe" | "noembed" | "noframes" | "noscript" | "plaintext" | "script" | "style" | "xmp"
    )
}

/// Returns whether the HTML element `name` holds text in which only character references mean
/// something.
pub fn is_rcdata_element(name: &str) -> bool {
    matches!(name, "textarea" | "title")
}

/// Returns whether `text` is empty or consists of HTML white space only.
pub fn is_html_space(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn void_elements_have_no_end_tag() {
        assert!(is_void_element("br"));
        assert!(!is_void_element("div"));
    }

    #[test]
    fn noscript_is_raw_because_scripting_is_on() {
        assert!(is_raw_text_element("noscript"));
        assert!(!is_raw_text_element("textarea"));
        assert!(is_rcdata_element("textarea"));
    }

    #[test]
    fn no_break_space_is_not_html_space() {
        assert!(is_html_space(" \n\t\r\u{c}"));
        assert!(is_html_space(""));
        assert!(!is_html_space("\u{a0}"));
    }
}
