//! Nodes of known classes, taken apart so that they render without their Python code.

use djust_templates::Parser;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyString, PyTuple};

use crate::compile::Libraries;
use crate::ffi::type_of;
use crate::linked::{BlockTranslate, Call, Custom, Message, Plural, Setting, Translate};

fn optional_name(value: &Bound<'_, PyAny>) -> PyResult<Option<Py<PyString>>> {
    if value.is_none() {
        return Ok(None);
    }
    let name: String = value.extract()?;
    Ok(Some(PyString::intern(value.py(), &name).unbind()))
}

fn bindings<'py>(
    native: &mut Parser,
    host: &mut Libraries<'_, 'py>,
    dict: &Bound<'py, PyAny>,
) -> PyResult<Vec<(Py<PyString>, djust_templates::program::ExprId)>> {
    let mut bound = Vec::new();
    for (name, value) in dict.cast::<PyDict>()?.iter() {
        let name: String = name.extract()?;
        bound.push((PyString::intern(dict.py(), &name).unbind(), host.expression(native, &value)?));
    }
    Ok(bound)
}

fn call<'py>(
    native: &mut Parser,
    host: &mut Libraries<'_, 'py>,
    node: &Bound<'py, PyAny>,
) -> PyResult<Call> {
    let mut args = Vec::new();
    for arg in node.getattr("args")?.try_iter()? {
        args.push(host.expression(native, &arg?)?);
    }
    let takes_context = node.getattr("takes_context")?.is_truthy()?;
    let kwargs = bindings(native, host, &node.getattr("kwargs")?)?;
    Ok(Call { function: node.getattr("func")?.unbind(), takes_context, args, kwargs })
}

fn optional_expression<'py>(
    native: &mut Parser,
    host: &mut Libraries<'_, 'py>,
    value: &Bound<'py, PyAny>,
) -> PyResult<Option<djust_templates::program::ExprId>> {
    if value.is_none() { Ok(None) } else { host.expression(native, value).map(Some) }
}

fn translate<'py>(
    native: &mut Parser,
    host: &mut Libraries<'_, 'py>,
    node: &Bound<'py, PyAny>,
) -> PyResult<Custom> {
    let expression = node.getattr("filter_expression")?;
    // The node has put a variable in place of a constant, to translate it at each render. What is
    // looked up, as `2.` is, may still carry the number that Django first took it for.
    let variable = expression.getattr("var")?;
    let looked_up = variable.getattr_opt("lookups")?.is_some_and(|names| !names.is_none());
    let literal = match variable.getattr_opt("literal")? {
        Some(literal) if !looked_up && !literal.is_none() => Some(literal.unbind()),
        _ => None,
    };
    Ok(Custom::Translate(Box::new(Translate {
        message: host.expression(native, &expression)?,
        literal,
        noop: node.getattr("noop")?.is_truthy()?,
        context: optional_expression(native, host, &node.getattr("message_context")?)?,
        target: optional_name(&node.getattr("asvar")?)?,
    })))
}

fn message(node: &Bound<'_, PyAny>, tokens: &str) -> PyResult<Message> {
    let parts = node.call_method1("render_token_list", (node.getattr(tokens)?,))?;
    let (id, names): (String, Vec<String>) = parts.extract()?;
    let py = node.py();
    Ok(Message {
        id: PyString::new(py, &id).unbind(),
        variables: names.iter().map(|name| PyString::intern(py, name).unbind()).collect(),
    })
}

fn block_translate<'py>(
    native: &mut Parser,
    host: &mut Libraries<'_, 'py>,
    node: &Bound<'py, PyAny>,
) -> PyResult<Custom> {
    let counted = node.getattr("plural")?.is_truthy()?
        && node.getattr("countervar")?.is_truthy()?
        && node.getattr("counter")?.is_truthy()?;
    let plural = if counted {
        let counter: String = node.getattr("countervar")?.extract()?;
        Some(Plural {
            message: message(node, "plural")?,
            counter: PyString::intern(node.py(), &counter).unbind(),
            count: host.expression(native, &node.getattr("counter")?)?,
        })
    } else {
        None
    };
    Ok(Custom::BlockTranslate(Box::new(BlockTranslate {
        bindings: bindings(native, host, &node.getattr("extra_context")?)?,
        singular: message(node, "singular")?,
        plural,
        context: optional_expression(native, host, &node.getattr("message_context")?)?,
        target: optional_name(&node.getattr("asvar")?)?,
        tag_name: node.getattr("tag_name")?.extract()?,
    })))
}

fn scoped<'py>(
    native: &mut Parser,
    host: &mut Libraries<'_, 'py>,
    node: &Bound<'py, PyAny>,
    kind: &str,
) -> PyResult<Option<Custom>> {
    let Some(body) = host.body_of(node)? else { return Ok(None) };
    let setting = match kind {
        "localize" => Setting::Localize(node.getattr("use_l10n")?.is_truthy()?),
        "localtime" => Setting::Localtime(node.getattr("use_tz")?.is_truthy()?),
        "language" => Setting::Language(host.expression(native, &node.getattr("language")?)?),
        "timezone" => Setting::Timezone(host.expression(native, &node.getattr("tz")?)?),
        _ => return Ok(None),
    };
    Ok(Some(Custom::Scoped { setting, body }))
}

/// How to render `node`, the result of a library's tag function.
pub(crate) fn adopt<'py>(
    native: &mut Parser,
    host: &mut Libraries<'_, 'py>,
    node: &Bound<'py, PyAny>,
) -> PyResult<Custom> {
    let types = &host.django().types;
    let class = type_of(node);
    if class == types.simple_node {
        let call = call(native, host, node)?;
        let target = optional_name(&node.getattr("target_var")?)?;
        return Ok(Custom::Simple { call, target, content: None });
    }
    if class == types.simple_block_node
        && let Some(content) = host.body_of(node)?
    {
        let call = call(native, host, node)?;
        let target = optional_name(&node.getattr("target_var")?)?;
        return Ok(Custom::Simple { call, target, content: Some(content) });
    }
    if class == types.inclusion_node {
        return Ok(Custom::Inclusion {
            call: call(native, host, node)?,
            node: node.clone().unbind(),
        });
    }
    let kind = host.django().call(node.py(), "known_kind", PyTuple::new(node.py(), [node])?)?;
    let kind: Option<String> = kind.extract()?;
    let adopted = match kind.as_deref() {
        Some("translate") => Some(translate(native, host, node)?),
        Some("blocktranslate") => Some(block_translate(native, host, node)?),
        Some("partial") => Some(Custom::Partial(node.clone().unbind())),
        Some("inline") => host.body_of(node)?.map(Custom::Inline),
        Some("static") => Some(Custom::Static {
            path: host.expression(native, &node.getattr("path")?)?,
            target: optional_name(&node.getattr("varname")?)?,
            node: node.clone().unbind(),
        }),
        Some(kind) => scoped(native, host, node, kind)?,
        None => None,
    };
    Ok(adopted.unwrap_or_else(|| Custom::Node(node.clone().unbind())))
}
