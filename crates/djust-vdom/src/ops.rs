//! The ops of the wire: written by the differ, read by the replica.

use crate::error::{Error, ErrorKind};
use crate::json::{self, Value, write_integer, write_string};
use crate::tree::{Namespace, NodeKind, Tree};

/// Nodes to insert, as an op carries them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// Text that parses to the nodes, in the context of the element that receives them.
    Html(String),
    /// The nodes themselves.
    Nodes(Vec<ContentNode>),
}

/// An attribute of a node that an op carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContentAttribute {
    /// The qualified name, as the DOM shows it.
    pub name: String,
    /// The value.
    pub value: String,
    /// The namespace.
    pub namespace: Namespace,
}

/// A node that an op carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContentNode {
    /// A text node.
    Text(String),
    /// A comment.
    Comment(String),
    /// A processing instruction: target and data.
    Instruction(String, String),
    /// An element.
    Element {
        /// The local name.
        name: String,
        /// The namespace.
        namespace: Namespace,
        /// The attributes.
        attributes: Vec<ContentAttribute>,
        /// The children; those of a template are its contents.
        children: Vec<ContentNode>,
    },
}

/// One op. Numbers name nodes.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields are those of docs/reference/protocol.md")]
pub enum Op {
    /// 0: the change cannot be said in ops.
    Resync,
    /// 1: a text, comment or processing instruction has this data.
    SetText { node: u32, text: String },
    /// 2: an element has this attribute.
    SetAttribute { node: u32, attribute: ContentAttribute },
    /// 3: an element has this attribute no more.
    RemoveAttribute { node: u32, name: String, namespace: Namespace },
    /// 4: insert before a node.
    Insert { reference: u32, content: Content },
    /// 5: insert at the end.
    Append { parent: u32, content: Content },
    /// 6: remove the siblings from `node` to `last`.
    Remove { node: u32, last: u32 },
    /// 7: move the siblings from `node` to `last` before `reference`.
    MoveBefore { node: u32, reference: u32, last: u32 },
    /// 8: move the siblings from `node` to `last` to the end of `parent`.
    MoveToEnd { node: u32, parent: u32, last: u32 },
    /// 9: replace a node.
    Replace { node: u32, content: Content },
    /// 10: remove all children, then insert.
    Clear { node: u32, content: Option<Content> },
    /// 11: an element has exactly one text child, or none.
    SetRawText { node: u32, text: String },
    /// 12: put the element children into this order.
    Permute { node: u32, ranks: Vec<u32> },
    /// 13: number all nodes again.
    Renumber,
    /// 14: the document's title.
    SetTitle { text: String },
}

/// Nodes to insert, as the writer takes them.
#[derive(Clone, Copy, Debug)]
pub enum Insertion<'a> {
    /// Text that parses to the nodes, in the context of the element that receives them.
    Html(&'a str),
    /// Subtrees of a tree, sent as nodes.
    Nodes(&'a Tree, &'a [usize]),
}

/// Writes ops as the JSON array of the wire.
#[derive(Clone, Debug)]
pub struct OpWriter {
    out: Vec<u8>,
}

impl Default for OpWriter {
    fn default() -> Self {
        Self { out: vec![b'['] }
    }
}

impl OpWriter {
    /// Makes a writer of an empty list.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns whether no op was written.
    pub fn is_empty(&self) -> bool {
        self.out.len() == 1
    }

    /// Returns the list as UTF-8 JSON.
    pub fn finish(mut self) -> Vec<u8> {
        self.out.push(b']');
        self.out
    }

    fn begin(&mut self, code: u32) {
        if !self.is_empty() {
            self.out.push(b',');
        }
        self.out.push(b'[');
        write_integer(i64::from(code), &mut self.out);
    }

    fn integer(&mut self, value: i64) {
        self.out.push(b',');
        write_integer(value, &mut self.out);
    }

    fn number(&mut self, value: u32) {
        self.integer(i64::from(value));
    }

    fn text(&mut self, text: &str) {
        self.out.push(b',');
        write_string(text, &mut self.out);
    }

    fn namespace(&mut self, namespace: Namespace) {
        if namespace != Namespace::Html {
            self.number(namespace.code());
        }
    }

    /// Siblings up to `last`: the distance, when there is more than one.
    fn through(&mut self, node: u32, last: u32) {
        if last != node {
            self.integer(i64::from(last) - i64::from(node));
        }
    }

    fn content(&mut self, content: Insertion<'_>) {
        match content {
            Insertion::Html(html) => self.text(html),
            Insertion::Nodes(tree, indexes) => {
                self.out.push(b',');
                write_nodes(tree, indexes, &mut self.out);
            }
        }
    }

    fn end(&mut self) {
        self.out.push(b']');
    }

    /// Op 0: the change cannot be said in ops.
    pub fn resync(&mut self) {
        self.begin(0);
        self.end();
    }

    /// Op 1: a text, comment or processing instruction has this data.
    pub fn set_text(&mut self, node: u32, text: &str) {
        self.begin(1);
        self.number(node);
        self.text(text);
        self.end();
    }

    /// Op 2: an element has this attribute.
    pub fn set_attribute(&mut self, node: u32, name: &str, value: &str, namespace: Namespace) {
        self.begin(2);
        self.number(node);
        self.text(name);
        self.text(value);
        self.namespace(namespace);
        self.end();
    }

    /// Op 3: an element has this attribute no more.
    pub fn remove_attribute(&mut self, node: u32, name: &str, namespace: Namespace) {
        self.begin(3);
        self.number(node);
        self.text(name);
        self.namespace(namespace);
        self.end();
    }

    /// Op 4: insert before a node.
    pub fn insert(&mut self, reference: u32, content: Insertion<'_>) {
        self.begin(4);
        self.number(reference);
        self.content(content);
        self.end();
    }

    /// Op 5: insert at the end.
    pub fn append(&mut self, parent: u32, content: Insertion<'_>) {
        self.begin(5);
        self.number(parent);
        self.content(content);
        self.end();
    }

    /// Op 6: remove the siblings from `node` to `last`.
    pub fn remove(&mut self, node: u32, last: u32) {
        self.begin(6);
        self.number(node);
        self.through(node, last);
        self.end();
    }

    /// Op 7: move the siblings from `node` to `last` before `reference`.
    pub fn move_before(&mut self, node: u32, reference: u32, last: u32) {
        self.begin(7);
        self.number(node);
        self.number(reference);
        self.through(node, last);
        self.end();
    }

    /// Op 8: move the siblings from `node` to `last` to the end of `parent`.
    pub fn move_to_end(&mut self, node: u32, parent: u32, last: u32) {
        self.begin(8);
        self.number(node);
        self.number(parent);
        self.through(node, last);
        self.end();
    }

    /// Op 9: replace a node.
    pub fn replace(&mut self, node: u32, content: Insertion<'_>) {
        self.begin(9);
        self.number(node);
        self.content(content);
        self.end();
    }

    /// Op 10: remove all children, then insert.
    pub fn clear(&mut self, node: u32, content: Option<Insertion<'_>>) {
        self.begin(10);
        self.number(node);
        if let Some(content) = content {
            self.content(content);
        }
        self.end();
    }

    /// Op 11: an element has exactly one text child, or none.
    pub fn set_raw_text(&mut self, node: u32, text: &str) {
        self.begin(11);
        self.number(node);
        self.text(text);
        self.end();
    }

    /// Op 12: put the element children into this order.
    pub fn permute(&mut self, node: u32, ranks: &[u32]) {
        self.begin(12);
        self.number(node);
        self.out.extend_from_slice(b",[");
        for (index, &rank) in ranks.iter().enumerate() {
            if index > 0 {
                self.out.push(b',');
            }
            write_integer(i64::from(rank), &mut self.out);
        }
        self.out.push(b']');
        self.end();
    }

    /// Op 13: number all nodes again.
    pub fn renumber(&mut self) {
        self.begin(13);
        self.end();
    }

    /// Op 14: the document's title.
    pub fn set_title(&mut self, text: &str) {
        self.begin(14);
        self.text(text);
        self.end();
    }
}

/// Appends subtrees as an array of nodes.
pub(crate) fn write_nodes(tree: &Tree, indexes: &[usize], out: &mut Vec<u8>) {
    out.push(b'[');
    for (position, &index) in indexes.iter().enumerate() {
        if position > 0 {
            out.push(b',');
        }
        write_node(tree, index, out);
    }
    out.push(b']');
}

fn write_node(tree: &Tree, index: usize, out: &mut Vec<u8>) {
    let mut open: Vec<usize> = Vec::new();
    let mut first = true;
    for current in index..tree.nodes[index].end as usize {
        while let Some(&element) = open.last() {
            if tree.nodes[element].end as usize > current {
                break;
            }
            open.pop();
            write_element_end(tree, element, out);
            first = false;
        }
        if !first {
            out.push(b',');
        }
        let node = &tree.nodes[current];
        match node.kind {
            NodeKind::Element => {
                write_element_start(tree, current, out);
                open.push(current);
                first = true;
                continue;
            }
            NodeKind::Comment => {
                out.extend_from_slice(b"[0,");
                write_string(tree.text(current), out);
                out.push(b']');
            }
            NodeKind::Instruction => {
                out.extend_from_slice(b"[1,");
                write_string(tree.name(node.name), out);
                out.push(b',');
                write_string(tree.text(current), out);
                out.push(b']');
            }
            NodeKind::Text | NodeKind::Container => write_string(tree.text(current), out),
        }
        first = false;
    }
    while let Some(element) = open.pop() {
        write_element_end(tree, element, out);
    }
}

fn write_element_start(tree: &Tree, index: usize, out: &mut Vec<u8>) {
    out.push(b'[');
    write_string(tree.name(tree.nodes[index].name), out);
    out.extend_from_slice(b",[");
    for (position, attribute) in tree.attributes(index).iter().enumerate() {
        if position > 0 {
            out.push(b',');
        }
        out.push(b'[');
        write_string(tree.name(attribute.name), out);
        out.push(b',');
        write_string(tree.value(attribute), out);
        if attribute.namespace != Namespace::Html {
            out.push(b',');
            write_integer(i64::from(attribute.namespace.code()), out);
        }
        out.push(b']');
    }
    out.extend_from_slice(b"],[");
}

fn write_element_end(tree: &Tree, index: usize, out: &mut Vec<u8>) {
    out.push(b']');
    let namespace = tree.nodes[index].namespace;
    if namespace != Namespace::Html {
        out.push(b',');
        write_integer(i64::from(namespace.code()), out);
    }
    out.push(b']');
}

/// Reads a list of ops.
///
/// # Errors
///
/// [`ErrorKind::Malformed`] for what is not JSON, for an unknown op and for wrong arguments.
pub fn decode(bytes: &[u8]) -> Result<Vec<Op>, Error> {
    let Value::Array(items) = json::read(bytes)? else {
        return Err(malformed("A list of ops is an array."));
    };
    items.into_iter().map(decode_op).collect()
}

fn malformed(detail: impl Into<String>) -> Error {
    Error::new(ErrorKind::Malformed, detail)
}

/// The arguments of an op, taken one by one.
struct Arguments {
    code: i64,
    rest: std::vec::IntoIter<Value>,
}

impl Arguments {
    fn wrong(&self, expected: &str) -> Error {
        malformed(format!("Op {} expects {expected}.", self.code))
    }

    fn number(&mut self) -> Result<u32, Error> {
        match self.rest.next() {
            Some(Value::Integer(value)) => {
                u32::try_from(value).map_err(|_| self.wrong("the number of a node"))
            }
            _ => Err(self.wrong("the number of a node")),
        }
    }

    fn text(&mut self) -> Result<String, Error> {
        match self.rest.next() {
            Some(Value::Text(text)) => Ok(text),
            _ => Err(self.wrong("a text")),
        }
    }

    fn last(&mut self, node: u32) -> Result<u32, Error> {
        match self.rest.next() {
            None => Ok(node),
            Some(Value::Integer(distance)) => i64::from(node)
                .checked_add(distance)
                .and_then(|last| u32::try_from(last).ok())
                .ok_or_else(|| self.wrong("a distance")),
            Some(_) => Err(self.wrong("a distance")),
        }
    }

    fn namespace(&mut self) -> Result<Namespace, Error> {
        match self.rest.next() {
            None => Ok(Namespace::Html),
            Some(value) => read_namespace(&value).ok_or_else(|| self.wrong("a namespace")),
        }
    }

    fn content(&mut self) -> Result<Content, Error> {
        match self.rest.next() {
            Some(value) => read_content(value),
            None => Err(self.wrong("content")),
        }
    }

    fn ranks(&mut self) -> Result<Vec<u32>, Error> {
        let Some(Value::Array(items)) = self.rest.next() else {
            return Err(self.wrong("a list of ranks"));
        };
        let rank = |item| match item {
            Value::Integer(value) => u32::try_from(value).ok(),
            _ => None,
        };
        items
            .into_iter()
            .map(rank)
            .collect::<Option<Vec<_>>>()
            .ok_or_else(|| self.wrong("a list of ranks"))
    }

    fn end(mut self, op: Op) -> Result<Op, Error> {
        match self.rest.next() {
            None => Ok(op),
            Some(_) => Err(self.wrong("fewer arguments")),
        }
    }
}

fn decode_op(value: Value) -> Result<Op, Error> {
    let Value::Array(items) = value else { return Err(malformed("An op is an array.")) };
    let mut rest = items.into_iter();
    let Some(Value::Integer(code)) = rest.next() else {
        return Err(malformed("An op starts with its code."));
    };
    let mut take = Arguments { code, rest };
    let op = match code {
        0 => Op::Resync,
        1 => Op::SetText { node: take.number()?, text: take.text()? },
        2 => {
            let (node, name, value) = (take.number()?, take.text()?, take.text()?);
            let namespace = take.namespace()?;
            Op::SetAttribute { node, attribute: ContentAttribute { name, value, namespace } }
        }
        3 => {
            let (node, name) = (take.number()?, take.text()?);
            Op::RemoveAttribute { node, name, namespace: take.namespace()? }
        }
        4 => Op::Insert { reference: take.number()?, content: take.content()? },
        5 => Op::Append { parent: take.number()?, content: take.content()? },
        6 => {
            let node = take.number()?;
            Op::Remove { node, last: take.last(node)? }
        }
        7 => {
            let (node, reference) = (take.number()?, take.number()?);
            Op::MoveBefore { node, reference, last: take.last(node)? }
        }
        8 => {
            let (node, parent) = (take.number()?, take.number()?);
            Op::MoveToEnd { node, parent, last: take.last(node)? }
        }
        9 => Op::Replace { node: take.number()?, content: take.content()? },
        10 => {
            let node = take.number()?;
            let content = take.rest.next().map(read_content).transpose()?;
            Op::Clear { node, content }
        }
        11 => Op::SetRawText { node: take.number()?, text: take.text()? },
        12 => Op::Permute { node: take.number()?, ranks: take.ranks()? },
        13 => Op::Renumber,
        14 => Op::SetTitle { text: take.text()? },
        _ => return Err(malformed(format!("There is no op {code}."))),
    };
    take.end(op)
}

fn read_namespace(value: &Value) -> Option<Namespace> {
    match value {
        Value::Integer(code) => Namespace::from_code(u32::try_from(*code).ok()?),
        _ => None,
    }
}

fn read_content(value: Value) -> Result<Content, Error> {
    match value {
        Value::Text(html) => Ok(Content::Html(html)),
        Value::Array(items) => read_nodes(items).map(Content::Nodes),
        Value::Integer(_) => Err(malformed("Content is a text or an array of nodes.")),
    }
}

/// Reads nodes; the nesting is as deep as [`json::read`] lets through.
fn read_nodes(items: Vec<Value>) -> Result<Vec<ContentNode>, Error> {
    items.into_iter().map(read_node).collect()
}

fn read_node(value: Value) -> Result<ContentNode, Error> {
    let wrong =
        || malformed("A node is a text, a comment, a processing instruction or an element.");
    let items = match value {
        Value::Text(text) => return Ok(ContentNode::Text(text)),
        Value::Array(items) => items,
        Value::Integer(_) => return Err(wrong()),
    };
    let mut items = items.into_iter();
    let node = match (items.next(), items.next(), items.next()) {
        (Some(Value::Integer(0)), Some(Value::Text(data)), None) => ContentNode::Comment(data),
        (Some(Value::Integer(1)), Some(Value::Text(target)), Some(Value::Text(data))) => {
            ContentNode::Instruction(target, data)
        }
        (Some(Value::Text(name)), Some(Value::Array(attributes)), Some(Value::Array(children))) => {
            let namespace = match items.next() {
                None => Namespace::Html,
                Some(value) => read_namespace(&value)
                    .filter(|&namespace| namespace != Namespace::XmlNs)
                    .ok_or_else(wrong)?,
            };
            let attributes =
                attributes.into_iter().map(read_attribute).collect::<Result<_, _>>()?;
            ContentNode::Element { name, namespace, attributes, children: read_nodes(children)? }
        }
        _ => return Err(wrong()),
    };
    if items.next().is_some() {
        return Err(wrong());
    }
    Ok(node)
}

fn read_attribute(value: Value) -> Result<ContentAttribute, Error> {
    let wrong = || malformed("An attribute is a name, a value and maybe a namespace.");
    let Value::Array(items) = value else { return Err(wrong()) };
    let mut items = items.into_iter();
    let (Some(Value::Text(name)), Some(Value::Text(value))) = (items.next(), items.next()) else {
        return Err(wrong());
    };
    let namespace = match items.next() {
        None => Namespace::Html,
        Some(value) => read_namespace(&value).ok_or_else(wrong)?,
    };
    match items.next() {
        None => Ok(ContentAttribute { name, value, namespace }),
        Some(_) => Err(wrong()),
    }
}
