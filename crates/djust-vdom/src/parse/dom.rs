//! The tree while it is being parsed: nodes that can still move.

use html5ever::tendril::StrTendril;
use html5ever::{Attribute, LocalName, QualName, ns};

use super::tokens::true_name;
use crate::tree::{Assembler, Namespace, Tree};

/// The index of a node in its [`Dom`].
pub(super) type NodeId = u32;

/// Stands for "there is none".
pub(super) const NONE: NodeId = NodeId::MAX;

pub(super) enum Data {
    /// The document, a template's contents, or a node that is not in use.
    Fragment,
    Element {
        name: QualName,
        attributes: Vec<Attribute>,
        /// The contents of a `template`, else `NONE`.
        contents: NodeId,
        /// `annotation-xml` whose inside is HTML.
        integration_point: bool,
    },
    Text(StrTendril),
    Comment(StrTendril),
    Instruction(StrTendril, StrTendril),
}

pub(super) struct DomNode {
    pub(super) parent: NodeId,
    pub(super) first: NodeId,
    pub(super) last: NodeId,
    pub(super) previous: NodeId,
    pub(super) next: NodeId,
    /// How deep the parser thinks it is, also where the tree is kept shallower.
    pub(super) depth: u32,
    pub(super) data: Data,
}

/// Nodes in a vector; node 0 is the document.
pub(super) struct Dom {
    pub(super) nodes: Vec<DomNode>,
    pub(super) doctype: Option<String>,
    pub(super) quirks: bool,
    text_bytes: usize,
}

impl Dom {
    pub(super) fn new() -> Self {
        let mut dom = Self { nodes: Vec::new(), doctype: None, quirks: false, text_bytes: 0 };
        dom.create(Data::Fragment);
        dom
    }

    pub(super) fn create(&mut self, data: Data) -> NodeId {
        let id = self.nodes.len() as NodeId;
        self.nodes.push(DomNode {
            parent: NONE,
            first: NONE,
            last: NONE,
            previous: NONE,
            next: NONE,
            depth: 0,
            data,
        });
        id
    }

    pub(super) fn get(&self, id: NodeId) -> Option<&DomNode> {
        self.nodes.get(id as usize)
    }

    pub(super) fn get_mut(&mut self, id: NodeId) -> Option<&mut DomNode> {
        self.nodes.get_mut(id as usize)
    }

    pub(super) fn parent(&self, id: NodeId) -> NodeId {
        self.get(id).map_or(NONE, |node| node.parent)
    }

    /// Takes a node out of its parent.
    pub(super) fn detach(&mut self, id: NodeId) {
        let Some(node) = self.get_mut(id) else { return };
        let (parent, previous, next) = (node.parent, node.previous, node.next);
        (node.parent, node.previous, node.next) = (NONE, NONE, NONE);
        match self.get_mut(previous) {
            Some(node) => node.next = next,
            None => {
                if let Some(parent) = self.get_mut(parent) {
                    parent.first = next;
                }
            }
        }
        match self.get_mut(next) {
            Some(node) => node.previous = previous,
            None => {
                if let Some(parent) = self.get_mut(parent) {
                    parent.last = previous;
                }
            }
        }
    }

    /// Puts a node that has no parent before `next`, or last where `next` is `NONE`.
    pub(super) fn insert(&mut self, parent: NodeId, id: NodeId, next: NodeId) {
        let previous = match self.get(next) {
            Some(node) => node.previous,
            None => self.get(parent).map_or(NONE, |node| node.last),
        };
        if let Some(node) = self.get_mut(id) {
            (node.parent, node.previous, node.next) = (parent, previous, next);
        }
        match self.get_mut(previous) {
            Some(node) => node.next = id,
            None => {
                if let Some(parent) = self.get_mut(parent) {
                    parent.first = id;
                }
            }
        }
        match self.get_mut(next) {
            Some(node) => node.previous = id,
            None => {
                if let Some(parent) = self.get_mut(parent) {
                    parent.last = id;
                }
            }
        }
    }

    /// Adds text to the text node `id`; false when it is no text node.
    pub(super) fn extend_text(&mut self, id: NodeId, text: &StrTendril) -> bool {
        match self.get_mut(id) {
            Some(DomNode { data: Data::Text(present), .. }) => {
                present.push_tendril(text);
                self.text_bytes += text.len();
                true
            }
            _ => false,
        }
    }

    pub(super) fn create_text(&mut self, text: StrTendril) -> NodeId {
        self.text_bytes += text.len();
        self.create(Data::Text(text))
    }

    /// Freezes what is inside the `html` element that the fragment algorithm makes.
    pub(super) fn into_fragment(self) -> Tree {
        let html = self.get(0).map_or(NONE, |document| document.first);
        self.freeze(html, false)
    }

    /// Freezes the whole document.
    pub(super) fn into_document(self) -> Tree {
        self.freeze(0, true)
    }

    fn freeze(&self, container: NodeId, is_document: bool) -> Tree {
        let mut out = Assembler::with_capacity(self.nodes.len(), self.text_bytes);
        out.open_container();
        // Where to go on after the end of each open element.
        let mut after: Vec<NodeId> = Vec::new();
        let mut next = self.get(container).map_or(NONE, |node| node.first);
        loop {
            let Some(node) = self.get(next) else {
                match after.pop() {
                    Some(sibling) => {
                        out.close();
                        next = sibling;
                        continue;
                    }
                    None => break,
                }
            };
            next = match &node.data {
                Data::Element { name, attributes, contents, .. } => {
                    open_element(&mut out, name, attributes);
                    after.push(node.next);
                    self.get(*contents).unwrap_or(node).first
                }
                Data::Text(text) => {
                    out.text(text);
                    node.next
                }
                Data::Comment(text) => {
                    out.comment(text);
                    node.next
                }
                Data::Instruction(target, data) => {
                    out.instruction(target, data);
                    node.next
                }
                Data::Fragment => node.next,
            };
        }
        let mut tree = out.finish();
        tree.doctype = self.doctype.clone();
        tree.is_document = is_document;
        tree.quirks = self.quirks;
        tree
    }
}

fn open_element(out: &mut Assembler, name: &QualName, attributes: &[Attribute]) {
    let namespace = match name.ns {
        ns!(svg) => Namespace::SvgOrXLink,
        ns!(mathml) => Namespace::MathMlOrXml,
        _ => Namespace::Html,
    };
    out.open_element(namespace, &true_name(&name.local));
    for Attribute { name, value } in attributes {
        let namespace = match name.ns {
            ns!(xlink) => Namespace::SvgOrXLink,
            ns!(xml) => Namespace::MathMlOrXml,
            ns!(xmlns) => Namespace::XmlNs,
            _ => Namespace::Html,
        };
        match &name.prefix {
            Some(prefix) if !prefix.is_empty() => {
                let qualified = LocalName::from(format!("{}:{}", &**prefix, &*name.local));
                out.attribute(namespace, &qualified, value);
            }
            _ => out.attribute(namespace, &name.local, value),
        }
    }
}
