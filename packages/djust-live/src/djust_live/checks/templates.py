"""Checks of templates against the views that show them: handlers that no view has."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.core.checks import CheckMessage
from django.template import TemplateDoesNotExist
from django.template.loader import get_template

from djust_live.checks.messages import error, unsilenced, warning
from djust_live.checks.routes import routed_views
from djust_live.errors import TemplateMissing
from djust_live.live_view import LiveView
from djust_live.rendering import template_of

# Attributes whose value is the name of a handler, perhaps with arguments.
_EVENTS = (
    "click|submit|change|input|keydown|keyup|focus|blur|mouseenter|mouseleave|paste|click-away|"
    "window-[a-z]+|document-[a-z]+|poll|mounted|viewport-top|viewport-bottom"
)
_TEMPLATE_TAG = r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}"
_TAG = re.compile(rf"""<[a-zA-Z](?:"[^"]*"|'[^']*'|{_TEMPLATE_TAG}|[^<>"'])*>""", re.DOTALL)
_BINDING = re.compile(rf"""\sdj-(?:{_EVENTS})(?:\.[\w.-]+)?\s*=\s*(?:"([^"]*)"|'([^']*)')""")
_CALL = re.compile(r"\s*([A-Za-z_]\w*)\s*(?:\(.*\))?\s*", re.DOTALL)
_OTHERS = re.compile(r"""\{%-?\s*(?:extends|include)\s+["']([^"']+)["']""")
_COMMENT = re.compile(r"\{#.*?#\}|\{%\s*comment\b.*?%\}.*?\{%\s*endcomment\s*%\}", re.DOTALL)
_NOQA = re.compile(r"\{#\s*noqa:\s*([\w., ]+?)\s*#\}")


@dataclass(frozen=True)
class Binding:
    """A handler that a template names.

    Attributes:
        handler: Its name.
        template: The template's name.
        line: Counted from 1.
        silenced: Ids of checks that the line leaves out.
    """

    handler: str
    template: str
    line: int
    silenced: frozenset[str]


def check_templates(**kwargs: Any) -> list[CheckMessage]:
    """Find handlers in templates that the view does not have, or has not marked."""
    found = []
    for view in routed_views():
        if any("on_event" in hooks for _, hooks in view._djust_class.extensions):
            continue  # an extension may take events of any name
        for binding in bindings_of(view):
            if binding.handler in view.event_handlers():
                continue
            message = _message(view, binding)
            if message.id not in binding.silenced:
                found.append(message)
    return unsilenced(found)


def _message(view: type[LiveView], binding: Binding) -> CheckMessage:
    name, where = binding.handler, f"{binding.template}:{binding.line}"
    if callable(getattr(view, name, None)):
        return error(
            "T002",
            f"{where} calls {view.__qualname__}.{name}, which is not marked.",
            "Add @event_handler to it; without the mark no browser may call it.",
            view,
        )
    close = difflib.get_close_matches(name, view.event_handlers(), n=1)
    meant = f"Did you mean {close[0]!r}?" if close else "Add it, or correct the template."
    return warning("T001", f"{where} calls {name}, which {view.__qualname__} has not.", meant, view)


def bindings_of(view: type[LiveView]) -> Iterator[Binding]:
    """Yield the handlers that the templates of a view name.

    Templates that it extends or includes count when their names are written out. Elements with
    ``dj-target`` talk to a component and are passed over.
    """
    try:
        template = template_of(view())
    except (TemplateMissing, TemplateDoesNotExist):
        return
    name = view.template_name if isinstance(view.template_name, str) else view.__qualname__
    rest = [(str(name), template)]
    seen = {str(name)}
    while rest:
        name, template = rest.pop()
        source = getattr(getattr(template, "template", None), "source", None)
        if not isinstance(source, str):
            continue  # another engine keeps its source to itself
        yield from _bindings_in(str(name), source)
        for other in _OTHERS.findall(_COMMENT.sub("", source)):
            if other not in seen:
                seen.add(other)
                try:
                    rest.append((other, get_template(other)))
                except TemplateDoesNotExist:
                    continue  # an include may be optional; rendering will tell


def _bindings_in(name: str, source: str) -> Iterator[Binding]:
    lines = source.splitlines()
    # Comments keep their length, so that lines stay where they are.
    visible = _COMMENT.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), source)
    for tag in _TAG.finditer(visible):
        if re.search(r"\sdj-target\b", tag[0]):
            continue
        for binding in _BINDING.finditer(tag[0]):
            called = _CALL.fullmatch(binding[1] or binding[2] or "")
            if called is None:
                continue  # a value decides, or these are commands for the browser
            line = visible.count("\n", 0, tag.start() + binding.start()) + 1
            text = lines[line - 1] if line <= len(lines) else ""
            ids = (one.strip() for found in _NOQA.findall(text) for one in found.split(","))
            yield Binding(called[1], name, line, frozenset(ids))
