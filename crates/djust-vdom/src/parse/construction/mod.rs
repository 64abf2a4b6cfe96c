//! Tree construction: what the elements, texts and remarks of a page are children of.
//!
//! The algorithm of the HTML standard, section "Tree construction", with scripting on and scripts
//! not run. Where Chromium does something else, a comment says so. One module a group of insertion
//! modes; the stack of open elements and the formatting elements have theirs.

mod after_body;
mod before_body;
mod doctype;
mod foreign;
mod formatting;
mod in_body;
mod in_table;
mod names;
mod stack;

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::Tag;
use html5ever::{Attribute, LocalName, QualName, local_name, ns};

use self::formatting::Formatting;
use self::names::{FOSTERING, HTML_POINT, traits};
use super::Context;
use super::dom::{DOCUMENT, Data, Dom, Element, NONE, NodeId, find_attribute};
use super::tokens::Token;
use crate::error::{Error, ErrorKind};
use crate::limits::{MAX_DEPTH, MAX_NODES, MAX_OPEN_ELEMENTS};
use crate::tree::Namespace;

/// The insertion mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Initial,
    BeforeHtml,
    BeforeHead,
    InHead,
    AfterHead,
    InBody,
    Text,
    InTable,
    InTableText,
    InCaption,
    InColumnGroup,
    InTableBody,
    InRow,
    InCell,
    InTemplate,
    AfterBody,
    InFrameset,
    AfterFrameset,
    AfterAfterBody,
    AfterAfterFrameset,
}

/// How the tokenizer is to read on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Switch {
    Rcdata,
    RawText,
    Script,
    PlainText,
}

/// What becomes of a token.
enum Next {
    Done,
    /// The mode has changed: look at it again.
    Again(Token),
}

/// The state of the tree construction.
pub(super) struct Construction {
    dom: Dom,
    mode: Mode,
    original_mode: Mode,
    template_modes: Vec<Mode>,
    /// The stack of open elements.
    open: Vec<NodeId>,
    formatting: Vec<Formatting>,
    head: NodeId,
    form: NodeId,
    /// The element whose inside a fragment is.
    context: NodeId,
    frameset_ok: bool,
    skips_line_feed: bool,
    fosters: bool,
    table_text: Vec<StrTendril>,
    switch: Option<Switch>,
    /// Elements that have a declarative shadow root.
    shadow_hosts: Vec<NodeId>,
}

impl Construction {
    pub(super) fn of_document() -> Self {
        Self {
            dom: Dom::new(),
            mode: Mode::Initial,
            original_mode: Mode::Initial,
            template_modes: Vec::new(),
            open: Vec::new(),
            formatting: Vec::new(),
            head: NONE,
            form: NONE,
            context: NONE,
            frameset_ok: true,
            skips_line_feed: false,
            fosters: false,
            table_text: Vec::new(),
            switch: None,
            shadow_hosts: Vec::new(),
        }
    }

    pub(super) fn of_fragment(context: Context<'_>) -> Self {
        let mut this = Self::of_document();
        this.dom.quirks = context.quirks;
        let root = this.create_element(Namespace::Html, local_name!("html"), Vec::new());
        this.dom.insert(DOCUMENT, root, NONE);
        this.open.push(root);
        let name = LocalName::from(context.name);
        this.context = this.create_element(context.namespace, name, Vec::new());
        if this.is_named(this.context, &local_name!("template")) {
            this.template_modes.push(Mode::InTemplate);
        }
        if this.is_named(this.context, &local_name!("form")) {
            this.form = this.context;
        }
        this.reset_mode();
        this
    }

    pub(super) fn into_dom(self) -> Dom {
        self.dom
    }

    pub(super) fn take_switch(&mut self) -> Option<Switch> {
        self.switch.take()
    }

    pub(super) fn is_in_foreign_content(&self) -> bool {
        self.dom
            .element(self.adjusted_current())
            .is_some_and(|element| element.namespace != Namespace::Html)
    }

    /// Returns whether a NUL in ordinary text means nothing here.
    pub(super) fn drops_nul(&self) -> bool {
        !self.uses_foreign_rules(&Token::Text(StrTendril::new()))
    }

    /// Returns which limit the page is beyond.
    pub(super) fn check_limits(&self) -> Option<Error> {
        if self.dom.nodes.len() > MAX_NODES {
            let detail = format!("The HTML makes more than {MAX_NODES} nodes.");
            return Some(Error::new(ErrorKind::TooLarge, detail));
        }
        if self.open.len() > MAX_OPEN_ELEMENTS {
            let detail = format!("More than {MAX_OPEN_ELEMENTS} elements are open at once.");
            return Some(Error::new(ErrorKind::TooDeep, detail));
        }
        None
    }

    pub(super) fn process(&mut self, mut token: Token) {
        if std::mem::take(&mut self.skips_line_feed) {
            if let Token::Text(text) = &mut token {
                if text.starts_with('\n') {
                    text.pop_front(1);
                    if text.is_empty() {
                        return;
                    }
                }
            }
        }
        let mut next = Next::Again(token);
        while let Next::Again(token) = next {
            next = if self.uses_foreign_rules(&token) {
                self.in_foreign_content(token)
            } else {
                self.step(self.mode, token)
            };
        }
    }

    /// Processes a token by the rules of a mode.
    fn step(&mut self, mode: Mode, token: Token) -> Next {
        match mode {
            Mode::Initial => self.initial(token),
            Mode::BeforeHtml => self.before_html(token),
            Mode::BeforeHead => self.before_head(token),
            Mode::InHead => self.in_head(token),
            Mode::AfterHead => self.after_head(token),
            Mode::InBody => self.in_body(token),
            Mode::Text => self.text_only(token),
            Mode::InTable => self.in_table(token),
            Mode::InTableText => self.in_table_text(token),
            Mode::InCaption => self.in_caption(token),
            Mode::InColumnGroup => self.in_column_group(token),
            Mode::InTableBody => self.in_table_body(token),
            Mode::InRow => self.in_row(token),
            Mode::InCell => self.in_cell(token),
            Mode::InTemplate => self.in_template(token),
            Mode::AfterBody => self.after_body(token),
            Mode::InFrameset => self.in_frameset(token),
            Mode::AfterFrameset => self.after_frameset(token),
            Mode::AfterAfterBody => self.after_after_body(token),
            Mode::AfterAfterFrameset => self.after_after_frameset(token),
        }
    }

    fn again_in(&mut self, mode: Mode, token: Token) -> Next {
        self.mode = mode;
        Next::Again(token)
    }

    // ------------------------------------------------------------------ nodes

    fn create_element(
        &mut self,
        namespace: Namespace,
        name: LocalName,
        attributes: Vec<Attribute>,
    ) -> NodeId {
        let mut traits = traits(namespace, &name);
        let mut contents = NONE;
        if namespace == Namespace::Html && name == local_name!("template") {
            contents = self.dom.create(Data::Fragment);
        }
        if namespace == Namespace::MathMlOrXml && name == local_name!("annotation-xml") {
            let encoding = find_attribute(&attributes, "encoding");
            let holds_html = encoding.is_some_and(|encoding| {
                encoding.eq_ignore_ascii_case("text/html")
                    || encoding.eq_ignore_ascii_case("application/xhtml+xml")
            });
            if holds_html {
                traits |= HTML_POINT;
            }
        }
        self.dom.create(Data::Element(Element { namespace, name, attributes, contents, traits }))
    }

    /// The appropriate place for inserting a node into `target`: a parent and what comes next.
    fn place_for(&self, target: NodeId) -> (NodeId, NodeId) {
        if !(self.fosters && self.traits(target) & FOSTERING != 0) {
            return (self.dom.home(target), NONE);
        }
        let last = |name| self.open.iter().rposition(|&id| self.is_named(id, &name));
        let (template, table) = (last(local_name!("template")), last(local_name!("table")));
        match (template, table) {
            (Some(template), table) if table.is_none_or(|table| template > table) => {
                (self.dom.home(self.open[template]), NONE)
            }
            (_, Some(position)) => {
                let table = self.open[position];
                match self.dom.parent(table) {
                    NONE => {
                        let above = position.checked_sub(1).map_or(NONE, |above| self.open[above]);
                        (self.dom.home(above), NONE)
                    }
                    parent => (parent, table),
                }
            }
            _ => (self.open.first().copied().unwrap_or(NONE), NONE),
        }
    }

    /// Inserts a node at the appropriate place.
    ///
    /// Chromium keeps trees from growing too deep: below the limit a child of the current node
    /// becomes its sibling.
    fn insert(&mut self, id: NodeId) {
        let current = self.current();
        let (mut parent, next) = self.place_for(current);
        if self.open.len() > MAX_DEPTH && next == NONE && parent == self.dom.home(current) {
            let above = self.dom.parent(current);
            if above != NONE {
                parent = above;
            }
        }
        self.dom.insert(parent, id, next);
    }

    fn insert_element(
        &mut self,
        namespace: Namespace,
        name: LocalName,
        attributes: Vec<Attribute>,
    ) -> NodeId {
        let id = self.create_element(namespace, name, attributes);
        self.insert(id);
        self.open.push(id);
        id
    }

    fn insert_html(&mut self, name: LocalName, attributes: Vec<Attribute>) -> NodeId {
        self.insert_element(Namespace::Html, name, attributes)
    }

    fn insert_tag(&mut self, tag: Tag) -> NodeId {
        self.insert_html(tag.name, tag.attrs)
    }

    /// Inserts an element that nobody wrote.
    fn insert_implied(&mut self, name: LocalName) -> NodeId {
        self.insert_html(name, Vec::new())
    }

    /// Inserts an element that has no content.
    fn insert_void(&mut self, tag: Tag) -> NodeId {
        let id = self.insert_tag(tag);
        self.pop();
        id
    }

    fn insert_text(&mut self, text: StrTendril) {
        let (parent, next) = self.place_for(self.current());
        if !text.is_empty() && parent != DOCUMENT {
            self.dom.insert_text(parent, text, next);
        }
    }

    fn insert_remark(&mut self, remark: Data) -> Next {
        let id = self.dom.create(remark);
        self.insert(id);
        Next::Done
    }

    fn append_remark(&mut self, parent: NodeId, remark: Data) -> Next {
        let id = self.dom.create(remark);
        self.dom.insert(parent, id, NONE);
        Next::Done
    }

    /// Inserts an element whose text the tokenizer reads in another way.
    fn insert_raw(&mut self, tag: Tag, switch: Switch) -> Next {
        self.insert_tag(tag);
        self.switch = Some(switch);
        self.original_mode = self.mode;
        self.mode = Mode::Text;
        Next::Done
    }

    /// Adds the attributes that an element does not have yet.
    fn add_attributes(&mut self, id: NodeId, added: Vec<Attribute>) {
        let Some(node) = self.dom.get_mut(id) else { return };
        let Data::Element(element) = &mut node.data else { return };
        for attribute in added {
            if element.attribute(&attribute.name.local).is_none() {
                element.attributes.push(attribute);
            }
        }
    }

    /// Text by itself may not say whether the page is a frameset.
    ///
    /// Chromium does not count replacement characters, which stand for NULs.
    fn note_text(&mut self, text: &str) {
        if text.contains(|character| !is_space(character) && character != '\u{fffd}') {
            self.frameset_ok = false;
        }
    }

    // ------------------------------------------------------------------ modes

    /// Resets the insertion mode appropriately.
    fn reset_mode(&mut self) {
        self.mode = self.appropriate_mode();
    }

    fn appropriate_mode(&self) -> Mode {
        for position in (0..self.open.len()).rev() {
            let is_last = position == 0;
            let id =
                if is_last && self.context != NONE { self.context } else { self.open[position] };
            let Some(element) = self.dom.element(id) else { continue };
            if element.namespace != Namespace::Html {
                continue;
            }
            match element.name {
                local_name!("td") | local_name!("th") if !is_last => return Mode::InCell,
                local_name!("tr") => return Mode::InRow,
                local_name!("tbody") | local_name!("thead") | local_name!("tfoot") => {
                    return Mode::InTableBody;
                }
                local_name!("caption") => return Mode::InCaption,
                local_name!("colgroup") => return Mode::InColumnGroup,
                local_name!("table") => return Mode::InTable,
                local_name!("template") => {
                    return self.template_modes.last().copied().unwrap_or(Mode::InTemplate);
                }
                local_name!("head") if !is_last => return Mode::InHead,
                local_name!("body") => return Mode::InBody,
                local_name!("frameset") => return Mode::InFrameset,
                local_name!("html") if self.head == NONE => return Mode::BeforeHead,
                local_name!("html") => return Mode::AfterHead,
                _ => {}
            }
        }
        Mode::InBody
    }

    /// Text, raw text and scripts, until their end tag.
    fn text_only(&mut self, token: Token) -> Next {
        match token {
            Token::Text(text) => {
                self.insert_text(text);
                Next::Done
            }
            Token::EndOfFile => {
                self.pop();
                self.again_in(self.original_mode, token)
            }
            Token::End(_) => {
                self.pop();
                self.mode = self.original_mode;
                Next::Done
            }
            Token::Doctype(_) | Token::Start(_) | Token::Remark(_) => Next::Done,
        }
    }

    fn in_template(&mut self, token: Token) -> Next {
        let mode = match &token {
            Token::Text(_) | Token::Remark(_) | Token::Doctype(_) => {
                return self.step(Mode::InBody, token);
            }
            Token::Start(tag) => match tag.name {
                // The standard names `base`, `title` and some more; in Chromium they make the
                // inside a body.
                local_name!("link")
                | local_name!("meta")
                | local_name!("script")
                | local_name!("style")
                | local_name!("template") => return self.step(Mode::InHead, token),
                local_name!("caption")
                | local_name!("colgroup")
                | local_name!("tbody")
                | local_name!("tfoot")
                | local_name!("thead") => Mode::InTable,
                local_name!("col") => Mode::InColumnGroup,
                local_name!("tr") => Mode::InTableBody,
                local_name!("td") | local_name!("th") => Mode::InRow,
                _ => Mode::InBody,
            },
            Token::End(tag) if tag.name == local_name!("template") => {
                return self.step(Mode::InHead, token);
            }
            Token::End(_) => return Next::Done,
            Token::EndOfFile => {
                if !self.has_template() {
                    return Next::Done;
                }
                self.close_template();
                return Next::Again(token);
            }
        };
        self.template_modes.pop();
        self.template_modes.push(mode);
        self.again_in(mode, token)
    }

    fn open_template(&mut self, tag: Tag) {
        let attach = self.context == NONE
            && find_attribute(&tag.attrs, "shadowrootmode").is_some_and(|mode| {
                mode.eq_ignore_ascii_case("open") || mode.eq_ignore_ascii_case("closed")
            });
        let host = self.adjusted_current();
        if attach && self.can_attach_shadow(host) {
            // The browser takes the contents out of sight: they are not children of anything.
            self.shadow_hosts.push(host);
            let template = self.create_element(Namespace::Html, tag.name, tag.attrs);
            self.open.push(template);
        } else {
            self.insert_tag(tag);
        }
        self.push_marker();
        self.frameset_ok = false;
        self.mode = Mode::InTemplate;
        self.template_modes.push(Mode::InTemplate);
    }

    fn can_attach_shadow(&self, host: NodeId) -> bool {
        !self.shadow_hosts.contains(&host)
            && self
                .dom
                .element(host)
                .is_some_and(|element| element.is_html(|name| names::is_shadow_host(name)))
            && self.place_for(self.current()).0 == host
    }

    fn close_template(&mut self) {
        self.pop_through(&local_name!("template"));
        self.clear_to_marker();
        self.template_modes.pop();
        self.reset_mode();
    }
}

fn is_space(character: char) -> bool {
    matches!(character, ' ' | '\t' | '\n' | '\r' | '\u{c}')
}

/// Splits the white space off that a text starts with.
fn split_space(text: &StrTendril) -> (StrTendril, StrTendril) {
    let length = (text.len() - text.trim_start_matches(is_space).len()) as u32;
    (text.subtendril(0, length), text.subtendril(length, text.len32() - length))
}

/// Only the white space of a text.
fn only_space(text: &str) -> StrTendril {
    let spaces: String = text.chars().filter(|&character| is_space(character)).collect();
    StrTendril::from_slice(&spaces)
}

/// Renames an attribute and gives it a namespace; the local name is the qualified one.
fn rename(attribute: &mut Attribute, namespace: html5ever::Namespace, name: &str) {
    attribute.name = QualName::new(None, namespace, LocalName::from(name));
}

fn no_namespace() -> html5ever::Namespace {
    ns!()
}
