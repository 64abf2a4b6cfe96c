//! Splitting text the way Python and Django split it.

/// Is `c` white space to Python's `str.isspace` and to `\s`?
#[must_use]
pub fn is_space(c: char) -> bool {
    matches!(c, '\u{1c}'..='\u{1f}') || c.is_whitespace()
}

/// Is `c` matched by Python's `\w`?
#[must_use]
pub fn is_word(c: char) -> bool {
    c == '_' || c.is_alphanumeric()
}

/// `str.strip()` of Python.
#[must_use]
pub fn strip(text: &str) -> &str {
    text.trim_matches(is_space)
}

/// `str.split()` of Python.
pub fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(is_space).filter(|word| !word.is_empty())
}

/// The length of the quoted string that `text` starts with, quotes included.
#[must_use]
pub fn quoted_len(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let quote = *bytes.first().filter(|b| matches!(b, b'"' | b'\''))?;
    let mut at = 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'\\' => {
                // The escaped character may be longer than a byte; a newline cannot be escaped.
                let escaped = text.get(at + 1..)?.chars().next()?;
                if escaped == '\n' {
                    return None;
                }
                at += 1 + escaped.len_utf8();
            }
            b if b == quote => return Some(at + 1),
            _ => at += 1,
        }
    }
    None
}

fn plain_len(text: &str) -> usize {
    text.find(|c| is_space(c) || c == '"' || c == '\'').unwrap_or(text.len())
}

/// The length of the first piece of `text`, which does not start with white space.
fn piece_len(text: &str) -> usize {
    let mut at = plain_len(text);
    let mut quoted = false;
    while let Some(len) = text.get(at..).and_then(quoted_len) {
        quoted = true;
        at += len;
        at += plain_len(&text[at..]);
    }
    if quoted { at } else { text.find(is_space).unwrap_or(text.len()) }
}

/// Pieces separated by white space, where quoted strings are kept whole.
///
/// What `django.utils.text.smart_split` yields.
#[must_use]
pub fn smart_split(text: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text.trim_start_matches(is_space);
    while !rest.is_empty() {
        let (piece, tail) = rest.split_at(piece_len(rest));
        pieces.push(piece);
        rest = tail.trim_start_matches(is_space);
    }
    pieces
}

/// The pieces of a tag, where `_("a b")` is one piece: `Token.split_contents`.
///
/// Returns `None` when a translated string does not end.
#[must_use]
pub fn split_contents(text: &str) -> Option<Vec<String>> {
    let mut pieces = Vec::new();
    let mut bits = smart_split(text).into_iter();
    while let Some(bit) = bits.next() {
        if !(bit.starts_with("_(\"") || bit.starts_with("_('")) {
            pieces.push(bit.to_owned());
            continue;
        }
        let end = if bit.starts_with("_(\"") { "\")" } else { "')" };
        let mut whole = bit.to_owned();
        let mut last = bit;
        while !last.ends_with(end) {
            last = bits.next()?;
            whole.push(' ');
            whole.push_str(last);
        }
        pieces.push(whole);
    }
    Some(pieces)
}

/// The text that a quoted literal stands for, or `None` when it is not one.
#[must_use]
pub fn unescape_literal(literal: &str) -> Option<String> {
    let quote = literal.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    if literal.len() < 2 || !literal.ends_with(quote) {
        return None;
    }
    let inner = literal.get(1..literal.len() - 1)?;
    let escaped = if quote == '"' { "\\\"" } else { "\\'" };
    let plain = if quote == '"' { "\"" } else { "'" };
    Some(inner.replace(escaped, plain).replace("\\\\", "\\"))
}

/// `name=value` split as Django's `kwarg_re` does: the name when there is one, and the value.
///
/// Returns `None` when there is no value.
#[must_use]
pub fn keyword(bit: &str) -> Option<(Option<&str>, &str)> {
    if let Some((name, value)) = bit.split_once('=')
        && !name.is_empty()
        && name.chars().all(is_word)
        && !value.is_empty()
    {
        return Some((Some(name), value));
    }
    (!bit.is_empty()).then_some((None, bit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_strings_stay_whole() {
        assert_eq!(smart_split(r#"a "b c" d='e f' g"#), ["a", "\"b c\"", "d='e f'", "g"]);
        assert_eq!(smart_split(r#"x|y:"a \" b"|z q"#), [r#"x|y:"a \" b"|z"#, "q"]);
    }

    #[test]
    fn an_open_quote_is_a_word() {
        assert_eq!(smart_split("a 'b c"), ["a", "'b", "c"]);
        assert_eq!(smart_split("'a'b'c d"), ["'a'b", "'c", "d"]);
    }

    #[test]
    fn translated_strings_are_one_piece() {
        assert_eq!(
            split_contents(r#"x _("a b") y"#),
            Some(vec!["x".into(), "_(\"a b\")".into(), "y".into()])
        );
        assert_eq!(split_contents(r#"x _("a"#), None);
    }

    #[test]
    fn literals_lose_their_quotes_and_escapes() {
        assert_eq!(unescape_literal(r#""a\"b\\c""#).as_deref(), Some("a\"b\\c"));
        assert_eq!(unescape_literal("abc"), None);
        assert_eq!(unescape_literal("'"), None);
    }

    #[test]
    fn keywords_need_a_word_and_a_value() {
        assert_eq!(keyword("a=1"), Some((Some("a"), "1")));
        assert_eq!(keyword("=1"), Some((None, "=1")));
        assert_eq!(keyword("a="), Some((None, "a=")));
        assert_eq!(keyword("'a=b'"), Some((None, "'a=b'")));
    }
}
