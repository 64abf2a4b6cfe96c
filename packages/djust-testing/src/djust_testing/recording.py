"""A visit in a browser, written down as it happens: an ASGI application around the project's.

It reads the frames of the sockets, and looks at the views behind them, which live in the same
process. Nothing is changed, so pages behave as they do without it.
"""

from __future__ import annotations

import copy
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from djust_live import LiveView, protocol
from djust_live.errors import LiveError
from djust_live.events import IMPLIED, POSITIONAL
from djust_live.joining import sessions
from djust_live.session import LiveSession
from djust_live.state import attributes_of
from djust_live.tokens import MountToken, verify

from djust_testing import wire
from djust_testing.transcript import Step, Visit, is_plain

Application = Callable[..., Awaitable[Any]]

# Of frames that the browser sends, by their first item.
_EVENT, _JOIN = "event", "join"


class Recorder:
    """Keeps what visitors do while it serves them.

    Args:
        application: What serves pages and sockets.

    Attributes:
        visits: One for each page that was attached, in that order.
    """

    def __init__(self, application: Application) -> None:
        self._application = application
        self._visits: dict[bytes, _Page] = {}

    @property
    def visits(self) -> list[Visit]:
        """What happened so far."""
        return [page.visit for page in self._visits.values()]

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve, and listen to sockets."""
        if scope["type"] != "websocket":
            await self._application(scope, receive, send)
            return
        tap = _Tap(self._visits)

        async def heard() -> Any:
            message = await receive()
            if message["type"] == "websocket.receive":
                tap.take(message.get("text"), message.get("bytes"))
            return message

        async def said(message: Any) -> None:
            if message["type"] == "websocket.send" and message.get("text"):
                tap.answer(message["text"])
            await send(message)

        await self._application(scope, heard, said)


class _Page:
    """One page, and its view as it was when it was last looked at."""

    def __init__(self, session: LiveSession) -> None:
        self._session = session
        self.is_pending = False
        view = session.view
        user = getattr(view.request, "user", None)
        self.visit = Visit(
            module=type(view).__module__,
            view=type(view).__qualname__,
            path=view.request.path,
            query=view.request.GET.dict(),
            kwargs=dict(view.kwargs),
            user=user.get_username() if user is not None and user.is_authenticated else "",
        )
        self._shown = _plain(view)

    def event(self, frame: protocol.Event) -> None:
        """Note an event that the browser sent; after a drop it may send one again."""
        if any(step.ref == frame.ref for step in self.visit.steps):
            return
        params = frame.params if frame.target else _named(self._session.view, frame)
        self.visit.steps.append(Step(frame.name, params, frame.target or "", frame.ref))

    def binary(self, namespace: str) -> None:
        """Note that the module of an extension sent something which is not written down."""
        if namespace not in self.visit.left_out:
            self.visit.left_out.append(namespace)

    def answered(self, ref: int, extra: dict[str, Any]) -> None:
        """Note what an event led to."""
        for step in self.visit.steps:
            if step.ref == ref:
                step.code = extra.get("error", {}).get("code", "")
                self._look(step, extra)

    def pushed(self, extra: dict[str, Any]) -> None:
        """Note what background work that is over has led to."""
        if self.is_pending and not extra.get("async_pending"):
            step = Step("", {})
            self.visit.steps.append(step)
            self._look(step, extra)

    def _look(self, step: Step, extra: dict[str, Any]) -> None:
        self.is_pending = bool(extra.get("async_pending"))
        now = _plain(self._session.view)
        step.state = {
            name: value
            for name, value in now.items()
            if name not in self._shown or self._shown[name] != value
        }
        self._shown = now
        step.events = [(name, payload) for name, payload in extra.get("events", ())]
        step.flash = [(level, text) for level, text, *_ in extra.get("flash", ())]
        step.address = extra["url"][0] if "url" in extra else ""
        step.redirect = extra["url_leave"][0] if "url_leave" in extra else ""


class _Tap:
    """One socket; it may serve one page after another."""

    def __init__(self, visits: dict[bytes, _Page]) -> None:
        self._visits = visits
        self._token: MountToken | None = None
        self._early: list[protocol.Event] = []

    @property
    def _page(self) -> _Page | None:
        return None if self._token is None else self._visits.get(self._token.page_id)

    def take(self, text: str | None, data: bytes | None) -> None:
        """Read what the browser sent."""
        page = self._page
        if text is None:
            if page is not None and data:
                page.binary(data[1 : 1 + data[0]].decode("ascii", "replace"))
            return
        kind = text[2 : text.find('"', 2)]
        if kind not in (_EVENT, _JOIN):
            return
        try:
            frame = protocol.decode(text, len(text.encode()))
            if isinstance(frame, protocol.Join):
                self._token = verify(frame.token, sys.maxsize)
            elif isinstance(frame, protocol.Event) and page is not None:
                page.event(frame)
            elif isinstance(frame, protocol.Event):
                self._early.append(frame)
        except LiveError:
            return  # the server refuses it, too

    def answer(self, text: str) -> None:
        """Read what the server sends."""
        items = msgspec.json.decode(text, type=list[Any])
        kind, extra = items[0], wire.extra_of(text)
        if kind == "ready":
            self._attached()
        page = self._page
        if page is None:
            return
        if kind == "reply":
            page.answered(items[1], extra)
        elif kind == "push":
            page.pushed(extra)

    def _attached(self) -> None:
        token = self._token
        if token is None or token.page_id in self._visits:
            return  # it came back after a drop
        session = sessions.get(token.page_id)
        if session is not None:
            page = self._visits[token.page_id] = _Page(session)
            for frame in self._early:
                page.event(frame)
        self._early.clear()


def _plain(view: LiveView) -> dict[str, Any]:
    """Return the public attributes that a test can write out, as they are now."""
    return {
        name: copy.deepcopy(value)
        for name, value in attributes_of(view).items()
        if not name.startswith("_") and is_plain(value)
    }


def _named(view: LiveView, frame: protocol.Event) -> dict[str, Any]:
    """Return the parameters of an event as its handler gets them: by name, and no others."""
    handler = view.event_handlers().get(frame.name)
    if handler is None:
        return frame.params
    params = dict(frame.params)
    names = [parameter.name for parameter in handler.parameters]
    positional = params.get(POSITIONAL, [])
    if len(positional) <= len(names) and not handler.accepts_positional:
        params.pop(POSITIONAL, None)
        params |= dict(zip(names, positional, strict=False))
    extra = params.pop(IMPLIED, ())
    if not handler.accepts_extra:
        params = {key: one for key, one in params.items() if key in names or key not in extra}
    return params
