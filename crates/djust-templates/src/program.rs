//! The compiled template: bodies of nodes, with every printed expression, loop and branch explicit.
//!
//! Nodes refer to bodies, expressions and names by number, so a program is a handful of flat
//! tables that threads share and that other compilers (live templates) walk.

use std::ops::Range;

/// Names an entry of [`Program::bodies`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BodyId(pub u32);

/// Names an entry of [`Program::expressions`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ExprId(pub u32);

/// Names an entry of [`Program::names`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NameId(pub u32);

/// Names an entry of [`Program::constants`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ConstId(pub u32);

/// Names a filter that the host resolved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FilterId(pub u32);

/// Names a tag that the host compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CustomId(pub u32);

/// A literal of the template.
#[derive(Debug, Clone, PartialEq)]
pub enum Constant {
    /// A whole number, as written.
    Int(Box<str>),
    /// A number with a fraction or an exponent.
    Float(f64),
    /// A quoted string, which counts as safe.
    Text(Box<str>),
    /// A quoted string inside `_(…)`, translated when it is printed.
    Translated(Box<str>),
}

/// What an expression or a filter argument starts from.
#[derive(Debug, Clone, PartialEq)]
pub enum Operand {
    /// A quoted string, known when the template compiles.
    Constant(ConstId),
    /// A number: to Django a variable that always resolves.
    Number(ConstId),
    /// Names to look up, the first one in the context.
    Path(Box<[NameId]>),
}

/// One filter of an expression.
#[derive(Debug, Clone, PartialEq)]
pub struct FilterCall {
    /// Which filter.
    pub filter: FilterId,
    /// Its argument.
    pub argument: Option<Operand>,
}

/// A value with filters, as in `{{ … }}` and in the arguments of tags.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    /// What the filters start from.
    pub operand: Operand,
    /// The filters, in order.
    pub filters: Box<[FilterCall]>,
    /// The text of the variable before the filters.
    pub variable: Box<str>,
    /// The text of the whole expression.
    pub source: Box<str>,
}

/// How two values are compared in a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `==`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
    /// `in`
    In,
    /// `not in`
    NotIn,
    /// `is`
    Is,
    /// `is not`
    IsNot,
}

/// The condition of an `if` or `elif`.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// A value.
    Value(ExprId),
    /// `not a`
    Not(Box<Condition>),
    /// `a and b`
    And(Box<Condition>, Box<Condition>),
    /// `a or b`
    Or(Box<Condition>, Box<Condition>),
    /// `a == b` and the like.
    Compare(Comparison, Box<Condition>, Box<Condition>),
}

/// A branch of an `if`; without a condition it is the `else`.
#[derive(Debug, Clone, PartialEq)]
pub struct Branch {
    /// When to take it.
    pub condition: Option<Condition>,
    /// What it shows.
    pub body: BodyId,
}

/// `{% for a, b in c reversed %}`
#[derive(Debug, Clone, PartialEq)]
pub struct ForLoop {
    /// The loop variables.
    pub variables: Box<[NameId]>,
    /// What is looped over.
    pub sequence: ExprId,
    /// From the end?
    pub reversed: bool,
    /// What each item shows.
    pub body: BodyId,
    /// What is shown when there is no item.
    pub empty: Option<BodyId>,
}

/// `{% include %}`
#[derive(Debug, Clone, PartialEq)]
pub struct Include {
    /// The name, the names or the template.
    pub template: ExprId,
    /// `with a=b`
    pub bindings: Box<[(NameId, ExprId)]>,
    /// `only`
    pub only: bool,
}

/// `{% cycle %}`; several tags may share one.
#[derive(Debug, Clone, PartialEq)]
pub struct Cycle {
    /// The values.
    pub values: Box<[ExprId]>,
    /// `as name`
    pub name: Option<NameId>,
    /// `silent`
    pub silent: bool,
}

/// `{% url %}`
#[derive(Debug, Clone, PartialEq)]
pub struct Url {
    /// The name of the view.
    pub view: ExprId,
    /// Positional arguments.
    pub args: Box<[ExprId]>,
    /// Keyword arguments.
    pub kwargs: Box<[(NameId, ExprId)]>,
    /// `as name`
    pub target: Option<NameId>,
}

/// What a node does.
#[derive(Debug, Clone, PartialEq)]
pub enum NodeKind {
    /// Literal text.
    Text(Box<str>),
    /// A hole: the value of an expression.
    Print(ExprId),
    /// `if`, `elif`, `else`
    If(Box<[Branch]>),
    /// `for`
    For(Box<ForLoop>),
    /// `with`
    With(Box<[(NameId, ExprId)]>, BodyId),
    /// `block`, an index of [`Program::blocks`]
    Block(u32),
    /// `extends`, the last node of a root body
    Extends(ExprId),
    /// `include`
    Include(Box<Include>),
    /// `autoescape`
    Autoescape(bool, BodyId),
    /// `filter`: an expression over the name `var`
    Filter(ExprId, BodyId),
    /// `spaceless`
    Spaceless(BodyId),
    /// `cycle`, an index of [`Program::cycles`]
    Cycle(u32),
    /// `resetcycle`, an index of [`Program::cycles`]
    ResetCycle(u32),
    /// `firstof`
    FirstOf(Box<[ExprId]>, Option<NameId>),
    /// `ifchanged`
    IfChanged(Box<[ExprId]>, BodyId, Option<BodyId>),
    /// `csrf_token`
    CsrfToken,
    /// `now`
    Now(ConstId, Option<NameId>),
    /// `widthratio`: value, maximum, width
    WidthRatio(Box<[ExprId; 3]>, Option<NameId>),
    /// `regroup`: the list, the key over `name`, `name`
    Regroup(ExprId, ExprId, NameId),
    /// `url`
    Url(Box<Url>),
    /// A tag that the host compiled.
    Custom(CustomId),
}

/// A node and the token it came from.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// An index of [`Program::places`].
    pub token: u32,
    /// What it does.
    pub kind: NodeKind,
}

/// `{% block name %}`
#[derive(Debug, Clone, PartialEq)]
pub struct Block {
    /// Its name.
    pub name: NameId,
    /// What it shows unless a child template says otherwise.
    pub body: BodyId,
}

/// Where a token stood in the source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Characters of the source.
    pub chars: Range<usize>,
    /// The line it starts on, counted from 1.
    pub line: u32,
}

/// A compiled template.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Program {
    /// Nodes in order, by [`BodyId`].
    pub bodies: Vec<Box<[Node]>>,
    /// Expressions by [`ExprId`].
    pub expressions: Vec<Expr>,
    /// Distinct names by [`NameId`].
    pub names: Vec<Box<str>>,
    /// Literals by [`ConstId`].
    pub constants: Vec<Constant>,
    /// Blocks, outer before inner.
    pub blocks: Vec<Block>,
    /// Cycles.
    pub cycles: Vec<Cycle>,
    /// Where each token stood.
    pub places: Vec<Place>,
    /// The body of the whole template.
    pub root: Option<BodyId>,
}

impl Program {
    /// The nodes of a body; none when there is no such body.
    #[must_use]
    pub fn body(&self, id: BodyId) -> &[Node] {
        self.bodies.get(id.0 as usize).map_or(&[], |nodes| nodes)
    }

    /// An expression by its number.
    #[must_use]
    pub fn expression(&self, id: ExprId) -> Option<&Expr> {
        self.expressions.get(id.0 as usize)
    }

    /// The text of a name; empty when there is no such name.
    #[must_use]
    pub fn name(&self, id: NameId) -> &str {
        self.names.get(id.0 as usize).map_or("", |name| name)
    }

    /// The `extends` node of the template, when it has a parent.
    #[must_use]
    pub fn parent(&self) -> Option<ExprId> {
        match self.body(self.root?).last()?.kind {
            NodeKind::Extends(parent) => Some(parent),
            _ => None,
        }
    }
}
