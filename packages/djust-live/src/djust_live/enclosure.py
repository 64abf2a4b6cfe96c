"""What pages of one ``live_session`` share: a socket, hooks, a login; and what others must not."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from asgiref.sync import markcoroutinefunction
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.http import HttpResponseRedirect as Redirect
from django.shortcuts import resolve_url
from django.urls import Resolver404, ResolverMatch, resolve

if TYPE_CHECKING:
    from djust_live.live_view import LiveView

Hook = Callable[..., Any]

# Sent by the client that fetches the next page for the socket it has: its live session.
VISIT_HEADER = "X-Djust-Visit"
_VISIT_KEY = VISIT_HEADER.lower().encode()
# Answered to such a request: load this page instead.
LOCATION_HEADER = "X-Djust-Location"


@dataclass(frozen=True)
class Enclosure:
    """A live session.

    Attributes:
        name: Tells it from others.
        on_mount: Run before those of the view.
        login_required: No page of it is for anonymous users.
    """

    name: str
    on_mount: tuple[Hook, ...] = ()
    login_required: bool = False

    def around(self, view: Callable[..., Any]) -> Callable[..., Any]:
        """Return a view function that tells its request where it is."""
        is_live = hasattr(getattr(view, "view_class", None), "_djust_class")
        guards = self.login_required and not is_live  # live views ask by themselves, in their order

        def call(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            request._djust_enclosure = self  # type: ignore[attr-defined]
            if not is_live and is_visit(request):
                return decline()
            if guards and not request.user.is_authenticated:
                return _login(request)
            return visited(request, view(request, *args, **kwargs))

        async def acall(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            request._djust_enclosure = self  # type: ignore[attr-defined]
            if not is_live and is_visit(request):
                return decline()
            if guards and not (await request.auser()).is_authenticated:
                return _login(request)
            return visited(request, await view(request, *args, **kwargs))

        is_async = iscoroutinefunction(view)
        chosen: Any = functools.wraps(view)(acall if is_async else call)
        chosen._djust_enclosure = self
        return markcoroutinefunction(chosen) if is_async else chosen  # type: ignore[no-any-return]


def enclosure_of(request: HttpRequest) -> Enclosure | None:
    """Return the live session of the URL that a request went to."""
    return getattr(request, "_djust_enclosure", None)


def name_for(request: HttpRequest) -> str:
    """Return the name of a request's live session; empty: it has none."""
    found = enclosure_of(request)
    return found.name if found is not None else ""


def hooks_for(request: HttpRequest, view: LiveView) -> Iterable[Hook]:
    """Return what runs before the view's own ``on_mount``; nested views are inside already."""
    found = enclosure_of(request)
    return () if found is None or view._mounted().steps else found.on_mount


def needs_login(request: HttpRequest) -> bool:
    """Return whether the live session of a request is for users who are logged in."""
    found = enclosure_of(request)
    return found is not None and found.login_required


def leads_inside(request: HttpRequest, url: str) -> bool:
    """Return whether the live view under ``url`` shares the socket of a page."""
    name = name_for(request)
    parts = urlsplit(urljoin(request.build_absolute_uri(request.path), url))
    if not name or parts.netloc != request.get_host():
        return False
    prefix = str(request.META.get("SCRIPT_NAME") or "").rstrip("/")
    try:
        match = resolve(parts.path[len(prefix) :], urlconf=getattr(request, "urlconf", None))
    except Resolver404:
        return False
    return _is_inside(match, name)


def _is_inside(match: ResolverMatch, name: str) -> bool:
    found = getattr(match.func, "_djust_enclosure", None)
    is_live = hasattr(getattr(match.func, "view_class", None), "_djust_class")
    return is_live and found is not None and found.name == name


def is_visit(request: HttpRequest) -> bool:
    """Return whether a page is fetched for a socket that another page has."""
    return VISIT_HEADER in request.headers


def is_visit_from_elsewhere(request: HttpRequest) -> bool:
    """Return whether a page is fetched for a socket that it must not share."""
    return is_visit(request) and request.headers[VISIT_HEADER] != name_for(request)


def decline() -> HttpResponse:
    """Return the answer that lets the browser load the page, before anything of it was made."""
    return HttpResponse(status=409)


class Visits:
    """Declines visits of what is no page of their live session, before anything of it is made.

    Such a page would use up messages that nobody sees, since the browser loads it again. A site
    whose middleware chooses another URLconf by request loads more pages than it must.

    Args:
        pages: The ASGI application that serves them.
    """

    def __init__(self, pages: Callable[..., Any]) -> None:
        self._pages = pages

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request."""
        if self._is_astray(scope):
            await send({"type": "http.response.start", "status": 409, "headers": []})
            await send({"type": "http.response.body"})
        else:
            await self._pages(scope, receive, send)

    def _is_astray(self, scope: Any) -> bool:
        for key, value in scope["headers"]:
            if key == _VISIT_KEY:
                path = scope["path"].removeprefix(scope.get("root_path") or "")
                return _is_elsewhere(path, value.decode("latin-1"))
        return False


def _is_elsewhere(path: str, name: str) -> bool:
    try:
        match = resolve(path)
    except Resolver404:
        return False
    return not _is_inside(match, name)


def visited(request: HttpRequest, answer: HttpResponseBase) -> HttpResponseBase:
    """Return the answer of a view that shows no page.

    A redirect that leads out of the live session must not be followed by the fetch: the page there
    would show messages that nobody sees.
    """
    url = answer.headers.get("Location", "")
    if not is_visit(request) or not url or leads_inside(request, url):
        return answer
    out = decline()
    out.headers[LOCATION_HEADER] = url
    return out


def _login(request: HttpRequest) -> HttpResponseBase:
    url = urlsplit(resolve_url(settings.LOGIN_URL))
    query = QueryDict(url.query, mutable=True)
    query[REDIRECT_FIELD_NAME] = request.get_full_path()
    return Redirect(url._replace(query=query.urlencode(safe="/")).geturl())
