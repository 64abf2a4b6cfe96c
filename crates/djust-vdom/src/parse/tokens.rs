//! Between tokenizer and tree builder: what browsers do and html5ever does not do yet.

use std::cell::{Cell, RefCell};

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{Token, TokenSink, TokenSinkResult};
use html5ever::tree_builder::{TreeBuilder, TreeSink};

use super::dom::{Data, Dom, NodeId};
use super::sink::Sink;

/// What the tokenizer reports before the bogus comment that a `<?` starts.
const QUESTION_MARK: &str = "Saw ? in state TagOpen";

/// Hands tokens on and turns `<?target data>` into processing instructions.
///
/// The tokenizer knows them as comments. The tree builder puts a comment in the right place; what
/// is left to do is to change what it put there.
pub(super) struct Tokens {
    builder: TreeBuilder<NodeId, Sink>,
    /// The next comment started with `<?`.
    question_mark: Cell<bool>,
    /// A `<?` comment that waits to be told from one that the end of the text cut off.
    waiting: RefCell<Option<(StrTendril, u64)>>,
    /// Whether the text ends with `>`, so that a comment at the end may be complete.
    closed: bool,
}

impl Tokens {
    pub(super) fn new(builder: TreeBuilder<NodeId, Sink>, html: &str) -> Self {
        Self {
            builder,
            question_mark: Cell::new(false),
            waiting: RefCell::new(None),
            closed: html.ends_with('>'),
        }
    }

    pub(super) fn into_dom(self) -> Dom {
        self.builder.sink.finish()
    }

    /// Hands on the comment that waits, as what browsers make of it.
    fn flush(&self, at_end: bool) {
        let Some((text, line)) = self.waiting.borrow_mut().take() else { return };
        let instruction = split_instruction(&text);
        if instruction.is_some() && at_end && !self.closed {
            return;
        }
        let created = self.builder.sink.dom.borrow().nodes.len();
        // A comment never changes the state of the tokenizer.
        let _: TokenSinkResult<NodeId> =
            self.builder.process_token(Token::CommentToken(text), line);
        if let Some((target, data)) = instruction {
            let mut dom = self.builder.sink.dom.borrow_mut();
            for node in dom.nodes.iter_mut().skip(created) {
                if matches!(node.data, Data::Comment(_)) {
                    node.data = Data::Instruction(target.clone(), data.clone());
                }
            }
        }
    }
}

impl TokenSink for Tokens {
    type Handle = NodeId;

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<NodeId> {
        match token {
            Token::ParseError(message) => {
                if message == QUESTION_MARK {
                    self.question_mark.set(true);
                }
                TokenSinkResult::Continue
            }
            Token::CommentToken(text) if self.question_mark.take() => {
                self.flush(false);
                *self.waiting.borrow_mut() = Some((text, line));
                TokenSinkResult::Continue
            }
            token => {
                self.flush(token == Token::EOFToken);
                self.builder.process_token(token, line)
            }
        }
    }

    fn end(&self) {
        self.builder.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder.adjusted_current_node_present_but_not_in_html_namespace()
    }
}

/// Splits `?target data?` as browsers do; `None` when it stays a comment.
fn split_instruction(text: &str) -> Option<(StrTendril, StrTendril)> {
    let text = text.strip_prefix('?')?;
    let is_first = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    if !text.as_bytes().first().copied().is_some_and(is_first) {
        return None;
    }
    let is_more = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let length = text.as_bytes().iter().take_while(|byte| is_more(byte)).count();
    let (target, rest) = text.split_at(length);
    let is_space = |character: char| matches!(character, ' ' | '\t' | '\n' | '\u{c}' | '\r');
    if !rest.is_empty() && !rest.starts_with(is_space) && !rest.starts_with('?') {
        return None;
    }
    if target.eq_ignore_ascii_case("xml") || target.eq_ignore_ascii_case("xml-stylesheet") {
        return None;
    }
    let data = rest.trim_start_matches(is_space);
    let data = data.strip_suffix('?').unwrap_or(data);
    Some((StrTendril::from_slice(target), StrTendril::from_slice(data)))
}
