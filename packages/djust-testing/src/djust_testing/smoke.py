"""Every live view of a project, rendered and shaken: wrong types, hostile text, many queries."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.http import Http404
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver
from djust_live import LiveView

from djust_testing import hostile, steadiness
from djust_testing.client import EventFailed, LiveViewTestClient
from djust_testing.page import OutOfStep
from djust_testing.reach import Impossible
from djust_testing.targets import Target, targets_of

_FAILED = frozenset({"DJL203", "DJL205"})  # the handler raised, the render raised
_SAMPLES = {"int": 1, "uuid": "00000000-0000-0000-0000-000000000000"}
_LITERALS = re.compile(r"'[^']*'|\b\d+\b")
_RENDERS = 8
_CAPTURE = re.compile(r"<(?:\w+:)?(\w+)>")


@dataclass(frozen=True)
class Problem:
    """What a smoke test found.

    Attributes:
        view: The name of the view.
        kind: ``render``, ``unsteady``, ``queries``, ``repeated query``, ``crash`` or ``echo``.
        text: What happened.
    """

    view: str
    kind: str
    text: str

    def __str__(self) -> str:
        return f"{self.view}: {self.kind}: {self.text}"


def live_views(urlconf: Any = None) -> list[tuple[type[LiveView], dict[str, Any]]]:
    """Return the live views of a URLconf, each with sample values for what its URL captures."""
    found: dict[type[LiveView], dict[str, Any]] = {}
    for view, samples, _ in _routed(get_resolver(urlconf).url_patterns, {}, "/"):
        found.setdefault(view, samples)
    return list(found.items())


def path_to(view: type[LiveView], kwargs: Mapping[str, Any], urlconf: Any = None) -> str:
    """Return the path of a page, with what its URL captures; ``/`` when that cannot be said."""
    for other, _, route in _routed(get_resolver(urlconf).url_patterns, {}, "/"):
        if other is view:
            path = _CAPTURE.sub(lambda capture: str(kwargs.get(capture[1], "")), route)
            return "/" if re.search(r"[\\^$*+?|(]", path) else path
    return "/"


class Smoke:
    """Looks at one view.

    Args:
        view_class: The view.
        kwargs: What its URL would give it.
        user: Who looks.
        path: The path of its page.
        max_queries: Queries that the first page may make.
        max_repeats: How often the same query, but for its values, may be made for one page.
    """

    def __init__(
        self,
        view_class: type[LiveView],
        kwargs: Mapping[str, Any] | None = None,
        *,
        user: Any = None,
        path: str = "/",
        max_queries: int = 50,
        max_repeats: int = 3,
    ) -> None:
        self.view_class = view_class
        self.kwargs = dict(kwargs or {})
        self.user = user
        self.path = path
        self.max_queries = max_queries
        self.max_repeats = max_repeats
        self._page_problems: list[Problem] | None = None
        self._is_refused = False

    def problems(self) -> list[Problem]:
        """Return everything that is wrong: with the page first, then with what it can be sent."""
        found = list(self._mounted_problems())
        if self._is_refused or any(problem.kind == "render" for problem in found):
            return found
        for target in self._targets():
            found += self.target_problems(target)
        return [*found, *self._query_string_problems()]

    def page_problems(self) -> Iterator[Problem]:
        """Render the view and count its queries."""
        captured = CaptureQueriesContext(connections[DEFAULT_DB_ALIAS])
        try:
            with _undone(), captured, self._client(verify=False) as page:
                page.mount(**self.kwargs)
        except OutOfStep as error:
            yield self._problem("unsteady", error)
            return
        except (Http404, PermissionDenied):
            self._is_refused = True
            return
        # User code may raise anything; which view did is what the reader wants to know.
        except Exception as error:  # noqa: BLE001
            yield self._problem("render", repr(error))
            return
        yield from self._query_problems([query["sql"] for query in captured.captured_queries])
        try:
            with _undone(), self._client() as page:
                page.mount(**self.kwargs)
                change = steadiness.change_of(page, _RENDERS) if page.has_page else ""
        except OutOfStep as error:
            yield self._problem("unsteady", error)
            return
        if change:
            yield self._problem("unsteady", change)

    def target_problems(self, target: Target) -> Iterator[Problem]:
        """Call a handler as an honest visitor does, then as a stranger does."""
        found = list(self._usual_problems(target))
        told = {problem.kind for problem in found}
        for params in target.attempts():
            problem = self._shake(target, params)
            if problem is not None and problem.kind not in told:
                told.add(problem.kind)
                found.append(problem)
        yield from found

    def _targets(self) -> list[Target]:
        """Return what the page can be sent: by the view, its components and nested views."""
        with _undone(), self._client(verify=False) as page:
            page.mount(**self.kwargs)
            return list(targets_of(page)) if page.has_page else []

    def _usual_problems(self, target: Target) -> Iterator[Problem]:
        shown = target.shown(target.usual)
        captured = CaptureQueriesContext(connections[DEFAULT_DB_ALIAS])
        try:
            with _undone(), self._client() as page:
                page.mount(**self.kwargs)
                with captured:
                    target.call(page, target.usual)
        except (EventFailed, Impossible):
            return  # what failed is told by the attempts
        except OutOfStep as error:
            if not any(problem.kind == "unsteady" for problem in self._mounted_problems()):
                yield self._problem("unsteady", f"after {shown}: {error}")
            return
        statements = [query["sql"] for query in captured.captured_queries]
        yield from self._query_problems(statements, f" after {shown}")

    def _mounted_problems(self) -> list[Problem]:
        """Return what is wrong before anything was called."""
        if self._page_problems is None:
            self._page_problems = list(self.page_problems())
        return self._page_problems

    def _shake(self, target: Target, params: dict[str, Any]) -> Problem | None:
        shown = target.shown(params)
        with _undone(), self._client(verify=False) as page:
            page.mount(**self.kwargs)
            if page.response is None or page.response.status_code != 200:
                return None
            try:
                target.call(page, params)
            except EventFailed as failure:
                # A refusal is the right answer to such values; an exception in user code is not.
                if failure.code in _FAILED:
                    return self._problem("crash", f"{shown} raised {_cause(failure)}")
                return None
            except Impossible:
                return None  # the handler sent the visitor away
            place = hostile.echo(page.html)
            if place:
                return self._problem("echo", f"{shown} comes back {place}")
        return None

    def _query_string_problems(self) -> Iterator[Problem]:
        """Load the page with hostile text for each name that ``mount`` may read of the query."""
        mount = self.view_class.mount
        if "GET" not in getattr(getattr(mount, "__code__", None), "co_names", ()):
            return
        told = set()
        for name in hostile.names_read_by(mount):
            for text in hostile.ADDRESS_TEXTS:
                problem = self._load({name: text})
                if problem is not None and (name, problem.kind) not in told:
                    told.add((name, problem.kind))
                    yield problem

    def _load(self, query: dict[str, str]) -> Problem | None:
        shown = ", ".join(f"?{name}={text!r:.60}" for name, text in query.items())
        client = LiveViewTestClient(
            self.view_class, self.user, path=self.path, query=query, verify=False
        )
        try:
            with _undone(), client as page:
                page.mount(**self.kwargs)
                place = hostile.echo(page.html) if page.has_page else ""
        except (Http404, PermissionDenied, SuspiciousOperation):
            return None  # a refusal
        # User code may raise anything.
        except Exception as error:  # noqa: BLE001
            return self._problem("crash", f"{shown} raised {error!r}")
        return self._problem("echo", f"{shown} comes back {place}") if place else None

    def _query_problems(self, statements: list[str], when: str = "") -> Iterator[Problem]:
        if len(statements) > self.max_queries:
            text = f"{len(statements)}, not {self.max_queries} or fewer{when}"
            yield self._problem("queries", text)
        shapes = Counter(_LITERALS.sub("?", one) for one in statements if one.startswith("SELECT"))
        for shape, number in shapes.items():
            if number > self.max_repeats:
                yield self._problem("repeated query", f"{number} times{when} {shape}")

    def _client(self, *, verify: bool = True) -> LiveViewTestClient:
        return LiveViewTestClient(self.view_class, self.user, path=self.path, verify=verify)

    def _problem(self, kind: str, text: object) -> Problem:
        return Problem(self.view_class.__qualname__, kind, str(text))


class LiveViewSmokeTest:
    """Finds every live view of the URLconf, renders it, counts queries, fuzzes every handler.

    Derive a test case from it and from ``django.test.TestCase``; what handlers write is undone.

    Attributes:
        max_queries: Queries that a first page may make.
        max_repeats: How often one query, but for its values, may be made for one page.
        skip_views: Views to leave out.
        url_kwargs: What a URL captures, by view; sample values otherwise.

    Example:
        >>> class Smoke(LiveViewSmokeTest, TestCase):
        ...     max_queries = 20
    """

    max_queries: ClassVar[int] = 50
    max_repeats: ClassVar[int] = 3
    skip_views: ClassVar[tuple[type[LiveView], ...]] = ()
    url_kwargs: ClassVar[Mapping[type[LiveView], Mapping[str, Any]]] = {}

    def smoke_user(self) -> Any:
        """Return who looks at the views; nobody by default."""
        return None

    def test_live_views(self) -> None:
        """No view crashes, and none shows what it was sent as HTML."""
        views = [one for one in live_views() if one[0] not in self.skip_views]
        if not views:
            raise AssertionError("No URL leads to a live view.")
        user = self.smoke_user()
        found = [
            problem
            for view, samples in views
            for problem in Smoke(
                view,
                self.url_kwargs.get(view, samples),
                user=user,
                path=path_to(view, self.url_kwargs.get(view, samples)),
                max_queries=self.max_queries,
                max_repeats=self.max_repeats,
            ).problems()
        ]
        if found:
            raise AssertionError("\n".join(str(problem) for problem in found))


@contextmanager
def _undone() -> Iterator[None]:
    """Undo what is written inside, also after a database error."""
    connection = connections[DEFAULT_DB_ALIAS]
    if not connection.in_atomic_block:
        yield  # there is no transaction of a test case to go back in
        return
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _cause(failure: EventFailed) -> str:
    return repr(failure.__cause__) if failure.__cause__ is not None else str(failure)


def _routed(
    patterns: list[Any], captured: dict[str, Any], prefix: str
) -> Iterator[tuple[type[LiveView], dict[str, Any], str]]:
    for pattern in patterns:
        converters = getattr(pattern.pattern, "converters", {})
        samples = captured | {
            name: _SAMPLES.get(type(one).__name__.removesuffix("Converter").lower(), "sample")
            for name, one in converters.items()
        }
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _routed(pattern.url_patterns, samples, route)
        elif isinstance(pattern, URLPattern):
            view = getattr(pattern.callback, "view_class", None)
            if isinstance(view, type) and issubclass(view, LiveView):
                yield view, samples | dict(pattern.default_args or {}), route
