//! Escaping for text, for attribute values and as `django.utils.html.escape` does it.

/// Appends `text` as Django's `escape` writes it: `&`, `<`, `>`, `"` and `'`.
pub fn escape_django(text: &str, out: &mut String) {
    escape(text, out, |byte| match byte {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'>' => Some("&gt;"),
        b'"' => Some("&quot;"),
        b'\'' => Some("&#x27;"),
        _ => None,
    });
}

/// Appends `text` so that parsing it as element content gives `text` again.
///
/// A carriage return is written as a reference: as itself the parser would make it a line feed.
pub fn escape_text(text: &str, out: &mut String) {
    escape(text, out, |byte| match byte {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'>' => Some("&gt;"),
        b'\r' => Some("&#13;"),
        _ => None,
    });
}

/// Appends `value` so that parsing it between double quotes gives `value` again.
pub fn escape_attribute(value: &str, out: &mut String) {
    escape(value, out, |byte| match byte {
        b'&' => Some("&amp;"),
        b'"' => Some("&quot;"),
        b'<' => Some("&lt;"),
        b'>' => Some("&gt;"),
        b'\r' => Some("&#13;"),
        _ => None,
    });
}

/// Copies runs between the bytes that `entity` knows; all of them are ASCII, so every cut is on
/// a character boundary.
fn escape(text: &str, out: &mut String, entity: impl Fn(u8) -> Option<&'static str>) {
    out.reserve(text.len());
    let mut copied = 0;
    for (index, byte) in text.bytes().enumerate() {
        if let Some(reference) = entity(byte) {
            out.push_str(&text[copied..index]);
            out.push_str(reference);
            copied = index + 1;
        }
    }
    out.push_str(&text[copied..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(escape: fn(&str, &mut String), text: &str) -> String {
        let mut out = String::new();
        escape(text, &mut out);
        out
    }

    #[test]
    fn django_escapes_five_characters() {
        assert_eq!(
            with(escape_django, "<a b=\"c\" d='e'>&é"),
            "&lt;a b=&quot;c&quot; d=&#x27;e&#x27;&gt;&amp;é"
        );
    }

    #[test]
    fn text_keeps_quotes_and_references_a_carriage_return() {
        assert_eq!(with(escape_text, "a\r\"'&<>"), "a&#13;\"'&amp;&lt;&gt;");
    }

    #[test]
    fn attribute_escapes_the_double_quote_only() {
        assert_eq!(with(escape_attribute, "a\"b'c"), "a&quot;b'c");
    }
}
