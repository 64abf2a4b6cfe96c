//! Tokens to a [`Program`]. Tags and filters are what the [`Host`] says they are.

use std::collections::HashMap;
use std::sync::Arc;

use crate::error::{Error, ErrorKind};
use crate::lexer::{Token, TokenKind, tokenize};
use crate::program::{
    Block, BodyId, ConstId, Constant, CustomId, Cycle, Expr, ExprId, FilterId, NameId, Node,
    NodeKind, Place, Program,
};
use crate::tags::{self, Builtin};
use crate::text::words;

/// What a tag name means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tag {
    /// A tag of the language.
    Builtin(Builtin),
    /// A tag of a library, compiled by [`Host::custom`].
    Custom,
    /// No such tag.
    Unknown,
}

/// Knows the libraries of the template being compiled.
pub trait Host: Sized {
    /// What `name` means at this place of the template.
    ///
    /// # Errors
    ///
    /// The libraries cannot be asked.
    fn tag(&mut self, name: &str) -> Result<Tag, Error>;

    /// The filter `name`, called with or without an argument.
    ///
    /// # Errors
    ///
    /// There is no such filter, or it does not take that number of arguments.
    fn filter(&mut self, name: &str, argument: bool) -> Result<FilterId, Error>;

    /// Compiles the tag of a library whose token was just taken from `parser`.
    ///
    /// Returns `None` when the tag shows nothing.
    ///
    /// # Errors
    ///
    /// The library refuses the tag.
    fn custom(&mut self, parser: &mut Parser, token: u32) -> Result<Option<CustomId>, Error>;

    /// Is the filter `escape` or `safe`, which only `autoescape` may stand for around a body?
    fn decides_escaping(&self, filter: FilterId) -> bool;

    /// The name that relative template names start from.
    fn template_name(&self) -> Option<&str>;
}

pub(crate) fn too_deep() -> Error {
    Error::new(
        ErrorKind::Depth,
        format!("Tags or conditions are nested deeper than {} levels.", crate::MAX_DEPTH),
    )
}

/// Compiles one template.
#[derive(Debug, Default)]
pub struct Parser {
    source: Arc<str>,
    tokens: Arc<[Token]>,
    at: usize,
    depth: usize,
    program: Program,
    name_ids: HashMap<Box<str>, NameId>,
    block_names: Vec<NameId>,
    pub(crate) named_cycles: HashMap<String, u32>,
    pub(crate) last_cycle: Option<u32>,
}

impl Parser {
    /// A parser at the start of `source`.
    ///
    /// # Errors
    ///
    /// The source is longer than [`crate::MAX_SOURCE_BYTES`].
    pub fn new(source: String) -> Result<Self, Error> {
        if source.len() > crate::MAX_SOURCE_BYTES {
            let limit = crate::MAX_SOURCE_BYTES;
            return Err(Error::new(
                ErrorKind::Size,
                format!("The template is longer than {limit} bytes."),
            ));
        }
        let tokens = tokenize(&source);
        let places = places(&source, &tokens);
        Ok(Self {
            source: source.into(),
            tokens: tokens.into(),
            program: Program { places, ..Program::default() },
            ..Self::default()
        })
    }

    /// Compiles all of the source.
    ///
    /// # Errors
    ///
    /// The source is not a template that this compiler and `host` accept.
    pub fn compile<H: Host>(mut self, host: &mut H) -> Result<Program, Error> {
        let root = self.body(&[], host)?;
        self.program.root = Some(root);
        Ok(self.program)
    }

    /// What is compiled so far.
    #[must_use]
    pub fn program(&self) -> &Program {
        &self.program
    }

    /// All tokens of the source.
    #[must_use]
    pub fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// The index of the token that comes next.
    #[must_use]
    pub fn position(&self) -> usize {
        self.at
    }

    /// Goes on at the token with this index.
    pub fn seek(&mut self, position: usize) {
        self.at = position.min(self.tokens.len());
    }

    /// The contents of a token; empty when there is no such token.
    #[must_use]
    pub fn contents(&self, token: u32) -> &str {
        self.tokens
            .get(token as usize)
            .and_then(|token| self.source.get(token.contents.clone()))
            .unwrap_or_default()
    }

    /// The name's number, a new one the first time.
    pub fn name(&mut self, name: &str) -> NameId {
        if let Some(&id) = self.name_ids.get(name) {
            return id;
        }
        let id = NameId(index(self.program.names.len()));
        self.program.names.push(name.into());
        self.name_ids.insert(name.into(), id);
        id
    }

    pub(crate) fn add_constant(&mut self, constant: Constant) -> ConstId {
        self.program.constants.push(constant);
        ConstId(index(self.program.constants.len() - 1))
    }

    pub(crate) fn add_expression(&mut self, expr: Expr) -> ExprId {
        self.program.expressions.push(expr);
        ExprId(index(self.program.expressions.len() - 1))
    }

    pub(crate) fn add_cycle(&mut self, cycle: Cycle) -> u32 {
        self.program.cycles.push(cycle);
        index(self.program.cycles.len() - 1)
    }

    /// Reserves the block before its body is parsed, so that outer blocks come first.
    pub(crate) fn open_block(&mut self, name: &str) -> Result<u32, Error> {
        let id = self.name(name);
        if self.block_names.contains(&id) {
            return Err(Error::syntax(format!(
                "'block' tag with name '{name}' appears more than once"
            )));
        }
        self.block_names.push(id);
        self.program.blocks.push(Block { name: id, body: BodyId(u32::MAX) });
        Ok(index(self.program.blocks.len() - 1))
    }

    pub(crate) fn close_block(&mut self, block: u32, body: BodyId) {
        if let Some(block) = self.program.blocks.get_mut(block as usize) {
            block.body = body;
        }
    }

    /// Takes the next token.
    ///
    /// # Errors
    ///
    /// There is none.
    pub(crate) fn next_token(&mut self) -> Result<u32, Error> {
        if self.at >= self.tokens.len() {
            return Err(Error::syntax("Unexpected end of the template."));
        }
        self.at += 1;
        Ok(index(self.at - 1))
    }

    /// Skips everything up to the block tag `end`, which is taken too.
    pub(crate) fn skip_past(&mut self, end: &str) -> Result<(), Error> {
        loop {
            let token = self.next_token()?;
            let is_block =
                self.tokens.get(token as usize).is_some_and(|t| t.kind == TokenKind::Block);
            if is_block && self.contents(token) == end {
                return Ok(());
            }
        }
    }

    /// Compiles nodes up to one of the block tags `until`, which stays the next token.
    ///
    /// # Errors
    ///
    /// A node does not compile, or the end is missing.
    pub fn body<H: Host>(&mut self, until: &[&str], host: &mut H) -> Result<BodyId, Error> {
        self.depth += 1;
        if self.depth > crate::MAX_DEPTH {
            return Err(too_deep());
        }
        let nodes = self.nodes(until, host)?;
        self.depth -= 1;
        self.program.bodies.push(nodes.into());
        Ok(BodyId(index(self.program.bodies.len() - 1)))
    }

    fn nodes<H: Host>(&mut self, until: &[&str], host: &mut H) -> Result<Vec<Node>, Error> {
        let mut nodes = Vec::new();
        let mut only_text = true;
        let tokens = Arc::clone(&self.tokens);
        let source = Arc::clone(&self.source);
        while let Some(token) = tokens.get(self.at) {
            let id = index(self.at);
            self.at += 1;
            let contents = source.get(token.contents.clone()).unwrap_or_default();
            let kind = match token.kind {
                TokenKind::Comment => continue,
                TokenKind::Text => Some(NodeKind::Text(contents.into())),
                TokenKind::Variable => {
                    let expr = self.expression(contents, host).map_err(|e| e.at(id))?;
                    Some(NodeKind::Print(expr))
                }
                TokenKind::Block => {
                    let Some(command) = words(contents).next() else {
                        return Err(Error::syntax("Empty block tag").at(id));
                    };
                    if until.contains(&command) {
                        self.at -= 1;
                        return Ok(nodes);
                    }
                    let kind = self.tag(command, id, host).map_err(|e| e.at(id))?;
                    if matches!(kind, Some(NodeKind::Extends(_))) && !only_text {
                        return Err(Error::syntax("extends must be the first tag").at(id));
                    }
                    only_text = false;
                    kind
                }
            };
            only_text &= matches!(kind, Some(NodeKind::Text(_)));
            nodes.extend(kind.map(|kind| Node { token: id, kind }));
        }
        if until.is_empty() { Ok(nodes) } else { Err(Error::syntax("Unclosed tag")) }
    }

    fn tag<H: Host>(
        &mut self,
        command: &str,
        token: u32,
        host: &mut H,
    ) -> Result<Option<NodeKind>, Error> {
        match host.tag(command)? {
            Tag::Builtin(builtin) => tags::compile(builtin, self, token, host),
            Tag::Custom => Ok(host.custom(self, token)?.map(NodeKind::Custom)),
            Tag::Unknown => Err(Error::syntax(format!("Invalid block tag: '{command}'"))),
        }
    }
}

/// Where the tokens are, in characters.
fn places(source: &str, tokens: &[Token]) -> Vec<Place> {
    let mut start = 0;
    let place = |token: &Token| {
        let text = source.get(token.span.clone()).unwrap_or_default();
        let chars = start..start + text.chars().count();
        start = chars.end;
        Place { chars, line: token.line }
    };
    tokens.iter().map(place).collect()
}

pub(crate) fn index(len: usize) -> u32 {
    // Every table is shorter than the source, which MAX_SOURCE_BYTES keeps below u32::MAX.
    u32::try_from(len).unwrap_or(u32::MAX)
}

#[cfg(test)]
pub(crate) mod testing {
    use super::*;

    /// Every tag of the language, any filter, no library.
    #[derive(Debug)]
    pub(crate) struct TestHost;

    impl Host for TestHost {
        fn tag(&mut self, name: &str) -> Result<Tag, Error> {
            Ok(Builtin::named(name).map_or(Tag::Unknown, Tag::Builtin))
        }

        fn filter(&mut self, _name: &str, _argument: bool) -> Result<FilterId, Error> {
            Ok(FilterId(0))
        }

        fn custom(&mut self, _parser: &mut Parser, _token: u32) -> Result<Option<CustomId>, Error> {
            Ok(None)
        }

        fn decides_escaping(&self, _filter: FilterId) -> bool {
            false
        }

        fn template_name(&self) -> Option<&str> {
            Some("dir/page.html")
        }
    }

    pub(crate) fn compile(source: &str) -> Result<Program, Error> {
        Parser::new(source.to_owned())?.compile(&mut TestHost)
    }
}

#[cfg(test)]
mod tests {
    use super::testing::compile;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn text_and_holes_are_nodes_in_order() -> Result<(), Error> {
        let program = compile("a{{ b }}c{# d #}")?;
        let root = program.body(program.root.ok_or_else(too_deep)?);
        assert!(matches!(
            root,
            [
                Node { kind: NodeKind::Text(_), .. },
                Node { kind: NodeKind::Print(_), .. },
                Node { kind: NodeKind::Text(_), .. },
            ]
        ));
        Ok(())
    }

    #[test]
    fn a_parent_is_known() -> Result<(), Error> {
        let program =
            compile("x{% extends 'a' %}{% block b %}{% block c %}{% endblock %}{% endblock b %}")?;
        assert!(program.parent().is_some());
        let names: Vec<_> = program.blocks.iter().map(|b| program.name(b.name)).collect();
        assert_eq!(names, ["b", "c"]);
        Ok(())
    }

    #[test]
    fn broken_templates_are_refused_where_they_break() {
        for source in [
            "{% if a %}",
            "{% nope %}",
            "{{ }}",
            "{% %}",
            "{% endif %}",
            "{{ a }}{% extends 'b' %}",
            "{% block a %}{% endblock %}{% block a %}{% endblock %}",
            "{% for a b %}{% endfor %}",
            "{% block a %}{% endblock b %}",
            "{% if a %}{% else %}{% elif b %}{% endif %}",
        ] {
            assert!(compile(source).is_err(), "{source}");
        }
        assert_eq!(compile("a\n{{ | }}").err().and_then(|e| e.token()), Some(1));
    }

    #[test]
    fn deep_nesting_is_refused() {
        let source = "{% if a %}".repeat(5_000);
        assert_eq!(compile(&source).err().map(|e| e.kind()), Some(ErrorKind::Depth));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]
        #[test]
        fn any_text_compiles_or_is_refused(
            source in r#"(\{%|%\}|\{\{|\}\}|\{#|#\}| |\n|if|else|endif|for|in|endfor|a|\.|\||:|"|'|,|_\(|\)|and|not|==|block|endblock|with|as|include|cycle|1|é){0,40}"#
        ) {
            let _ = compile(&source);
        }
    }
}
