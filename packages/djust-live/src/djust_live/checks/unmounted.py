"""Checks for live views that nothing leads to."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Container, Iterator
from typing import Any

from django.core.checks import CheckMessage

from djust_live.checks.messages import info, unsilenced
from djust_live.checks.python_sources import project_sources
from djust_live.checks.shown import shown_views
from djust_live.checks.template_sources import texts_of
from djust_live.live_view import LiveView

_WORD = re.compile(r"\w+")


def check_unmounted(**kwargs: Any) -> list[CheckMessage]:
    """Name views with a template and handlers that no URL, no template and no code mentions."""
    routed = shown_views()
    if not routed:
        return []  # the URLconf of a command, or of a test
    sources = {str(source.path): "\n".join(source.lines) for source in project_sources()}
    waiting = [
        view
        for view in _subclasses(LiveView)
        if view not in routed and not view.__subclasses__() and _is_whole(view, sources)
    ]
    if not waiting:
        return []
    texts = [text.source for view in routed for text in texts_of(view)]
    words = Counter(word for text in (*sources.values(), *texts) for word in _WORD.findall(text))
    return unsilenced(
        info(
            "V009",
            f"{view.__qualname__} has handlers, and no URL and no template leads to it.",
            "Route it, nest it with {% live_render %}, or remove it.",
            view,
        )
        for view in waiting
        if words[view.__name__] <= 1  # where it is defined
    )


def _subclasses(cls: type[Any]) -> Iterator[type[Any]]:
    for one in cls.__subclasses__():
        yield one
        yield from _subclasses(one)


def _is_whole(view: type[LiveView], sources: Container[str]) -> bool:
    """Return whether a view of the project could be shown, and does something then."""
    file = getattr(sys.modules.get(view.__module__), "__file__", None)
    has_template = bool(view.template_name or view.template)
    return file in sources and has_template and bool(view.event_handlers())
