//! Between tokenizer and tree builder: what browsers do and html5ever does not do yet.

use std::cell::{Cell, RefCell};

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{Tag, TagKind, Token, TokenSink, TokenSinkResult};
use html5ever::tree_builder::{Tracer, TreeBuilder, TreeSink};
use html5ever::{LocalName, ns};

use super::dom::{Data, Dom, DomNode, NodeId};
use super::sink::Sink;

/// What the tokenizer reports before the bogus comment that a `<?` starts.
const QUESTION_MARK: &str = "Saw ? in state TagOpen";

/// What the tokenizer reports before a NUL in ordinary text; of one in a CDATA section it says
/// nothing.
const NUL_IN_TEXT: &str = "Saw \u{0} in state Data";

/// `isindex` means nothing any more, but the tree builder still takes it for a block. With a NUL
/// in it, which no name can have, it is a name like others until the tree is done.
const DISGUISED_ISINDEX: &str = "isindex\u{0}";

/// Hands tokens on, changed where browsers see something else in them than the tree builder.
pub(super) struct Tokens {
    builder: TreeBuilder<NodeId, Sink>,
    /// The next comment started with `<?`.
    question_mark: Cell<bool>,
    /// The next NUL is one in ordinary text.
    nul_in_text: Cell<bool>,
    /// A `<?` comment that waits to be told from one that the end of the text cut off.
    waiting: RefCell<Option<(StrTendril, u64)>>,
    /// Whether the text ends with `>`, so that a comment at the end may be complete.
    closed: bool,
    is_fragment: bool,
    context_is_table_part: bool,
}

impl Tokens {
    pub(super) fn new(builder: TreeBuilder<NodeId, Sink>, html: &str, context: &str) -> Self {
        Self {
            context_is_table_part: is_table_part(context),
            question_mark: Cell::new(false),
            nul_in_text: Cell::new(false),
            waiting: RefCell::new(None),
            closed: html.ends_with('>'),
            is_fragment: builder.is_fragment(),
            builder,
        }
    }

    pub(super) fn into_dom(self) -> Dom {
        self.builder.sink.finish()
    }

    /// Hands on the `<?` comment that waits, as what browsers make of it.
    ///
    /// The tree builder puts a comment in the right place; what is left to do is to change what
    /// it put there.
    fn flush(&self, at_end: bool) {
        let Some((text, line)) = self.waiting.borrow_mut().take() else { return };
        let cut_off = at_end && !self.closed;
        if cut_off && (text.len() == 1 || target_length(&text).is_some()) {
            return;
        }
        let instruction = split_instruction(&text);
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

    /// Browsers drop a NUL before anything looks at it, but in foreign content and in CDATA
    /// sections, where it becomes a replacement character.
    fn nul(&self, line: u64) -> TokenSinkResult<NodeId> {
        if !self.nul_in_text.take() {
            let text = StrTendril::from_slice("\u{fffd}");
            return self.builder.process_token(Token::CharacterTokens(text), line);
        }
        if self.adjusted_current_node_present_but_not_in_html_namespace() {
            return self.builder.process_token(Token::NullCharacterToken, line);
        }
        TokenSinkResult::Continue
    }

    /// Closes a `thead` that is open in a template without a table: the tree builder forgets
    /// that it may be there.
    fn close_header(&self, tag: &Tag, line: u64) {
        let ends_section = match tag.kind {
            TagKind::StartTag => {
                matches!(&*tag.name, "caption" | "col" | "colgroup" | "tbody" | "tfoot" | "thead")
            }
            TagKind::EndTag => &*tag.name == "table",
        };
        if !ends_section || !(self.is_fragment || self.builder.sink.has_template.get()) {
            return;
        }
        let open = OpenTableParts { sink: &self.builder.sink, names: RefCell::default() };
        self.builder.trace_handles(&open);
        let mut names = open.names.into_inner();
        if self.context_is_table_part {
            // The context is traced last.
            names.pop();
        }
        let part = names.iter().rev().find(|name| *name != "thead");
        let in_header = names.last().is_some_and(|name| name == "thead");
        if in_header && part.is_none_or(|name| name == "template" || name == "html") {
            let end = Tag { kind: TagKind::EndTag, attrs: Vec::new(), ..tag.clone() };
            let end = Tag { name: LocalName::from("thead"), self_closing: false, ..end };
            let _: TokenSinkResult<NodeId> = self.builder.process_token(Token::TagToken(end), line);
        }
    }
}

fn is_table_part(name: &str) -> bool {
    matches!(name, "table" | "tbody" | "tfoot" | "thead" | "template" | "html")
}

/// Collects the names of open elements that have to do with tables.
struct OpenTableParts<'a> {
    sink: &'a Sink,
    names: RefCell<Vec<String>>,
}

impl Tracer for OpenTableParts<'_> {
    type Handle = NodeId;

    fn trace_handle(&self, node: &NodeId) {
        let dom = self.sink.dom.borrow();
        let Some(DomNode { data: Data::Element { name, .. }, .. }) = dom.get(*node) else { return };
        if name.ns == ns!(html) && is_table_part(&name.local) {
            self.names.borrow_mut().push(name.local.to_string());
        }
    }
}

impl TokenSink for Tokens {
    type Handle = NodeId;

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<NodeId> {
        match token {
            Token::ParseError(message) => {
                self.question_mark.set(message == QUESTION_MARK);
                self.nul_in_text.set(message == NUL_IN_TEXT);
                return TokenSinkResult::Continue;
            }
            Token::CommentToken(text) if self.question_mark.take() => {
                self.flush(false);
                *self.waiting.borrow_mut() = Some((text, line));
                return TokenSinkResult::Continue;
            }
            _ => self.flush(token == Token::EOFToken),
        }
        match token {
            Token::NullCharacterToken => self.nul(line),
            Token::TagToken(mut tag) => {
                if &*tag.name == "isindex" {
                    tag.name = LocalName::from(DISGUISED_ISINDEX);
                }
                self.close_header(&tag, line);
                self.builder.process_token(Token::TagToken(tag), line)
            }
            token => self.builder.process_token(token, line),
        }
    }

    fn end(&self) {
        self.builder.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder.adjusted_current_node_present_but_not_in_html_namespace()
    }
}

/// Returns the name without disguise.
pub(super) fn true_name(name: &LocalName) -> LocalName {
    if &**name == DISGUISED_ISINDEX { LocalName::from("isindex") } else { name.clone() }
}

/// Returns how long the target of a processing instruction is; `None` when it is none.
fn target_length(text: &str) -> Option<usize> {
    let target = text.strip_prefix('?')?.as_bytes();
    let is_first = |byte: &u8| byte.is_ascii_alphabetic() || *byte == b'_';
    let is_more = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    target.first().filter(|byte| is_first(byte))?;
    let length = target.iter().take_while(|byte| is_more(byte)).count();
    let ends = target
        .get(length)
        .is_none_or(|byte| matches!(byte, b' ' | b'\t' | b'\n' | 0x0c | b'\r' | b'?'));
    let target = target.get(..length)?;
    let reserved =
        target.eq_ignore_ascii_case(b"xml") || target.eq_ignore_ascii_case(b"xml-stylesheet");
    (ends && !(reserved && text.len() > length + 1)).then_some(length)
}

/// Splits `?target data?` as browsers do; `None` when it stays a comment.
fn split_instruction(text: &str) -> Option<(StrTendril, StrTendril)> {
    let length = target_length(text)?;
    let (target, rest) = text.strip_prefix('?')?.split_at(length);
    if target.eq_ignore_ascii_case("xml") || target.eq_ignore_ascii_case("xml-stylesheet") {
        return None;
    }
    let data = rest.trim_start_matches([' ', '\t', '\n', '\u{c}', '\r']);
    let data = data.strip_suffix('?').unwrap_or(data);
    Some((StrTendril::from_slice(target), StrTendril::from_slice(data)))
}
