//! After the body, and framesets.

use html5ever::local_name;
use html5ever::tokenizer::Tag;

use super::{Construction, Mode, Next, is_space, only_space};
use crate::parse::dom::{DOCUMENT, NONE};
use crate::parse::tokens::Token;

impl Construction {
    pub(super) fn after_body(&mut self, token: Token) -> Next {
        match token {
            Token::Text(text) if text.chars().all(is_space) => {
                self.step(Mode::InBody, Token::Text(text))
            }
            Token::Remark(remark) => {
                let html = self.open.first().copied().unwrap_or(NONE);
                self.append_remark(html, remark)
            }
            Token::Doctype(_) | Token::EndOfFile => Next::Done,
            Token::Start(Tag { name: local_name!("html"), .. }) => self.step(Mode::InBody, token),
            Token::End(Tag { name: local_name!("html"), .. }) => {
                if self.context == NONE {
                    self.mode = Mode::AfterAfterBody;
                }
                Next::Done
            }
            token => self.again_in(Mode::InBody, token),
        }
    }

    pub(super) fn after_after_body(&mut self, token: Token) -> Next {
        match token {
            Token::Remark(remark) => self.append_remark(DOCUMENT, remark),
            Token::Doctype(_) | Token::Start(Tag { name: local_name!("html"), .. }) => {
                self.step(Mode::InBody, token)
            }
            Token::Text(text) if text.chars().all(is_space) => {
                self.step(Mode::InBody, Token::Text(text))
            }
            Token::EndOfFile => Next::Done,
            token => self.again_in(Mode::InBody, token),
        }
    }

    pub(super) fn in_frameset(&mut self, token: Token) -> Next {
        match token {
            Token::Text(text) => self.insert_text(only_space(&text)),
            Token::Remark(remark) => return self.insert_remark(remark),
            Token::Start(tag) => match tag.name {
                local_name!("html") => return self.step(Mode::InBody, Token::Start(tag)),
                local_name!("frameset") => {
                    self.insert_tag(tag);
                }
                local_name!("frame") => {
                    self.insert_void(tag);
                }
                local_name!("noframes") => return self.step(Mode::InHead, Token::Start(tag)),
                _ => {}
            },
            Token::End(tag) if tag.name == local_name!("frameset") => {
                if self.open.len() > 1 {
                    self.pop();
                    if self.context == NONE && !self.current_is(&local_name!("frameset")) {
                        self.mode = Mode::AfterFrameset;
                    }
                }
            }
            Token::End(_) | Token::Doctype(_) | Token::EndOfFile => {}
        }
        Next::Done
    }

    pub(super) fn after_frameset(&mut self, token: Token) -> Next {
        match token {
            Token::Text(text) => self.insert_text(only_space(&text)),
            Token::Remark(remark) => return self.insert_remark(remark),
            Token::Start(tag) => match tag.name {
                local_name!("html") => return self.step(Mode::InBody, Token::Start(tag)),
                local_name!("noframes") => return self.step(Mode::InHead, Token::Start(tag)),
                _ => {}
            },
            Token::End(tag) if tag.name == local_name!("html") => {
                self.mode = Mode::AfterAfterFrameset;
            }
            Token::End(_) | Token::Doctype(_) | Token::EndOfFile => {}
        }
        Next::Done
    }

    pub(super) fn after_after_frameset(&mut self, token: Token) -> Next {
        match token {
            Token::Remark(remark) => return self.append_remark(DOCUMENT, remark),
            Token::Text(text) => return self.step(Mode::InBody, Token::Text(only_space(&text))),
            Token::Start(tag) => match tag.name {
                local_name!("html") => return self.step(Mode::InBody, Token::Start(tag)),
                local_name!("noframes") => return self.step(Mode::InHead, Token::Start(tag)),
                _ => {}
            },
            Token::End(_) | Token::Doctype(_) | Token::EndOfFile => {}
        }
        Next::Done
    }
}
