"""The text of the templates that live views show, and the tags in it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from django.core.checks import CheckMessage
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.template.loader import get_template

from djust_live.checks.places import Place, place_of
from djust_live.component import LiveComponent
from djust_live.errors import TemplateMissing
from djust_live.live_view import LiveView
from djust_live.rendering import template_of

Owner = type[LiveView] | type[LiveComponent]

_TEMPLATE_TAG = r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}"
TAG = re.compile(rf"""<[a-zA-Z](?:"[^"]*"|'[^']*'|{_TEMPLATE_TAG}|[^<>"'])*>""", re.DOTALL)
_OTHERS = re.compile(r"""\{%-?\s*(?:extends|include)\s+["']([^"']+)["']""")
_COMMENT = re.compile(
    r"\{#.*?#\}|\{%\s*comment\b.*?%\}.*?\{%\s*endcomment\s*%\}|<!--.*?-->"
    r"|\{%\s*verbatim\b.*?%\}.*?\{%\s*endverbatim\b.*?%\}",
    re.DOTALL,
)
_NOQA = re.compile(r"\{#\s*noqa:\s*([\w., ]+?)\s*#\}")


@dataclass(frozen=True)
class TemplateText:
    """The source of one template.

    Attributes:
        name: The template's name, or the view's for a template in its class.
        source: The text.
        file: Where it was read from; empty for a template in a class.
        home: Where that class is, when it is known.
    """

    name: str
    source: str
    file: str = ""
    home: Place | None = None

    @cached_property
    def visible(self) -> str:
        """The text with comments blanked out, so that lines stay where they are."""
        return _COMMENT.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), self.source)

    @cached_property
    def lines(self) -> list[str]:
        """The text by line."""
        return self.source.splitlines()

    def line_of(self, offset: int) -> int:
        """Return the line of a position, counted from 1."""
        return self.source.count("\n", 0, offset) + 1

    def place(self, offset: int) -> Place:
        """Return where a position is."""
        return self.at(self.line_of(offset))

    def at(self, line: int) -> Place:
        """Return where a line is."""
        if not self.file and self.home is not None:
            return self.home
        return Place(self.file or self.name, line, bool(self.file))

    def silenced(self, line: int) -> frozenset[str]:
        """Return the ids of checks that a line leaves out."""
        text = self.lines[line - 1] if 0 < line <= len(self.lines) else ""
        ids = (one.strip() for found in _NOQA.findall(text) for one in found.split(","))
        return frozenset(ids)

    def keeps(self, offset: int, message: CheckMessage) -> bool:
        """Return whether a message about a position is wanted."""
        return message.id not in self.silenced(self.line_of(offset))

    def tags(self) -> Iterator[re.Match[str]]:
        """Yield the start tags of elements."""
        yield from TAG.finditer(self.visible)


def texts_of(owner: Owner) -> Iterator[TemplateText]:
    """Yield the template of a view or a component, then what it extends or includes by name."""
    try:
        template = template_of(owner)  # type: ignore[arg-type]  # reads attributes of the class
    except (TemplateMissing, TemplateDoesNotExist, TemplateSyntaxError):
        return
    is_named = isinstance(owner.template_name, str) and owner.template is None
    yield from _with_others(
        str(owner.template_name if is_named else owner.__qualname__), template, owner
    )


def included_in(source: str) -> Iterator[TemplateText]:
    """Yield the templates that a piece of source includes by name, and those that they include."""
    for name in _OTHERS.findall(source):
        try:
            yield from _with_others(name, get_template(name), None)
        except (TemplateDoesNotExist, TemplateSyntaxError):
            continue  # rendering will tell


def _with_others(name: str, template: Any, owner: Owner | None) -> Iterator[TemplateText]:
    rest = [(str(name), template)]
    seen = {str(name)}
    while rest:
        name, template = rest.pop()
        source = getattr(getattr(template, "template", None), "source", None)
        if not isinstance(source, str):
            continue  # another engine keeps its source to itself
        file = str(getattr(getattr(template, "origin", None), "name", ""))
        is_file = Path(file).is_file()
        home = place_of(owner) if owner is not None and not is_file else None
        text = TemplateText(str(name), source, file if is_file else "", home)
        yield text
        for other in _OTHERS.findall(text.visible):
            if other not in seen:
                seen.add(other)
                try:
                    rest.append((other, get_template(other)))
                except (TemplateDoesNotExist, TemplateSyntaxError):
                    continue  # an include may be optional; rendering will tell
