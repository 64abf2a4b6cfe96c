//! The literal text of a template, read as an HTML tokenizer reads it, with holes in it.
//!
//! It follows the tokenizer of the HTML standard as far as templates keep to well-formed markup;
//! anything else comes out as [`Token::Odd`], and the plan then takes no risk.

use super::plan::{Attribute, Attributes, NodeRef, Piece, Reason, Span};

/// Something that the text of a template says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    /// Text with holes.
    Text(Vec<Piece>),
    /// A start tag.
    Start {
        /// The name in lower case.
        name: Box<str>,
        /// The attributes.
        attributes: Attributes,
        /// Does it end in `/>`?
        closes_itself: bool,
    },
    /// An end tag.
    End {
        /// The name in lower case.
        name: Box<str>,
    },
    /// A comment.
    Comment(Vec<Piece>),
    /// A doctype.
    Doctype,
    /// Something that no plan is made for.
    Odd(Reason),
}

/// Where in the markup the reader stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Between tags.
    Content,
    /// Inside a quoted attribute value, and the quote.
    Value(u8),
    /// Elsewhere in a start tag, behind its name.
    Tag,
    /// In a comment.
    Comment,
    /// In the text of an element such as `script` or `textarea`.
    Raw,
    /// In the name of a tag or in markup that is not finished.
    Name,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Content,
    Open,
    EndOpen,
    Name,
    EndName,
    BeforeAttribute,
    AttributeName,
    AfterAttributeName,
    BeforeValue,
    Quoted(u8),
    Unquoted,
    AfterQuoted,
    Slash,
    Declaration,
    Comment,
    Bogus,
    Raw,
}

/// Reads literal text piece by piece; see the module.
#[derive(Debug)]
pub struct Reader {
    state: State,
    text: Run,
    name: String,
    end: bool,
    dynamic_name: bool,
    dynamic: bool,
    inside: Run,
    attributes: Vec<Attribute>,
    attribute: String,
    value: Run,
    /// Where the value that is being read stands.
    value_span: Span,
    closes_itself: bool,
    odd: Option<Reason>,
    /// How far the text has been read: bytes of text, and one for each hole.
    position: usize,
    /// Where the markup that is being read began.
    start: usize,
}

/// Text with holes that is still being read.
#[derive(Debug, Default)]
struct Run {
    pieces: Vec<Piece>,
    /// What was read since the last hole.
    text: String,
}

impl Run {
    fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn hole(&mut self, piece: Piece) {
        self.end_text();
        self.pieces.push(piece);
    }

    fn end_text(&mut self) {
        if !self.text.is_empty() {
            self.pieces.push(Piece::Text(self.text.as_str().into()));
            self.text.clear();
        }
    }

    fn clear(&mut self) {
        self.pieces.clear();
        self.text.clear();
    }

    fn is_empty(&self) -> bool {
        self.pieces.is_empty() && self.text.is_empty()
    }

    fn take(&mut self) -> Vec<Piece> {
        self.end_text();
        std::mem::take(&mut self.pieces)
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0c)
}

/// The first place where `needle`, in lower case, stands in `text` in any case.
fn find_ignoring_case(text: &str, needle: &str) -> Option<usize> {
    let (text, needle) = (text.as_bytes(), needle.as_bytes());
    text.windows(needle.len()).position(|window| window.eq_ignore_ascii_case(needle))
}

impl Default for Reader {
    fn default() -> Self {
        Self {
            state: State::Content,
            text: Run::default(),
            name: String::new(),
            end: false,
            dynamic_name: false,
            dynamic: false,
            inside: Run::default(),
            attributes: Vec::new(),
            attribute: String::new(),
            value: Run::default(),
            value_span: Span::default(),
            closes_itself: false,
            odd: None,
            position: 0,
            start: 0,
        }
    }
}

impl Reader {
    /// A reader inside a body that starts in the text of the element `name`.
    #[must_use]
    pub fn within_raw(name: &str) -> Self {
        Self { state: State::Raw, name: name.to_owned(), ..Self::default() }
    }

    /// Where the reader stands.
    #[must_use]
    pub fn place(&self) -> Place {
        match self.state {
            State::Content => Place::Content,
            State::Quoted(quote) => Place::Value(quote),
            State::Comment => Place::Comment,
            State::Raw => Place::Raw,
            State::Open
            | State::EndOpen
            | State::Name
            | State::EndName
            | State::Declaration
            | State::Bogus => Place::Name,
            _ => Place::Tag,
        }
    }

    /// How far the text has been read: bytes of text, and one for each hole.
    #[must_use]
    pub fn position(&self) -> usize {
        self.position
    }

    /// Where the token that came last began.
    #[must_use]
    pub fn token_start(&self) -> usize {
        self.start
    }

    /// The text that was read since the last token.
    pub fn take_text(&mut self) -> Option<Token> {
        (!self.text.is_empty()).then(|| Token::Text(self.text.take()))
    }

    /// The text of the element `name` follows.
    pub fn enter_raw(&mut self, name: &str) {
        self.state = State::Raw;
        name.clone_into(&mut self.name);
    }

    /// A node is passed that prints no text of its own.
    pub fn pass(&mut self) {
        self.position += 1;
    }

    /// A node prints something here.
    pub fn hole(&mut self, node: NodeRef) {
        self.position += 1;
        let piece = Piece::Node(node);
        match self.state {
            State::Content | State::Raw => self.text.hole(piece),
            State::Comment => self.value.hole(piece),
            State::Quoted(_) => {
                self.inside.hole(piece.clone());
                self.value.hole(piece);
            }
            State::Open | State::EndOpen | State::Name | State::EndName => {
                if matches!(self.state, State::Open | State::EndOpen) {
                    self.end = self.state == State::EndOpen;
                    self.begin_tag();
                }
                self.dynamic_name = true;
                self.state = if self.end { State::EndName } else { State::Name };
            }
            State::Declaration | State::Bogus => self.odd = Some(Reason::Odd),
            _ => {
                self.dynamic = true;
                self.inside.hole(piece);
            }
        }
    }

    /// Reads on in `text` from byte `at`, to the end of the next token or of the text.
    pub fn read(&mut self, text: &str, at: &mut usize) -> Option<Token> {
        loop {
            if matches!(self.state, State::Content | State::Open)
                && let Some(reason) = self.odd.take()
            {
                return Some(Token::Odd(reason));
            }
            let rest = text.get(*at..).unwrap_or_default();
            if rest.is_empty() {
                return None;
            }
            let before = *at;
            let token = match self.state {
                State::Content => self.content(rest, at),
                State::Raw => self.raw(rest, at),
                State::Comment => self.comment(rest, at),
                State::Bogus => self.bogus(rest, at),
                State::Declaration => self.declaration(rest, at),
                _ => self.markup(rest, at),
            };
            self.position += *at - before;
            if token.is_some() {
                return token;
            }
        }
    }

    fn content(&mut self, rest: &str, at: &mut usize) -> Option<Token> {
        let Some(open) = rest.find('<') else {
            self.text.push(rest);
            *at += rest.len();
            return None;
        };
        self.text.push(rest.get(..open).unwrap_or_default());
        self.start = self.position + open;
        *at += open + 1;
        self.state = State::Open;
        self.take_text()
    }

    fn raw(&mut self, rest: &str, at: &mut usize) -> Option<Token> {
        let needle = format!("</{}", self.name);
        let close = find_ignoring_case(rest, &needle).filter(|found| {
            let after = rest.as_bytes().get(found + needle.len());
            after.is_none_or(|byte| is_space(*byte) || matches!(byte, b'/' | b'>'))
        });
        let text = close.map_or(rest, |close| rest.get(..close).unwrap_or_default());
        // An escaped script, or an end tag that a hole may complete.
        if (self.name == "script" && text.contains("<!--")) || text.ends_with('<') {
            self.odd = Some(Reason::Odd);
        }
        self.text.push(text);
        *at += text.len();
        let close = close?;
        self.start = self.position + close;
        *at += 1;
        self.state = State::Open;
        self.take_text()
    }

    fn comment(&mut self, rest: &str, at: &mut usize) -> Option<Token> {
        let Some(close) = rest.find("--") else {
            self.value.push(rest);
            if rest.ends_with('-') {
                self.odd = Some(Reason::Odd);
            }
            *at += rest.len();
            return None;
        };
        self.value.push(rest.get(..close).unwrap_or_default());
        match rest.as_bytes().get(close + 2) {
            Some(b'>') => {
                *at += close + 3;
                self.state = State::Content;
                Some(Token::Comment(self.value.take()))
            }
            Some(b'!' | b'-') | None => {
                self.odd = Some(Reason::Odd);
                self.state = State::Bogus;
                *at += close + 2;
                None
            }
            Some(_) => {
                self.value.push("--");
                *at += close + 2;
                None
            }
        }
    }

    /// What is skipped: the oddity was noted.
    fn bogus(&mut self, rest: &str, at: &mut usize) -> Option<Token> {
        self.value.clear();
        match rest.find('>') {
            Some(close) => {
                *at += close + 1;
                self.state = State::Content;
                Some(Token::Odd(self.odd.take().unwrap_or(Reason::Odd)))
            }
            None => {
                *at += rest.len();
                None
            }
        }
    }

    fn declaration(&mut self, rest: &str, at: &mut usize) -> Option<Token> {
        if let Some(data) = rest.strip_prefix("--") {
            *at += 2;
            self.state = State::Comment;
            if data.starts_with('>') || data.starts_with("->") {
                self.odd = Some(Reason::Odd);
                self.state = State::Bogus;
            }
            return None;
        }
        self.state = State::Bogus;
        let is_doctype = rest.get(..7).is_some_and(|word| word.eq_ignore_ascii_case("doctype"));
        if let (true, Some(close)) = (is_doctype, rest.find('>')) {
            *at += close + 1;
            self.state = State::Content;
            return Some(Token::Doctype);
        }
        self.odd = Some(Reason::Odd);
        None
    }

    fn begin_tag(&mut self) {
        self.name.clear();
        self.inside.clear();
        self.attributes.clear();
        self.attribute.clear();
        self.value.clear();
        self.dynamic = false;
        self.dynamic_name = false;
        self.closes_itself = false;
    }

    /// One byte of a tag.
    fn markup(&mut self, rest: &str, at: &mut usize) -> Option<Token> {
        let byte = *rest.as_bytes().first()?;
        match self.state {
            State::Open | State::EndOpen => return self.open(byte, at),
            State::Name | State::EndName => {
                if is_space(byte) || matches!(byte, b'/' | b'>') {
                    self.state = State::BeforeAttribute;
                } else {
                    self.name.push(char_of(rest).to_ascii_lowercase());
                    *at += char_of(rest).len_utf8();
                }
                return None;
            }
            _ => {}
        }
        if byte == b'>' && !matches!(self.state, State::Quoted(_)) {
            *at += 1;
            return Some(self.tag());
        }
        if let State::Quoted(quote) = self.state {
            self.quoted(rest, quote, at);
            return None;
        }
        let char = char_of(rest);
        *at += char.len_utf8();
        self.inside.push(char.encode_utf8(&mut [0; 4]));
        self.in_tag(char);
        None
    }

    fn open(&mut self, byte: u8, at: &mut usize) -> Option<Token> {
        let end = self.state == State::EndOpen;
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => {
                self.end = end;
                self.begin_tag();
                self.state = if end { State::EndName } else { State::Name };
                None
            }
            b'/' if !end => {
                *at += 1;
                self.state = State::EndOpen;
                None
            }
            b'!' if !end => {
                *at += 1;
                self.value.clear();
                self.state = State::Declaration;
                None
            }
            b'?' => {
                self.state = State::Bogus;
                None
            }
            _ if end => {
                self.state = State::Bogus;
                None
            }
            _ => {
                self.text.push("<");
                self.state = State::Content;
                Some(Token::Odd(Reason::Odd))
            }
        }
    }

    fn quoted(&mut self, rest: &str, quote: u8, at: &mut usize) {
        let close = rest.bytes().position(|byte| byte == quote);
        let text = close.map_or(rest, |close| rest.get(..close).unwrap_or_default());
        self.value.push(text);
        self.inside.push(text);
        *at += text.len();
        if close.is_some() {
            self.inside.push(if quote == b'"' { "\"" } else { "'" });
            self.value_span.end = self.position + text.len();
            *at += 1;
            self.end_attribute();
            self.state = State::AfterQuoted;
        }
    }

    fn in_tag(&mut self, char: char) {
        let space = char.is_ascii() && is_space(char as u8);
        match self.state {
            State::BeforeAttribute | State::AfterQuoted | State::Slash => match char {
                '/' => {
                    self.closes_itself = true;
                    self.state = State::Slash;
                }
                _ if space => self.state = State::BeforeAttribute,
                _ => {
                    self.closes_itself = false;
                    self.attribute.push(char.to_ascii_lowercase());
                    self.state = State::AttributeName;
                }
            },
            State::AttributeName => match char {
                '=' => self.state = State::BeforeValue,
                '/' => {
                    self.end_attribute();
                    self.closes_itself = true;
                    self.state = State::Slash;
                }
                _ if space => self.state = State::AfterAttributeName,
                _ => self.attribute.push(char.to_ascii_lowercase()),
            },
            State::AfterAttributeName => match char {
                '=' => self.state = State::BeforeValue,
                _ if space => {}
                _ => {
                    self.end_attribute();
                    self.state = State::BeforeAttribute;
                    self.in_tag(char);
                }
            },
            State::BeforeValue => match char {
                '"' | '\'' => {
                    self.state = State::Quoted(char as u8);
                    // The quote itself is not counted yet.
                    self.value_span.start = self.position + 1;
                }
                _ if space => {}
                _ => {
                    self.value.push(char.encode_utf8(&mut [0; 4]));
                    self.state = State::Unquoted;
                }
            },
            State::Unquoted if space => {
                self.end_attribute();
                self.state = State::BeforeAttribute;
            }
            _ => self.value.push(char.encode_utf8(&mut [0; 4])),
        }
        if self.state != State::Slash && !space {
            self.closes_itself = false;
        }
    }

    /// The attribute is complete; of two with one name the parser decides.
    fn end_attribute(&mut self) {
        let name = std::mem::take(&mut self.attribute);
        let value = self.value.take();
        let span = std::mem::take(&mut self.value_span);
        if self.attributes.iter().any(|known| *known.name == *name) {
            self.dynamic = true;
        } else if !name.is_empty() {
            self.attributes.push(Attribute { name: name.into(), value: value.into(), span });
        }
    }

    fn tag(&mut self) -> Token {
        self.end_attribute();
        self.state = State::Content;
        if self.dynamic_name {
            return Token::Odd(Reason::DynamicName);
        }
        let name: Box<str> = std::mem::take(&mut self.name).into();
        if self.end {
            return Token::End { name };
        }
        let attributes = if self.dynamic {
            Attributes::Textual(self.inside.take().into())
        } else {
            Attributes::Known(std::mem::take(&mut self.attributes).into())
        };
        Token::Start { name, attributes, closes_itself: self.closes_itself }
    }
}

fn char_of(rest: &str) -> char {
    rest.chars().next().unwrap_or('\u{fffd}')
}
