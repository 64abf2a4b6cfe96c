//! Building a tree, node by node, and the hashes of its subtrees.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use html5ever::LocalName;

use crate::attributes::UpdateMode;
use crate::tree::{
    APPEND, Attribute, NO_NUMBER, NameId, Namespace, Node, NodeKind, OPAQUE, PREPEND, Tree,
};

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
