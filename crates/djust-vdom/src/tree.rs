//! A page as a compact array: every node in tree order, text and names beside it.
//!
//! A node knows where its subtree ends, so children and siblings need no pointers and a subtree
//! is a slice. Twenty-four bytes a node, twelve an attribute, one text heap for everything.

use std::collections::HashMap;

use html5ever::LocalName;

use crate::ops::write_nodes;

/// The number of a node that the wire cannot name.
pub(crate) const NO_NUMBER: u32 = u32::MAX;

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum NodeKind {
    /// The document, or the container of a fragment.
    Container,
    /// An element.
    Element,
    /// A text node.
    Text,
    /// A comment.
    Comment,
    /// A processing instruction.
    Instruction,
}

/// The namespaces that the HTML parser gives to elements and attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Namespace {
    /// HTML for an element, none for an attribute.
    Html,
    /// SVG for an element, XLink for an attribute.
    SvgOrXLink,
    /// MathML for an element, XML for an attribute.
    MathMlOrXml,
    /// XMLNS, for an attribute.
    XmlNs,
}

impl Namespace {
    /// Returns the number that the wire uses.
    pub fn code(self) -> u32 {
        match self {
            Self::Html => 0,
            Self::SvgOrXLink => 1,
            Self::MathMlOrXml => 2,
            Self::XmlNs => 3,
        }
    }

    /// Returns the namespace that the wire writes as `code`.
    pub fn from_code(code: u32) -> Option<Self> {
        Some(match code {
            0 => Self::Html,
            1 => Self::SvgOrXLink,
            2 => Self::MathMlOrXml,
            3 => Self::XmlNs,
            _ => return None,
        })
    }
}

/// The index of a name in the table of its tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct NameId(pub(crate) u32);

#[derive(Clone, Copy, Debug)]
pub(crate) struct Node {
    pub(crate) kind: NodeKind,
    pub(crate) namespace: Namespace,
    pub(crate) flags: u16,
    /// The element's name, or the target of a processing instruction.
    pub(crate) name: NameId,
    /// One past the last node of the subtree.
    pub(crate) end: u32,
    /// Where the text begins in the heap, or the first attribute.
    pub(crate) start: u32,
    /// Bytes of text, or number of attributes.
    pub(crate) len: u32,
    /// A filter for equality of subtrees; equal subtrees have equal hashes.
    pub(crate) hash: u32,
    /// The number on the wire.
    pub(crate) number: u32,
}

/// `Node::flags`: the inside belongs to somebody else.
pub(crate) const OPAQUE: u16 = 1;
/// `Node::flags`: children are added, never removed.
pub(crate) const APPEND: u16 = 2;
/// `Node::flags`: as `APPEND`, at the front.
pub(crate) const PREPEND: u16 = 4;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Attribute {
    pub(crate) name: NameId,
    pub(crate) namespace: Namespace,
    pub(crate) start: u32,
    pub(crate) len: u32,
}

/// A parsed page.
#[derive(Clone, Debug)]
pub struct Tree {
    pub(crate) nodes: Vec<Node>,
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) heap: String,
    pub(crate) names: Vec<LocalName>,
    /// Index of the root that ops apply to.
    pub(crate) root: usize,
    /// The document type as text, for a document that has one.
    pub(crate) doctype: Option<String>,
    /// Whether the text was a document rather than a fragment.
    pub(crate) is_document: bool,
    /// Whether the page is parsed in quirks mode.
    pub(crate) quirks: bool,
    /// Whether some element inside the root adds its children rather than replacing them.
    pub(crate) accumulates: bool,
}

impl Tree {
    /// Returns the number of nodes that have a number: the root and what is not opaque in it.
    pub fn count(&self) -> u32 {
        let mut count = 0;
        self.each_numbered(|_| count += 1);
        count
    }

    /// Returns the hash of the shape of the root's inside, as the protocol defines it.
    pub fn structure_hash(&self) -> u32 {
        let mut hash = ShapeHash::default();
        let end = self.nodes[self.root].end as usize;
        let start = if self.is_opaque(self.root) { end } else { self.root + 1 };
        self.each_shape_unit(start..end, |unit| hash.unit(unit));
        hash.value()
    }

    /// Calls `visit` with what the structure hash is made of, for whole siblings.
    pub(crate) fn each_shape_unit(
        &self,
        nodes: std::ops::Range<usize>,
        mut visit: impl FnMut(u32),
    ) {
        let mut open: Vec<u32> = Vec::new();
        let mut index = nodes.start;
        loop {
            while open.last().is_some_and(|&last| last as usize <= index) {
                open.pop();
                visit(2);
            }
            if index >= nodes.end {
                return;
            }
            let node = &self.nodes[index];
            match node.kind {
                NodeKind::Element => {
                    self.name(node.name).encode_utf16().for_each(|unit| visit(u32::from(unit)));
                    visit(1);
                    open.push(node.end);
                    index = if node.flags & OPAQUE != 0 { node.end as usize } else { index + 1 };
                    continue;
                }
                NodeKind::Text => visit(3),
                NodeKind::Comment => visit(4),
                NodeKind::Instruction => visit(5),
                NodeKind::Container => {}
            }
            index += 1;
        }
    }

    /// Calls `visit` with the index of each node that has a number, in tree order.
    pub(crate) fn each_numbered(&self, mut visit: impl FnMut(usize)) {
        let end = self.nodes[self.root].end as usize;
        let mut index = self.root;
        while index < end {
            visit(index);
            index = if self.is_opaque(index) { self.nodes[index].end as usize } else { index + 1 };
        }
    }

    /// Gives the nodes of the root the numbers 0, 1, 2, … and returns how many there are.
    pub(crate) fn renumber(&mut self) -> u32 {
        let mut indexes = Vec::new();
        self.each_numbered(|index| indexes.push(index));
        for (number, &index) in indexes.iter().enumerate() {
            self.nodes[index].number = number as u32;
        }
        indexes.len() as u32
    }

    /// Returns whether the inside of the node belongs to somebody else.
    pub(crate) fn is_opaque(&self, index: usize) -> bool {
        self.nodes[index].flags & OPAQUE != 0
    }

    /// Returns whether the node is an HTML element of this name.
    pub(crate) fn is_html(&self, index: usize, name: &str) -> bool {
        let node = &self.nodes[index];
        node.kind == NodeKind::Element
            && node.namespace == Namespace::Html
            && self.name(node.name) == name
    }

    /// Returns the parent of a node somewhere inside of `top`.
    pub(crate) fn parent(&self, top: usize, index: usize) -> usize {
        let mut parent = top;
        while let Some(child) =
            self.children(parent).find(|&child| (self.nodes[child].end as usize) > index)
        {
            if child == index {
                break;
            }
            parent = child;
        }
        parent
    }

    /// Returns the indexes of the children.
    pub(crate) fn children(&self, index: usize) -> Children<'_> {
        Children { nodes: &self.nodes, next: index + 1, end: self.nodes[index].end as usize }
    }

    /// Returns the text of a text node, a comment or a processing instruction.
    pub(crate) fn text(&self, index: usize) -> &str {
        let node = &self.nodes[index];
        slice(&self.heap, node.start, node.len)
    }

    /// Returns the attributes of an element.
    pub(crate) fn attributes(&self, index: usize) -> &[Attribute] {
        let node = &self.nodes[index];
        if node.kind != NodeKind::Element {
            return &[];
        }
        let start = node.start as usize;
        self.attributes.get(start..start + node.len as usize).unwrap_or(&[])
    }

    /// Returns the value of an attribute.
    pub(crate) fn value(&self, attribute: &Attribute) -> &str {
        slice(&self.heap, attribute.start, attribute.len)
    }

    /// Returns the name as the DOM shows it.
    pub(crate) fn name(&self, id: NameId) -> &str {
        self.names.get(id.0 as usize).map_or("", |name| name)
    }

    /// Returns the name as the parser holds it.
    pub(crate) fn local_name(&self, id: NameId) -> Option<&LocalName> {
        self.names.get(id.0 as usize)
    }

    /// Returns where `name` is in the table, if any node uses it.
    pub(crate) fn name_id(&self, name: &str) -> Option<NameId> {
        self.names.iter().position(|known| &**known == name).map(|index| NameId(index as u32))
    }

    /// For each name of `self`, its place in the table of `other`.
    pub(crate) fn names_in(&self, other: &Tree) -> Vec<Option<NameId>> {
        let known: HashMap<&LocalName, u32> =
            other.names.iter().zip(0..).collect::<HashMap<_, _>>();
        self.names.iter().map(|name| known.get(name).map(|&index| NameId(index))).collect()
    }

    /// Returns the value of an attribute without namespace.
    pub(crate) fn attribute(&self, index: usize, name: Option<NameId>) -> Option<&str> {
        let name = name?;
        self.attributes(index)
            .iter()
            .find(|attribute| attribute.name == name && attribute.namespace == Namespace::Html)
            .map(|attribute| self.value(attribute))
    }

    /// Returns the index of the element that holds the document's title.
    pub(crate) fn title_element(&self) -> Option<usize> {
        let title = self.name_id("title")?;
        let template = self.name_id("template");
        let mut index = 0;
        while let Some(node) = self.nodes.get(index) {
            let is_html = node.kind == NodeKind::Element && node.namespace == Namespace::Html;
            if is_html && node.name == title {
                return Some(index);
            }
            // The contents of a template are not in the document.
            let skip = is_html && Some(node.name) == template;
            index = if skip { node.end as usize } else { index + 1 };
        }
        None
    }

    /// Returns the names of the elements around the root, outermost first.
    pub fn root_path(&self) -> Vec<&str> {
        let around = |index: &usize| {
            let node = &self.nodes[*index];
            node.kind == NodeKind::Element && node.end as usize > self.root
        };
        (0..self.root).filter(around).map(|index| self.name(self.nodes[index].name)).collect()
    }

    /// Returns whether text stands directly in the root, before anything else.
    pub fn root_starts_with_text(&self) -> bool {
        let first = self.children(self.root).next();
        first.is_some_and(|first| self.nodes[first].kind == NodeKind::Text)
    }

    /// Returns the text of the document's title, if the page has one outside of its root.
    pub fn title(&self) -> Option<String> {
        self.outer_title()
    }

    /// Returns the text of the document's title when that element is outside of the root.
    pub(crate) fn outer_title(&self) -> Option<String> {
        let index = self.title_element()?;
        let inside = index >= self.root && index < self.nodes[self.root].end as usize;
        (!inside).then(|| {
            self.children(index)
                .filter(|&child| self.nodes[child].kind == NodeKind::Text)
                .map(|child| self.text(child))
                .collect()
        })
    }

    /// Returns the whole page as a JSON array of nodes, in the form that ops carry them.
    pub fn nodes_json(&self) -> Vec<u8> {
        let mut out = Vec::new();
        write_nodes(self, &self.children(0).collect::<Vec<_>>(), &mut out);
        out
    }

    /// Returns the bytes this tree holds on the heap.
    pub fn memory_bytes(&self) -> usize {
        self.nodes.capacity() * size_of::<Node>()
            + self.attributes.capacity() * size_of::<Attribute>()
            + self.heap.capacity()
            + self.names.capacity() * size_of::<LocalName>()
    }
}

fn slice(heap: &str, start: u32, len: u32) -> &str {
    heap.get(start as usize..start as usize + len as usize).unwrap_or("")
}

/// Walks the children of a node from the first to the last.
pub(crate) struct Children<'tree> {
    nodes: &'tree [Node],
    next: usize,
    end: usize,
}

impl Iterator for Children<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        if self.next >= self.end {
            return None;
        }
        let child = self.next;
        self.next = self.nodes.get(child)?.end as usize;
        Some(child)
    }
}

/// The hash of the shape of a page: FNV-1a over UTF-16 units of names and marks between them.
#[derive(Clone, Copy, Debug)]
pub struct ShapeHash(u32);

impl Default for ShapeHash {
    fn default() -> Self {
        Self(2_166_136_261)
    }
}

impl ShapeHash {
    /// Adds a unit of a name, or a mark.
    pub fn unit(&mut self, unit: u32) {
        self.0 = (self.0 ^ unit).wrapping_mul(16_777_619);
    }

    /// Returns the hash of what was added so far.
    #[must_use]
    pub fn value(self) -> u32 {
        self.0
    }
}
