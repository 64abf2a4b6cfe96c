"""What visitors do through an extension's module, in a client that runs no modules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from django.utils.module_loading import import_string
from djust_live import LiveView
from djust_live.extensions import StandIn, collect

from djust_testing.elements import Elements, Impossible


class ClientBrowser:
    """The :class:`~djust_live.extensions.Browser` of one extension in a test client."""

    def __init__(
        self,
        namespace: str,
        post: Callable[[str | bytes], None],
        until: Callable[[Callable[[], bool]], None],
        elements: Callable[[], Elements],
    ) -> None:
        self._namespace = namespace
        self._post = post
        self._until = until
        self._elements = elements

    def send(self, verb: str, data: Any) -> None:
        """Send a message of the namespace."""
        self._post(msgspec.json.encode([f"{self._namespace}:{verb}", data]).decode())

    def send_binary(self, data: bytes) -> None:
        """Send a binary frame of the namespace."""
        name = self._namespace.encode("ascii")
        self._post(bytes([len(name)]) + name + data)

    def attribute(self, selector: str, *names: str) -> str:
        """Return the first of these attributes that the only matching element has.

        Raises:
            Impossible: It is missing, hidden or disabled, or has none of them.
        """
        elements = self._elements()
        element = elements.one(selector)
        elements.check_enabled(element)
        for name in names:
            if element.has_attr(name):
                return str(element[name])
        raise Impossible(f"{selector!r} has no {' and no '.join(names)}.")

    def wait(self, condition: Callable[[], bool]) -> None:
        """Take frames until ``condition`` holds."""
        self._until(condition)


def stand_ins(
    view_class: type[LiveView],
    post: Callable[[str | bytes], None],
    until: Callable[[Callable[[], bool]], None],
    elements: Callable[[], Elements],
) -> dict[str, StandIn]:
    """Return what stands for the modules of a view's extensions, by namespace."""
    made = {}
    for extension in collect(view_class):
        if extension.stand_in:
            browser = ClientBrowser(extension.namespace, post, until, elements)
            made[extension.namespace] = import_string(extension.stand_in)(browser)
    return made


def hand_over(standing: Mapping[str, StandIn], frame: str) -> bool:
    """Give a frame to the stand-in that it is for, and return whether it was for one."""
    if not standing:
        return False
    kind, *rest = msgspec.json.decode(frame, type=list[Any])
    namespace, _, verb = kind.partition(":")
    if not verb or namespace not in standing:
        return False
    standing[namespace].on_message(verb, rest[0] if rest else None)
    return True
