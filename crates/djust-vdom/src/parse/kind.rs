//! Is a text a document or a fragment?

/// Returns whether the text starts, after white space and comments, as a page does.
pub(super) fn is_document(html: &str) -> bool {
    let mut rest = html.strip_prefix('\u{feff}').unwrap_or(html);
    loop {
        rest = rest.trim_start_matches([' ', '\t', '\n', '\r', '\u{c}']);
        match rest.strip_prefix("<!--") {
            Some(comment) => match skip_comment(comment) {
                Some(after) => rest = after,
                None => return false,
            },
            None => break,
        }
    }
    if starts_with(rest, "<!doctype") {
        return true;
    }
    ["<html", "<head", "<body"].iter().any(|tag| {
        starts_with(rest, tag)
            && rest.as_bytes().get(tag.len()).is_none_or(|byte| {
                matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0c | b'/' | b'>')
            })
    })
}

fn starts_with(text: &str, prefix: &str) -> bool {
    text.as_bytes()
        .get(..prefix.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(prefix.as_bytes()))
}

/// Returns what follows the comment whose text begins here.
fn skip_comment(text: &str) -> Option<&str> {
    if let Some(after) = text.strip_prefix('>').or_else(|| text.strip_prefix("->")) {
        return Some(after);
    }
    let ends = ["-->", "--!>"];
    ends.iter()
        .filter_map(|end| text.find(end).map(|at| at + end.len()))
        .min()
        .and_then(|at| text.get(at..))
}

#[cfg(test)]
mod tests {
    use super::is_document;

    #[test]
    fn a_page_is_a_document() {
        for text in [
            "<!DOCTYPE html>",
            " \n<!-- a --><!doctype html>",
            "<HTML lang=en>",
            "<head>",
            "<body\n>",
            "<!--><html>",
            "<!-- a --!><body>",
            "\u{feff}<html>",
        ] {
            assert!(is_document(text), "{text}");
        }
    }

    #[test]
    fn everything_else_is_a_fragment() {
        for text in
            ["", "<header>", "<div>", "text <html>", "<!-- <html>", "<bodyx>", "<!-->x<html>"]
        {
            assert!(!is_document(text), "{text}");
        }
    }
}
