//! The body: most of what a page is made of.

use html5ever::local_name;
use html5ever::tokenizer::Tag;

use super::in_table::is_hidden;
use super::names::{BUTTON_SCOPE, HEADING, LIST_SCOPE, SCOPE, SPECIAL};
use super::{Construction, Mode, Next, Switch};
use crate::parse::dom::{NONE, NodeId};
use crate::parse::tokens::Token;
use crate::tree::Namespace;

impl Construction {
    pub(super) fn in_body(&mut self, token: Token) -> Next {
        match token {
            Token::Text(text) => {
                self.reconstruct_formatting();
                self.note_text(&text);
                self.insert_text(text);
                Next::Done
            }
            Token::Remark(remark) => self.insert_remark(remark),
            Token::Doctype(_) => Next::Done,
            Token::Start(tag) => self.start_in_body(tag),
            Token::End(tag) => self.end_in_body(tag),
            Token::EndOfFile if self.template_modes.is_empty() => Next::Done,
            Token::EndOfFile => self.in_template(token),
        }
    }

    fn start_in_body(&mut self, tag: Tag) -> Next {
        match tag.name {
            local_name!("html") => {
                if !self.has_template() {
                    let html = self.open.first().copied().unwrap_or(NONE);
                    self.add_attributes(html, tag.attrs);
                }
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
            | local_name!("title") => return self.in_head(Token::Start(tag)),
            local_name!("body") => {
                if let Some(body) = self.body().filter(|_| !self.has_template()) {
                    self.frameset_ok = false;
                    self.add_attributes(body, tag.attrs);
                }
            }
            local_name!("frameset") => self.start_frameset(tag),
            local_name!("address")
            | local_name!("article")
            | local_name!("aside")
            | local_name!("blockquote")
            | local_name!("center")
            | local_name!("details")
            | local_name!("dialog")
            | local_name!("dir")
            | local_name!("div")
            | local_name!("dl")
            | local_name!("fieldset")
            | local_name!("figcaption")
            | local_name!("figure")
            | local_name!("footer")
            | local_name!("header")
            | local_name!("hgroup")
            | local_name!("main")
            | local_name!("menu")
            | local_name!("nav")
            | local_name!("ol")
            | local_name!("p")
            | local_name!("search")
            | local_name!("section")
            | local_name!("summary")
            | local_name!("ul") => {
                self.close_paragraph();
                self.insert_tag(tag);
            }
            local_name!("h1")
            | local_name!("h2")
            | local_name!("h3")
            | local_name!("h4")
            | local_name!("h5")
            | local_name!("h6") => {
                self.close_paragraph();
                if self.current_has(HEADING) {
                    self.pop();
                }
                self.insert_tag(tag);
            }
            local_name!("pre") | local_name!("listing") => {
                self.close_paragraph();
                self.insert_tag(tag);
                self.skips_line_feed = true;
                self.frameset_ok = false;
            }
            local_name!("form") => {
                if self.form_is_free() {
                    self.close_paragraph();
                    self.insert_form(tag);
                }
            }
            local_name!("li") | local_name!("dd") | local_name!("dt") => self.start_item(tag),
            local_name!("plaintext") => {
                self.close_paragraph();
                self.insert_tag(tag);
                self.switch = Some(Switch::PlainText);
            }
            local_name!("button") => {
                if self.has_in_scope(&local_name!("button")) {
                    self.generate_implied_end_tags(None);
                    self.pop_through(&local_name!("button"));
                }
                self.reconstruct_formatting();
                self.insert_tag(tag);
                self.frameset_ok = false;
            }
            local_name!("a") => {
                self.close_active_anchor(&tag.name);
                self.reconstruct_formatting();
                self.insert_formatting(tag);
            }
            local_name!("b")
            | local_name!("big")
            | local_name!("code")
            | local_name!("em")
            | local_name!("font")
            | local_name!("i")
            | local_name!("s")
            | local_name!("small")
            | local_name!("strike")
            | local_name!("strong")
            | local_name!("tt")
            | local_name!("u") => {
                self.reconstruct_formatting();
                self.insert_formatting(tag);
            }
            local_name!("nobr") => {
                self.reconstruct_formatting();
                if self.has_in_scope(&local_name!("nobr")) {
                    self.adopt(&local_name!("nobr"));
                    self.reconstruct_formatting();
                }
                self.insert_formatting(tag);
            }
            _ => return self.start_other_in_body(tag),
        }
        Next::Done
    }

    fn start_other_in_body(&mut self, mut tag: Tag) -> Next {
        match tag.name {
            local_name!("applet") | local_name!("marquee") | local_name!("object") => {
                self.reconstruct_formatting();
                self.insert_tag(tag);
                self.push_marker();
                self.frameset_ok = false;
            }
            local_name!("table") => {
                if !self.dom.quirks {
                    self.close_paragraph();
                }
                self.insert_tag(tag);
                self.frameset_ok = false;
                self.mode = Mode::InTable;
            }
            local_name!("area")
            | local_name!("br")
            | local_name!("embed")
            | local_name!("img")
            | local_name!("keygen")
            | local_name!("wbr") => {
                self.reconstruct_formatting();
                self.insert_void(tag);
                self.frameset_ok = false;
            }
            local_name!("input") => self.start_input(tag),
            local_name!("param") | local_name!("source") | local_name!("track") => {
                self.insert_void(tag);
            }
            local_name!("hr") => {
                self.close_paragraph();
                if self.has_in_scope(&local_name!("select")) {
                    self.generate_implied_end_tags(None);
                }
                self.insert_void(tag);
                self.frameset_ok = false;
            }
            local_name!("image") => {
                tag.name = local_name!("img");
                return self.start_other_in_body(tag);
            }
            local_name!("textarea") => {
                let next = self.insert_raw(tag, Switch::Rcdata);
                self.skips_line_feed = true;
                self.frameset_ok = false;
                return next;
            }
            local_name!("xmp") => {
                self.close_paragraph();
                self.reconstruct_formatting();
                self.frameset_ok = false;
                return self.insert_raw(tag, Switch::RawText);
            }
            local_name!("iframe") => {
                self.frameset_ok = false;
                return self.insert_raw(tag, Switch::RawText);
            }
            local_name!("noembed") => return self.insert_raw(tag, Switch::RawText),
            // The contents of a template are in a document of their own, where no script runs.
            local_name!("noscript") if !self.is_named(self.context, &local_name!("template")) => {
                return self.insert_raw(tag, Switch::RawText);
            }
            local_name!("select") => self.start_select(tag),
            local_name!("option") => {
                if self.has_in_scope(&local_name!("select")) {
                    self.generate_implied_end_tags(Some(&local_name!("optgroup")));
                } else if self.current_is(&local_name!("option")) {
                    self.pop();
                }
                self.reconstruct_formatting();
                self.insert_tag(tag);
            }
            local_name!("optgroup") => {
                if self.has_in_scope(&local_name!("select")) {
                    self.generate_implied_end_tags(None);
                } else if self.current_is(&local_name!("option")) {
                    self.pop();
                }
                self.reconstruct_formatting();
                self.insert_tag(tag);
            }
            local_name!("rb") | local_name!("rtc") => {
                if self.has_in_scope(&local_name!("ruby")) {
                    self.generate_implied_end_tags(None);
                }
                self.insert_tag(tag);
            }
            local_name!("rp") | local_name!("rt") => {
                if self.has_in_scope(&local_name!("ruby")) {
                    self.generate_implied_end_tags(Some(&local_name!("rtc")));
                }
                self.insert_tag(tag);
            }
            local_name!("math") => {
                self.reconstruct_formatting();
                self.insert_foreign(tag, Namespace::MathMlOrXml);
            }
            local_name!("svg") => {
                self.reconstruct_formatting();
                self.insert_foreign(tag, Namespace::SvgOrXLink);
            }
            local_name!("caption")
            | local_name!("col")
            | local_name!("colgroup")
            | local_name!("frame")
            | local_name!("head")
            | local_name!("tbody")
            | local_name!("td")
            | local_name!("tfoot")
            | local_name!("th")
            | local_name!("thead")
            | local_name!("tr") => {}
            _ => {
                self.reconstruct_formatting();
                self.insert_tag(tag);
            }
        }
        Next::Done
    }

    fn end_in_body(&mut self, tag: Tag) -> Next {
        match tag.name {
            local_name!("template") => return self.in_head(Token::End(tag)),
            local_name!("body") => {
                if self.has_in_scope(&local_name!("body")) {
                    self.mode = Mode::AfterBody;
                }
            }
            local_name!("html") => {
                if self.has_in_scope(&local_name!("body")) {
                    return self.again_in(Mode::AfterBody, Token::End(tag));
                }
            }
            local_name!("address")
            | local_name!("article")
            | local_name!("aside")
            | local_name!("blockquote")
            | local_name!("button")
            | local_name!("center")
            | local_name!("details")
            | local_name!("dialog")
            | local_name!("dir")
            | local_name!("div")
            | local_name!("dl")
            | local_name!("fieldset")
            | local_name!("figcaption")
            | local_name!("figure")
            | local_name!("footer")
            | local_name!("header")
            | local_name!("hgroup")
            | local_name!("listing")
            | local_name!("main")
            | local_name!("menu")
            | local_name!("nav")
            | local_name!("ol")
            | local_name!("pre")
            | local_name!("search")
            | local_name!("section")
            | local_name!("select")
            | local_name!("summary")
            | local_name!("ul") => {
                if self.has_in_scope(&tag.name) {
                    self.generate_implied_end_tags(None);
                    self.pop_through(&tag.name);
                }
            }
            local_name!("form") => self.end_form(),
            local_name!("p") => {
                if !self.named_in_scope(SCOPE | BUTTON_SCOPE, &local_name!("p")) {
                    self.insert_implied(local_name!("p"));
                }
                self.close_paragraph();
            }
            local_name!("li") => {
                if self.named_in_scope(SCOPE | LIST_SCOPE, &tag.name) {
                    self.generate_implied_end_tags(Some(&tag.name));
                    self.pop_through(&tag.name);
                }
            }
            local_name!("dd") | local_name!("dt") => {
                if self.has_in_scope(&tag.name) {
                    self.generate_implied_end_tags(Some(&tag.name));
                    self.pop_through(&tag.name);
                }
            }
            local_name!("h1")
            | local_name!("h2")
            | local_name!("h3")
            | local_name!("h4")
            | local_name!("h5")
            | local_name!("h6") => {
                if self.in_scope(SCOPE, |id| self.traits(id) & HEADING != 0) {
                    self.generate_implied_end_tags(None);
                    self.pop_through_if(|element| element.traits & HEADING != 0);
                }
            }
            local_name!("a")
            | local_name!("b")
            | local_name!("big")
            | local_name!("code")
            | local_name!("em")
            | local_name!("font")
            | local_name!("i")
            | local_name!("nobr")
            | local_name!("s")
            | local_name!("small")
            | local_name!("strike")
            | local_name!("strong")
            | local_name!("tt")
            | local_name!("u") => self.adopt(&tag.name),
            local_name!("applet") | local_name!("marquee") | local_name!("object") => {
                if self.has_in_scope(&tag.name) {
                    self.generate_implied_end_tags(None);
                    self.pop_through(&tag.name);
                    self.clear_to_marker();
                }
            }
            local_name!("br") => {
                self.reconstruct_formatting();
                self.insert_implied(local_name!("br"));
                self.pop();
                self.frameset_ok = false;
            }
            _ => self.close_any(&tag.name),
        }
        Next::Done
    }

    /// Closes a `p` that is in button scope.
    fn close_paragraph(&mut self) {
        let p = local_name!("p");
        if self.named_in_scope(SCOPE | BUTTON_SCOPE, &p) {
            self.generate_implied_end_tags(Some(&p));
            self.pop_through(&p);
        }
    }

    /// The body, when it is the second open element.
    fn body(&self) -> Option<NodeId> {
        self.open.get(1).copied().filter(|&id| self.is_named(id, &local_name!("body")))
    }

    fn start_frameset(&mut self, tag: Tag) {
        let Some(body) = self.body().filter(|_| self.frameset_ok) else { return };
        self.dom.detach(body);
        self.open.truncate(1);
        self.insert_tag(tag);
        self.mode = Mode::InFrameset;
    }

    fn start_item(&mut self, tag: Tag) {
        self.frameset_ok = false;
        let closes = |name: &html5ever::LocalName| {
            if tag.name == local_name!("li") {
                *name == local_name!("li")
            } else {
                matches!(*name, local_name!("dd") | local_name!("dt"))
            }
        };
        let mut closed = None;
        for &id in self.open.iter().rev() {
            let Some(element) = self.dom.element(id) else { break };
            if element.is_html(closes) {
                closed = Some(element.name.clone());
                break;
            }
            let passes = element.is_html(|name| {
                matches!(*name, local_name!("address") | local_name!("div") | local_name!("p"))
            });
            if element.traits & SPECIAL != 0 && !passes {
                break;
            }
        }
        if let Some(name) = closed {
            self.generate_implied_end_tags(Some(&name));
            self.pop_through(&name);
        }
        self.close_paragraph();
        self.insert_tag(tag);
    }

    /// Returns whether a form may be opened.
    pub(super) fn form_is_free(&self) -> bool {
        self.form == NONE || self.has_template()
    }

    pub(super) fn insert_form(&mut self, tag: Tag) {
        let form = self.insert_tag(tag);
        if !self.has_template() {
            self.form = form;
        }
    }

    fn end_form(&mut self) {
        let name = local_name!("form");
        if self.has_template() {
            if self.has_in_scope(&name) {
                self.generate_implied_end_tags(None);
                self.pop_through(&name);
            }
            return;
        }
        let form = std::mem::replace(&mut self.form, NONE);
        if form != NONE && self.in_scope(SCOPE, |id| id == form) {
            self.generate_implied_end_tags(None);
            self.remove_open(form);
        }
    }

    fn start_input(&mut self, tag: Tag) {
        if self.has_in_scope(&local_name!("select")) {
            self.pop_through(&local_name!("select"));
        }
        let hidden = is_hidden(&tag);
        self.reconstruct_formatting();
        self.insert_void(tag);
        if !hidden {
            self.frameset_ok = false;
        }
    }

    fn start_select(&mut self, tag: Tag) {
        let name = local_name!("select");
        if self.is_named(self.context, &name) {
            return;
        }
        if self.has_in_scope(&name) {
            self.pop_through(&name);
            return;
        }
        self.reconstruct_formatting();
        self.insert_tag(tag);
        self.frameset_ok = false;
    }
}
