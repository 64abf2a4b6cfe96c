"""Siblings with the same key: a word in the log, once for each loop."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING

from djust_live.errors import DoubledKeys

if TYPE_CHECKING:
    from djust_vdom import Document

    from djust_live.live_templates import DoubledKey

logger = logging.getLogger(__name__)

# After so many places a process says no more about others.
MAX_PLACES = 200
_MAX_KEY_CHARS = 60

_places: set[tuple[str, int | None, str]] = set()


def tell_doubled_keys(found: Iterable[DoubledKey]) -> None:
    """Log what a live template found among the elements that it printed."""
    for double in found:
        if double.loop is None:
            _tell_elements(double.template, double.parent, double.key)
        elif _is_news(double.template, double.line, double.loop):
            _warn(
                f"Rows of {double.loop} (line {double.line} of {double.template}) have the same "
                f"key {double.key!r} in <{double.parent}>."
            )


def tell_doubles_of(document: Document, template: object) -> None:
    """Log what a page holds that was parsed."""
    for _, parent, key in document.doubled_keys():
        origin = getattr(template, "origin", None)
        where = str(getattr(origin, "template_name", None) or getattr(origin, "name", template))
        _tell_elements(where, parent, key)


def forget_doubled_keys() -> None:
    """Tell everything once more, as when templates have changed."""
    _places.clear()


def _tell_elements(template: str, parent: str, key: str) -> None:
    if _is_news(template, None, parent):
        around = f"in <{parent}> of" if parent else "at the top of"
        _warn(f"Elements {around} {template} have the same key {key[:_MAX_KEY_CHARS]!r}.")


def _is_news(template: str, line: int | None, what: str) -> bool:
    place = (template, line, what)
    if place in _places or len(_places) >= MAX_PLACES:
        return False
    _places.add(place)
    return True


def _warn(text: str) -> None:
    logger.warning("%s %s %s", DoubledKeys.code, text, DoubledKeys.hint)
