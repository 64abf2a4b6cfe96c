//! A tree as HTML text.

use djust_html::{escape_attribute, escape_text, is_raw_text_element, is_void_element};

use crate::tree::{Namespace, NodeKind, Tree};

impl Tree {
    /// Returns the whole page as HTML.
    pub fn html(&self) -> String {
        let mut out = String::new();
        if let Some(doctype) = &self.doctype {
            out.push_str(doctype);
        }
        self.write_children(0, &mut out);
        out
    }

    /// Returns the root element as HTML; for a fragment without one, what is in it.
    pub fn root_html(&self) -> String {
        let mut out = String::new();
        if self.nodes[self.root].kind == NodeKind::Container {
            self.write_children(self.root, &mut out);
        } else {
            self.write_html(self.root, &mut out);
        }
        out
    }

    fn write_children(&self, index: usize, out: &mut String) {
        for child in self.children(index) {
            self.write_html(child, out);
        }
    }

    /// Appends a node and what is inside it.
    pub(crate) fn write_html(&self, index: usize, out: &mut String) {
        self.write(index, Style::Standard, out);
    }

    /// Appends a node as short as a parser still gives it back, and short as JSON too.
    pub(crate) fn write_compact(&self, index: usize, out: &mut String) {
        self.write(index, Style::Compact, out);
    }

    fn write(&self, index: usize, style: Style, out: &mut String) {
        // The elements that are open: where each ends, and its index.
        let mut open: Vec<(u32, usize)> = Vec::new();
        for current in index..self.nodes[index].end as usize {
            while let Some(&(end, element)) = open.last() {
                if end as usize > current {
                    break;
                }
                open.pop();
                self.write_end_tag(element, out);
            }
            let node = &self.nodes[current];
            match node.kind {
                NodeKind::Element => {
                    self.write_start_tag(current, style, out);
                    if node.namespace != Namespace::Html || !is_void_element(self.name(node.name)) {
                        open.push((node.end, current));
                    }
                }
                NodeKind::Text => {
                    let is_raw =
                        open.last().is_some_and(|&(_, parent)| self.holds_raw_text(parent));
                    match style {
                        _ if is_raw => out.push_str(self.text(current)),
                        Style::Standard => escape_text(self.text(current), out),
                        Style::Compact => escape_text_compact(self.text(current), out),
                    }
                }
                NodeKind::Comment => {
                    out.push_str("<!--");
                    out.push_str(self.text(current));
                    out.push_str("-->");
                }
                NodeKind::Instruction => {
                    out.push_str("<?");
                    out.push_str(self.name(node.name));
                    out.push(' ');
                    out.push_str(self.text(current));
                    out.push('>');
                }
                NodeKind::Container => {}
            }
        }
        while let Some((_, element)) = open.pop() {
            self.write_end_tag(element, out);
        }
    }

    fn write_start_tag(&self, index: usize, style: Style, out: &mut String) {
        out.push('<');
        out.push_str(self.name(self.nodes[index].name));
        for attribute in self.attributes(index) {
            out.push(' ');
            out.push_str(self.name(attribute.name));
            let value = self.value(attribute);
            match style {
                Style::Standard => {
                    out.push_str("=\"");
                    escape_attribute(value, out);
                    out.push('"');
                }
                Style::Compact => write_compact_value(value, out),
            }
        }
        out.push('>');
        if self.loses_first_line_feed(index) {
            out.push('\n');
        }
    }

    /// The parser drops a line feed right after these start tags, so one more is written.
    fn loses_first_line_feed(&self, index: usize) -> bool {
        let node = &self.nodes[index];
        node.namespace == Namespace::Html
            && matches!(self.name(node.name), "pre" | "textarea" | "listing")
            && self.children(index).next().is_some_and(|child| {
                self.nodes[child].kind == NodeKind::Text && self.text(child).starts_with('\n')
            })
    }

    fn write_end_tag(&self, index: usize, out: &mut String) {
        out.push_str("</");
        out.push_str(self.name(self.nodes[index].name));
        out.push('>');
    }

    /// Returns whether the text in this element is written without escaping.
    pub(crate) fn holds_raw_text(&self, index: usize) -> bool {
        let node = &self.nodes[index];
        node.kind == NodeKind::Element
            && node.namespace == Namespace::Html
            && is_raw_text_element(self.name(node.name))
    }
}

/// How text is written.
#[derive(Clone, Copy)]
enum Style {
    /// As the standard's serialiser does.
    Standard,
    /// With as few bytes as the parser needs.
    Compact,
}

/// Appends an attribute value with its equals sign: without quotes where it needs none, else in
/// single quotes, which JSON does not escape.
fn write_compact_value(value: &str, out: &mut String) {
    if value.is_empty() {
        return;
    }
    out.push('=');
    let is_plain = |byte: u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':' | b'#' | b'%')
    };
    if value.bytes().all(is_plain) {
        out.push_str(value);
        return;
    }
    out.push('\'');
    for character in value.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '\'' => out.push_str("&#39;"),
            '\r' => out.push_str("&#13;"),
            other => out.push(other),
        }
    }
    out.push('\'');
}

fn escape_text_compact(text: &str, out: &mut String) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '\r' => out.push_str("&#13;"),
            other => out.push(other),
        }
    }
}

/// Returns a document type as text.
pub(crate) fn doctype_text(name: &str, public_id: &str, system_id: &str) -> String {
    let mut out = format!("<!DOCTYPE {name}");
    if !public_id.is_empty() {
        out.push_str(&format!(" PUBLIC \"{public_id}\""));
        if !system_id.is_empty() {
            out.push_str(&format!(" \"{system_id}\""));
        }
    } else if !system_id.is_empty() {
        out.push_str(&format!(" SYSTEM \"{system_id}\""));
    }
    out.push('>');
    out
}
