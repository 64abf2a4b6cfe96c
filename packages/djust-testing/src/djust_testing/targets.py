"""What a page can be sent: events of its view, of components and of nested views, and more."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from djust_live import LiveView
from djust_live.component import components_of
from djust_live.events import Handler
from djust_live.model_binding import bound_fields

from djust_testing import hostile
from djust_testing.client import LiveViewTestClient


@dataclass(frozen=True)
class Target:
    """One thing that a page can be sent.

    Attributes:
        name: What a report calls it.
        attempts: Returns what a stranger may send.
        send: Sends parameters to a page.
        usual: What an honest visitor sends.
    """

    name: str
    attempts: Callable[[], Iterator[dict[str, Any]]]
    send: Callable[[LiveViewTestClient, dict[str, Any]], Any]
    usual: dict[str, Any] = field(default_factory=dict)
    nest: int | None = None

    def call(self, page: LiveViewTestClient, params: dict[str, Any]) -> None:
        """Send parameters to the view of a page, or to one that is nested in it."""
        if self.nest is None:
            self.send(page, params)
            return
        inside = page.nests.clients
        if self.nest < len(inside):
            self.send(inside[self.nest], params)
        page.settle()

    def shown(self, params: dict[str, Any]) -> str:
        """Return a call as a report shows it."""
        return f"{self.name}({', '.join(f'{k}={v!r:.60}' for k, v in params.items())})"


def targets_of(page: LiveViewTestClient, nest: int | None = None) -> Iterator[Target]:
    """Yield what a page that was mounted can be sent."""
    view = page.view
    for handler in view.event_handlers().values():
        yield _of_handler(handler, handler.name, "", nest)
    seen = set()
    for key, component in components_of(view).items():
        for handler in component._handlers.values():
            # Components of one class have the same handlers; one of them is enough.
            if (type(component), handler.name) not in seen:
                seen.add((type(component), handler.name))
                name = f"{type(component).__qualname__}.{handler.name}"
                yield _of_handler(handler, name, key, nest)
    for name in sorted(bound_fields(view)):
        yield _of_model(name, nest)
    yield from _of_url(view, nest)
    for number, inner in enumerate(page.nests.clients if nest is None else ()):
        if inner.is_attached:
            yield from targets_of(inner, number)


def _of_handler(handler: Handler, name: str, component: str, nest: int | None) -> Target:
    def send(page: LiveViewTestClient, params: dict[str, Any]) -> None:
        if component:
            page.send_event_to(component, handler.name, **params)
        else:
            page.send_event(handler.name, **params)

    return Target(name, lambda: hostile.attempts(handler), send, hostile.usual(handler), nest)


def _of_model(name: str, nest: int | None) -> Target:
    def attempts() -> Iterator[dict[str, Any]]:
        for value in hostile.VALUES:
            yield {"field": name, "value": value}

    def send(page: LiveViewTestClient, params: dict[str, Any]) -> None:
        page.send_event("dj-model", **params)

    return Target("dj-model", attempts, send, {"field": name, "value": ""}, nest)


def _of_url(view: LiveView, nest: int | None) -> Iterator[Target]:
    hook = type(view).handle_params
    names = list(view.url_state or {})
    if hook is not LiveView.handle_params:
        names += hostile.names_read_by(hook)
    for name in dict.fromkeys(names):
        yield _of_parameter(name, nest)


def _of_parameter(name: str, nest: int | None) -> Target:
    def attempts() -> Iterator[dict[str, Any]]:
        for text in hostile.ADDRESS_TEXTS:
            yield {name: text}

    def send(page: LiveViewTestClient, params: dict[str, Any]) -> None:
        page.send_event("dj-patch", uri=f"{page.path}?{urlencode(params)}")

    return Target("handle_params", attempts, send, {name: "1"}, nest)
