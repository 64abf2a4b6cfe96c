//! The tree while it is being parsed: nodes that can still move.

use html5ever::tendril::StrTendril;
use html5ever::{Attribute, LocalName, ns};

use crate::assembler::Assembler;
use crate::tree::{Namespace, Tree};

/// The index of a node in its [`Dom`].
pub(super) type NodeId = u32;

/// Stands for "there is none".
pub(super) const NONE: NodeId = NodeId::MAX;

/// The document is the first node.
pub(super) const DOCUMENT: NodeId = 0;

#[derive(Debug)]
pub(super) enum Data {
    /// The document, or a template's contents.
    Fragment,
    Element(Element),
    Text(StrTendril),
    Comment(StrTendril),
    Instruction(StrTendril, StrTendril),
}

#[derive(Debug)]
pub(super) struct Element {
    pub(super) namespace: Namespace,
    pub(super) name: LocalName,
    pub(super) attributes: Vec<Attribute>,
    /// The contents of a `template`, else `NONE`.
    pub(super) contents: NodeId,
    /// What the parser wants to know about elements of this name; see `construction::names`.
    pub(super) traits: u16,
}

#[derive(Debug)]
pub(super) struct DomNode {
    pub(super) parent: NodeId,
    pub(super) first: NodeId,
    pub(super) last: NodeId,
    pub(super) previous: NodeId,
    pub(super) next: NodeId,
    pub(super) data: Data,
}

/// Nodes in a vector.
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

    pub(super) fn element(&self, id: NodeId) -> Option<&Element> {
        match self.get(id) {
            Some(DomNode { data: Data::Element(element), .. }) => Some(element),
            _ => None,
        }
    }

    pub(super) fn parent(&self, id: NodeId) -> NodeId {
        self.get(id).map_or(NONE, |node| node.parent)
    }

    /// What holds the children of an element: a template keeps them apart.
    pub(super) fn home(&self, id: NodeId) -> NodeId {
        self.element(id).map(|element| element.contents).filter(|&id| id != NONE).unwrap_or(id)
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

    /// Puts a node before `next`, or last where `next` is `NONE`; takes it from where it was.
    pub(super) fn insert(&mut self, parent: NodeId, id: NodeId, next: NodeId) {
        self.detach(id);
        let previous = self.previous(parent, next);
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

    fn previous(&self, parent: NodeId, next: NodeId) -> NodeId {
        match self.get(next) {
            Some(node) => node.previous,
            None => self.get(parent).map_or(NONE, |node| node.last),
        }
    }

    /// Inserts text; it joins a text that is right before it.
    pub(super) fn insert_text(&mut self, parent: NodeId, text: StrTendril, next: NodeId) {
        self.text_bytes += text.len();
        let previous = self.previous(parent, next);
        if let Some(DomNode { data: Data::Text(present), .. }) = self.get_mut(previous) {
            present.push_tendril(&text);
            return;
        }
        let id = self.create(Data::Text(text));
        self.insert(parent, id, next);
    }

    /// Moves all children of one node to another.
    pub(super) fn move_children(&mut self, from: NodeId, to: NodeId) {
        while let Some(child) = self.get(from).map(|node| node.first).filter(|&id| id != NONE) {
            self.insert(to, child, NONE);
        }
    }

    /// Freezes what is inside the `html` element that the fragment algorithm makes.
    pub(super) fn into_fragment(self) -> Tree {
        let html = self.get(DOCUMENT).map_or(NONE, |document| document.first);
        self.freeze(html, false)
    }

    /// Freezes the whole document.
    pub(super) fn into_document(self) -> Tree {
        self.freeze(DOCUMENT, true)
    }

    fn freeze(self, container: NodeId, is_document: bool) -> Tree {
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
                Data::Element(element) => {
                    open_element(&mut out, element);
                    after.push(node.next);
                    self.get(element.contents).unwrap_or(node).first
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
        tree.doctype = self.doctype;
        tree.is_document = is_document;
        tree.quirks = self.quirks;
        tree
    }
}

impl Element {
    /// Returns whether this is an HTML element, and of one of these names.
    pub(super) fn is_html(&self, is_wanted: impl FnOnce(&LocalName) -> bool) -> bool {
        self.namespace == Namespace::Html && is_wanted(&self.name)
    }

    /// Returns the value of an attribute without namespace.
    pub(super) fn attribute(&self, wanted: &str) -> Option<&str> {
        find_attribute(&self.attributes, wanted)
    }
}

/// Returns the value of an attribute without namespace.
pub(super) fn find_attribute<'a>(attributes: &'a [Attribute], wanted: &str) -> Option<&'a str> {
    attributes
        .iter()
        .find(|attribute| attribute.name.ns == ns!() && &*attribute.name.local == wanted)
        .map(|attribute| &*attribute.value)
}

fn open_element(out: &mut Assembler, element: &Element) {
    out.open_element(element.namespace, &element.name);
    for Attribute { name, value } in &element.attributes {
        let namespace = match name.ns {
            ns!(xlink) => Namespace::SvgOrXLink,
            ns!(xml) => Namespace::MathMlOrXml,
            ns!(xmlns) => Namespace::XmlNs,
            _ => Namespace::Html,
        };
        out.attribute(namespace, &name.local, value);
    }
}
