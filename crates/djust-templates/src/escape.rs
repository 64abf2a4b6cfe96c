//! HTML escaping into a byte buffer: rendered text may hold lone surrogates, so it is bytes.

const PLAIN: u8 = 0;

/// For each byte 0, or 1 + the index of its entity.
static CLASS: [u8; 256] = {
    let mut class = [PLAIN; 256];
    class[b'&' as usize] = 1;
    class[b'<' as usize] = 2;
    class[b'>' as usize] = 3;
    class[b'"' as usize] = 4;
    class[b'\'' as usize] = 5;
    class
};

const ENTITIES: [&[u8]; 5] = [b"&amp;", b"&lt;", b"&gt;", b"&quot;", b"&#x27;"];

/// Appends `text` with `&`, `<`, `>`, `"` and `'` as Django's `escape` writes them.
pub fn escape_into(text: &[u8], out: &mut Vec<u8>) {
    let mut rest = text;
    // The marked bytes are ASCII, so UTF-8 sequences are never cut.
    while let Some(at) = rest.iter().position(|&byte| CLASS[byte as usize] != PLAIN) {
        let (plain, marked) = rest.split_at(at);
        out.extend_from_slice(plain);
        let Some((&byte, tail)) = marked.split_first() else { return };
        if let Some(entity) = ENTITIES.get(usize::from(CLASS[byte as usize]).wrapping_sub(1)) {
            out.extend_from_slice(entity);
        }
        rest = tail;
    }
    out.extend_from_slice(rest);
}

/// The escaped text.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    escape_into(text.as_bytes(), &mut out);
    // Entities are ASCII and nothing else changes, so this never replaces anything.
    String::from_utf8(out).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn five_characters_are_escaped() {
        assert_eq!(escape("<a b='\"é\"'>&"), "&lt;a b=&#x27;&quot;é&quot;&#x27;&gt;&amp;");
        assert_eq!(escape("plain"), "plain");
        assert_eq!(escape(""), "");
    }
}
