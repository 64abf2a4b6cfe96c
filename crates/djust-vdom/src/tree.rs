//! A page as a compact array: every node in tree order, text and names beside it.
//!
//! A node knows where its subtree ends, so children and siblings need no pointers and a subtree
//! is a slice. Twenty-four bytes a node, twelve an attribute, one text heap for everything.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use html5ever::LocalName;

use crate::attributes::UpdateMode;
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
    start: u32,
    /// Bytes of text, or number of attributes.
    len: u32,
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
    start: u32,
    len: u32,
}

/// A parsed page.
#[derive(Clone, Debug)]
pub struct Tree {
    pub(crate) nodes: Vec<Node>,
    attributes: Vec<Attribute>,
    heap: String,
    names: Vec<LocalName>,
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

/// Writes a tree from the first node to the last.
pub(crate) struct Assembler {
    tree: Tree,
    known: HashMap<LocalName, NameId, BuildHasherDefault<AtomHasher>>,
    open: Vec<u32>,
    special: Special,
}

/// Names that mean something to the differ.
struct Special {
    ignore: NameId,
    stream: NameId,
    update: NameId,
    selected: NameId,
}

impl Assembler {
    pub(crate) fn with_capacity(nodes: usize, heap: usize) -> Self {
        let tree = Tree {
            nodes: Vec::with_capacity(nodes),
            attributes: Vec::new(),
            heap: String::with_capacity(heap),
            names: Vec::new(),
            root: 0,
            doctype: None,
            is_document: false,
            quirks: false,
            accumulates: false,
        };
        let mut assembler = Self {
            tree,
            known: HashMap::default(),
            open: Vec::new(),
            special: Special {
                ignore: NameId(0),
                stream: NameId(0),
                update: NameId(0),
                selected: NameId(0),
            },
        };
        let empty = assembler.intern(&LocalName::from(""));
        debug_assert_eq!(empty, NameId(0));
        assembler.special = Special {
            ignore: assembler.intern(&LocalName::from("dj-ignore")),
            stream: assembler.intern(&LocalName::from("dj-stream")),
            update: assembler.intern(&LocalName::from("dj-update")),
            selected: assembler.intern(&LocalName::from("selectedcontent")),
        };
        assembler
    }

    pub(crate) fn intern(&mut self, name: &LocalName) -> NameId {
        if let Some(&id) = self.known.get(name) {
            return id;
        }
        let id = NameId(self.tree.names.len() as u32);
        self.tree.names.push(name.clone());
        self.known.insert(name.clone(), id);
        id
    }

    fn push(&mut self, kind: NodeKind, namespace: Namespace, name: NameId, start: u32) -> usize {
        let index = self.tree.nodes.len();
        self.tree.nodes.push(Node {
            kind,
            namespace,
            flags: 0,
            name,
            end: index as u32 + 1,
            start,
            len: 0,
            hash: 0,
            number: NO_NUMBER,
        });
        index
    }

    fn store(&mut self, text: &str) -> (u32, u32) {
        let start = self.tree.heap.len() as u32;
        self.tree.heap.push_str(text);
        (start, text.len() as u32)
    }

    pub(crate) fn open_container(&mut self) {
        let index = self.push(NodeKind::Container, Namespace::Html, NameId(0), 0);
        self.open.push(index as u32);
    }

    pub(crate) fn open_element(&mut self, namespace: Namespace, name: &LocalName) -> usize {
        let name = self.intern(name);
        let start = self.tree.attributes.len() as u32;
        let index = self.push(NodeKind::Element, namespace, name, start);
        if name == self.special.selected {
            // The browser copies the selected option into it, whenever it likes.
            self.tree.nodes[index].flags |= OPAQUE;
        }
        self.open.push(index as u32);
        index
    }

    /// Adds an attribute to the element that was opened last, before any child.
    pub(crate) fn attribute(&mut self, namespace: Namespace, name: &LocalName, value: &str) {
        let name = self.intern(name);
        let (start, len) = self.store(value);
        let Some(node) = self.tree.nodes.last_mut() else { return };
        node.len += 1;
        if namespace == Namespace::Html {
            if name == self.special.ignore || name == self.special.stream {
                node.flags |= OPAQUE;
            } else if name == self.special.update {
                node.flags |= UpdateMode::parse(value).flag();
                self.tree.accumulates |= node.flags & (APPEND | PREPEND) != 0;
            }
        }
        self.tree.attributes.push(Attribute { name, namespace, start, len });
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.leaf(NodeKind::Text, NameId(0), text);
    }

    pub(crate) fn comment(&mut self, text: &str) {
        self.leaf(NodeKind::Comment, NameId(0), text);
    }

    pub(crate) fn instruction(&mut self, target: &str, data: &str) {
        let name = self.intern(&LocalName::from(target));
        self.leaf(NodeKind::Instruction, name, data);
    }

    fn leaf(&mut self, kind: NodeKind, name: NameId, text: &str) {
        let (start, len) = self.store(text);
        self.push(kind, Namespace::Html, name, start);
        if let Some(node) = self.tree.nodes.last_mut() {
            node.len = len;
        }
    }

    /// Copies a whole subtree of another tree, numbers included.
    pub(crate) fn copy(&mut self, source: &Tree, index: usize) {
        let mut open: Vec<u32> = Vec::new();
        for current in index..source.nodes[index].end as usize {
            while open.last().is_some_and(|&end| end as usize <= current) {
                open.pop();
                self.close();
            }
            self.copy_open(source, current);
            if source.nodes[current].kind == NodeKind::Element {
                open.push(source.nodes[current].end);
            }
        }
        for _ in open {
            self.close();
        }
    }

    /// Copies one node without its children; an element stays open.
    pub(crate) fn copy_open(&mut self, source: &Tree, index: usize) {
        let node = &source.nodes[index];
        let name = |id| source.local_name(id).cloned().unwrap_or_else(|| LocalName::from(""));
        match node.kind {
            NodeKind::Container => self.open_container(),
            NodeKind::Element => {
                self.open_element(node.namespace, &name(node.name));
                for attribute in source.attributes(index) {
                    let value = source.value(attribute);
                    self.attribute(attribute.namespace, &name(attribute.name), value);
                }
            }
            NodeKind::Text => self.text(source.text(index)),
            NodeKind::Comment => self.comment(source.text(index)),
            NodeKind::Instruction => {
                self.instruction(source.name(node.name), source.text(index));
            }
        }
        if let Some(last) = self.tree.nodes.last_mut() {
            last.number = node.number;
        }
    }

    pub(crate) fn close(&mut self) {
        if let Some(index) = self.open.pop() {
            self.tree.nodes[index as usize].end = self.tree.nodes.len() as u32;
        }
    }

    /// How many nodes there are so far: the index of the next one.
    pub(crate) fn len(&self) -> usize {
        self.tree.nodes.len()
    }

    /// Computes the hashes and returns the tree; the root is node 0 until told otherwise.
    pub(crate) fn finish(mut self) -> Tree {
        while !self.open.is_empty() {
            self.close();
        }
        hash_subtrees(&mut self.tree);
        self.tree.nodes.shrink_to_fit();
        self.tree.attributes.shrink_to_fit();
        self.tree.heap.shrink_to_fit();
        self.tree
    }
}

/// Fills in the hash of each subtree, last node first, so that children come before parents.
fn hash_subtrees(tree: &mut Tree) {
    let names: Vec<u64> = tree.names.iter().map(|name| hash_bytes(name.as_bytes(), 17)).collect();
    let name_hash = |id: NameId| names.get(id.0 as usize).copied().unwrap_or(0);
    for index in (0..tree.nodes.len()).rev() {
        let node = &tree.nodes[index];
        let mut hash = mix(name_hash(node.name), node.kind as u64 * 4 + node.namespace as u64);
        if node.kind == NodeKind::Element {
            // Attributes have no order in the DOM.
            let unordered = tree.attributes(index).iter().fold(0u64, |sum, attribute| {
                let seed = mix(name_hash(attribute.name), attribute.namespace as u64);
                sum.wrapping_add(hash_bytes(tree.value(attribute).as_bytes(), seed))
            });
            hash = mix(hash, unordered);
        } else {
            hash = hash_bytes(tree.text(index).as_bytes(), hash);
        }
        if node.flags & OPAQUE == 0 {
            for child in tree.children(index) {
                hash = mix(hash, u64::from(tree.nodes[child].hash));
            }
        }
        tree.nodes[index].hash = (hash ^ (hash >> 32)) as u32;
    }
}

/// Folds two words into one; multiplication spreads every bit into the upper half.
fn mix(left: u64, right: u64) -> u64 {
    let product = u128::from(left ^ 0x9e37_79b9_7f4a_7c15)
        .wrapping_mul(u128::from(right ^ 0xd6e8_feb8_6659_fd93));
    (product as u64) ^ ((product >> 64) as u64)
}

fn hash_bytes(bytes: &[u8], seed: u64) -> u64 {
    let mut hash = mix(seed, bytes.len() as u64);
    let mut chunks = bytes.chunks_exact(8);
    for chunk in &mut chunks {
        let mut word = [0; 8];
        word.copy_from_slice(chunk);
        hash = mix(hash, u64::from_le_bytes(word));
    }
    let mut word = [0; 8];
    let rest = chunks.remainder();
    word[..rest.len()].copy_from_slice(rest);
    mix(hash, u64::from_le_bytes(word))
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

/// Hashes interned names, which hash themselves to one `u32`.
#[derive(Default)]
pub(crate) struct AtomHasher(u64);

impl Hasher for AtomHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = hash_bytes(bytes, self.0);
    }

    fn write_u32(&mut self, value: u32) {
        self.0 = mix(u64::from(value), 29);
    }
}
