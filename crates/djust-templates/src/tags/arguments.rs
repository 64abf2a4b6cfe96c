//! The arguments that several tags share.

use crate::error::Error;
use crate::parser::{Host, Parser};
use crate::program::{ExprId, NameId};
use crate::text::{keyword, split_contents};

pub(super) type Bindings = Vec<(NameId, ExprId)>;

/// The words of a tag, its name included.
pub(super) fn split(contents: &str) -> Result<Vec<String>, Error> {
    split_contents(contents).ok_or_else(|| Error::syntax("A translated string does not end."))
}

/// Takes `as name` off the end.
pub(super) fn take_target(parser: &mut Parser, bits: &mut Vec<String>) -> Option<NameId> {
    let [.., keyword, name] = bits.as_slice() else { return None };
    if keyword != "as" {
        return None;
    }
    let name = parser.name(name);
    bits.truncate(bits.len() - 2);
    Some(name)
}

/// Binds `name`, keeping the place of an earlier binding of the same name as a dict does.
fn bind(bindings: &mut Bindings, name: NameId, value: ExprId) {
    match bindings.iter_mut().find(|(bound, _)| *bound == name) {
        Some(binding) => binding.1 = value,
        None => bindings.push((name, value)),
    }
}

/// Takes keyword arguments off the front: `a=b c=d`, or `b as a and d as c` where `legacy`.
///
/// # Errors
///
/// A value is not an expression.
pub fn take_bindings<H: Host>(
    parser: &mut Parser,
    bits: &mut Vec<String>,
    legacy: bool,
    host: &mut H,
) -> Result<Vec<(NameId, ExprId)>, Error> {
    let mut bindings = Bindings::new();
    let is_keyword = |bit: &String| matches!(keyword(bit), Some((Some(_), _)));
    let is_legacy = |bits: &[String]| bits.len() >= 3 && bits.get(1).is_some_and(|bit| bit == "as");
    let by_keyword = bits.first().is_some_and(is_keyword);
    if !(by_keyword || legacy && is_legacy(bits)) {
        return Ok(bindings);
    }
    while !bits.is_empty() {
        if by_keyword {
            let Some((Some(name), value)) = bits.first().and_then(|bit| keyword(bit)) else {
                break;
            };
            let name = parser.name(name);
            let value = parser.expression(value, host)?;
            bind(&mut bindings, name, value);
            bits.remove(0);
            continue;
        }
        if !is_legacy(bits) {
            break;
        }
        let taken: Vec<String> = bits.drain(..3).collect();
        let [value, _, name] = taken.as_slice() else { break };
        let value = parser.expression(value, host)?;
        let name = parser.name(name);
        bind(&mut bindings, name, value);
        if bits.first().is_none_or(|bit| bit != "and") {
            break;
        }
        bits.remove(0);
    }
    Ok(bindings)
}

/// Every bit as an expression.
pub(super) fn expressions<H: Host>(
    parser: &mut Parser,
    bits: &[String],
    host: &mut H,
) -> Result<Box<[ExprId]>, Error> {
    bits.iter().map(|bit| parser.expression(bit, host)).collect()
}
