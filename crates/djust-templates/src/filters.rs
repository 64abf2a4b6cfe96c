//! Text filters. Where Python's rules for all of Unicode matter, they take ASCII only and say so
//! by returning `None` for the rest.

use std::borrow::Cow;

use crate::escape::escape;
use crate::text::is_space;

fn ascii(text: &str) -> Option<&str> {
    text.is_ascii().then_some(text)
}

/// `lower`
#[must_use]
pub fn lower(text: &str) -> Option<String> {
    ascii(text).map(str::to_ascii_lowercase)
}

/// `upper`
#[must_use]
pub fn upper(text: &str) -> Option<String> {
    ascii(text).map(str::to_ascii_uppercase)
}

/// `capfirst`
#[must_use]
pub fn capfirst(text: &str) -> Option<String> {
    let mut chars = text.chars();
    match chars.next() {
        None => Some(String::new()),
        Some(first) if first.is_ascii() => {
            Some(format!("{}{}", first.to_ascii_uppercase(), chars.as_str()))
        }
        Some(_) => None,
    }
}

/// `title`: every word starts upper case, but `'s` and ordinals do not.
#[must_use]
pub fn title(text: &str) -> Option<String> {
    let mut titled: Vec<u8> = ascii(text)?.bytes().collect();
    let mut inside = false;
    for byte in &mut titled {
        *byte = if inside { byte.to_ascii_lowercase() } else { byte.to_ascii_uppercase() };
        inside = byte.is_ascii_alphabetic();
    }
    let mut at = 0;
    while let Some([before, quote, after]) = titled.get_mut(at..at + 3) {
        let possessive =
            before.is_ascii_lowercase() && *quote == b'\'' && after.is_ascii_uppercase();
        if possessive {
            after.make_ascii_lowercase();
        }
        at += if possessive { 3 } else { 1 };
    }
    for at in 1..titled.len() {
        if let Some([digit, letter]) = titled.get_mut(at - 1..=at)
            && digit.is_ascii_digit()
        {
            letter.make_ascii_lowercase();
        }
    }
    String::from_utf8(titled).ok()
}

/// `slugify`
#[must_use]
pub fn slugify(text: &str) -> Option<String> {
    let mut slug = String::with_capacity(text.len());
    for c in ascii(text)?.chars() {
        let c = c.to_ascii_lowercase();
        if c.is_ascii_alphanumeric() || c == '_' {
            slug.push(c);
        } else if (c == '-' || is_space(c)) && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    Some(slug.trim_matches(['-', '_']).to_owned())
}

/// `truncatewords` with a number that is not negative; none of the text for zero, not even the
/// ellipsis.
#[must_use]
pub fn truncate_words(text: &str, limit: usize) -> String {
    if limit == 0 {
        return String::new();
    }
    let mut words = crate::text::words(text);
    let mut out = String::with_capacity(text.len());
    for (at, word) in words.by_ref().take(limit).enumerate() {
        if at > 0 {
            out.push(' ');
        }
        out.push_str(word);
    }
    if words.next().is_some() && !out.ends_with(" …") {
        out.push_str(" …");
    }
    out
}

/// `truncatechars` with the ellipsis of English; none of the text for zero.
#[must_use]
pub fn truncate_chars(text: &str, limit: usize) -> Option<String> {
    if limit == 0 {
        return Some(String::new());
    }
    let text = ascii(text)?;
    if text.len() <= limit {
        return Some(text.to_owned());
    }
    let kept = text.get(..limit.saturating_sub(1)).unwrap_or_default();
    Some(format!("{kept}…"))
}

/// Line ends of any system as line feeds.
#[must_use]
pub fn normalize_newlines(text: &str) -> Cow<'_, str> {
    if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    }
}

/// `linebreaksbr`
#[must_use]
pub fn linebreaks_br(text: &str, escaping: bool) -> String {
    let text = normalize_newlines(text);
    if escaping { escape(&text).replace('\n', "<br>") } else { text.replace('\n', "<br>") }
}

/// `linebreaks`
#[must_use]
pub fn linebreaks(text: &str, escaping: bool) -> String {
    let text = normalize_newlines(text);
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest: &str = &text;
    loop {
        let (paragraph, tail) = match rest.find("\n\n") {
            Some(at) => (&rest[..at], Some(rest[at..].trim_start_matches('\n'))),
            None => (rest, None),
        };
        out.push_str("<p>");
        out.push_str(&linebreaks_br(paragraph, escaping));
        out.push_str("</p>");
        match tail {
            Some(tail) => {
                out.push_str("\n\n");
                rest = tail;
            }
            None => return out,
        }
    }
}

/// Elements whose content an HTML parser reads in its own way.
const RAW_ELEMENTS: &[&str] = &[
    "script",
    "style",
    "textarea",
    "title",
    "xmp",
    "iframe",
    "noembed",
    "noframes",
    "noscript",
    "plaintext",
];

/// The length of a plain tag that `text`, which starts with `<`, starts with.
fn plain_tag_len(text: &str) -> Option<usize> {
    let end = text.find('>')?;
    let inside = text.get(1..end)?;
    let (closing, inside) = match inside.strip_prefix('/') {
        Some(inside) => (true, inside),
        None => (false, inside),
    };
    let name_len = inside.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(inside.len());
    let (name, mut rest) = inside.split_at(name_len);
    let known = name.starts_with(|c: char| c.is_ascii_alphabetic())
        && !RAW_ELEMENTS.iter().any(|raw| raw.eq_ignore_ascii_case(name));
    if !known || (closing && !rest.is_empty()) {
        return None;
    }
    while let Some(attribute) = rest.strip_prefix(' ') {
        let (name, value) = attribute.split_once("=\"")?;
        let is_name =
            !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphabetic() || b == b'-');
        let (value, tail) = value.split_once('"')?;
        if !is_name || value.contains(['<', '>', '&']) {
            return None;
        }
        rest = tail;
    }
    rest.is_empty().then_some(end + 1)
}

/// `striptags`, where every tag is plain and no reference needs an HTML parser.
#[must_use]
pub fn strip_tags(text: &str) -> Option<String> {
    if !(text.contains('<') && text.contains('>')) {
        return Some(text.to_owned());
    }
    // An ampersand that cannot start a reference is text.
    let may_refer =
        |after: &str| after.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '#');
    if text.split('&').skip(1).any(|after| after.is_empty() || may_refer(after)) {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        let (plain, tag) = rest.split_at(at);
        out.push_str(plain);
        rest = &tag[plain_tag_len(tag)?..];
    }
    out.push_str(rest);
    Some(out)
}

/// `escapejs`
#[must_use]
pub fn escape_js(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '\\'
            | '\''
            | '"'
            | '>'
            | '<'
            | '&'
            | '='
            | '-'
            | ';'
            | '`'
            | '\u{2028}'
            | '\u{2029}'
            | '\0'..='\u{1f}' => {
                out.push_str(&format!("\\u{:04X}", u32::from(c)));
            }
            // Newer Djangos escape these too.
            '\u{7f}'..='\u{9f}' => return None,
            c => out.push(c),
        }
    }
    Some(out)
}

/// `addslashes`
#[must_use]
pub fn add_slashes(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"").replace('\'', "\\'")
}

/// Characters that `urllib.parse.quote` leaves alone.
fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-' | b'~')
}

/// `urlencode` without an argument, or with the characters that stay as they are.
#[must_use]
pub fn url_encode(text: &str, safe: &str) -> Option<String> {
    let safe = ascii(safe)?;
    let mut out = String::with_capacity(text.len() + 8);
    for byte in text.bytes() {
        if is_unreserved(byte) || (byte.is_ascii() && safe.as_bytes().contains(&byte)) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    Some(out)
}

/// A piece of a text that may hold links.
#[derive(Debug, PartialEq, Eq)]
pub enum UrlizePiece<'t> {
    /// Nothing in it can be a link.
    Text(&'t str),
    /// Looks enough like a link to be asked about.
    Word(&'t str),
}

/// The pieces of a text between white space, angle brackets and quotes, as `Urlizer` cuts it.
pub fn urlize_pieces(text: &str) -> impl Iterator<Item = UrlizePiece<'_>> {
    let is_separator = |c: char| is_space(c) || matches!(c, '<' | '>' | '"' | '\'');
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let separates = is_separator(first);
        let len = rest.find(|c| is_separator(c) != separates).unwrap_or(rest.len());
        let (piece, tail) = rest.split_at(len);
        rest = tail;
        let is_word = !separates && piece.contains(['.', '@', ':']);
        Some(if is_word { UrlizePiece::Word(piece) } else { UrlizePiece::Text(piece) })
    })
}

/// An address that every step of `Urlizer` leaves as it is: the link and the punctuation after it.
#[must_use]
pub fn plain_url(word: &str) -> Option<(&str, &str)> {
    let url = word.trim_end_matches(['.', ',', ':', '!']);
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"))?;
    let host_len = rest.find('/').unwrap_or(rest.len());
    let (host, path) = rest.split_at(host_len);
    let host_ok = host.starts_with(|c: char| c.is_ascii_alphanumeric())
        && host.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'));
    let path_ok = path
        .bytes()
        .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'/' | b'~'));
    // An empty path after the slashes, as in "http://a//b", survives splitting and joining too.
    (host_ok && path_ok && url.len() <= 2000).then(|| (url, &word[url.len()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_keep_possessives_and_ordinals() {
        assert_eq!(title("joe's 1ST dAY").as_deref(), Some("Joe's 1st Day"));
        assert_eq!(title("é"), None);
    }

    #[test]
    fn slugs_are_words_and_hyphens() {
        assert_eq!(
            slugify(" Jack & Jill, like numbers 1,2 -- _x_ ").as_deref(),
            Some("jack-jill-like-numbers-12-_x")
        );
    }

    #[test]
    fn words_are_cut_after_the_limit() {
        assert_eq!(truncate_words("a  b\nc", 2), "a b …");
        assert_eq!(truncate_words("a b", 2), "a b");
        assert_eq!(truncate_words("a b", 0), "");
    }

    #[test]
    fn characters_are_cut_for_the_ellipsis() {
        assert_eq!(truncate_chars("Joel is a slug", 7).as_deref(), Some("Joel i…"));
        assert_eq!(truncate_chars("Joel", 4).as_deref(), Some("Joel"));
        assert_eq!(truncate_chars("Joel", 1).as_deref(), Some("…"));
        assert_eq!(truncate_chars("Joel", 0).as_deref(), Some(""));
    }

    #[test]
    fn paragraphs_are_parted_by_empty_lines() {
        assert_eq!(linebreaks("a\r\nb\n\n\nc&", true), "<p>a<br>b</p>\n\n<p>c&amp;</p>");
        assert_eq!(linebreaks("", true), "<p></p>");
        assert_eq!(linebreaks("a\n\n", false), "<p>a</p>\n\n<p></p>");
    }

    #[test]
    fn plain_tags_are_stripped_and_others_refused() {
        assert_eq!(
            strip_tags("some <b>html</b> <a href=\"x\" id=\"y\">z</a>").as_deref(),
            Some("some html z")
        );
        assert_eq!(strip_tags("<i>a & b</i>").as_deref(), Some("a & b"));
        assert_eq!(strip_tags("a < b").as_deref(), Some("a < b"));
        for text in [
            "<script>x</script>",
            "<a href=x>",
            "<b>&amp;</b>",
            "<b>&",
            "<!-- x -->",
            "<b",
            "a<b>c<",
        ] {
            assert!(strip_tags(text).is_none_or(|stripped| stripped == text), "{text}");
        }
    }

    #[test]
    fn links_are_found_where_nothing_needs_quoting() {
        assert_eq!(plain_url("http://a.example/b-c_d/."), Some(("http://a.example/b-c_d/", ".")));
        for word in [
            "www.a.org",
            "http://",
            "http://a/?q",
            "http://ä.de",
            "http://a:80/",
            "a@b.c",
            "http://a;",
        ] {
            assert_eq!(plain_url(word), None, "{word}");
        }
    }

    #[test]
    fn urls_are_quoted_byte_by_byte() {
        assert_eq!(url_encode("a/b ü", "/").as_deref(), Some("a/b%20%C3%BC"));
        assert_eq!(url_encode("a/b", "").as_deref(), Some("a%2Fb"));
    }

    #[test]
    fn javascript_gets_code_points() {
        assert_eq!(escape_js("a'\n<").as_deref(), Some("a\\u0027\\u000A\\u003C"));
    }
}
