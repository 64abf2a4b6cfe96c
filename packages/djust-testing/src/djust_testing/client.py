"""A test client for live views: the real engine, no browser, no network."""

from __future__ import annotations

import sys
import time
import types
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from bs4 import Tag
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.db import connections
from django.http import HttpRequest, HttpResponseBase
from django.test import RequestFactory
from django.urls import include, path
from django.utils.module_loading import import_string
from djust_live import LiveView
from djust_live.extensions import StandIn
from djust_live.joining import sessions
from djust_live.live_rendering import renderer_for
from djust_live.page import complete
from djust_live.session import LiveSession
from djust_live.tokens import verify as verify_token
from djust_vdom import Document

from djust_testing import steadiness, wire
from djust_testing.clicks import Go, commanded
from djust_testing.connection import Connection, caught_up, ended, logged_errors, worked_off
from djust_testing.elements import Call, Elements, Typed
from djust_testing.event_loop import EngineLoop
from djust_testing.gestures import Hands, hand_over, stand_ins, with_insides
from djust_testing.nests import VIEW, Nests
from djust_testing.page import Heard, OutOfStep, Page, Reply, check_keys
from djust_testing.reach import Impossible
from djust_testing.visitor import Visitor

_HOST = "testserver"
_numbers = count(1)


class EventFailed(AssertionError):
    """An event was refused, or its handler raised; the cause is chained.

    Attributes:
        code: The stable code.
    """

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"{code} {text}".strip())
        self.code = code


class LiveViewTestClient(Visitor):
    """One visitor of one page.

    It drives the engine that servers run, applies the ops that a browser would get to a real tree,
    refuses what a visitor could not do, and compares the tree with a fresh render after each event.
    User code runs in the thread of the test, so a ``TestCase`` with its transaction works. Call
    :meth:`close` at the end, or use it as a context manager.

    Args:
        view_class: The view.
        user: Who is logged in; nobody by default.
        path: The path of the page.
        query: The query string, as a mapping.
        session: What the browser session holds.
        verify: Whether to compare with a fresh render after each event.
        timeout_s: Longest time that an answer may take.

    Example:
        >>> with LiveViewTestClient(CounterView) as page:
        ...     page.mount()
        ...     page.click("button")
        ...     page.assert_state(count=1)
    """

    def __init__(
        self,
        view_class: type[LiveView],
        user: Any = None,
        *,
        path: str = "/",
        query: Mapping[str, str] | None = None,
        session: Mapping[str, Any] | None = None,
        verify: bool = True,
        timeout_s: float = 10.0,
    ) -> None:
        self.view_class = view_class
        self.user = _nobody() if user is None else user
        self.path = path
        self.query = dict(query or {})
        self.verify = verify
        self.timeout_s = timeout_s
        self.response: HttpResponseBase | None = None
        self._session_data = dict(session or {})
        self._session: SessionBase | None = None
        self._page: Page | None = None
        self._typed: dict[tuple[str, ...], Typed] = {}
        self._sent = 0
        self._late: list[tuple[Call, int]] | None = None
        self._stand_ins: dict[str, StandIn] = {}
        self.nests = Nests(self._inner)
        self._is_nested = False
        self._insides: dict[str, str] = {}
        self._files: dict[str, str] = {}
        self._token = ""
        self._urlconf = ""
        self._socket: Connection | None = None
        self._engine = EngineLoop.shared()
        self._engine.acquire()
        self._is_open = True

    def __enter__(self) -> LiveViewTestClient:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # The page

    def mount(self, **kwargs: Any) -> LiveViewTestClient:
        """Get the page and attach to it.

        Args:
            **kwargs: What the URL would give the view.

        Returns:
            The client. When the view answers with something else than a page, such as a redirect,
            nothing is attached and :attr:`response` holds the answer.

        Raises:
            OutOfStep: The browser would not get the page that the server thinks it has.
        """
        self._add_urls(kwargs)
        request = self._request()
        view: Any = self.view_class.as_view()
        self.response = response = view(request, **kwargs)
        if response.status_code != 200:
            return self
        html = response.content.decode()
        self._page = Page(html)
        self._token = wire.token_of(html)
        self._stand_ins = stand_ins(self.view_class, self._hands())
        self._connect()
        self._verify()
        return self

    @property
    def has_page(self) -> bool:
        """Whether the view answered with a page."""
        return self._page is not None

    @property
    def page(self) -> Page:
        """What the browser shows.

        Raises:
            Impossible: There is no page yet.
        """
        if self._page is None:
            raise Impossible("There is no page: call mount() first, and look at the response.")
        return self._page

    @property
    def view(self) -> LiveView:
        """The view object, as it lives on the server."""
        return self.live_session.view

    @property
    def live_session(self) -> LiveSession:
        """The engine's side of the page.

        Raises:
            Impossible: The page has no session.
        """
        found = (
            sessions.get(verify_token(self._token, sys.maxsize).page_id) if self._token else None
        )
        if found is None:
            raise Impossible("The page has no session: it was not mounted, or its view has ended.")
        return found

    @property
    def html(self) -> str:
        """The page as the browser shows it, with what extensions and nested views put into it."""
        return self.nests.filled(with_insides(self.page.html, self._insides))

    @property
    def heard(self) -> Heard:
        """What the server said besides changes of the page."""
        return self.page.heard

    def nested(self, selector: str) -> LiveViewTestClient:
        """Return the client of the nested view that an element is in, to look at its state.

        Raises:
            Impossible: There is no such element, or it is in no nested view.
        """
        element = self._elements().one(selector)
        around = element if element.has_attr(VIEW) else element.find_parent(attrs={VIEW: True})
        found = None if around is None else self.nests.owner(str(around[VIEW]))
        if found is None:
            raise Impossible(f"{selector!r} is in no nested view.")
        return found

    def find(self, selector: str) -> Tag:
        """Return the only element that matches a CSS selector."""
        return self._elements().one(selector)

    def find_all(self, selector: str) -> list[Tag]:
        """Return the elements that match a CSS selector."""
        return list(self._elements().soup.select(selector))

    def value(self, selector: str) -> Any:
        """Return what a control holds."""
        elements = self._elements()
        return elements.held(elements.one(selector))

    def render(self) -> str:
        """Return a fresh render of the view, whatever the browser shows."""
        view = self.view

        def fresh() -> str:
            text = renderer_for(view).first(view)
            whole = text if self._is_nested else complete(text, view, view.request)
            return Document(whole).root_html

        return view._mounted().context.copy().run(fresh)

    # What happens to connections

    def drop(self) -> None:
        """Cut the connection; the server notices."""
        for inner in self.nests.clients:
            inner.drop()
        if self._socket is not None:
            self._run(self._socket.drop())
            self._socket = None
            self.page.is_ready = False
            for stand_in in self._stand_ins.values():
                stand_in.on_connection(False)

    def reconnect(self) -> None:
        """Attach again, after :meth:`drop` or :meth:`restart_server`."""
        self.drop()
        self._connect()
        for inner in self.nests.clients:
            if not inner.is_attached:
                inner.reconnect()
        self._verify()

    @property
    def is_attached(self) -> bool:
        """Whether there is a connection."""
        return self._socket is not None

    @contextmanager
    def offline(self) -> Iterator[None]:
        """Be without a connection for a while; what is clicked inside is impossible."""
        self.drop()
        yield
        self.reconnect()

    @contextmanager
    def latency(self) -> Iterator[list[Reply]]:
        """Let events go out at once, and answers come only at the end, as on a slow line.

        Yields:
            The answers, filled when the block ends.

        Raises:
            EventFailed: One of the events was refused, or its handler raised.
        """
        replies: list[Reply] = []
        late: list[tuple[Call, int]] = []
        self._late = late
        try:
            yield replies
        finally:
            self._late = None
        for call, rev in late:
            replies.append(self._send(call, rev))

    def restart_server(self) -> None:
        """Let the process die without warning; nothing but the state backend stays."""
        for inner in self.nests.clients:
            inner.restart_server()
        session = self.live_session
        self.drop()

        async def die() -> None:
            session.lost()
            await session.finished()

        self._run(die())

    def render_async(self) -> None:
        """Wait until the background work of the page is done and shown."""

        async def over() -> None:
            session = self.live_session
            while session.background.pending or session.backlog:
                await session.progress()

        self._run(over())
        for inner in self.nests.clients:
            inner.render_async()
        self.settle()

    def settle(self) -> None:
        """Wait until the page has handled what it was sent: broadcasts, ticks, other visitors."""
        self._run(caught_up(self.live_session))
        self._take()
        for inner in self.nests.clients:
            inner.settle()
        self._verify()

    def close(self) -> None:
        """Leave the page and stop the engine when no other client uses it."""
        if not self._is_open:
            return
        self._is_open = False
        try:
            for inner in self.nests.clients:
                inner.close()
            for stand_in in self._stand_ins.values():
                stand_in.on_close()
            if self._socket is not None:
                self._run(self._socket.drop())
            if self._session_of() is not None:
                self._run(ended(self.live_session))
        finally:
            self._engine.release()
            sys.modules.pop(self._urlconf, None)

    # Inside

    def _session_of(self) -> LiveSession | None:
        if not self._token:
            return None
        return sessions.get(verify_token(self._token, sys.maxsize).page_id)

    def _elements(self) -> Elements:
        self._take()
        return Elements(self.html, self._typed, self._files)

    @property
    def _uri(self) -> str:
        """What the address bar shows."""
        patches = self.page.heard.patches
        query = f"?{urlencode(self.query)}" if self.query else ""
        return patches[-1] if patches else f"{self.path}{query}"

    def _go(self, to: Go) -> Reply:
        url = urljoin(self._uri, to.url)
        if to.is_patch and not urlsplit(url).netloc:
            self.page.heard.patches.append(url.partition("#")[0])
            return self._send(Call("dj-patch", {"uri": self._uri}))
        if not to.url.startswith("#"):
            self.page.heard.redirects.append(url)
        return Reply(0, b"[]")

    def _send(self, call: Call, seen_rev: int | None = None) -> Reply:
        commands = commanded(call)
        if commands is not None:
            answers = [
                self._go(one) if isinstance(one, Go) else self._send(one) for one in commands
            ]
            return answers[-1] if answers else Reply(0, b"[]")
        if self._late is not None:
            self._late.append((call, self.page.rev))
            return Reply(0, b"[]")
        inner = self.nests.owner(call.owner)
        if inner is not None:
            answer = inner._send(replace(call, owner=""))
            self.settle()
            return answer
        socket = self._socket
        if socket is None:
            raise Impossible("The page is not connected: call reconnect() first.")
        self._take()
        self._sent += 1
        rev = self.page.rev if seen_rev is None else seen_rev
        frame = wire.event(call.name, call.params, self._sent, rev, call.target)
        with logged_errors() as logged:
            self._run(socket.ask(frame, self._sent))
        reply = self._take()
        if reply is None:
            raise OutOfStep(f"Event {self._sent} was not answered: {socket.last}")
        if self._typed:
            self._elements().settle()
        self._verify()
        if reply.code:
            cause = logged[0] if logged else None
            raise EventFailed(reply.code, reply.text or (str(cause) if cause else "")) from cause
        return reply

    def _take(self) -> Reply | None:
        """Do what all frames say that have arrived, and return the last answer."""
        self._engine.work_off()
        last, was_stale = None, False
        while self._socket is not None and self._socket.frames:
            frame = self._socket.frames.pop(0)
            if not hand_over(self._stand_ins, frame):
                last = self.page.take(frame) or last
            if self.page.is_stale and not was_stale:
                self._run(self._socket.ask_root(self.page.rev))
            was_stale = self.page.is_stale
            if not self._socket.frames and self.page.is_ready:
                self.nests.look(self.page.html)
        return last

    def _verify(self) -> None:
        is_shown = self._page is not None and self._page.is_ready
        if not (self.verify and is_shown) or self.view_class.temporary_assigns:
            return
        session = self.live_session
        check_keys(self.page.html)
        if not session.is_idle:
            self._run(caught_up(session))
            self._take()
        # Such work may end, and its result be shown, while this looks at the view.
        is_busy = session.background.pending
        before = steadiness.marks_of(session.view)
        shown, fresh = self.page.html, self._fresh()
        while not (is_same := steadiness.is_same(shown, fresh)):
            # Background work may have changed the view in a turn whose frame is still on its way.
            is_busy = is_busy or session.background.pending
            self._run(caught_up(session))
            self._take()
            if self.page.html == shown:
                break
            before = steadiness.marks_of(session.view)
            shown, fresh = self.page.html, self._fresh()
        if session.background.pending:
            return
        changed = "" if is_busy else steadiness.mutation(before, steadiness.marks_of(session.view))
        if changed:
            raise OutOfStep(changed)
        if not is_same:
            raise OutOfStep(steadiness.difference(shown, fresh))

    def _fresh(self) -> str:
        """Render as :meth:`render` does, without queries that a test would count as the view's."""
        opened = connections.all(initialized_only=True)
        counted = [connection.force_debug_cursor for connection in opened]
        for connection in opened:
            connection.force_debug_cursor = False
        try:
            return self.render()
        finally:
            for connection, was_counted in zip(opened, counted, strict=True):
                connection.force_debug_cursor = was_counted

    def _connect(self) -> None:
        page = self.page
        self._socket = socket = Connection(self._scope())
        uri = self._uri if page.heard.patches and not self._is_nested else ""
        frame = wire.join(self._token, *page.shape, page.rev, page.ref, uri)
        self._run(socket.join(frame))
        self._take()
        if page.heard.reloads:
            raise OutOfStep(f"The page has to load again: {page.heard.reloads[-1]}")
        if not page.is_ready:
            raise OutOfStep(f"The page could not attach: {socket.last}")
        for stand_in in self._stand_ins.values():
            stand_in.on_connection(True)
        self._run(caught_up(self.live_session))
        self._take()

    def _inner(self, token: str, html: str) -> LiveViewTestClient:
        """Return a client for a live view inside of this one; what is said is said to the page."""
        inner = LiveViewTestClient(
            self.view_class,
            self.user,
            path=self.path,
            query=self.query,
            verify=self.verify,
            timeout_s=self.timeout_s,
        )
        inner._session, inner._token, inner._page = self._session, token, Page(html)
        inner.page.heard = self.heard.shared()
        inner._is_nested = True
        try:
            inner._connect()
        except OutOfStep:
            if not inner.heard.reloads:
                raise
            inner.drop()  # it could not be mounted, and the page lives on without it
        else:
            inner.view_class = type(inner.view)
        return inner

    def _until(self, condition: Callable[[], bool]) -> None:
        """Take frames until ``condition`` holds."""
        deadline = time.monotonic() + self.timeout_s
        while not condition():
            socket = self._socket
            if socket is None:
                raise Impossible("The page is not connected: call reconnect() first.")
            if time.monotonic() > deadline:
                raise TimeoutError(f"What was waited for never came: {socket.last}")
            self._run(socket.arrival())
            self._take()

    def _hands(self) -> Hands:
        return Hands(
            view=lambda: self.view,
            post=self._post,
            until=self._until,
            work_off=self._work_off,
            elements=self._elements,
            insides=self._insides,
            held=self._files,
        )

    def _work_off(self) -> bool:
        """Wait for what extensions have begun, and return whether frames came."""
        socket = self._socket
        if socket is None:
            raise Impossible("The page is not connected: call reconnect() first.")
        self._run(worked_off(self.live_session))
        came = bool(socket.frames)
        self._take()
        return came

    def _post(self, frame: str | bytes) -> None:
        socket = self._socket
        if socket is None:
            raise Impossible("The page is not connected: call reconnect() first.")
        self._engine.loop.call_soon_threadsafe(socket.post, frame)

    def _run(self, coroutine: Any) -> Any:
        return self._engine.run(coroutine, self.timeout_s)

    def _request(self) -> HttpRequest:
        request = RequestFactory(SERVER_NAME=_HOST).get(self.path, self.query)
        store = import_string(f"{settings.SESSION_ENGINE}.SessionStore")
        self._session = store()
        self._session.update(self._session_data)
        request.session = self._session
        request.user = self.user
        request.urlconf = self._urlconf
        storage = import_string(settings.MESSAGE_STORAGE)
        request._messages = storage(request)  # type: ignore[attr-defined]
        return request

    def _scope(self) -> dict[str, Any]:
        return {
            "type": "websocket",
            "path": "/ws/djust/",
            "query_string": b"",
            "headers": [(b"host", _HOST.encode()), (b"origin", f"http://{_HOST}".encode())],
            "scheme": "ws",
            "server": (_HOST, 80),
            "client": ("127.0.0.1", 0),
            "session": self._session,
            "user": self.user,
        }

    def _add_urls(self, kwargs: dict[str, Any]) -> None:
        """Let the path of the page lead to the view when the engine mounts it again."""
        self._urlconf = f"djust_testing.urls_{next(_numbers)}"
        module: Any = types.ModuleType(self._urlconf)
        route = path(self.path.lstrip("/"), self.view_class.as_view(), kwargs)
        project = getattr(settings, "ROOT_URLCONF", None)
        module.urlpatterns = [route, *([path("", include(project))] if project else [])]
        sys.modules[self._urlconf] = module


def _nobody() -> Any:
    """Return who is not logged in; None where nobody can log in."""
    if not apps.is_installed("django.contrib.auth"):
        return None
    return import_string("django.contrib.auth.models.AnonymousUser")()
