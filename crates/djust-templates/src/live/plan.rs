//! The plan of a template: what is known of its HTML when it is compiled.

use crate::program::BodyId;

/// A node of a program, by the body that it stands in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NodeRef {
    /// Which of the templates that make up the page.
    pub template: u32,
    /// The body.
    pub body: BodyId,
    /// Its place in the body.
    pub index: u32,
}

/// Where something stands in a body: bytes of its literal text, and one for each other node.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Span {
    /// The first position.
    pub start: usize,
    /// The one after the last.
    pub end: usize,
}

/// A part of some text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Literal text, as the template has it.
    Text(Box<str>),
    /// What this node prints.
    Node(NodeRef),
}

/// An attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// Its name in lower case.
    pub name: Box<str>,
    /// Its value, character references not yet read.
    pub value: Box<[Piece]>,
    /// Where the value stands, when it is quoted.
    pub span: Span,
}

/// The attributes of an element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attributes {
    /// Names are fixed, values may hold holes.
    Known(Box<[Attribute]>),
    /// The text between the name of the element and `>`: a hole decides which attributes there are.
    Textual(Box<[Piece]>),
}

/// An element whose start tag and end tag are in the same body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// Its name in lower case.
    pub name: Box<str>,
    /// Its attributes.
    pub attributes: Attributes,
    /// What is inside.
    pub children: Children,
    /// Where it stands, from the start tag to the end tag.
    pub span: Span,
    /// Where its start tag stands.
    pub tag: Span,
    /// Where its inside stands, without a leading line break that the parser drops.
    pub inside: Span,
}

/// What is inside an element, or at the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Children {
    /// One by one.
    Items(Box<[Item]>),
    /// Text to parse, because no plan holds for every render.
    Textual(Textual),
}

/// A region that has to be rendered to text and parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Textual {
    /// Its text.
    pub pieces: Box<[Piece]>,
    /// Why.
    pub reason: Reason,
    /// The node or the text that is to blame.
    pub culprit: NodeRef,
}

/// A tag with bodies, each of which starts and ends where the tag stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The tag.
    pub node: NodeRef,
    /// Its bodies, in the order of the program: the template of each, and which body of it.
    pub shown: Box<[(u32, BodyId)]>,
    /// What they show.
    pub bodies: Box<[Box<[Item]>]>,
}

/// Something inside an element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// An element.
    Element(Box<Element>),
    /// Text, perhaps with holes; neighbouring texts become one in the document.
    Text(Box<[Piece]>),
    /// A comment with this data, and where all of it stands.
    Comment(Box<[Piece]>, Span),
    /// The doctype.
    Doctype(Span),
    /// Bodies that are shown or not, once or many times.
    Block(Block),
    /// A tag that prints nothing and changes what others print.
    Silent(NodeRef),
}

/// Why a region is textual.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// A body leaves an element open that it opened.
    LeavesOpen(Box<str>),
    /// An end tag closes an element that another body opened, or none.
    ClosesOutside(Box<str>),
    /// An end tag closes this element while others inside it are open.
    ImpliedEnd(Box<str>),
    /// The second element may not stand inside the first: the browser moves or closes something.
    Misplaced(Box<str>, Box<str>),
    /// Text does not stay in this element.
    Expelled(Box<str>),
    /// A hole decides the name of an element.
    DynamicName,
    /// A body starts or ends in the middle of a tag, a comment or raw text.
    MidMarkup,
    /// The markup is not well formed here.
    Odd,
    /// The first line break inside this element disappears.
    LeadingBreak(Box<str>),
    /// What the tag prints is not known when the template is compiled.
    Unknown,
}

impl Reason {
    /// One line for people.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::LeavesOpen(name) => format!("a branch leaves <{name}> open"),
            Self::ClosesOutside(name) => format!("</{name}> closes what was opened elsewhere"),
            Self::ImpliedEnd(name) => format!("</{name}> closes elements that are still open"),
            Self::Misplaced(outer, inner) => {
                format!("the browser does not keep <{inner}> inside <{outer}>")
            }
            Self::Expelled(name) => format!("the browser moves text out of <{name}>"),
            Self::DynamicName => "a value decides the name of an element".into(),
            Self::MidMarkup => "a tag starts or ends in the middle of markup".into(),
            Self::Odd => "the markup is not well formed".into(),
            Self::LeadingBreak(name) => {
                format!("a line break at the start of <{name}> would disappear")
            }
            Self::Unknown => "what the tag prints is known only when it runs".into(),
        }
    }
}

/// The plan of a whole template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// What stands at the top.
    pub top: Children,
}
