//! Tables: what belongs where, and what is moved out of them.

use html5ever::local_name;
use html5ever::tokenizer::Tag;

use super::names::{CELL, FOSTERING, SECTION, TABLE_SCOPE};
use super::{Construction, Mode, Next, is_space, only_space, split_space};
use crate::parse::dom::{Element, find_attribute};
use crate::parse::tokens::Token;

impl Construction {
    fn clear_to_table(&mut self) {
        self.pop_back_to(|element| element.traits & TABLE_SCOPE != 0);
    }

    fn clear_to_section(&mut self) {
        self.pop_back_to(|element| element.traits & SECTION != 0 || ends_clearing(element));
    }

    fn clear_to_row(&mut self) {
        self.pop_back_to(|element| {
            element.is_html(|name| *name == local_name!("tr")) || ends_clearing(element)
        });
    }

    pub(super) fn in_table(&mut self, token: Token) -> Next {
        match token {
            Token::Text(text) => {
                // The standard names `template` here too; Chromium does not.
                if self.current_has(FOSTERING) {
                    self.original_mode = self.mode;
                    return self.again_in(Mode::InTableText, Token::Text(text));
                }
                self.foster(Token::Text(text))
            }
            Token::Remark(remark) => self.insert_remark(remark),
            Token::Doctype(_) => Next::Done,
            Token::Start(tag) => self.start_in_table(tag),
            Token::End(tag) => match tag.name {
                local_name!("table") => {
                    if self.has_in_table_scope(&local_name!("table")) {
                        self.pop_through(&local_name!("table"));
                        self.reset_mode();
                    }
                    Next::Done
                }
                local_name!("body")
                | local_name!("caption")
                | local_name!("col")
                | local_name!("colgroup")
                | local_name!("html")
                | local_name!("tbody")
                | local_name!("td")
                | local_name!("tfoot")
                | local_name!("th")
                | local_name!("thead")
                | local_name!("tr") => Next::Done,
                local_name!("template") => self.step(Mode::InHead, Token::End(tag)),
                _ => self.foster(Token::End(tag)),
            },
            Token::EndOfFile => self.step(Mode::InBody, token),
        }
    }

    fn start_in_table(&mut self, tag: Tag) -> Next {
        match tag.name {
            local_name!("caption") => {
                self.clear_to_table();
                self.push_marker();
                self.insert_tag(tag);
                self.mode = Mode::InCaption;
            }
            local_name!("colgroup") => {
                self.clear_to_table();
                self.insert_tag(tag);
                self.mode = Mode::InColumnGroup;
            }
            local_name!("col") => {
                self.clear_to_table();
                self.insert_implied(local_name!("colgroup"));
                return self.again_in(Mode::InColumnGroup, Token::Start(tag));
            }
            local_name!("tbody") | local_name!("tfoot") | local_name!("thead") => {
                self.clear_to_table();
                self.insert_tag(tag);
                self.mode = Mode::InTableBody;
            }
            local_name!("td") | local_name!("th") | local_name!("tr") => {
                self.clear_to_table();
                self.insert_implied(local_name!("tbody"));
                return self.again_in(Mode::InTableBody, Token::Start(tag));
            }
            local_name!("table") => {
                if self.has_in_table_scope(&local_name!("table")) {
                    self.pop_through(&local_name!("table"));
                    self.reset_mode();
                    return Next::Again(Token::Start(tag));
                }
            }
            local_name!("style") | local_name!("script") | local_name!("template") => {
                return self.step(Mode::InHead, Token::Start(tag));
            }
            local_name!("input") if is_hidden(&tag) => {
                self.insert_void(tag);
            }
            // The standard ignores a form in a template's table; Chromium does not.
            local_name!("form") => {
                if self.form_is_free() {
                    self.insert_form(tag);
                    self.pop();
                }
            }
            _ => return self.foster(Token::Start(tag)),
        }
        Next::Done
    }

    /// Processes what does not belong into a table: it goes in front of it.
    fn foster(&mut self, token: Token) -> Next {
        self.fosters = true;
        let next = self.step(Mode::InBody, token);
        self.fosters = false;
        next
    }

    pub(super) fn in_table_text(&mut self, token: Token) -> Next {
        if let Token::Text(text) = token {
            self.table_text.push(text);
            return Next::Done;
        }
        let texts = std::mem::take(&mut self.table_text);
        let is_blank = texts.iter().all(|text| text.chars().all(is_space));
        for text in texts {
            if is_blank {
                self.insert_text(text);
            } else {
                self.foster(Token::Text(text));
            }
        }
        self.again_in(self.original_mode, token)
    }

    pub(super) fn in_caption(&mut self, token: Token) -> Next {
        let again = match &token {
            Token::End(tag) => match tag.name {
                local_name!("caption") => false,
                local_name!("table") => true,
                local_name!("body")
                | local_name!("col")
                | local_name!("colgroup")
                | local_name!("html")
                | local_name!("tbody")
                | local_name!("td")
                | local_name!("tfoot")
                | local_name!("th")
                | local_name!("thead")
                | local_name!("tr") => return Next::Done,
                _ => return self.step(Mode::InBody, token),
            },
            Token::Start(tag) if is_table_part(tag) => true,
            _ => return self.step(Mode::InBody, token),
        };
        if !self.has_in_table_scope(&local_name!("caption")) {
            return Next::Done;
        }
        self.generate_implied_end_tags(None);
        self.pop_through(&local_name!("caption"));
        self.clear_to_marker();
        self.mode = Mode::InTable;
        if again { Next::Again(token) } else { Next::Done }
    }

    pub(super) fn in_column_group(&mut self, token: Token) -> Next {
        let token = match token {
            Token::Text(text) => {
                let (space, rest) = split_space(&text);
                self.insert_text(space);
                if rest.is_empty() {
                    return Next::Done;
                }
                if !self.current_is(&local_name!("colgroup")) {
                    self.insert_text(only_space(&rest));
                    return Next::Done;
                }
                Token::Text(rest)
            }
            Token::Remark(remark) => return self.insert_remark(remark),
            Token::Doctype(_) => return Next::Done,
            Token::Start(tag) => match tag.name {
                local_name!("html") => return self.step(Mode::InBody, Token::Start(tag)),
                local_name!("col") => {
                    self.insert_void(tag);
                    return Next::Done;
                }
                local_name!("template") => return self.step(Mode::InHead, Token::Start(tag)),
                _ => Token::Start(tag),
            },
            Token::End(tag) => match tag.name {
                local_name!("colgroup") => {
                    if self.current_is(&local_name!("colgroup")) {
                        self.pop();
                        self.mode = Mode::InTable;
                    }
                    return Next::Done;
                }
                local_name!("col") => return Next::Done,
                local_name!("template") => return self.step(Mode::InHead, Token::End(tag)),
                _ => Token::End(tag),
            },
            Token::EndOfFile => return self.step(Mode::InBody, token),
        };
        if !self.current_is(&local_name!("colgroup")) {
            return Next::Done;
        }
        self.pop();
        self.again_in(Mode::InTable, token)
    }

    pub(super) fn in_table_body(&mut self, token: Token) -> Next {
        match token {
            Token::Start(tag) => match tag.name {
                local_name!("tr") => {
                    self.clear_to_section();
                    self.insert_tag(tag);
                    self.mode = Mode::InRow;
                    Next::Done
                }
                local_name!("th") | local_name!("td") => {
                    self.clear_to_section();
                    self.insert_implied(local_name!("tr"));
                    self.again_in(Mode::InRow, Token::Start(tag))
                }
                local_name!("caption")
                | local_name!("col")
                | local_name!("colgroup")
                | local_name!("tbody")
                | local_name!("tfoot")
                | local_name!("thead") => self.leave_section(Token::Start(tag)),
                _ => self.step(Mode::InTable, Token::Start(tag)),
            },
            Token::End(tag) => match tag.name {
                local_name!("tbody") | local_name!("tfoot") | local_name!("thead") => {
                    if self.has_in_table_scope(&tag.name) {
                        self.clear_to_section();
                        self.pop();
                        self.mode = Mode::InTable;
                    }
                    Next::Done
                }
                local_name!("table") => self.leave_section(Token::End(tag)),
                local_name!("body")
                | local_name!("caption")
                | local_name!("col")
                | local_name!("colgroup")
                | local_name!("html")
                | local_name!("td")
                | local_name!("th")
                | local_name!("tr") => Next::Done,
                _ => self.step(Mode::InTable, Token::End(tag)),
            },
            token => self.step(Mode::InTable, token),
        }
    }

    fn leave_section(&mut self, token: Token) -> Next {
        if !self.in_scope(TABLE_SCOPE, |id| self.traits(id) & SECTION != 0) {
            return Next::Done;
        }
        self.clear_to_section();
        self.pop();
        self.again_in(Mode::InTable, token)
    }

    pub(super) fn in_row(&mut self, token: Token) -> Next {
        match token {
            Token::Start(tag) => match tag.name {
                local_name!("th") | local_name!("td") => {
                    self.clear_to_row();
                    self.insert_tag(tag);
                    self.mode = Mode::InCell;
                    self.push_marker();
                    Next::Done
                }
                local_name!("caption")
                | local_name!("col")
                | local_name!("colgroup")
                | local_name!("tbody")
                | local_name!("tfoot")
                | local_name!("thead")
                | local_name!("tr") => self.leave_row(Token::Start(tag)),
                _ => self.step(Mode::InTable, Token::Start(tag)),
            },
            Token::End(tag) => match tag.name {
                local_name!("tr") => {
                    if self.has_in_table_scope(&local_name!("tr")) {
                        self.clear_to_row();
                        self.pop();
                        self.mode = Mode::InTableBody;
                    }
                    Next::Done
                }
                local_name!("table") => self.leave_row(Token::End(tag)),
                local_name!("tbody") | local_name!("tfoot") | local_name!("thead") => {
                    if !self.has_in_table_scope(&tag.name) {
                        return Next::Done;
                    }
                    self.leave_row(Token::End(tag))
                }
                local_name!("body")
                | local_name!("caption")
                | local_name!("col")
                | local_name!("colgroup")
                | local_name!("html")
                | local_name!("td")
                | local_name!("th") => Next::Done,
                _ => self.step(Mode::InTable, Token::End(tag)),
            },
            token => self.step(Mode::InTable, token),
        }
    }

    fn leave_row(&mut self, token: Token) -> Next {
        if !self.has_in_table_scope(&local_name!("tr")) {
            return Next::Done;
        }
        self.clear_to_row();
        self.pop();
        self.again_in(Mode::InTableBody, token)
    }

    pub(super) fn in_cell(&mut self, token: Token) -> Next {
        match token {
            Token::Start(tag) if is_table_part(&tag) => {
                if !self.in_scope(TABLE_SCOPE, |id| self.traits(id) & CELL != 0) {
                    return Next::Done;
                }
                self.close_cell();
                Next::Again(Token::Start(tag))
            }
            Token::End(tag) => match tag.name {
                local_name!("td") | local_name!("th") => {
                    if self.has_in_table_scope(&tag.name) {
                        self.generate_implied_end_tags(None);
                        self.pop_through(&tag.name);
                        self.clear_to_marker();
                        self.mode = Mode::InRow;
                    }
                    Next::Done
                }
                local_name!("body")
                | local_name!("caption")
                | local_name!("col")
                | local_name!("colgroup")
                | local_name!("html") => Next::Done,
                local_name!("table")
                | local_name!("tbody")
                | local_name!("tfoot")
                | local_name!("thead")
                | local_name!("tr") => {
                    if !self.has_in_table_scope(&tag.name) {
                        return Next::Done;
                    }
                    self.close_cell();
                    Next::Again(Token::End(tag))
                }
                _ => self.step(Mode::InBody, Token::End(tag)),
            },
            token => self.step(Mode::InBody, token),
        }
    }

    fn close_cell(&mut self) {
        self.generate_implied_end_tags(None);
        self.pop_through_if(|element| element.traits & CELL != 0);
        self.clear_to_marker();
        self.mode = Mode::InRow;
    }
}

fn ends_clearing(element: &Element) -> bool {
    element.is_html(|name| matches!(*name, local_name!("template") | local_name!("html")))
}

fn is_table_part(tag: &Tag) -> bool {
    matches!(
        tag.name,
        local_name!("caption")
            | local_name!("col")
            | local_name!("colgroup")
            | local_name!("tbody")
            | local_name!("td")
            | local_name!("tfoot")
            | local_name!("th")
            | local_name!("thead")
            | local_name!("tr")
    )
}

/// Returns whether an `input` does not show.
pub(super) fn is_hidden(tag: &Tag) -> bool {
    find_attribute(&tag.attrs, "type").is_some_and(|value| value.eq_ignore_ascii_case("hidden"))
}
