//! The other end of the wire: a page that knows its first text and the ops, and nothing else.
//!
//! It does what the browser does, in the same words: a table from number to node, nodes that know
//! their neighbours, refusals. So it can show that ops lead to the new page, and it lets tools
//! follow a page without a browser.

use html5ever::LocalName;

use crate::assembler::Assembler;
use crate::error::{Error, ErrorKind};
use crate::ops::{Content, ContentAttribute, ContentNode, Op, decode};
use crate::parse::Context;
use crate::tree::{Namespace, NodeKind, Tree};

type Id = u32;
const NONE: Id = Id::MAX;

enum Data {
    Element {
        name: String,
        namespace: Namespace,
        attributes: Vec<ContentAttribute>,
    },
    Text(String),
    Comment(String),
    Instruction(String, String),
    /// The container of a fragment.
    Container,
}

struct Node {
    parent: Id,
    first: Id,
    last: Id,
    previous: Id,
    next: Id,
    number: u32,
    data: Data,
}

/// A page in a browser, as far as ops are concerned.
pub struct Replica {
    nodes: Vec<Node>,
    root: Id,
    /// For each number the node that has it.
    numbers: Vec<Id>,
    /// What is around the root.
    page: Tree,
    title: Option<String>,
}

/// Parses `html`, applies `ops` and returns the page.
///
/// # Errors
///
/// [`ErrorKind::Malformed`] when the ops cannot be read, [`ErrorKind::Refused`] when they do not
/// fit the page.
pub fn apply(html: &str, ops: &[u8]) -> Result<String, Error> {
    let mut replica = Replica::new(html)?;
    replica.apply(ops)?;
    Ok(replica.tree().html())
}

fn refused(detail: impl Into<String>) -> Error {
    Error::new(ErrorKind::Refused, detail)
}

impl Replica {
    /// Loads a page and numbers its nodes.
    ///
    /// # Errors
    ///
    /// As [`Tree::parse`].
    pub fn new(html: &str) -> Result<Self, Error> {
        let page = Tree::parse(html)?;
        let mut replica =
            Self { nodes: Vec::new(), root: 0, numbers: Vec::new(), title: None, page };
        let page = std::mem::replace(&mut replica.page, Assembler::with_capacity(0, 0).finish());
        replica.root = replica.adopt(&page, page.root, NONE, NONE);
        replica.page = page;
        replica.number(replica.root);
        Ok(replica)
    }

    /// Returns how many nodes of the page have a number.
    pub fn count(&self) -> u32 {
        self.tree_order(self.root).filter(|&id| self.nodes[id as usize].number != NONE).count()
            as u32
    }

    /// Applies a list of ops; stops at the first that is refused.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Malformed`] when the list cannot be read, [`ErrorKind::Refused`] when an op
    /// does not fit the page.
    pub fn apply(&mut self, ops: &[u8]) -> Result<(), Error> {
        decode(ops)?.into_iter().try_for_each(|op| self.apply_op(op))
    }

    /// Returns the page as a tree.
    pub fn tree(&self) -> Tree {
        let page = &self.page;
        let mut out = Assembler::with_capacity(page.nodes.len(), 0);
        let mut open: Vec<u32> = Vec::new();
        let title = self.title.as_deref().map(|text| (page.title_element(), text));
        let mut root = 0;
        let mut index = 0;
        while index < page.nodes.len() {
            while open.last().is_some_and(|&end| end as usize <= index) {
                open.pop();
                out.close();
            }
            let node = &page.nodes[index];
            if index == page.root {
                root = out.len();
                self.emit(&mut out);
                index = node.end as usize;
                continue;
            }
            out.copy_open(page, index);
            if matches!(node.kind, NodeKind::Element | NodeKind::Container) {
                open.push(node.end);
            }
            match title {
                Some((Some(element), text)) if element == index => {
                    if !text.is_empty() {
                        out.text(text);
                    }
                    index = node.end as usize;
                }
                Some((None, text)) if page.name(node.name) == "head" => {
                    self.emit_new_title(&mut out, text);
                    index += 1;
                }
                _ => index += 1,
            }
        }
        let mut tree = out.finish();
        tree.root = root;
        tree.doctype.clone_from(&page.doctype);
        tree.is_document = page.is_document;
        tree.quirks = page.quirks;
        tree
    }

    fn emit_new_title(&self, out: &mut Assembler, text: &str) {
        out.open_element(Namespace::Html, &LocalName::from("title"));
        if !text.is_empty() {
            out.text(text);
        }
        out.close();
    }

    fn emit(&self, out: &mut Assembler) {
        let mut id = self.root;
        loop {
            let node = &self.nodes[id as usize];
            let is_open = match &node.data {
                Data::Container => {
                    out.open_container();
                    true
                }
                Data::Element { name, namespace, attributes } => {
                    out.open_element(*namespace, &LocalName::from(name.as_str()));
                    for attribute in attributes {
                        let name = LocalName::from(attribute.name.as_str());
                        out.attribute(attribute.namespace, &name, &attribute.value);
                    }
                    true
                }
                Data::Text(text) => {
                    out.text(text);
                    false
                }
                Data::Comment(text) => {
                    out.comment(text);
                    false
                }
                Data::Instruction(target, data) => {
                    out.instruction(target, data);
                    false
                }
            };
            if is_open && node.first != NONE {
                id = node.first;
                continue;
            }
            if is_open {
                out.close();
            }
            loop {
                if id == self.root {
                    return;
                }
                let node = &self.nodes[id as usize];
                if node.next != NONE {
                    id = node.next;
                    break;
                }
                out.close();
                id = node.parent;
            }
        }
    }

    /// Copies a subtree of a parsed page and puts it before `next`, or at the end.
    fn adopt(&mut self, tree: &Tree, index: usize, parent: Id, next: Id) -> Id {
        let mut open: Vec<(u32, Id)> = Vec::new();
        let first = self.nodes.len() as Id;
        for current in index..tree.nodes[index].end as usize {
            while open.last().is_some_and(|&(end, _)| end as usize <= current) {
                open.pop();
            }
            let node = &tree.nodes[current];
            let data = match node.kind {
                NodeKind::Container => Data::Container,
                NodeKind::Element => Data::Element {
                    name: tree.name(node.name).to_owned(),
                    namespace: node.namespace,
                    attributes: tree
                        .attributes(current)
                        .iter()
                        .map(|attribute| ContentAttribute {
                            name: tree.name(attribute.name).to_owned(),
                            value: tree.value(attribute).to_owned(),
                            namespace: attribute.namespace,
                        })
                        .collect(),
                },
                NodeKind::Text => Data::Text(tree.text(current).to_owned()),
                NodeKind::Comment => Data::Comment(tree.text(current).to_owned()),
                NodeKind::Instruction => Data::Instruction(
                    tree.name(node.name).to_owned(),
                    tree.text(current).to_owned(),
                ),
            };
            let id = self.create(data);
            match open.last() {
                Some(&(_, parent)) => self.link(id, parent, NONE),
                None => self.link(id, parent, next),
            }
            open.push((node.end, id));
        }
        first
    }

    fn create(&mut self, data: Data) -> Id {
        let id = self.nodes.len() as Id;
        self.nodes.push(Node {
            parent: NONE,
            first: NONE,
            last: NONE,
            previous: NONE,
            next: NONE,
            number: NONE,
            data,
        });
        id
    }

    fn link(&mut self, id: Id, parent: Id, next: Id) {
        if parent == NONE {
            return;
        }
        let previous = match next {
            NONE => self.nodes[parent as usize].last,
            next => self.nodes[next as usize].previous,
        };
        let node = &mut self.nodes[id as usize];
        (node.parent, node.previous, node.next) = (parent, previous, next);
        match previous {
            NONE => self.nodes[parent as usize].first = id,
            previous => self.nodes[previous as usize].next = id,
        }
        match next {
            NONE => self.nodes[parent as usize].last = id,
            next => self.nodes[next as usize].previous = id,
        }
    }

    fn unlink(&mut self, id: Id) {
        let node = &mut self.nodes[id as usize];
        let (parent, previous, next) = (node.parent, node.previous, node.next);
        (node.parent, node.previous, node.next) = (NONE, NONE, NONE);
        match previous {
            NONE => self.nodes[parent as usize].first = next,
            previous => self.nodes[previous as usize].next = next,
        }
        match next {
            NONE => self.nodes[parent as usize].last = previous,
            next => self.nodes[next as usize].previous = previous,
        }
    }

    fn is_opaque(&self, id: Id) -> bool {
        match &self.nodes[id as usize].data {
            Data::Element { name, attributes, .. } => {
                let ours = |attribute: &ContentAttribute| {
                    attribute.namespace != Namespace::Html
                        || attribute.name != "dj-ignore"
                            && attribute.name != "dj-stream"
                            && (attribute.name != "dj-update" || attribute.value != "ignore")
                };
                name == "selectedcontent" || !attributes.iter().all(ours)
            }
            _ => false,
        }
    }

    /// Walks a subtree without the inside of opaque elements.
    fn tree_order(&self, top: Id) -> impl Iterator<Item = Id> {
        let mut next = Some(top);
        std::iter::from_fn(move || {
            let id = next?;
            let first = if self.is_opaque(id) { NONE } else { self.nodes[id as usize].first };
            next = if first == NONE { self.after(id, top) } else { Some(first) };
            Some(id)
        })
    }

    /// The node that follows the subtree of `id`, inside of `top`.
    fn after(&self, mut id: Id, top: Id) -> Option<Id> {
        while id != top {
            let node = &self.nodes[id as usize];
            if node.next != NONE {
                return Some(node.next);
            }
            id = node.parent;
        }
        None
    }

    /// Gives the next numbers to a subtree.
    fn number(&mut self, top: Id) {
        let ids: Vec<Id> = self.tree_order(top).collect();
        for id in ids {
            self.nodes[id as usize].number = self.numbers.len() as u32;
            self.numbers.push(id);
        }
    }

    /// Finds a node of the root by its number.
    fn find(&self, number: u32) -> Result<Id, Error> {
        let unknown = || refused(format!("No node has number {number}."));
        let id = self.numbers.get(number as usize).copied().ok_or_else(unknown)?;
        let mut above = id;
        while above != self.root {
            above = self.nodes[above as usize].parent;
            if above == NONE {
                return Err(refused(format!("Node {number} is not in the page any more.")));
            }
        }
        Ok(id)
    }

    /// Finds a node that has a parent inside the root.
    fn find_inner(&self, number: u32) -> Result<Id, Error> {
        match self.find(number)? {
            id if id == self.root => Err(refused("The root itself cannot be moved or removed.")),
            id => Ok(id),
        }
    }

    fn find_parent(&self, number: u32) -> Result<Id, Error> {
        let id = self.find(number)?;
        match self.nodes[id as usize].data {
            Data::Element { .. } | Data::Container => Ok(id),
            _ => Err(refused(format!("Node {number} cannot have children."))),
        }
    }

    fn attributes(&mut self, number: u32) -> Result<&mut Vec<ContentAttribute>, Error> {
        let id = self.find(number)?;
        match &mut self.nodes[id as usize].data {
            Data::Element { attributes, .. } => Ok(attributes),
            _ => Err(refused(format!("Node {number} is no element."))),
        }
    }

    fn apply_op(&mut self, op: Op) -> Result<(), Error> {
        match op {
            Op::Resync => return Err(refused("The change cannot be said in ops.")),
            Op::SetText { node, text } => self.set_text(node, text)?,
            Op::SetAttribute { node, attribute } => {
                let attributes = self.attributes(node)?;
                let same = |known: &&mut ContentAttribute| {
                    known.name == attribute.name && known.namespace == attribute.namespace
                };
                match attributes.iter_mut().find(same) {
                    Some(known) => known.value = attribute.value,
                    None => attributes.push(attribute),
                }
            }
            Op::RemoveAttribute { node, name, namespace } => self
                .attributes(node)?
                .retain(|known| known.name != name || known.namespace != namespace),
            Op::Insert { reference, content } => {
                let next = self.find_inner(reference)?;
                self.insert(content, self.nodes[next as usize].parent, next)?;
            }
            Op::Append { parent, content } => {
                let parent = self.find_parent(parent)?;
                self.insert(content, parent, NONE)?;
            }
            Op::Remove { node, last } => {
                for id in self.siblings(node, last)? {
                    self.unlink(id);
                }
            }
            Op::MoveBefore { node, reference, last } => {
                let next = self.find_inner(reference)?;
                self.move_range(node, last, self.nodes[next as usize].parent, next)?;
            }
            Op::MoveToEnd { node, parent, last } => {
                let parent = self.find_parent(parent)?;
                self.move_range(node, last, parent, NONE)?;
            }
            Op::Replace { node, content } => {
                let id = self.find_inner(node)?;
                let (parent, next) = (self.nodes[id as usize].parent, self.nodes[id as usize].next);
                self.unlink(id);
                self.insert(content, parent, next)?;
            }
            Op::Clear { node, content } => {
                let parent = self.find_parent(node)?;
                self.clear(parent);
                if let Some(content) = content {
                    self.insert(content, parent, NONE)?;
                }
            }
            Op::SetRawText { node, text } => {
                let parent = self.find_parent(node)?;
                self.clear(parent);
                if !text.is_empty() {
                    self.insert(Content::Nodes(vec![ContentNode::Text(text)]), parent, NONE)?;
                }
            }
            Op::Permute { node, ranks } => self.permute(node, &ranks)?,
            Op::Renumber => self.renumber(),
            Op::SetTitle { text } => self.title = Some(text),
        }
        Ok(())
    }

    fn set_text(&mut self, number: u32, text: String) -> Result<(), Error> {
        let id = self.find(number)?;
        match &mut self.nodes[id as usize].data {
            Data::Text(data) | Data::Comment(data) | Data::Instruction(_, data) => *data = text,
            _ => return Err(refused(format!("Node {number} has no text."))),
        }
        Ok(())
    }

    fn clear(&mut self, parent: Id) {
        while self.nodes[parent as usize].first != NONE {
            self.unlink(self.nodes[parent as usize].first);
        }
    }

    /// The siblings from one node to another that follows it.
    fn siblings(&self, node: u32, last: u32) -> Result<Vec<Id>, Error> {
        let (mut id, last_id) = (self.find_inner(node)?, self.find_inner(last)?);
        let mut found = vec![id];
        while id != last_id {
            id = self.nodes[id as usize].next;
            if id == NONE {
                return Err(refused(format!("Node {last} does not follow node {node}.")));
            }
            found.push(id);
        }
        Ok(found)
    }

    fn move_range(&mut self, node: u32, last: u32, parent: Id, next: Id) -> Result<(), Error> {
        let moved = self.siblings(node, last)?;
        let mut above = parent;
        while above != NONE {
            if moved.contains(&above) {
                return Err(refused(format!("Node {node} cannot move into itself.")));
            }
            above = self.nodes[above as usize].parent;
        }
        if moved.contains(&next) {
            return Err(refused(format!("Node {node} cannot move before itself.")));
        }
        for id in moved {
            self.unlink(id);
            self.link(id, parent, next);
        }
        Ok(())
    }

    fn permute(&mut self, number: u32, ranks: &[u32]) -> Result<(), Error> {
        let parent = self.find_parent(number)?;
        let mut places = Vec::new();
        let mut child = self.nodes[parent as usize].first;
        while child != NONE {
            let node = &self.nodes[child as usize];
            if node.number != NONE && matches!(node.data, Data::Element { .. }) {
                places.push(child);
            }
            child = node.next;
        }
        let mut sorted = places.clone();
        sorted.sort_unstable_by_key(|&id| self.nodes[id as usize].number);
        let mut used = vec![false; sorted.len()];
        let wrong = || refused(format!("The ranks do not fit the children of node {number}."));
        for &rank in ranks {
            let used = used.get_mut(rank as usize).ok_or_else(wrong)?;
            if std::mem::replace(used, true) {
                return Err(wrong());
            }
        }
        if ranks.len() != sorted.len() {
            return Err(wrong());
        }
        // A mark holds each place while the elements change theirs.
        let marks: Vec<Id> = places
            .iter()
            .map(|&place| {
                let mark = self.create(Data::Container);
                self.link(mark, parent, place);
                self.unlink(place);
                mark
            })
            .collect();
        for (mark, &rank) in marks.into_iter().zip(ranks) {
            self.link(sorted[rank as usize], parent, mark);
            self.unlink(mark);
        }
        Ok(())
    }

    fn renumber(&mut self) {
        let ids: Vec<Id> = self
            .all(self.root)
            .into_iter()
            .filter(|&id| self.nodes[id as usize].number != NONE)
            .collect();
        for (number, &id) in ids.iter().enumerate() {
            self.nodes[id as usize].number = number as u32;
        }
        self.numbers = ids;
    }

    /// All nodes of a subtree in tree order, opaque or not.
    fn all(&self, top: Id) -> Vec<Id> {
        let mut found = Vec::new();
        let mut next = Some(top);
        while let Some(id) = next {
            found.push(id);
            let first = self.nodes[id as usize].first;
            next = if first == NONE { self.after(id, top) } else { Some(first) };
        }
        found
    }

    fn insert(&mut self, content: Content, parent: Id, next: Id) -> Result<(), Error> {
        let first = self.nodes.len() as Id;
        match content {
            Content::Html(html) => {
                let context = match &self.nodes[parent as usize].data {
                    Data::Element { name, namespace, .. } => {
                        Context { namespace: *namespace, name, quirks: self.page.quirks }
                    }
                    _ => Context { quirks: self.page.quirks, ..Context::BODY },
                };
                let tree = Tree::parse_fragment(&html, context)?;
                for child in tree.children(0) {
                    self.adopt(&tree, child, parent, next);
                }
            }
            Content::Nodes(nodes) => self.build(nodes, parent, next),
        }
        let mut id = first;
        while (id as usize) < self.nodes.len() {
            if self.nodes[id as usize].parent == parent {
                self.number(id);
            }
            id += 1;
        }
        Ok(())
    }

    fn build(&mut self, nodes: Vec<ContentNode>, parent: Id, next: Id) {
        let mut waiting: Vec<(ContentNode, Id, Id)> =
            nodes.into_iter().rev().map(|node| (node, parent, next)).collect();
        while let Some((node, parent, next)) = waiting.pop() {
            let (data, children) = match node {
                ContentNode::Text(text) => (Data::Text(text), Vec::new()),
                ContentNode::Comment(text) => (Data::Comment(text), Vec::new()),
                ContentNode::Instruction(target, data) => {
                    (Data::Instruction(target, data), Vec::new())
                }
                ContentNode::Element { name, namespace, attributes, children } => {
                    (Data::Element { name, namespace, attributes }, children)
                }
            };
            let id = self.create(data);
            self.link(id, parent, next);
            waiting.extend(children.into_iter().rev().map(|child| (child, id, NONE)));
        }
    }
}
