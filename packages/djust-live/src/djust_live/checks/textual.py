"""What a template does not tell before it is rendered, where its engine can say so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol, runtime_checkable

from django.core.checks import CheckMessage
from django.template import TemplateDoesNotExist, TemplateSyntaxError

from djust_live.checks.messages import info, unsilenced
from djust_live.checks.places import is_installed
from djust_live.checks.shown import shown_views
from djust_live.checks.template_sources import TemplateText, texts_of
from djust_live.errors import TemplateMissing
from djust_live.live_view import LiveView
from djust_live.rendering import template_of


class _Region(Protocol):
    """A part of a page, as ``djust_templates.explain`` tells of it."""

    kind: str
    template: str
    line: int
    reason: str | None


class _Explanation(Protocol):
    lines: Sequence[_Region]
    unknown: str | None


@runtime_checkable
class Explaining(Protocol):
    """A template that can say how it will be rendered."""

    def explain(self) -> _Explanation:
        """Return what is known before rendering."""
        ...


def check_textual(**kwargs: Any) -> list[CheckMessage]:
    """Name regions of the templates of live views that are rendered to text and parsed again."""
    found: dict[tuple[str, int, str], CheckMessage] = {}
    for view in shown_views():
        for where, message in _of_view(view):
            found.setdefault(where, message)
    return unsilenced(found.values())


def _of_view(view: type[LiveView]) -> Iterator[tuple[tuple[str, int, str], CheckMessage]]:
    try:
        template = template_of(view())
    except (TemplateMissing, TemplateDoesNotExist, TemplateSyntaxError):
        return  # other checks, or the page itself, say so
    if not isinstance(template, Explaining):
        return
    texts = {text.name: text for text in texts_of(view)}
    own = next(iter(texts.values()), None)
    explained = template.explain()
    if explained.unknown is not None and own is not None:
        yield (own.name, 1, explained.unknown), _message(own, 1, explained.unknown)
    for region in explained.lines:
        text = texts.get(region.template, own)
        if region.kind != "textual" or text is None or is_installed(text.file):
            continue
        reason = region.reason or "it is not known what it prints"
        if "djust.T009" not in text.silenced(region.line):
            yield (text.name, region.line, reason), _message(text, region.line, reason)


def _message(text: TemplateText, line: int, reason: str) -> CheckMessage:
    return info(
        "T009",
        f"{text.name}:{line} is rendered to text and parsed when it has changed: {reason}.",
        "It is right and costs more than it must; manage.py djust_explain_template shows all.",
        text.at(line),
    )
