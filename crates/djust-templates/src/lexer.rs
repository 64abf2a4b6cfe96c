//! Source text to tokens, as `django.template.base.Lexer` cuts it.

use std::ops::Range;

use crate::text::strip;

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// Literal text.
    Text,
    /// `{{ … }}`
    Variable,
    /// `{% … %}`
    Block,
    /// `{# … #}`
    Comment,
}

/// A piece of the source. Offsets are bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where its contents are: all of a text, the stripped inside of a tag.
    pub contents: Range<usize>,
    /// Where the whole token is.
    pub span: Range<usize>,
    /// The line it starts on, counted from 1.
    pub line: u32,
}

/// Finds the next closing delimiter of one kind on the same line, in amortised linear time.
struct Closer {
    mark: &'static str,
    next: Option<usize>,
}

impl Closer {
    fn new(mark: &'static str) -> Self {
        Self { mark, next: Some(0) }
    }

    fn find(&mut self, source: &str, from: usize) -> Option<usize> {
        if self.next? < from || self.next == Some(0) {
            self.next = source.get(from..)?.find(self.mark).map(|at| at + from);
        }
        self.next
    }
}

/// Walks over the tags of a source, verbatim or not.
struct Scanner<'s> {
    source: &'s str,
    block: Closer,
    variable: Closer,
    comment: Closer,
    newline: Closer,
}

impl<'s> Scanner<'s> {
    fn new(source: &'s str) -> Self {
        Self {
            source,
            block: Closer::new("%}"),
            variable: Closer::new("}}"),
            comment: Closer::new("#}"),
            newline: Closer::new("\n"),
        }
    }

    /// The next `{%…%}`, `{{…}}` or `{#…#}` that starts at or after `from`.
    fn next_tag(&mut self, from: usize) -> Option<(TokenKind, Range<usize>)> {
        let bytes = self.source.as_bytes();
        let mut at = from;
        loop {
            at += self.source.get(at..)?.find('{')?;
            let (kind, closer) = match bytes.get(at + 1) {
                Some(b'%') => (TokenKind::Block, &mut self.block),
                Some(b'{') => (TokenKind::Variable, &mut self.variable),
                Some(b'#') => (TokenKind::Comment, &mut self.comment),
                _ => {
                    at += 1;
                    continue;
                }
            };
            if let Some(end) = closer.find(self.source, at + 2) {
                let line_end = self.newline.find(self.source, at + 2);
                if line_end.is_none_or(|line_end| end < line_end) {
                    return Some((kind, at..end + 2));
                }
            }
            at += 1;
        }
    }
}

fn newlines(text: &str) -> u32 {
    u32::try_from(text.bytes().filter(|&b| b == b'\n').count()).unwrap_or(u32::MAX)
}

/// Cuts `source` into tokens; together their spans cover it.
#[must_use]
pub fn tokenize(source: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut scanner = Scanner::new(source);
    let mut verbatim: Option<String> = None;
    let mut at = 0;
    let mut line = 1u32;
    let mut push = |kind, contents: Range<usize>, span: Range<usize>| {
        let start = line;
        line = line.saturating_add(newlines(&source[span.clone()]));
        tokens.push(Token { kind, contents, span, line: start });
    };
    while let Some((kind, span)) = scanner.next_tag(at) {
        if span.start > at {
            push(TokenKind::Text, at..span.start, at..span.start);
        }
        at = span.end;
        let raw = &source[span.start + 2..span.end - 2];
        let inside = strip(raw);
        let start =
            span.start + 2 + (raw.len() - raw.trim_start_matches(crate::text::is_space).len());
        let contents = start.min(span.end - 2)..start.min(span.end - 2) + inside.len();
        match (&verbatim, kind) {
            (Some(end), TokenKind::Block) if inside == end => verbatim = None,
            (Some(_), _) => {
                push(TokenKind::Text, span.clone(), span);
                continue;
            }
            (None, TokenKind::Block) if inside == "verbatim" || inside.starts_with("verbatim ") => {
                verbatim = Some(format!("end{inside}"));
            }
            _ => {}
        }
        push(kind, contents, span);
    }
    if at < source.len() {
        push(TokenKind::Text, at..source.len(), at..source.len());
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn kinds(source: &str) -> Vec<(TokenKind, &str)> {
        tokenize(source).into_iter().map(|t| (t.kind, &source[t.contents])).collect()
    }

    #[test]
    fn tags_variables_and_comments_are_cut_out() {
        use TokenKind::{Block, Comment, Text, Variable};
        assert_eq!(
            kinds("a{% b %}{{c}}{# d #}e"),
            [(Text, "a"), (Block, "b"), (Variable, "c"), (Comment, "d"), (Text, "e")]
        );
    }

    #[test]
    fn a_tag_does_not_span_lines() {
        assert_eq!(kinds("{{ a\n}} {{ b }}").len(), 2);
    }

    #[test]
    fn a_brace_before_a_variable_belongs_to_the_text() {
        assert_eq!(kinds("{{{ a }}}"), [(TokenKind::Variable, "{ a"), (TokenKind::Text, "}")]);
    }

    #[test]
    fn verbatim_keeps_tags_as_text_until_its_own_end() {
        let got = kinds("{% verbatim x %}{{ a }}{% endverbatim %}{% endverbatim x %}{{ b }}");
        assert_eq!(got.first(), Some(&(TokenKind::Block, "verbatim x")));
        assert_eq!(got.get(1), Some(&(TokenKind::Text, "{{ a }}")));
        assert_eq!(got.get(2), Some(&(TokenKind::Text, "{% endverbatim %}")));
        assert_eq!(got.last(), Some(&(TokenKind::Variable, "b")));
    }

    #[test]
    fn lines_are_counted_from_one() {
        assert_eq!(tokenize("a\n\n{{ b }}").last().map(|t| t.line), Some(3));
    }

    #[test]
    fn many_open_braces_on_one_line_stay_linear() {
        let source = "{{".repeat(500_000);
        assert_eq!(tokenize(&source).len(), 1);
    }

    proptest! {
        #[test]
        fn spans_cover_the_source(source in "([{}%#]|[a-z \n]|verbatim|endverbatim){0,60}") {
            let mut at = 0;
            for token in tokenize(&source) {
                prop_assert_eq!(token.span.start, at);
                prop_assert!(source.get(token.contents.clone()).is_some());
                at = token.span.end;
            }
            prop_assert_eq!(at, source.len());
        }
    }
}
