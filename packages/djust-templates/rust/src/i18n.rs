//! `translate` and `blocktranslate`, compiled without Django's own functions for them.
//!
//! What is not written in the usual way is left to those functions, which know every error.

use djust_templates::lexer::TokenKind;
use djust_templates::program::{Constant, Operand};
use djust_templates::tags::take_bindings;
use djust_templates::text::{is_space, split_contents, strip, unescape_literal};
use djust_templates::{Error, Parser};
use pyo3::prelude::*;
use pyo3::types::PyString;

use crate::compile::Libraries;
use crate::linked::{BlockTranslate, Custom, Message, Plural, Translate};

/// A tag that was compiled, or `None` for Django's function to compile or refuse.
type Compiled = Result<Option<Custom>, Error>;

/// `{% translate "…" noop context "…" as name %}`
pub(crate) fn translate(native: &mut Parser, host: &mut Libraries<'_, '_>, token: u32) -> Compiled {
    let Some(bits) = split_contents(native.contents(token)) else { return Ok(None) };
    let mut rest = bits.iter().skip(1).map(String::as_str);
    let Some(text) = rest.next() else { return Ok(None) };
    let message = native.expression(text, host)?;
    let (mut noop, mut context, mut target) = (false, None, None);
    while let Some(option) = rest.next() {
        match (option, rest.clone().next()) {
            ("noop", _) if !noop => noop = true,
            ("context", Some(value)) if context.is_none() && value != "as" && value != "noop" => {
                context = Some(native.expression(value, host)?);
                rest.next();
            }
            ("as", Some(name)) if target.is_none() => {
                target = Some(name);
                rest.next();
            }
            _ => return Ok(None),
        }
    }
    let py = host.py();
    let Some(expr) = native.program().expression(message) else { return Ok(None) };
    let literal = match &expr.operand {
        Operand::Path(_) => None,
        Operand::Number(_) => return Ok(None),
        Operand::Constant(id) => match native.program().constants.get(id.0 as usize) {
            // The node puts the text between quotes and reads it a second time.
            Some(Constant::Text(text)) => match unescape_literal(&format!("'{text}'")) {
                Some(text) => host.safe_text(&text),
                None => return Ok(None),
            },
            _ => return Ok(None),
        },
    };
    let target = target.map(|name| PyString::intern(py, name).unbind());
    Ok(Some(Custom::Translate(Box::new(Translate { message, literal, noop, context, target }))))
}

/// The options of a `blocktranslate`.
#[derive(Default)]
struct Options {
    bindings: Vec<(Py<PyString>, djust_templates::program::ExprId)>,
    count: Option<(Py<PyString>, djust_templates::program::ExprId)>,
    context: Option<djust_templates::program::ExprId>,
    trimmed: bool,
    target: Option<Py<PyString>>,
}

fn options(
    native: &mut Parser,
    host: &mut Libraries<'_, '_>,
    mut rest: Vec<String>,
) -> Result<Option<Options>, Error> {
    let py = host.py();
    let mut options = Options::default();
    let mut seen: Vec<String> = Vec::new();
    while !rest.is_empty() {
        let option = rest.remove(0);
        if seen.contains(&option) {
            return Ok(None);
        }
        match option.as_str() {
            "with" | "count" => {
                let bindings = take_bindings(native, &mut rest, true, host)?;
                let named = |(name, value)| {
                    (PyString::intern(py, native.program().name(name)).unbind(), value)
                };
                let mut bindings: Vec<_> = bindings.into_iter().map(named).collect();
                if option == "with" && !bindings.is_empty() {
                    options.bindings = bindings;
                } else if option == "count" && bindings.len() == 1 {
                    options.count = bindings.pop();
                } else {
                    return Ok(None);
                }
            }
            "context" if !rest.is_empty() => {
                options.context = Some(native.expression(&rest.remove(0), host)?);
            }
            "trimmed" => options.trimmed = true,
            "asvar" if !rest.is_empty() => {
                options.target = Some(PyString::intern(py, &rest.remove(0)).unbind());
            }
            _ => return Ok(None),
        }
        seen.push(option);
    }
    Ok(Some(options))
}

/// White space around line ends as one blank, as `trim_whitespace` of Django does it.
fn trimmed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = strip(text);
    while let Some(at) = rest.find('\n') {
        out.push_str(rest[..at].trim_end_matches(is_space));
        out.push(' ');
        rest = rest[at..].trim_start_matches(is_space);
    }
    out.push_str(rest);
    out
}

/// Takes text and variables up to the next other token, whose index it returns too.
fn message(native: &mut Parser, py: Python<'_>, trim: bool) -> Option<(Message, bool, u32)> {
    let mut id = String::new();
    let mut variables = Vec::new();
    let mut empty = true;
    loop {
        let at = native.position();
        let token = u32::try_from(at).ok()?;
        let kind = native.tokens().get(at)?.kind;
        native.seek(at + 1);
        let contents = native.contents(token);
        match kind {
            TokenKind::Text => id.push_str(&contents.replace('%', "%%")),
            TokenKind::Variable => {
                id.push_str("%(");
                id.push_str(contents);
                id.push_str(")s");
                variables.push(PyString::intern(py, contents).unbind());
            }
            TokenKind::Block | TokenKind::Comment => {
                let id = if trim { trimmed(&id) } else { id };
                let message = Message { id: PyString::new(py, &id).unbind(), variables };
                return Some((message, empty, token));
            }
        }
        empty = false;
    }
}

/// `{% blocktranslate … %}…{% plural %}…{% endblocktranslate %}`
pub(crate) fn block_translate(
    native: &mut Parser,
    host: &mut Libraries<'_, '_>,
    token: u32,
) -> Compiled {
    let py = host.py();
    let Some(mut bits) = split_contents(native.contents(token)) else { return Ok(None) };
    let tag_name = bits.remove(0);
    let Some(options) = options(native, host, bits)? else { return Ok(None) };
    let is_block = |native: &Parser, token: u32| {
        native.tokens().get(token as usize).is_some_and(|t| t.kind == TokenKind::Block)
    };
    let Some((singular, _, mut end)) = message(native, py, options.trimmed) else {
        return Ok(None);
    };
    let mut plural = None;
    if let Some((counter, count)) = options.count {
        if !is_block(native, end) || native.contents(end) != "plural" {
            return Ok(None);
        }
        let Some((message, empty, after)) = message(native, py, options.trimmed) else {
            return Ok(None);
        };
        end = after;
        if !empty {
            plural = Some(Plural { message, counter, count });
        }
    }
    if !is_block(native, end) || native.contents(end) != format!("end{tag_name}") {
        return Ok(None);
    }
    Ok(Some(Custom::BlockTranslate(Box::new(BlockTranslate {
        tag_name,
        bindings: options.bindings,
        singular,
        plural,
        context: options.context,
        target: options.target,
    }))))
}
