//! Random pages, written as HTML, and random changes of them.

#![allow(dead_code, unreachable_pub, missing_docs, reason = "each test binary uses a part")]

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// A node of a page before it is text. What the parser makes of it may look different.
#[derive(Clone, Debug)]
pub enum Node {
    Element(&'static str, Vec<(&'static str, String)>, Vec<Node>),
    Text(String),
    Raw(&'static str),
}

const NAMES: &[&str] = &[
    "div",
    "div",
    "div",
    "ul",
    "li",
    "li",
    "li",
    "p",
    "span",
    "b",
    "i",
    "a",
    "table",
    "tbody",
    "tr",
    "td",
    "form",
    "input",
    "br",
    "button",
    "select",
    "option",
    "optgroup",
    "textarea",
    "pre",
    "script",
    "style",
    "title",
    "noscript",
    "template",
    "svg",
    "g",
    "foreignObject",
    "math",
    "mi",
    "annotation-xml",
    "section",
    "h1",
    "details",
    "nobr",
    "x-card",
    "hr",
    "img",
    "caption",
    "col",
    "iframe",
    "plaintext",
    "ruby",
    "rt",
    "frameset",
    "body",
    "html",
    "head",
    "selectedcontent",
];

const RAW: &[&str] = &[
    "<!-- c -->",
    "<!-->",
    "<!--->",
    "<!--a--!>",
    "<?pi data?>",
    "<?pi>",
    "<?xml x?>",
    "<![CDATA[x]]>",
    "</p>",
    "</div>",
    "</b>",
    "<b>",
    "<table>",
    "</table>",
    "<td>",
    "</br>",
    "<p>",
    "<a>",
    "</a>",
    "&lt;",
    "&amp;lt;",
    "&#13;",
    "&nbsp;",
    "\n",
    "  ",
    "<svg>",
    "</svg>",
    "<math><mi>",
    "</template>",
    "<!doctype x>",
    "<",
    "</",
    "<!",
    "\u{0}",
    "\r\n",
    "<select>",
    "</select>",
];

const TEXTS: &[&str] = &[
    "a",
    "b",
    " ",
    "\n",
    "\n  ",
    "hello",
    "1 < 2",
    "a & b",
    "\u{a0}",
    "\"q\" 'q'",
    "é😀",
    "-->",
    "]]>",
    "</script",
    "\n\nx",
    "x\n",
];

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        6 => select(TEXTS).prop_map(str::to_owned),
        1 => "[ -~\n]{0,12}",
        1 => "\\PC{0,4}",
    ]
}

fn attribute() -> impl Strategy<Value = (&'static str, String)> {
    prop_oneof![
        6 => (Just("dj-key"), "[a-f]"),
        4 => (Just("id"), "[a-e]"),
        4 => (Just("class"), "[ab]{0,2}"),
        1 => (Just("dj-ignore"), ""),
        1 => (Just("dj-update"), select(&["append", "prepend", "ignore", "replace"][..]).prop_map(str::to_owned)),
        2 => (Just("value"), text()),
        1 => (Just("xlink:href"), "[a-c]{0,2}"),
        1 => (Just("xml:lang"), "[a-c]{0,2}"),
        1 => (Just("viewBox"), "[a-c]{0,2}"),
        1 => (Just("encoding"), Just("text/html".to_owned())),
        1 => (Just("type"), Just("hidden".to_owned())),
        1 => (Just("x\"y"), text()),
    ]
}

/// A well-formed list with keys, as most pages have one.
fn row() -> impl Strategy<Value = Node> {
    ("[a-j]", text(), any::<bool>()).prop_map(|(key, value, spaced)| {
        let cell = Node::Element("td", vec![], vec![Node::Text(value)]);
        let mut cells = vec![cell];
        if spaced {
            cells.push(Node::Text("\n ".into()));
        }
        Node::Element("tr", vec![("dj-key", key)], cells)
    })
}

pub fn node() -> impl Strategy<Value = Node> {
    let leaf = prop_oneof![
        6 => text().prop_map(Node::Text),
        2 => select(RAW).prop_map(Node::Raw),
        2 => row(),
        2 => (select(NAMES), vec(attribute(), 0..3)).prop_map(|(name, attributes)| Node::Element(name, attributes, vec![])),
    ];
    leaf.prop_recursive(5, 48, 8, |inner| {
        (select(NAMES), vec(attribute(), 0..3), vec(inner, 0..8))
            .prop_map(|(name, attributes, children)| Node::Element(name, attributes, children))
    })
}

pub fn page() -> impl Strategy<Value = Vec<Node>> {
    vec(node(), 0..6)
}

/// One change of a page: `place` says where, counted in tree order.
#[derive(Clone, Debug)]
pub enum Edit {
    Remove(usize),
    Insert(usize, Node),
    Replace(usize, Node),
    Shuffle(usize, u64),
    Move(usize, usize),
    Text(usize, String),
    Attribute(usize, (&'static str, String)),
    DropAttributes(usize),
    Spread(usize, String),
}

pub fn edit() -> impl Strategy<Value = Edit> {
    let place = || 0usize..64;
    prop_oneof![
        2 => place().prop_map(Edit::Remove),
        2 => (place(), node()).prop_map(|(place, node)| Edit::Insert(place, node)),
        1 => (place(), node()).prop_map(|(place, node)| Edit::Replace(place, node)),
        3 => (place(), any::<u64>()).prop_map(|(place, seed)| Edit::Shuffle(place, seed)),
        2 => (place(), place()).prop_map(|(from, to)| Edit::Move(from, to)),
        3 => (place(), text()).prop_map(|(place, text)| Edit::Text(place, text)),
        2 => (place(), attribute()).prop_map(|(place, attribute)| Edit::Attribute(place, attribute)),
        1 => place().prop_map(Edit::DropAttributes),
        1 => (place(), text()).prop_map(|(place, text)| Edit::Spread(place, text)),
    ]
}

/// Acts on the list that holds the node at `place` in tree order, and its position in it.
fn with<R>(
    page: &mut Vec<Node>,
    place: usize,
    act: impl FnOnce(&mut Vec<Node>, usize) -> R,
) -> Option<R> {
    fn go<'a>(nodes: &'a mut Vec<Node>, place: &mut usize) -> Option<(&'a mut Vec<Node>, usize)> {
        let mut hit = None;
        for (position, node) in nodes.iter().enumerate() {
            let size = size(node);
            if *place < size {
                hit = Some(position);
                break;
            }
            *place -= size;
        }
        let position = hit?;
        if *place == 0 {
            return Some((nodes, position));
        }
        *place -= 1;
        match &mut nodes[position] {
            Node::Element(_, _, children) => go(children, place),
            _ => None,
        }
    }
    let mut place = place;
    go(page, &mut place).map(|(nodes, position)| act(nodes, position))
}

fn size(node: &Node) -> usize {
    match node {
        Node::Element(_, _, children) => 1 + children.iter().map(size).sum::<usize>(),
        _ => 1,
    }
}

pub fn change(page: &mut Vec<Node>, edit: &Edit) {
    match edit.clone() {
        Edit::Remove(place) => {
            with(page, place, |nodes, at| nodes.remove(at));
        }
        Edit::Insert(place, node) => {
            if with(page, place, |nodes, at| nodes.insert(at, node.clone())).is_none() {
                page.push(node);
            }
        }
        Edit::Replace(place, node) => {
            with(page, place, |nodes, at| nodes[at] = node);
        }
        Edit::Shuffle(place, seed) => {
            with(page, place, |nodes, _| {
                let mut state = seed | 1;
                for i in (1..nodes.len()).rev() {
                    state =
                        state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                    nodes.swap(i, (state >> 33) as usize % (i + 1));
                }
            });
        }
        Edit::Move(from, to) => {
            if let Some(node) = with(page, from, |nodes, at| nodes.remove(at)) {
                if with(page, to, |nodes, at| nodes.insert(at, node.clone())).is_none() {
                    page.push(node);
                }
            }
        }
        Edit::Text(place, text) => {
            with(page, place, |nodes, at| match &mut nodes[at] {
                Node::Element(_, _, children) => {
                    children.clear();
                    children.push(Node::Text(text));
                }
                other => *other = Node::Text(text),
            });
        }
        Edit::Attribute(place, attribute) => {
            with(page, place, |nodes, at| {
                if let Node::Element(_, attributes, _) = &mut nodes[at] {
                    attributes.retain(|known| known.0 != attribute.0);
                    attributes.push(attribute);
                }
            });
        }
        Edit::DropAttributes(place) => {
            with(page, place, |nodes, at| {
                if let Node::Element(_, attributes, _) = &mut nodes[at] {
                    attributes.clear();
                }
            });
        }
        Edit::Spread(place, text) => {
            with(page, place, |nodes, _| {
                let spaced =
                    nodes.drain(..).flat_map(|node| [node, Node::Text(text.clone())]).collect();
                *nodes = spaced;
            });
        }
    }
}

pub fn html(nodes: &[Node]) -> String {
    let mut out = String::new();
    nodes.iter().for_each(|node| write(node, &mut out));
    out
}

fn write(node: &Node, out: &mut String) {
    match node {
        Node::Raw(text) => out.push_str(text),
        Node::Text(text) => out.push_str(&text.replace('&', "&amp;").replace('<', "&lt;")),
        Node::Element(name, attributes, children) => {
            out.push('<');
            out.push_str(name);
            for (name, value) in attributes {
                let value = value.replace('&', "&amp;").replace('"', "&quot;");
                out.push_str(&format!(" {name}=\"{value}\""));
            }
            out.push('>');
            children.iter().for_each(|child| write(child, out));
            out.push_str(&format!("</{name}>"));
        }
    }
}
