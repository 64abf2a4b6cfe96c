//! Tags with a body.

use crate::error::Error;
use crate::parser::{Host, Parser};
use crate::path;
use crate::program::{Branch, ForLoop, NodeKind};
use crate::tags::arguments::{expressions, split, take_bindings};
use crate::text::{is_space, words};

pub(super) fn autoescape<H: Host>(
    parser: &mut Parser,
    contents: &str,
    host: &mut H,
) -> Result<NodeKind, Error> {
    let args: Vec<&str> = words(contents).collect();
    let on = match args.as_slice() {
        [_, "on"] => true,
        [_, "off"] => false,
        _ => return Err(Error::syntax("'autoescape' argument should be 'on' or 'off'")),
    };
    let body = parser.body(&["endautoescape"], host)?;
    parser.next_token()?;
    Ok(NodeKind::Autoescape(on, body))
}

pub(super) fn block<H: Host>(
    parser: &mut Parser,
    contents: &str,
    host: &mut H,
) -> Result<NodeKind, Error> {
    let args: Vec<&str> = words(contents).collect();
    let [_, name] = args.as_slice() else {
        return Err(Error::syntax("'block' tag takes only one argument"));
    };
    let block = parser.open_block(name)?;
    let body = parser.body(&["endblock"], host)?;
    let end = parser.next_token()?;
    let end = parser.contents(end);
    if end != "endblock" && end != format!("endblock {name}") {
        return Err(Error::syntax(format!("Invalid block tag: '{end}', expected 'endblock'")));
    }
    parser.close_block(block, body);
    Ok(NodeKind::Block(block))
}

pub(super) fn extends<H: Host>(
    parser: &mut Parser,
    contents: &str,
    host: &mut H,
) -> Result<NodeKind, Error> {
    let bits = split(contents)?;
    let [_, name] = bits.as_slice() else {
        return Err(Error::syntax("'extends' takes one argument"));
    };
    let name = path::resolve(host.template_name(), name, false)?;
    let parent = parser.expression(&name, host)?;
    // What follows is only there for its blocks. A second extends is refused, because it is
    // either not first in this body or first in it.
    let rest = parser.body(&[], host)?;
    if parser.program().body(rest).iter().any(|n| matches!(n.kind, NodeKind::Extends(_))) {
        return Err(Error::syntax("'extends' cannot appear more than once in the same template"));
    }
    Ok(NodeKind::Extends(parent))
}

pub(super) fn filter<H: Host>(
    parser: &mut Parser,
    contents: &str,
    host: &mut H,
) -> Result<NodeKind, Error> {
    let rest = contents
        .split_once(is_space)
        .map(|(_, rest)| rest.trim_start_matches(is_space))
        .filter(|rest| !rest.is_empty())
        .ok_or_else(|| Error::syntax("'filter' takes at least one filter"))?;
    let chain = parser.expression(&format!("var|{rest}"), host)?;
    let calls = parser.program().expression(chain).map_or(&[][..], |expr| &expr.filters);
    if calls.iter().any(|call| host.decides_escaping(call.filter)) {
        return Err(Error::syntax("Use the \"autoescape\" tag instead of this filter."));
    }
    let body = parser.body(&["endfilter"], host)?;
    parser.next_token()?;
    Ok(NodeKind::Filter(chain, body))
}

pub(super) fn for_loop<H: Host>(
    parser: &mut Parser,
    contents: &str,
    host: &mut H,
) -> Result<NodeKind, Error> {
    let malformed = || Error::syntax(format!("'for' tag received an invalid argument: {contents}"));
    let bits = split(contents)?;
    if bits.len() < 4 {
        return Err(malformed());
    }
    let reversed = bits.last().is_some_and(|bit| bit == "reversed");
    let sequence_at = bits.len() - if reversed { 2 } else { 1 };
    if bits.get(sequence_at - 1).is_none_or(|bit| bit != "in") {
        return Err(malformed());
    }
    let joined = bits.get(1..sequence_at - 1).unwrap_or_default().join(" ");
    let mut variables = Vec::new();
    for variable in joined.split(',') {
        // Only blanks belong to the separator; the bits hold no other white space of their own.
        let variable = variable.trim_matches(' ');
        if variable.is_empty() || variable.contains([' ', '"', '\'', '|']) {
            return Err(malformed());
        }
        variables.push(parser.name(variable));
    }
    let sequence = bits.get(sequence_at).ok_or_else(malformed)?;
    let sequence = parser.expression(sequence, host)?;
    let body = parser.body(&["empty", "endfor"], host)?;
    let end = parser.next_token()?;
    let empty = if parser.contents(end) == "empty" {
        let empty = parser.body(&["endfor"], host)?;
        parser.next_token()?;
        Some(empty)
    } else {
        None
    };
    let variables = variables.into();
    Ok(NodeKind::For(Box::new(ForLoop { variables, sequence, reversed, body, empty })))
}

pub(super) fn if_else<H: Host>(
    parser: &mut Parser,
    contents: &str,
    host: &mut H,
) -> Result<NodeKind, Error> {
    const ENDS: &[&str] = &["elif", "else", "endif"];
    let mut branches = Vec::new();
    let mut contents = contents.to_owned();
    // Django tells the branches apart by how their contents start, not by their first word.
    loop {
        let condition = parser.condition(split(&contents)?.get(1..).unwrap_or_default(), host)?;
        let body = parser.body(ENDS, host)?;
        branches.push(Branch { condition: Some(condition), body });
        let token = parser.next_token()?;
        parser.contents(token).clone_into(&mut contents);
        if !contents.starts_with("elif") {
            break;
        }
    }
    if contents == "else" {
        let body = parser.body(&["endif"], host)?;
        branches.push(Branch { condition: None, body });
        let token = parser.next_token()?;
        parser.contents(token).clone_into(&mut contents);
    }
    if contents != "endif" {
        return Err(Error::syntax(format!("Malformed template tag: \"{contents}\"")));
    }
    Ok(NodeKind::If(branches.into()))
}

pub(super) fn if_changed<H: Host>(
    parser: &mut Parser,
    contents: &str,
    host: &mut H,
) -> Result<NodeKind, Error> {
    let bits = split(contents)?;
    let changed = parser.body(&["else", "endifchanged"], host)?;
    let end = parser.next_token()?;
    let otherwise = if parser.contents(end) == "else" {
        let otherwise = parser.body(&["endifchanged"], host)?;
        parser.next_token()?;
        Some(otherwise)
    } else {
        None
    };
    let values = expressions(parser, bits.get(1..).unwrap_or_default(), host)?;
    Ok(NodeKind::IfChanged(values, changed, otherwise))
}

pub(super) fn spaceless<H: Host>(parser: &mut Parser, host: &mut H) -> Result<NodeKind, Error> {
    let body = parser.body(&["endspaceless"], host)?;
    parser.next_token()?;
    Ok(NodeKind::Spaceless(body))
}

pub(super) fn verbatim<H: Host>(parser: &mut Parser, host: &mut H) -> Result<NodeKind, Error> {
    let body = parser.body(&["endverbatim"], host)?;
    parser.next_token()?;
    let mut text = String::new();
    for node in parser.program().body(body) {
        match &node.kind {
            NodeKind::Text(piece) => text.push_str(piece),
            _ => return Err(Error::syntax("'verbatim' holds only text")),
        }
    }
    Ok(NodeKind::Text(text.into()))
}

pub(super) fn with<H: Host>(
    parser: &mut Parser,
    contents: &str,
    host: &mut H,
) -> Result<NodeKind, Error> {
    let mut bits = split(contents)?;
    bits.remove(0);
    let bindings = take_bindings(parser, &mut bits, true, host)?;
    if bindings.is_empty() || !bits.is_empty() {
        return Err(Error::syntax("'with' expected variable assignments only"));
    }
    let body = parser.body(&["endwith"], host)?;
    parser.next_token()?;
    Ok(NodeKind::With(bindings.into(), body))
}
