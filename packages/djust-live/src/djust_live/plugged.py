"""The extensions of one view, as its session calls them: what one of them raises stays there."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Iterable, Mapping
from typing import Any

from djust_live import debug_panel
from djust_live.extensions import Extension
from djust_live.topics import Envelope

logger = logging.getLogger(__name__)


class Plugged:
    """Calls the hooks that extensions really have; a view without extensions pays nothing.

    Args:
        view: The view.
        extensions: By namespace.

    Attributes:
        may_take: One of them looks at events.
    """

    __slots__ = ("_extensions", "_hooks", "_name", "may_take")

    def __init__(self, view: Any, extensions: Mapping[str, Extension]) -> None:
        self._name = type(view).__qualname__
        self._extensions = extensions
        self._hooks = _active_hooks(extensions.values(), type(view))
        self.may_take = "on_event" in self._hooks

    def at(self, namespace: str) -> Extension | None:
        """Return the owner of a namespace."""
        return self._extensions.get(namespace)

    async def attach(self) -> None:
        """Say that a browser is here."""
        for extension in self._hooks.get("on_attach", ()):
            await self.guard(extension.on_attach(), "on_attach")

    async def detach(self) -> None:
        """Say that the browser is gone."""
        for extension in self._hooks.get("on_detach", ()):
            await self.guard(extension.on_detach(), "on_detach")

    async def take(self, name: str, params: dict[str, Any]) -> bool:
        """Return whether one of them takes an event, so that no handler gets it."""
        for extension in self._hooks.get("on_event", ()):
            if await extension.on_event(name, params):
                return True
        return False

    async def info(self, envelope: Envelope) -> bool:
        """Give a message of a topic to its extension; return whether the page may have changed."""
        extension = self.at(envelope.namespace)
        if extension is None:
            return False
        return not await self.guard(extension.on_info(envelope.verb, envelope.data), "on_info")

    async def after_render(self) -> None:
        """Say that the page was rendered."""
        for extension in self._hooks.get("after_render", ()):
            await self.guard(extension.after_render(), "after_render")

    async def guard(self, coroutine: Awaitable[Any], name: str) -> Any:
        """Return what a hook returns; None when it raised, which is logged."""
        try:
            return await coroutine
        except Exception:
            logger.exception("%s: an extension's %s raised", self._name, name)
        return None


def _active_hooks(
    extensions: Iterable[Extension], view_class: Any
) -> dict[str, tuple[Extension, ...]]:
    """Return, by hook, the extensions that have it."""
    by_namespace = {extension.namespace: extension for extension in extensions}
    hooks: dict[str, tuple[Extension, ...]] = {}
    for extension_class, names in debug_panel.active(view_class._djust_class):
        extension = by_namespace.get(extension_class.namespace)
        if extension is not None:
            for name in names:
                hooks[name] = (*hooks.get(name, ()), extension)
    return hooks
