"""Checks for handlers that nothing calls."""

from __future__ import annotations

import difflib
import re
from collections.abc import Set
from typing import Any

from django.core.checks import CheckMessage

from djust_live.checks.messages import info, unsilenced
from djust_live.checks.python_sources import texts_in_module
from djust_live.checks.script_sources import texts_in_scripts
from djust_live.checks.shown import shown
from djust_live.checks.template_sources import TAG, Owner, TemplateText, texts_of
from djust_live.checks.templates import bindings_of, handlers_of, is_open

_CODE = re.compile(
    rf"<script\b.*?</script\s*>|{TAG.pattern}|{{%.*?%}}|{{{{.*?}}}}", re.DOTALL | re.IGNORECASE
)


def check_unbound(**kwargs: Any) -> list[CheckMessage]:
    """Name handlers that a view defines itself and that its templates never mention."""
    scripts = texts_in_scripts()
    return unsilenced(
        info(
            "V006",
            f"Nothing in the templates of {view.__qualname__} calls {name}.",
            "Bind it, remove it, or silence this when something else calls it.",
            handlers_of(view)[name].function,
        )
        for view in shown()
        for name in unbound(view, scripts)
    )


def unbound(view: Owner, scripts: Set[str] = frozenset()) -> list[str]:
    """Return the handlers of a view's own module that its templates do not mention.

    Templates that are only included under a changing name, and values that decide which handler is
    called, make this unknowable; such views are passed over. A name that the view's module writes
    out as a text, for a widget or a command, counts as a mention, and so does one in ``scripts``.
    """
    texts = list(texts_of(view))
    if not texts or any(map(is_open, texts)):
        return []
    known = handlers_of(view)
    words = (
        {word for text in texts for word in _words_of_code(text)} | texts_in_module(view) | scripts
    )
    # A handler whose only binding is misspelt is no second mistake.
    wrong = {binding.handler for binding in bindings_of(view)} - {*known}
    words |= {meant for one in wrong for meant in difflib.get_close_matches(one, known, n=1)}
    return [
        name
        for name, handler in known.items()
        if handler.function.__module__ == view.__module__ and name not in words
    ]


def _words_of_code(text: TemplateText) -> set[str]:
    """Return the words in start tags, template tags and scripts: not those that people read."""
    return {word for code in _CODE.findall(text.visible) for word in re.findall(r"\w+", code)}
