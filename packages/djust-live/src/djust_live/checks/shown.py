"""What visitors come to see: the views that URLs lead to, and what their templates name."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.utils.module_loading import import_string

from djust_live.checks.routes import routed_views
from djust_live.checks.template_sources import Owner, TemplateText, texts_of
from djust_live.component import LiveComponent, component_class
from djust_live.errors import LiveError
from djust_live.live_view import LiveView
from djust_live.nested import path_of

_NESTED = re.compile(r"""\{%-?\s*live_render\s+["']([^"']+)["']""")
_COMPONENT = re.compile(r"""\{%-?\s*live_component\s+["']([^"']+)["']""")


def shown() -> list[Owner]:
    """Return :func:`shown_views`, then :func:`shown_components`."""
    return [*shown_views(), *shown_components()]


def shown_views() -> list[type[LiveView]]:
    """Return the views of the URLconf, and those that their templates nest by a written name."""
    return _closure(routed_views(), _nested_in)


def shown_components() -> list[type[LiveComponent]]:
    """Return the components that templates of views, and of other components, name."""
    first = [one for view in shown_views() for one in _components_in(view)]
    return _closure(first, _components_in)


def parts_of(view: type[LiveView]) -> list[Owner]:
    """Return the components and views that a view shows inside of itself, however deep."""
    found: list[Owner] = _closure(
        [view], lambda owner: (*_nested_in(owner), *_components_in(owner))
    )
    return found[1:]


def _closure(first: list[Any], more: Callable[[Any], Iterable[Any]]) -> list[Any]:
    found: dict[Any, None] = {}
    waiting = list(first)
    while waiting:
        one = waiting.pop(0)
        if one not in found:
            found[one] = None
            waiting += more(one)
    return list(found)


def _nested_in(owner: Owner) -> Iterator[type[LiveView]]:
    for name in _named(owner, _NESTED):
        try:
            yield import_string(path_of(name, is_literal=True))
        except LiveError:
            continue  # rendering says that there is none


def _components_in(owner: Owner) -> Iterator[type[LiveComponent]]:
    for name in _named(owner, _COMPONENT):
        try:
            yield component_class(name, is_literal=True)
        except LiveError:
            continue  # rendering says that there is none


def _named(owner: Owner, tag: re.Pattern[str]) -> list[str]:
    texts: Iterator[TemplateText] = texts_of(owner)
    return [name for text in texts for name in tag.findall(text.visible)]
