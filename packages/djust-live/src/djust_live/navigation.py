"""Moving inside one view: another URL, the same state, ``handle_params``."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from copy import copy
from typing import TYPE_CHECKING, Any, get_origin
from urllib.parse import urlencode, urljoin, urlsplit, urlunsplit

from django.http import Http404, QueryDict
from django.urls import Resolver404, resolve

from djust_live import enclosure
from djust_live.coercion import ConversionError, converter_for
from djust_live.errors import BadParameter, NavigationLoop
from djust_live.shadow import copied

if TYPE_CHECKING:
    from djust_live.live_view import LiveView

# The client's own name of the event.
EVENT = "dj-patch"
# So many URLs in one turn are a view that sends itself on and on.
MAX_PATCHES = 50


def arrive(view: LiveView, uri: Any = None) -> Any:
    """Take the news that the browser shows another URL of the view.

    Returns:
        What ``handle_params`` returned, perhaps a coroutine. When the URL leads to another view,
        the browser is told to load it.

    Raises:
        BadParameter: ``uri`` is not a path of this site (``DJL202``).
    """
    if not isinstance(uri, str) or not uri.startswith("/") or uri[1:2] in ("/", "\\"):
        raise BadParameter(f"{EVENT}: 'uri' expects a path, got {repr(uri)[:80]}.")
    if not (_stays_in_tenant(view, uri) and _leads_here(view, urlsplit(uri).path)):
        leave(view, uri, replace=True)
        return None
    return _go(view, uri)


def patch(view: LiveView, path: str | None, params: Mapping[str, Any] | None, replace: bool) -> Any:
    """Give the page another URL and return what ``handle_params`` returned.

    Raises:
        BadParameter: The URL leads to another view (``DJL202``).
        NavigationLoop: One turn did this too often (``DJL311``).
    """
    wanted = urlsplit(address(view, path or "", params))
    uri = wanted._replace(scheme="", netloc="", fragment="").geturl()
    is_elsewhere = wanted.netloc or not _leads_here(view, wanted.path)
    if is_elsewhere or not _stays_in_tenant(view, uri):
        raise BadParameter(f"live_patch: {path!r} leads to another view; use live_redirect.")
    effects = view._mounted().effects
    if len(effects.left) >= MAX_PATCHES:
        raise NavigationLoop(
            f"One turn of {type(view).__name__} called live_patch more than {MAX_PATCHES} times, "
            f"last for {uri[:200]!r}. Does its handle_params always call it again?"
        )
    effects.left.append(view._mounted().uri)
    # Nobody has seen the address of a page that is not sent yet, nor one that the turn left again.
    is_unseen = view._mounted().session is None
    is_replacing = replace and (effects.url is None or effects.url[1])
    effects.url = (wanted.geturl(), is_unseen or is_replacing)
    return _go(view, uri)


def take_back(view: LiveView, moves: int) -> None:
    """Give the page the URL back that it had before the later moves of a turn.

    Args:
        view: The view whose code has failed.
        moves: How many URLs the turn had replaced by then.
    """
    left = view._mounted().effects.left
    if len(left) > moves:
        return_to(view, left[moves])


def address(view: LiveView, path: str, params: Mapping[str, Any] | None) -> str:
    """Return the URL that ``path`` means on the page, with ``params`` as its query."""
    url = urljoin(view._mounted().uri, path)
    if params is None:
        return url
    given = {name: value for name, value in params.items() if value is not None}
    return urlunsplit(urlsplit(url)._replace(query=urlencode(given, doseq=True)))


def leave(view: LiveView, url: str, replace: bool) -> None:
    """Go to another page: over the same socket inside one live session, else by a page load."""
    effects = view._effects()
    effects.redirect = effects.navigate = None
    if enclosure.leads_inside(view.request, url):
        effects.navigate = (url, replace)
    else:
        effects.redirect = (url, replace)


def destination(view: LiveView) -> str | None:
    """Return where a view leads that has not been shown yet; None: nowhere else."""
    effects = view._mounted().effects
    leading = effects.navigate or effects.redirect
    return None if leading is None else leading[0]


def read_url_state(view: LiveView, query: QueryDict) -> None:
    """Set the attributes that ``url_state`` names from a query string.

    A parameter that is absent gives the attribute the value that ``mount`` gave it; one that does
    not fit its type is treated as absent.
    """
    if not view.url_state:
        return
    runtime = view._mounted()
    for name, kind in view.url_state.items():
        default = runtime.url_defaults.setdefault(name, copied(getattr(view, name, None)))
        value = copied(default)
        if name in query:
            with contextlib.suppress(ConversionError):
                value = _converted(kind, _given(query, name, kind))
        setattr(view, name, value)


def write_url_state(view: LiveView) -> None:
    """Give the page the URL that belongs to the attributes that ``url_state`` names."""
    if not view.url_state:
        return
    runtime = view._mounted()
    effects = runtime.effects
    here = urlsplit(runtime.uri)
    query = QueryDict(here.query, mutable=True)
    for name in view.url_state:
        value = getattr(view, name, None)
        texts = _texts(value, view.url_state[name])
        if not texts or value == runtime.url_defaults.get(name):
            query.pop(name, None)
        elif query.getlist(name) != texts:
            query.setlist(name, texts)
    if query == QueryDict(here.query):
        return
    # Where `live_patch` led in the same turn is corrected rather than left again.
    moved, is_replacing = effects.url or ("", True)
    uri = here._replace(query=query.urlencode())
    effects.left.append(runtime.uri)
    effects.url = (uri._replace(fragment=urlsplit(moved).fragment).geturl(), is_replacing)
    runtime.uri = uri.geturl()
    _show_in_request(view.request, runtime.uri)


def return_to(view: LiveView, uri: str) -> None:
    """Put a view that was made at the page's first address to the one that the page has now."""
    _leads_here(view, urlsplit(uri).path)
    view._mounted().uri = uri
    _show_in_request(view.request, uri)


def _go(view: LiveView, uri: str) -> Any:
    view._mounted().uri = uri
    _show_in_request(view.request, uri)
    query: Any = view.request.GET
    read_url_state(view, query)
    return view.handle_params(query.dict(), view.request.build_absolute_uri(uri))


def _stays_in_tenant(view: LiveView, uri: str) -> bool:
    """Return whether a page under ``uri`` would be of the tenant whose page this is."""
    tenant_of = getattr(view, "_tenant_of", None)
    if tenant_of is None:
        return True
    request = copy(view.request)
    request.META = dict(request.META)
    _show_in_request(request, uri)
    try:
        return bool(tenant_of(request)[0] == view._mounted().tenant_key)
    except Http404:
        return False


def _show_in_request(request: Any, uri: str) -> None:
    """Let who looks at the request see the URL of now."""
    parts = urlsplit(uri)
    request.GET = QueryDict(parts.query)
    request.META["QUERY_STRING"] = parts.query
    request.path = parts.path
    prefix = str(request.META.get("SCRIPT_NAME") or "").rstrip("/")
    is_below = bool(prefix) and parts.path.startswith(prefix)
    request.path_info = parts.path[len(prefix) :] if is_below else parts.path


def _leads_here(view: LiveView, path: str) -> bool:
    prefix = str(view.request.META.get("SCRIPT_NAME") or "").rstrip("/")
    if path == urlsplit(view._mounted().uri).path:
        return True
    urlconf = getattr(view.request, "urlconf", None)
    try:
        match = resolve(path[len(prefix) :] if prefix else path, urlconf)
    except Resolver404:
        return False
    if getattr(match.func, "view_class", None) is not type(view):
        return False
    view.args, view.kwargs = match.args, match.kwargs
    view.request.resolver_match = match
    return True


def _is_several(kind: Any) -> bool:
    return (get_origin(kind) or kind) in (list, tuple, set, frozenset)


def _given(query: QueryDict, name: str, kind: Any) -> Any:
    """Return what a query string says of an attribute: all that it says, when it holds several."""
    values = query.getlist(name)
    if _is_several(kind):
        return [] if values == [""] else values
    return values[-1]


def _converted(kind: Any, value: Any) -> Any:
    convert = converter_for(kind)
    return value if convert is None else convert(value)


def _texts(value: Any, kind: Any) -> list[str]:
    """Return what a query string says of a value; nothing when it can say nothing."""
    if isinstance(value, (set, frozenset)):
        value = sorted(value)
    if isinstance(value, (list, tuple)):
        return [_text(each) for each in value] or [""]
    if value is not None:
        return [_text(value)]
    try:
        return [""] if _converted(kind, "") is None else []
    except ConversionError:
        return []


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(getattr(value, "value", value))
