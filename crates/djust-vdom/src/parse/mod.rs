//! HTML text as a browser with scripting on would read it.

mod construction;
mod dom;
mod kind;
mod tokens;

use std::panic::{AssertUnwindSafe, catch_unwind};

use html5ever::TokenizerResult;
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::{Plaintext, RawData, RawKind, State};
use html5ever::tokenizer::{BufferQueue, Tokenizer, TokenizerOpts};

use self::construction::Construction;
use self::dom::Dom;
use self::tokens::Tokens;
use crate::error::{Error, ErrorKind};
use crate::limits::MAX_HTML_BYTES;
use crate::tree::{Namespace, NodeKind, Tree};

/// The element whose `innerHTML` a fragment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Context<'name> {
    /// The namespace of the element.
    pub namespace: Namespace,
    /// The local name of the element, in the case the DOM has.
    pub name: &'name str,
    /// Whether the element is in a document that is in quirks mode.
    pub quirks: bool,
}

impl Context<'_> {
    /// The context of a fragment that nothing more is known about.
    pub const BODY: Context<'static> =
        Context { namespace: Namespace::Html, name: "body", quirks: false };
}

impl Tree {
    /// Parses a page: a document or a fragment, and finds its root.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TooLarge`] and [`ErrorKind::TooDeep`] beyond the limits of this crate.
    pub fn parse(html: &str) -> Result<Self, Error> {
        let mut tree = if kind::is_document(html) {
            parse_document(html)?
        } else {
            Self::parse_fragment(html, Context::BODY)?
        };
        tree.root = find_root(&tree);
        Ok(tree)
    }

    /// Parses text as the `innerHTML` of an element; the container of the nodes is the root.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TooLarge`] and [`ErrorKind::TooDeep`] beyond the limits of this crate.
    pub fn parse_fragment(html: &str, context: Context<'_>) -> Result<Self, Error> {
        check_size(html)?;
        guard(|| {
            let options = TokenizerOpts {
                initial_state: initial_state(context),
                discard_bom: false,
                ..TokenizerOpts::default()
            };
            run(Tokens::new(Construction::of_fragment(context), html), options, html)
        })
        .map(Dom::into_fragment)
    }
}

/// How the tokenizer reads the inside of an element.
fn initial_state(context: Context<'_>) -> Option<State> {
    if context.namespace != Namespace::Html {
        return None;
    }
    Some(match context.name {
        "title" | "textarea" => RawData(RawKind::Rcdata),
        "style" | "xmp" | "iframe" | "noembed" | "noframes" | "noscript" => {
            RawData(RawKind::Rawtext)
        }
        "script" => RawData(RawKind::ScriptData),
        "plaintext" => Plaintext,
        _ => return None,
    })
}

fn parse_document(html: &str) -> Result<Tree, Error> {
    check_size(html)?;
    guard(|| {
        let construction = Construction::of_document();
        run(Tokens::new(construction, html), TokenizerOpts::default(), html)
    })
    .map(Dom::into_document)
}

fn run(tokens: Tokens, options: TokenizerOpts, html: &str) -> Result<Dom, Error> {
    let tokenizer = Tokenizer::new(tokens, options);
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(html));
    // The tokenizer stops at each end of a script and at each declaration of an encoding; the
    // text is decoded already and scripts do not run here.
    while !matches!(tokenizer.feed(&input), TokenizerResult::Done) {}
    tokenizer.end();
    tokenizer.sink.into_dom()
}

fn check_size(html: &str) -> Result<(), Error> {
    if html.len() > MAX_HTML_BYTES {
        let detail =
            format!("The HTML has {} bytes; at most {MAX_HTML_BYTES} are parsed.", html.len());
        return Err(Error::new(ErrorKind::TooLarge, detail));
    }
    Ok(())
}

/// The parser library holds its invariants with assertions; one that fails must not take the
/// process with it.
fn guard(parse: impl FnOnce() -> Result<Dom, Error>) -> Result<Dom, Error> {
    catch_unwind(AssertUnwindSafe(parse)).unwrap_or_else(|_| {
        Err(Error::new(ErrorKind::Parser, "The HTML parser failed on this text."))
    })
}

/// Returns the first element with `dj-root`, else the body, else the container.
fn find_root(tree: &Tree) -> usize {
    if let Some(name) = tree.name_id("dj-root") {
        let marked =
            (0..tree.nodes.len()).find(|&index| tree.attribute(index, Some(name)).is_some());
        if let Some(index) = marked {
            return index;
        }
    }
    if !tree.is_document {
        return 0;
    }
    let is_element = |&index: &usize| tree.nodes[index].kind == NodeKind::Element;
    let is_body = |&index: &usize| {
        is_element(&index) && matches!(tree.name(tree.nodes[index].name), "body" | "frameset")
    };
    let html = tree.children(0).find(is_element);
    html.and_then(|html| tree.children(html).find(is_body)).unwrap_or(0)
}

#[cfg(test)]
mod tests;
