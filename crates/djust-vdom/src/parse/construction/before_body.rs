//! From the document type to the start of the body.

use html5ever::local_name;
use html5ever::tokenizer::Tag;

use super::doctype::is_quirky;
use super::{Construction, Mode, Next, Switch, split_space};
use crate::parse::dom::{DOCUMENT, NONE};
use crate::parse::tokens::Token;
use crate::serialize::doctype_text;
use crate::tree::Namespace;

impl Construction {
    pub(super) fn initial(&mut self, token: Token) -> Next {
        match token {
            Token::Text(text) => {
                let (_, rest) = split_space(&text);
                if rest.is_empty() {
                    return Next::Done;
                }
                self.dom.quirks = true;
                self.again_in(Mode::BeforeHtml, Token::Text(rest))
            }
            Token::Remark(remark) => self.append_remark(DOCUMENT, remark),
            Token::Doctype(doctype) => {
                let id = |id: &Option<_>| id.clone().unwrap_or_default();
                self.dom.doctype = Some(doctype_text(
                    &id(&doctype.name),
                    &id(&doctype.public_id),
                    &id(&doctype.system_id),
                ));
                self.dom.quirks = is_quirky(&doctype);
                self.mode = Mode::BeforeHtml;
                Next::Done
            }
            token => {
                self.dom.quirks = true;
                self.again_in(Mode::BeforeHtml, token)
            }
        }
    }

    pub(super) fn before_html(&mut self, token: Token) -> Next {
        let token = match token {
            Token::Doctype(_) => return Next::Done,
            Token::Remark(remark) => return self.append_remark(DOCUMENT, remark),
            Token::Text(text) => {
                let (_, rest) = split_space(&text);
                if rest.is_empty() {
                    return Next::Done;
                }
                Token::Text(rest)
            }
            Token::Start(Tag { name: local_name!("html"), attrs, .. }) => {
                let html = self.create_element(Namespace::Html, local_name!("html"), attrs);
                self.dom.insert(DOCUMENT, html, NONE);
                self.open.push(html);
                self.mode = Mode::BeforeHead;
                return Next::Done;
            }
            Token::End(tag) if !reaches_the_body(&tag) => return Next::Done,
            token => token,
        };
        let html = self.create_element(Namespace::Html, local_name!("html"), Vec::new());
        self.dom.insert(DOCUMENT, html, NONE);
        self.open.push(html);
        self.again_in(Mode::BeforeHead, token)
    }

    pub(super) fn before_head(&mut self, token: Token) -> Next {
        let token = match token {
            Token::Doctype(_) => return Next::Done,
            Token::Remark(remark) => return self.insert_remark(remark),
            Token::Text(text) => {
                let (_, rest) = split_space(&text);
                if rest.is_empty() {
                    return Next::Done;
                }
                Token::Text(rest)
            }
            Token::Start(Tag { name: local_name!("html"), .. }) => {
                return self.step(Mode::InBody, token);
            }
            Token::Start(tag) if tag.name == local_name!("head") => {
                self.head = self.insert_tag(tag);
                self.mode = Mode::InHead;
                return Next::Done;
            }
            Token::End(tag) if !reaches_the_body(&tag) => return Next::Done,
            token => token,
        };
        self.head = self.insert_implied(local_name!("head"));
        self.again_in(Mode::InHead, token)
    }

    pub(super) fn in_head(&mut self, token: Token) -> Next {
        let token = match token {
            Token::Doctype(_) => return Next::Done,
            Token::Remark(remark) => return self.insert_remark(remark),
            Token::Text(text) => {
                let (space, rest) = split_space(&text);
                self.insert_text(space);
                if rest.is_empty() {
                    return Next::Done;
                }
                Token::Text(rest)
            }
            Token::Start(tag) => match tag.name {
                local_name!("html") => return self.step(Mode::InBody, Token::Start(tag)),
                local_name!("base")
                | local_name!("basefont")
                | local_name!("bgsound")
                | local_name!("link")
                | local_name!("meta") => {
                    self.insert_void(tag);
                    return Next::Done;
                }
                local_name!("title") => return self.insert_raw(tag, Switch::Rcdata),
                local_name!("noframes") | local_name!("style") | local_name!("noscript") => {
                    return self.insert_raw(tag, Switch::RawText);
                }
                local_name!("script") => return self.insert_raw(tag, Switch::Script),
                local_name!("template") => {
                    self.open_template(tag);
                    return Next::Done;
                }
                local_name!("head") => return Next::Done,
                _ => Token::Start(tag),
            },
            Token::End(tag) => match tag.name {
                local_name!("head") => {
                    self.pop();
                    self.mode = Mode::AfterHead;
                    return Next::Done;
                }
                local_name!("template") => {
                    if self.has_template() {
                        self.generate_all_implied_end_tags();
                        self.close_template();
                    }
                    return Next::Done;
                }
                local_name!("body") | local_name!("html") | local_name!("br") => Token::End(tag),
                _ => return Next::Done,
            },
            Token::EndOfFile => Token::EndOfFile,
        };
        self.pop();
        self.again_in(Mode::AfterHead, token)
    }

    pub(super) fn after_head(&mut self, token: Token) -> Next {
        let token = match token {
            Token::Doctype(_) => return Next::Done,
            Token::Remark(remark) => return self.insert_remark(remark),
            Token::Text(text) => {
                let (space, rest) = split_space(&text);
                self.insert_text(space);
                if rest.is_empty() {
                    return Next::Done;
                }
                Token::Text(rest)
            }
            Token::Start(tag) => match tag.name {
                local_name!("html") => return self.step(Mode::InBody, Token::Start(tag)),
                local_name!("body") => {
                    self.insert_tag(tag);
                    self.frameset_ok = false;
                    self.mode = Mode::InBody;
                    return Next::Done;
                }
                local_name!("frameset") => {
                    self.insert_tag(tag);
                    self.mode = Mode::InFrameset;
                    return Next::Done;
                }
                local_name!("base")
                | local_name!("basefont")
                | local_name!("bgsound")
                | local_name!("link")
                | local_name!("meta")
                | local_name!("noframes")
                | local_name!("script")
                | local_name!("style")
                | local_name!("template")
                | local_name!("title") => {
                    let head = self.head;
                    self.open.push(head);
                    let next = self.step(Mode::InHead, Token::Start(tag));
                    self.remove_open(head);
                    return next;
                }
                local_name!("head") => return Next::Done,
                _ => Token::Start(tag),
            },
            Token::End(tag) => match tag.name {
                local_name!("template") => return self.step(Mode::InHead, Token::End(tag)),
                local_name!("body") | local_name!("html") | local_name!("br") => Token::End(tag),
                _ => return Next::Done,
            },
            Token::EndOfFile => Token::EndOfFile,
        };
        self.insert_implied(local_name!("body"));
        self.again_in(Mode::InBody, token)
    }
}

/// The end tags that make an empty head.
fn reaches_the_body(tag: &Tag) -> bool {
    matches!(
        tag.name,
        local_name!("head") | local_name!("body") | local_name!("html") | local_name!("br")
    )
}
