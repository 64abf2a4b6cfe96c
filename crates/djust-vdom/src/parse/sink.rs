//! What the tree builder of html5ever builds: a [`Dom`], as deep as Chromium lets it become.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};

use html5ever::tendril::StrTendril;
use html5ever::tree_builder::{ElemName, ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::{Attribute, LocalName, Namespace as AtomNamespace, QualName, ns};

use super::dom::{Data, Dom, DomNode, NONE, NodeId};
use crate::limits::MAX_DEPTH;
use crate::serialize::doctype_text;
use crate::tree::Namespace;

pub(super) struct Sink {
    pub(super) dom: RefCell<Dom>,
    is_document: bool,
    /// Whether there is a template anywhere.
    pub(super) has_template: Cell<bool>,
}

/// Returns the parser's atom of a namespace of elements.
pub(super) fn element_namespace(namespace: Namespace) -> AtomNamespace {
    match namespace {
        Namespace::SvgOrXLink => ns!(svg),
        Namespace::MathMlOrXml => ns!(mathml),
        Namespace::Html | Namespace::XmlNs => ns!(html),
    }
}

pub(super) fn quirks_mode(quirks: bool) -> QuirksMode {
    if quirks { QuirksMode::Quirks } else { QuirksMode::NoQuirks }
}

/// An element's name, by value: the tree may change while the tree builder looks at it.
#[derive(Debug)]
pub(super) struct Name {
    namespace: AtomNamespace,
    local: LocalName,
}

impl ElemName for Name {
    fn ns(&self) -> &AtomNamespace {
        &self.namespace
    }

    fn local_name(&self) -> &LocalName {
        &self.local
    }
}

impl Sink {
    pub(super) fn new(is_document: bool) -> Self {
        Self { dom: RefCell::new(Dom::new()), is_document, has_template: Cell::new(false) }
    }
}

impl Dom {
    /// Inserts before `next`, or at the end; text joins the text before it.
    fn place(&mut self, parent: NodeId, next: NodeId, child: NodeOrText<NodeId>) {
        match child {
            NodeOrText::AppendNode(id) => {
                self.detach(id);
                self.set_depth(id, parent);
                self.insert(parent, id, next);
            }
            NodeOrText::AppendText(text) => {
                let previous = match self.get(next) {
                    Some(node) => node.previous,
                    None => self.get(parent).map_or(NONE, |node| node.last),
                };
                if !self.extend_text(previous, &text) {
                    let id = self.create_text(text);
                    self.insert(parent, id, next);
                }
            }
        }
    }

    fn set_depth(&mut self, id: NodeId, parent: NodeId) {
        let depth = self.get(parent).map_or(0, |node| node.depth) + 1;
        let mut contents = NONE;
        if let Some(node) = self.get_mut(id) {
            node.depth = depth;
            if let Data::Element { contents: inside, .. } = node.data {
                contents = inside;
            }
        }
        if let Some(node) = self.get_mut(contents) {
            node.depth = depth;
        }
    }

    /// Appends as Chromium does: below the limit a child becomes a sibling of its parent.
    fn append(&mut self, parent: NodeId, child: NodeOrText<NodeId>) {
        let depth = self.get(parent).map_or(0, |node| node.depth);
        let grandparent = self.parent(parent);
        if depth as usize <= MAX_DEPTH || grandparent == NONE {
            self.place(parent, NONE, child);
            return;
        }
        let id = match &child {
            NodeOrText::AppendNode(id) => *id,
            NodeOrText::AppendText(_) => NONE,
        };
        self.place(grandparent, NONE, child);
        self.set_depth(id, parent);
    }
}

impl TreeSink for Sink {
    type Handle = NodeId;
    type Output = Dom;
    type ElemName<'name> = Name;

    fn finish(self) -> Dom {
        self.dom.into_inner()
    }

    fn parse_error(&self, _message: Cow<'static, str>) {}

    fn get_document(&self) -> NodeId {
        0
    }

    fn elem_name<'name>(&'name self, target: &'name NodeId) -> Name {
        match self.dom.borrow().get(*target) {
            Some(DomNode { data: Data::Element { name, .. }, .. }) => {
                Name { namespace: name.ns.clone(), local: name.local.clone() }
            }
            _ => Name { namespace: ns!(), local: LocalName::from("") },
        }
    }

    fn create_element(
        &self,
        name: QualName,
        attributes: Vec<Attribute>,
        flags: ElementFlags,
    ) -> NodeId {
        if flags.template {
            self.has_template.set(true);
        }
        let mut dom = self.dom.borrow_mut();
        let contents = if flags.template { dom.create(Data::Fragment) } else { NONE };
        dom.create(Data::Element {
            name,
            attributes,
            contents,
            integration_point: flags.mathml_annotation_xml_integration_point,
        })
    }

    fn create_comment(&self, text: StrTendril) -> NodeId {
        self.dom.borrow_mut().create(Data::Comment(text))
    }

    fn create_pi(&self, target: StrTendril, data: StrTendril) -> NodeId {
        self.dom.borrow_mut().create(Data::Instruction(target, data))
    }

    fn append(&self, parent: &NodeId, child: NodeOrText<NodeId>) {
        self.dom.borrow_mut().append(*parent, child);
    }

    fn append_based_on_parent_node(
        &self,
        element: &NodeId,
        previous: &NodeId,
        child: NodeOrText<NodeId>,
    ) {
        let mut dom = self.dom.borrow_mut();
        let parent = dom.parent(*element);
        if parent == NONE {
            dom.place(*previous, NONE, child);
        } else {
            dom.place(parent, *element, child);
        }
    }

    fn append_doctype_to_document(
        &self,
        name: StrTendril,
        public_id: StrTendril,
        system_id: StrTendril,
    ) {
        self.dom.borrow_mut().doctype = Some(doctype_text(&name, &public_id, &system_id));
    }

    fn get_template_contents(&self, target: &NodeId) -> NodeId {
        match self.dom.borrow().get(*target) {
            Some(DomNode { data: Data::Element { contents, .. }, .. }) if *contents != NONE => {
                *contents
            }
            _ => *target,
        }
    }

    fn same_node(&self, left: &NodeId, right: &NodeId) -> bool {
        left == right
    }

    fn set_quirks_mode(&self, mode: QuirksMode) {
        self.dom.borrow_mut().quirks = mode == QuirksMode::Quirks;
    }

    fn append_before_sibling(&self, sibling: &NodeId, child: NodeOrText<NodeId>) {
        let mut dom = self.dom.borrow_mut();
        let parent = dom.parent(*sibling);
        dom.place(parent, *sibling, child);
    }

    fn add_attrs_if_missing(&self, target: &NodeId, added: Vec<Attribute>) {
        let mut dom = self.dom.borrow_mut();
        if let Some(DomNode { data: Data::Element { attributes, .. }, .. }) = dom.get_mut(*target) {
            for attribute in added {
                if attributes.iter().all(|present| present.name != attribute.name) {
                    attributes.push(attribute);
                }
            }
        }
    }

    fn remove_from_parent(&self, target: &NodeId) {
        self.dom.borrow_mut().detach(*target);
    }

    fn reparent_children(&self, node: &NodeId, parent: &NodeId) {
        let mut dom = self.dom.borrow_mut();
        while let Some(child) = dom.get(*node).map(|node| node.first).filter(|&id| id != NONE) {
            dom.detach(child);
            dom.insert(*parent, child, NONE);
        }
    }

    fn is_mathml_annotation_xml_integration_point(&self, handle: &NodeId) -> bool {
        matches!(
            self.dom.borrow().get(*handle),
            Some(DomNode { data: Data::Element { integration_point: true, .. }, .. })
        )
    }

    fn allow_declarative_shadow_roots(&self, _intended_parent: &NodeId) -> bool {
        self.is_document
    }
}
