"""Checks of templates against the views that show them: handlers that no view has."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.checks import CheckMessage

from djust_live.checks.messages import error, unsilenced, warning
from djust_live.checks.shown import shown_components, shown_views
from djust_live.checks.template_sources import Owner, TemplateText, texts_of
from djust_live.component import LiveComponent
from djust_live.events import Handler

# Attributes whose value is the name of a handler, perhaps with arguments.
_EVENTS = (
    "click|submit|change|input|keydown|keyup|focus|blur|mouseenter|mouseleave|paste|click-away|"
    "window-[a-z]+|document-[a-z]+|poll|mounted|viewport-top|viewport-bottom"
)
_BINDING = re.compile(
    rf"""\sdj-({_EVENTS})(?:\.[\w.-]+)?\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+))"""
)
_DATA = re.compile(r"\s(?:dj-value-|data-|name\s*=|value\s*=)|\{%|\sdj-(?:change|model)\b")
_HANDED = re.compile(r"\{%-?\s*live_component\b.*?\{%-?\s*endlive_component\b", re.DOTALL)
_INCLUDED_BY_VALUE = re.compile(r"""\{%-?\s*include\s+[^"'\s]""")
_VALUE = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_CALL = re.compile(r"\s*([A-Za-z_]\w*)\s*(?:\((.*)\))?\s*", re.DOTALL)


@dataclass(frozen=True)
class Binding:
    """A handler that a template names.

    Attributes:
        handler: Its name.
        template: The template's name.
        line: Counted from 1.
        silenced: Ids of checks that the line leaves out.
        event: What calls it, such as ``click``.
        arguments: What stands between the parentheses; None without them.
        tag: The start tag that it stands in.
    """

    handler: str
    template: str
    line: int
    silenced: frozenset[str]
    event: str = ""
    arguments: str | None = None
    tag: str = ""


def check_templates(**kwargs: Any) -> list[CheckMessage]:
    """Find handlers in templates that the view does not have, or has not marked."""
    found: list[CheckMessage] = []
    for view in shown_views():
        if any("on_event" in hooks for _, hooks in view._djust_class.extensions):
            continue  # an extension may take events of any name
        found += _of(view)
    for component in shown_components():
        found += _of(component)
    return unsilenced(found)


def handlers_of(owner: Owner) -> Mapping[str, Handler]:
    """Return what a browser may call of a view or a component, by name."""
    return owner._handlers if issubclass(owner, LiveComponent) else owner.event_handlers()


def _of(owner: Owner) -> Iterator[CheckMessage]:
    handlers = handlers_of(owner)
    for binding in bindings_of(owner):
        handler = handlers.get(binding.handler)
        message = _misfit(owner, binding, handler) if handler else _message(owner, binding)
        if message is not None and message.id not in binding.silenced:
            yield message


def _message(view: Owner, binding: Binding) -> CheckMessage:
    name, where = binding.handler, f"{binding.template}:{binding.line}"
    if callable(getattr(view, name, None)):
        return error(
            "T002",
            f"{where} calls {view.__qualname__}.{name}, which is not marked.",
            "Add @event_handler to it; without the mark no browser may call it.",
            view,
        )
    close = difflib.get_close_matches(name, handlers_of(view), n=1)
    meant = f"Did you mean {close[0]!r}?" if close else "Add it, or correct the template."
    return warning("T001", f"{where} calls {name}, which {view.__qualname__} has not.", meant, view)


def _misfit(view: Owner, binding: Binding, handler: Handler) -> CheckMessage | None:
    """Return what is wrong with the arguments that a template writes out."""
    count = _count(binding.arguments)
    if count is None:
        return None
    names = [parameter.name for parameter in handler.parameters]
    needed = [parameter.name for parameter in handler.parameters if parameter.required]
    missing = [name for name in needed if name in names[count:]]
    # Other events, and elements with data, pass more than what is written in parentheses.
    is_all = binding.event == "click" and not _DATA.search(binding.tag)
    too_many = count > len(names) and not handler.accepts_positional
    if not too_many and not (is_all and missing):
        return None
    takes = f"takes {', '.join(names)}" if names else "takes none"
    return error(
        "T004",
        f"{binding.template}:{binding.line} calls {binding.handler} with {count} "
        f"argument{'' if count == 1 else 's'}; the handler {takes}.",
        "Correct the template or the handler; as it is each event is refused.",
        view,
    )


def _count(arguments: str | None) -> int | None:
    """Return how many arguments are written out; None when a template decides."""
    if not arguments or not arguments.strip():
        return 0
    if "{%" in arguments:
        return None
    try:
        call = ast.parse(f"f({_VALUE.sub('0', arguments)})", mode="eval").body
    except (SyntaxError, ValueError):
        return None
    return len(call.args) if isinstance(call, ast.Call) and not call.keywords else None


def bindings_of(view: Owner) -> Iterator[Binding]:
    """Yield the handlers that the templates of a view or a component name.

    Templates that it extends or includes count when their names are written out. Elements with
    ``dj-target``, and those that are handed to a component, talk to it and are passed over.
    """
    for text in texts_of(view):
        yield from _bindings_in(text)


def is_open(text: TemplateText) -> bool:
    """Return whether a value decides which handlers a template names, or which others it includes.

    What stands between the parentheses of a call may be any value.
    """
    names = (
        _value(binding).partition("(")[0]
        for tag in text.tags()
        for binding in _BINDING.finditer(tag[0])
    )
    return bool(_INCLUDED_BY_VALUE.search(text.visible)) or any(
        "{{" in name or "{%" in name for name in names
    )


def _value(binding: re.Match[str]) -> str:
    return binding[2] or binding[3] or binding[4] or ""


def _bindings_in(text: TemplateText) -> Iterator[Binding]:
    handed = [found.span() for found in _HANDED.finditer(text.visible)]
    for tag in text.tags():
        is_handed = any(start < tag.start() < end for start, end in handed)
        if is_handed or re.search(r"\sdj-target\b", tag[0]):
            continue
        for binding in _BINDING.finditer(tag[0]):
            called = _CALL.fullmatch(_value(binding))
            if called is None:
                continue  # a value decides, or these are commands for the browser
            line = text.line_of(tag.start() + binding.start())
            yield Binding(
                called[1], text.name, line, text.silenced(line), binding[1], called[2], tag[0]
            )
