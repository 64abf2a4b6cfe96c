"""Checks for handlers that nothing calls."""

from __future__ import annotations

import re
from typing import Any

from django.core.checks import CheckMessage

from djust_live.checks.messages import info, unsilenced
from djust_live.checks.routes import routed_views
from djust_live.checks.template_sources import texts_of
from djust_live.checks.templates import bindings_of
from djust_live.live_view import LiveView


def check_unbound(**kwargs: Any) -> list[CheckMessage]:
    """Name handlers that a view defines itself and that its templates never mention."""
    return unsilenced(
        info(
            "V006",
            f"Nothing in the templates of {view.__qualname__} calls {name}.",
            "Bind it, remove it, or silence this when a script calls it.",
            view,
        )
        for view in routed_views()
        for name in unbound(view)
    )


def unbound(view: type[LiveView]) -> list[str]:
    """Return the handlers of a view's own module that its templates do not mention.

    Templates that are only included under a changing name, and values that decide which handler is
    called, make this unknowable; such views are passed over.
    """
    texts = [text.visible for text in texts_of(view)]
    is_open = any(
        re.search(r"""\{%-?\s*include\s+[^"'\s]|\sdj-[\w-]+="[^"]*\{[{%]""", one) for one in texts
    )
    known = view.event_handlers()
    is_broken = any(binding.handler not in known for binding in bindings_of(view))
    if not texts or is_open or is_broken:
        return []  # a handler with a misspelt binding is no second mistake
    words = {word for text in texts for word in re.findall(r"\w+", text)}
    return [
        name
        for name, handler in known.items()
        if handler.function.__module__ == view.__module__ and name not in words
    ]
