//! From the tokens of html5ever to those of the tree construction: with processing instructions,
//! and without the NULs that browsers drop.

use std::cell::{Cell, RefCell};

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::Token as RawToken;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{Doctype, Tag, TagKind, TokenSink, TokenSinkResult};

use super::construction::{Construction, Switch};
use super::dom::{Data, Dom, NodeId};
use crate::error::Error;

/// What the tokenizer reports before the bogus comment that a `<?` starts.
const QUESTION_MARK: &str = "Saw ? in state TagOpen";

/// What it reports before a NUL in ordinary text.
const NUL_IN_TEXT: &str = "Saw \u{0} in state Data";

/// What it reports before that when the NUL follows a `<`.
const NUL_AFTER_LESS_THAN: &str = "Saw \u{0} in state TagOpen";

/// What the tree construction works on.
#[derive(Debug)]
pub(super) enum Token {
    Doctype(Doctype),
    Start(Tag),
    End(Tag),
    /// A comment or a processing instruction.
    Remark(Data),
    Text(StrTendril),
    EndOfFile,
}

/// Hands the tokens of the tokenizer to the tree construction.
pub(super) struct Tokens {
    construction: RefCell<Construction>,
    failure: RefCell<Option<Error>>,
    /// The next comment started with `<?`.
    question_mark: Cell<bool>,
    nul: Cell<Nul>,
    /// A `<?` comment that waits to be told from one that the end of the text cut off.
    waiting: RefCell<Option<StrTendril>>,
    /// A `<?` comment that nothing ends.
    unfinished: Option<String>,
}

/// Where the next NUL stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Nul {
    /// In a CDATA section, of which the tokenizer says nothing.
    InSection,
    InText,
    AfterLessThan,
}

impl Tokens {
    pub(super) fn new(construction: Construction, html: &str) -> Self {
        Self {
            construction: RefCell::new(construction),
            failure: RefCell::new(None),
            question_mark: Cell::new(false),
            nul: Cell::new(Nul::InSection),
            waiting: RefCell::new(None),
            unfinished: unfinished_instruction(html),
        }
    }

    pub(super) fn into_dom(self) -> Result<Dom, Error> {
        match self.failure.into_inner() {
            Some(failure) => Err(failure),
            None => Ok(self.construction.into_inner().into_dom()),
        }
    }

    fn hand_on(&self, token: Token) -> TokenSinkResult<NodeId> {
        // After a failure nothing counts but the end of the text.
        if self.failure.borrow().is_some() {
            return TokenSinkResult::Continue;
        }
        let mut construction = self.construction.borrow_mut();
        construction.process(token);
        if let Some(failure) = construction.check_limits() {
            *self.failure.borrow_mut() = Some(failure);
        }
        match construction.take_switch() {
            None => TokenSinkResult::Continue,
            Some(Switch::Rcdata) => TokenSinkResult::RawData(RawKind::Rcdata),
            Some(Switch::RawText) => TokenSinkResult::RawData(RawKind::Rawtext),
            Some(Switch::Script) => TokenSinkResult::RawData(RawKind::ScriptData),
            Some(Switch::PlainText) => TokenSinkResult::Plaintext,
        }
    }

    /// Hands on the `<?` comment that waits, as what browsers make of it: nothing, when the end
    /// of the text cut off a processing instruction.
    fn flush(&self, at_end: bool) {
        let Some(text) = self.waiting.borrow_mut().take() else { return };
        let cut_off = at_end && self.unfinished.as_deref() == Some(&*text);
        if cut_off && (text.len() == 1 || target_length(&text).is_some()) {
            return;
        }
        let remark = match split_instruction(&text) {
            Some((target, data)) => Data::Instruction(target, data),
            None => Data::Comment(text),
        };
        // A remark never changes the state of the tokenizer.
        let _: TokenSinkResult<NodeId> = self.hand_on(Token::Remark(remark));
    }

    /// Browsers drop a NUL in ordinary text before anything looks at it; elsewhere it becomes a
    /// replacement character.
    fn hand_on_nul(&self) -> TokenSinkResult<NodeId> {
        let nul = self.nul.replace(Nul::InSection);
        if nul == Nul::InText && self.construction.borrow().drops_nul() {
            return TokenSinkResult::Continue;
        }
        self.hand_on(Token::Text(StrTendril::from_slice("\u{fffd}")))
    }

    fn note_error(&self, message: &str) {
        if message == QUESTION_MARK {
            self.question_mark.set(true);
        }
        self.nul.set(match (message, self.nul.get()) {
            (NUL_AFTER_LESS_THAN, _) | (NUL_IN_TEXT, Nul::AfterLessThan) => Nul::AfterLessThan,
            (NUL_IN_TEXT, _) => Nul::InText,
            _ => Nul::InSection,
        });
    }
}

impl TokenSink for Tokens {
    type Handle = NodeId;

    fn process_token(&self, token: RawToken, _line: u64) -> TokenSinkResult<NodeId> {
        match token {
            RawToken::ParseError(message) => {
                self.note_error(&message);
                return TokenSinkResult::Continue;
            }
            RawToken::CommentToken(text) if self.question_mark.take() => {
                self.flush(false);
                *self.waiting.borrow_mut() = Some(text);
                return TokenSinkResult::Continue;
            }
            _ => self.flush(token == RawToken::EOFToken),
        }
        self.hand_on(match token {
            RawToken::TagToken(tag) if tag.kind == TagKind::StartTag => Token::Start(tag),
            RawToken::TagToken(tag) => Token::End(tag),
            RawToken::CharacterTokens(text) => Token::Text(text),
            RawToken::NullCharacterToken => return self.hand_on_nul(),
            RawToken::CommentToken(text) => Token::Remark(Data::Comment(text)),
            RawToken::DoctypeToken(doctype) => Token::Doctype(doctype),
            RawToken::EOFToken => Token::EndOfFile,
            RawToken::ParseError(_) => return TokenSinkResult::Continue,
        })
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.construction.borrow().is_in_foreign_content()
    }
}

/// Returns what follows the last `<` of the text when it is a `?` and no `>` comes after it, as the
/// tokenizer will report it.
fn unfinished_instruction(html: &str) -> Option<String> {
    let rest = html.get(html.rfind("<?")? + 1..)?;
    (!rest.contains('>'))
        .then(|| rest.replace("\r\n", "\n").replace('\r', "\n").replace('\0', "\u{fffd}"))
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
    // These two are decided as soon as something follows them.
    let undecided = text.len() == length + 1;
    (ends && (undecided || !is_reserved(target.get(..length)?))).then_some(length)
}

fn is_reserved(target: &[u8]) -> bool {
    target.eq_ignore_ascii_case(b"xml") || target.eq_ignore_ascii_case(b"xml-stylesheet")
}

/// Splits `?target data?` as browsers do; `None` when it stays a comment.
fn split_instruction(text: &str) -> Option<(StrTendril, StrTendril)> {
    let length = target_length(text)?;
    let (target, rest) = text.strip_prefix('?')?.split_at(length);
    if is_reserved(target.as_bytes()) {
        return None;
    }
    let data = rest.trim_start_matches([' ', '\t', '\n', '\u{c}', '\r']);
    let data = data.strip_suffix('?').unwrap_or(data);
    Some((StrTendril::from_slice(target), StrTendril::from_slice(data)))
}
