"""What visitors do through an extension's module, in a client that runs no modules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from bs4 import BeautifulSoup, Tag
from django.utils.module_loading import import_string
from djust_live import LiveView
from djust_live.extensions import StandIn, collect

from djust_testing.elements import Elements
from djust_testing.reach import Impossible, check_reach


@dataclass(frozen=True)
class Hands:
    """What a test client lends to stand-ins.

    Attributes:
        view: Returns the view, as it lives on the server.
        post: Sends a frame that no answer is waited for.
        until: Takes frames until a condition holds.
        work_off: Waits for what extensions have begun, and returns whether frames came.
        elements: Returns what the page shows.
        insides: What stand-ins have put into elements, by selector.
        held: Which file stand-ins have let inputs hold, by selector.
    """

    view: Callable[[], LiveView]
    post: Callable[[str | bytes], None]
    until: Callable[[Callable[[], bool]], None]
    work_off: Callable[[], bool]
    elements: Callable[[], Elements]
    insides: dict[str, str]
    held: dict[str, str]


class ClientBrowser:
    """The :class:`~djust_live.extensions.Browser` of one extension in a test client."""

    def __init__(self, namespace: str, hands: Hands) -> None:
        self._namespace = namespace
        self._hands = hands

    @property
    def view(self) -> LiveView:
        """The view, as it lives on the server."""
        return self._hands.view()

    def send(self, verb: str, data: Any) -> None:
        """Send a message of the namespace."""
        self._hands.post(msgspec.json.encode([f"{self._namespace}:{verb}", data]).decode())

    def send_binary(self, data: bytes) -> None:
        """Send a binary frame of the namespace."""
        name = self._namespace.encode("ascii")
        self._hands.post(bytes([len(name)]) + name + data)

    def attribute(self, selector: str, *names: str) -> str:
        """Return the first of these attributes that the only matching element has.

        Raises:
            Impossible: It is missing, hidden or disabled, or has none of them.
        """
        elements = self._hands.elements()
        element = elements.one(selector)
        check_reach(element)
        for name in names:
            if element.has_attr(name):
                return str(element[name])
        raise Impossible(f"{selector!r} has no {' and no '.join(names)}.")

    def attributes(self, name: str) -> list[str]:
        """Return the values of an attribute, of all elements that have it."""
        return [str(one[name]) for one in self._hands.elements().soup.select(f"[{name}]")]

    def children(self, selector: str) -> list[str]:
        """Return the elements inside the first element that matches, as HTML."""
        found = self._hands.elements().soup.select_one(selector)
        return [] if found is None else _elements_of(found)

    def split(self, html: str) -> list[str]:
        """Return the elements that a piece of HTML has at its top, each as HTML."""
        return _elements_of(BeautifulSoup(html, "html.parser"))

    def show(self, selector: str, html: str) -> None:
        """Make ``html`` all that the matching elements hold, now and in later pages."""
        self._hands.insides[selector] = html

    def hold(self, selector: str, value: str) -> None:
        """Make matching file inputs hold a file that is called ``value``, or none, from now on."""
        self._hands.held[selector] = value

    def settle(self) -> bool:
        """Wait until what the extension has begun is over, and return whether frames came."""
        return self._hands.work_off()

    def wait(self, condition: Callable[[], bool]) -> None:
        """Take frames until ``condition`` holds."""
        self._hands.until(condition)


def stand_ins(view_class: type[LiveView], hands: Hands) -> dict[str, StandIn]:
    """Return what stands for the modules of a view's extensions, by namespace."""
    made = {}
    for extension in collect(view_class):
        if extension.stand_in:
            browser = ClientBrowser(extension.namespace, hands)
            made[extension.namespace] = import_string(extension.stand_in)(browser)
    return made


def with_insides(html: str, insides: Mapping[str, str]) -> str:
    """Return a page with what stand-ins have put into its elements."""
    if not insides:
        return html
    soup = BeautifulSoup(html, "html.parser", multi_valued_attributes=None)
    for selector, inside in insides.items():
        for element in soup.select(selector):
            element.clear()
            element.append(BeautifulSoup(inside, "html.parser", multi_valued_attributes=None))
    return str(soup)


def _elements_of(parent: Tag) -> list[str]:
    return [str(child) for child in parent.find_all(True, recursive=False)]


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
