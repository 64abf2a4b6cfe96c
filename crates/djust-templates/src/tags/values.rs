//! Tags without a body.

use crate::error::Error;
use crate::parser::{Host, Parser};
use crate::path;
use crate::program::{Constant, Cycle, Include, NodeKind, Url};
use crate::tags::arguments::{expressions, split, take_bindings, take_target};
use crate::text::keyword;

pub(super) fn cycle<H: Host>(
    parser: &mut Parser,
    contents: &str,
    host: &mut H,
) -> Result<NodeKind, Error> {
    let mut bits = split(contents)?;
    if bits.len() < 2 {
        return Err(Error::syntax("'cycle' tag requires at least two arguments"));
    }
    if let [_, name] = bits.as_slice() {
        let known = parser.named_cycles.get(name).copied();
        let unknown = || Error::syntax(format!("Named cycle '{name}' does not exist"));
        // Django does not count this as the last cycle for resetcycle.
        return known.map(NodeKind::Cycle).ok_or_else(unknown);
    }
    let from_end = |n: usize| bits.len().checked_sub(n).and_then(|at| bits.get(at));
    let mut silent = false;
    let mut named = false;
    if bits.len() > 4 {
        if from_end(3).is_some_and(|bit| bit == "as") {
            if from_end(1).is_none_or(|bit| bit != "silent") {
                return Err(Error::syntax("Only 'silent' flag is allowed after cycle's name"));
            }
            (named, silent) = (true, true);
        } else {
            named = from_end(2).is_some_and(|bit| bit == "as");
        }
    }
    if silent {
        bits.pop();
    }
    let label = if named { bits.pop() } else { None };
    if named {
        bits.pop();
    }
    let values = expressions(parser, bits.get(1..).unwrap_or_default(), host)?;
    let name = label.as_deref().map(|label| parser.name(label));
    let cycle = parser.add_cycle(Cycle { values, name, silent });
    if let Some(label) = label {
        parser.named_cycles.insert(label, cycle);
    }
    parser.last_cycle = Some(cycle);
    Ok(NodeKind::Cycle(cycle))
}

pub(super) fn reset_cycle(parser: &mut Parser, contents: &str) -> Result<NodeKind, Error> {
    let bits = split(contents)?;
    let cycle = match bits.as_slice() {
        [_] => parser.last_cycle,
        [_, name] => parser.named_cycles.get(name).copied(),
        _ => None,
    };
    cycle.map(NodeKind::ResetCycle).ok_or_else(|| Error::syntax("No such cycle in template."))
}

pub(super) fn first_of<H: Host>(
    parser: &mut Parser,
    contents: &str,
    host: &mut H,
) -> Result<NodeKind, Error> {
    let mut bits = split(contents)?;
    bits.remove(0);
    if bits.is_empty() {
        return Err(Error::syntax("'firstof' statement requires at least one argument"));
    }
    let target = take_target(parser, &mut bits);
    Ok(NodeKind::FirstOf(expressions(parser, &bits, host)?, target))
}

pub(super) fn include<H: Host>(
    parser: &mut Parser,
    contents: &str,
    host: &mut H,
) -> Result<NodeKind, Error> {
    let mut bits = split(contents)?;
    if bits.len() < 2 {
        return Err(Error::syntax("'include' tag takes at least one argument"));
    }
    let mut rest = bits.split_off(2);
    let mut bindings = Vec::new();
    let mut only = false;
    while !rest.is_empty() {
        match rest.remove(0).as_str() {
            "with" if bindings.is_empty() => {
                bindings = take_bindings(parser, &mut rest, false, host)?;
                if bindings.is_empty() {
                    return Err(Error::syntax("\"with\" needs at least one keyword argument."));
                }
            }
            "only" if !only => only = true,
            option => {
                return Err(Error::syntax(format!(
                    "Unknown argument for 'include' tag: '{option}'."
                )));
            }
        }
    }
    let name = bits.get(1).map(String::as_str).unwrap_or_default();
    let name = path::resolve(host.template_name(), name, true)?;
    let template = parser.expression(&name, host)?;
    Ok(NodeKind::Include(Box::new(Include { template, bindings: bindings.into(), only })))
}

pub(super) fn now(parser: &mut Parser, contents: &str) -> Result<NodeKind, Error> {
    let mut bits = split(contents)?;
    let target = if bits.len() == 4 { take_target(parser, &mut bits) } else { None };
    let [_, format] = bits.as_slice() else {
        return Err(Error::syntax("'now' statement takes one argument"));
    };
    let mut inner = format.chars();
    inner.next();
    inner.next_back();
    let format = parser.add_constant(Constant::Text(inner.as_str().into()));
    Ok(NodeKind::Now(format, target))
}

pub(super) fn regroup<H: Host>(
    parser: &mut Parser,
    contents: &str,
    host: &mut H,
) -> Result<NodeKind, Error> {
    let bits = split(contents)?;
    let [_, list, by, key, r#as, name] = bits.as_slice() else {
        return Err(Error::syntax("'regroup' tag takes five arguments"));
    };
    if by != "by" || r#as != "as" {
        return Err(Error::syntax("'regroup' is written: list by key as name"));
    }
    let list = parser.expression(list, host)?;
    let key = parser.expression(&format!("{name}.{key}"), host)?;
    Ok(NodeKind::Regroup(list, key, parser.name(name)))
}

pub(super) fn template_tag(contents: &str) -> Result<NodeKind, Error> {
    let bits = split(contents)?;
    let text = match bits.get(1).map(String::as_str) {
        _ if bits.len() != 2 => None,
        Some("openblock") => Some("{%"),
        Some("closeblock") => Some("%}"),
        Some("openvariable") => Some("{{"),
        Some("closevariable") => Some("}}"),
        Some("openbrace") => Some("{"),
        Some("closebrace") => Some("}"),
        Some("opencomment") => Some("{#"),
        Some("closecomment") => Some("#}"),
        _ => None,
    };
    text.map(|text| NodeKind::Text(text.into()))
        .ok_or_else(|| Error::syntax("Invalid templatetag argument"))
}

pub(super) fn url<H: Host>(
    parser: &mut Parser,
    contents: &str,
    host: &mut H,
) -> Result<NodeKind, Error> {
    let mut bits = split(contents)?;
    if bits.len() < 2 {
        return Err(Error::syntax("'url' takes at least one argument, a URL pattern name."));
    }
    let mut rest = bits.split_off(2);
    let view = bits.get(1).map(String::as_str).unwrap_or_default();
    let view = parser.expression(view, host)?;
    let target = take_target(parser, &mut rest);
    let mut args = Vec::new();
    let mut kwargs = Vec::new();
    for bit in &rest {
        let (name, value) =
            keyword(bit).ok_or_else(|| Error::syntax("Malformed arguments to url tag"))?;
        let value = parser.expression(value, host)?;
        match name {
            Some(name) => {
                let name = parser.name(name);
                kwargs.retain(|(known, _)| *known != name);
                kwargs.push((name, value));
            }
            None => args.push(value),
        }
    }
    Ok(NodeKind::Url(Box::new(Url { view, args: args.into(), kwargs: kwargs.into(), target })))
}

pub(super) fn width_ratio<H: Host>(
    parser: &mut Parser,
    contents: &str,
    host: &mut H,
) -> Result<NodeKind, Error> {
    let mut bits = split(contents)?;
    let target = if bits.len() == 6 { take_target(parser, &mut bits) } else { None };
    let [_, value, max, width] = bits.as_slice() else {
        return Err(Error::syntax("widthratio takes at least three arguments"));
    };
    let value = parser.expression(value, host)?;
    let max = parser.expression(max, host)?;
    let width = parser.expression(width, host)?;
    Ok(NodeKind::WidthRatio(Box::new([value, max, width]), target))
}
