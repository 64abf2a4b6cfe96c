"""In DEBUG with ``DEBUG_PANEL``: what every turn of a page did, told to a panel in the browser."""

from __future__ import annotations

import contextvars
from collections import deque
from collections.abc import Callable
from time import perf_counter
from typing import Any

import msgspec
from django.conf import settings
from django.db.backends.signals import connection_created

from djust_live import state
from djust_live.config import config
from djust_live.extensions import Extension, overridden
from djust_live.workers import pools

_MAX_TURNS = 100
_MAX_QUERIES = 200
_MAX_CHARS = 300

_queries: contextvars.ContextVar[deque[list[Any]] | None] = contextvars.ContextVar(
    "djust_live.queries", default=None
)


def is_on() -> bool:
    """Return whether pages have the panel."""
    return bool(settings.DEBUG and config.DEBUG_PANEL)


class DebugExtension(Extension):
    """Watches one view: events, state, queries and frames of its turns; and takes it back."""

    namespace = "debug"

    def __init__(self, view: Any, port: Any) -> None:
        super().__init__(view, port)
        self._number = 0
        self._event: tuple[str, dict[str, Any]] | None = None
        self._started = 0.0
        self._queries: deque[list[Any]] = deque(maxlen=_MAX_QUERIES)
        self._states: dict[int, bytes] = {}

    async def on_mount(self) -> None:
        """Hear of queries that the view's turns make."""
        self.view._mounted().context.run(_queries.set, self._queries)

    async def on_attach(self) -> None:
        """Tell what the page starts with."""
        await self._tell("attached")

    async def on_event(self, name: str, params: dict[str, Any]) -> None:
        """Note what is to be handled."""
        self._event, self._started = (name, dict(params)), perf_counter()
        self._queries.clear()

    async def after_render(self) -> None:
        """Tell what the turn did."""
        await self._tell("changed")

    async def on_message(self, verb: str, data: Any) -> None:
        """Take the view back to an earlier turn."""
        is_mine = isinstance(data, dict) and data.get("page") == self.port.page_id
        saved = self._states.get(data.get("number")) if is_mine else None
        if verb == "travel" and saved is not None:
            self.port.call(lambda: self._go_back(saved))

    async def _tell(self, what: str) -> None:
        runtime = self.view._mounted()
        session: Any = runtime.session
        entry = await pools.turns.run(lambda: self._entry(what), runtime.context)

        def send() -> None:
            frames = session.out.history.latest(config.MAX_HISTORY_BYTES)
            is_new = frames and frames[-1][0] == session.out.rev
            entry["frame"] = frames[-1][2] if is_new and what == "changed" else ""
            self.port.send_now("turn", entry)

        session.after_turn(send)

    def _entry(self, what: str) -> dict[str, Any]:
        self._number += 1
        self._states[self._number] = msgspec.msgpack.encode(state.dump(self.view))
        self._states.pop(self._number - _MAX_TURNS, None)
        event, self._event = self._event, None
        queries, shown = list(self._queries), state.attributes_of(self.view).items()
        self._queries.clear()
        return {
            "page": self.port.page_id,
            "view": type(self.view).__qualname__,
            "number": self._number,
            "what": event[0] if event is not None else what,
            "params": _text(event[1]) if event is not None else "",
            "ms": round((perf_counter() - self._started) * 1000, 2) if event is not None else 0,
            "queries": queries,
            "state": {name: _text(value) for name, value in shown if not name.startswith("_djust")},
        }

    def _go_back(self, saved: bytes) -> None:
        then = state.load(type(self.view), msgspec.msgpack.decode(saved, type=state.StateDump))
        attributes = vars(self.view)
        for name in state.attributes_of(self.view):
            if name not in then:
                del attributes[name]
        attributes.update(then)


def active(view_class: Any) -> tuple[tuple[type[Extension], frozenset[str]], ...]:
    """Return the extensions of a view class with their hooks; with the panel one more."""
    named: tuple[tuple[type[Extension], frozenset[str]], ...] = view_class.extensions
    if not is_on():
        return named
    return (*named, (DebugExtension, overridden(DebugExtension)))


def listen() -> None:
    """Watch the connections that are opened from now on; called once when Django is ready."""
    connection_created.connect(_on_connection, dispatch_uid="djust_live.debug_panel")


def _on_connection(connection: Any, **kwargs: Any) -> None:
    if is_on():
        connection.execute_wrappers.append(_record)


def _record(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    started = perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        found = _queries.get()
        if found is not None:
            found.append([sql[:_MAX_CHARS], round((perf_counter() - started) * 1000, 2)])


def _text(value: Any) -> str:
    try:
        text = repr(value)
    except Exception as error:  # noqa: BLE001 - the edge to user code
        text = f"<{type(value).__name__}: {error!r}>"
    return text if len(text) <= _MAX_CHARS else text[:_MAX_CHARS] + "…"
