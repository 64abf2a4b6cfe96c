"""From a request to a mounted view with its first page; once per page view."""

from __future__ import annotations

import asyncio
import contextvars
import copy
import inspect
import logging
import threading
import time
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from urllib.parse import urlsplit

from asgiref.sync import async_to_sync
from django.conf import settings
from django.core.exceptions import DisallowedRedirect
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.utils.cache import add_never_cache_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.module_loading import import_string

from djust_live import (
    carrying,
    debug_panel,
    enclosure,
    keeping,
    navigation,
    page,
    page_messages,
    tokens,
)
from djust_live.adoption import Mounted, waiting_room
from djust_live.auth import check_object, check_view_auth, login_redirect
from djust_live.config import config
from djust_live.errors import ForeignTenant
from djust_live.live_rendering import renderer_for
from djust_live.ports import ViewPort
from djust_live.runtime import ViewRuntime
from djust_live.tenants.current import activated, current_tenant

if TYPE_CHECKING:
    from djust_live.live_view import LiveView

logger = logging.getLogger(__name__)

Result = TypeVar("Result")


class RunAsync(Protocol):
    """Runs a coroutine to its end from a thread that has no event loop."""

    def __call__(self, coroutine: Coroutine[Any, Any, Result]) -> Result:
        """Return what the coroutine returns."""
        ...


# What makes a view: a mount, or a restore from a checkpoint. Returns the renderer and the text of
# the page, or the response to send instead.
Make = Callable[["LiveView", HttpRequest, RunAsync], Any]


def run_here(coroutine: Coroutine[Any, Any, Result]) -> Result:
    """Run a coroutine from a request: on the server's loop under ASGI, on a new one under WSGI."""

    async def wait() -> Result:
        return await coroutine

    return async_to_sync(wait)()


def run_on(loop: asyncio.AbstractEventLoop) -> RunAsync:
    """Return a runner that uses the event loop of the sockets."""

    def run(coroutine: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(coroutine, loop).result()

    return run


def respond(
    view: LiveView, request: HttpRequest, posted: Callable[[], Any] | None = None
) -> HttpResponseBase:
    """Mount ``view`` and return its page, or hand it to the socket that asked for it.

    Args:
        view: Not mounted yet.
        request: Its request.
        posted: Takes what was posted, before the page is made.
    """
    attach: SocketMount | NestedMount | None = getattr(request, "_djust_mount", None)
    if attach is not None:
        return attach.mount(view, request)
    if enclosure.is_visit_from_elsewhere(request):
        return enclosure.decline()
    with activated(current_tenant()):  # what the view activates ends with the request
        return _page(view, request, posted)


def _page(
    view: LiveView, request: HttpRequest, posted: Callable[[], Any] | None
) -> HttpResponseBase:
    begin(view, request, tokens.new_page_id())
    answer = mount(view, request, run_here, posted)
    if isinstance(answer, HttpResponseBase):
        return enclosure.visited(request, answer)
    renderer, html = answer
    if enclosure.is_visit(request) and carrying.spare(request):
        # The browser may find that it must load the page, and then nobody would have seen them.
        unmount(view, "unused", run_here)
        return enclosure.decline()
    text = page.complete(page.filled(html, view), view, request)
    response = HttpResponse(text)
    # A page from a cache would attach to the state that another page view has by now.
    add_never_cache_headers(response)
    response.headers["Cache-Control"] = "no-store, private"
    if request.method == "GET" or posted is not None:
        await_socket(Mounted(view, renderer, len(html)))
    else:
        unmount(view, "unused", run_here)
    return response


class SocketMount:
    """Stands in a request that a socket makes for itself, to mount a view without a page.

    The request goes through the view function of its URL, so decorators and mixins around the view
    are asked again.

    Attributes:
        mounted: Set when the view function came as far as the view.
    """

    def __init__(
        self,
        token: tokens.MountToken,
        text: str,
        run_async: RunAsync,
        make: Make | None = None,
    ) -> None:
        self._token = token
        self._steps = list(token.steps)
        self._text = text
        self._run_async = run_async
        self._make = make or mount
        self.mounted: Mounted | None = None

    def mount(self, view: LiveView, request: HttpRequest) -> HttpResponseBase:
        """Mount the view unless it is another one than the page's."""
        if self._steps:
            return self._go_in(view, request, self._steps.pop(0))
        if type(view)._djust_class.label != self._token.view:
            return HttpResponse(status=404)
        runtime = begin(view, request, self._token.page_id)
        runtime.token = self._text
        runtime.steps = self._token.steps
        runtime.binding = self._token.session + self._token.auth
        runtime.tenant_bound = self._token.tenant
        answer = self._make(view, request, self._run_async)
        if isinstance(answer, HttpResponseBase):
            return answer
        renderer, html = answer
        self.mounted = Mounted(view, renderer, len(html))
        return HttpResponse()

    def _go_in(self, view: LiveView, request: HttpRequest, step: tokens.Step) -> HttpResponseBase:
        """Ask an outer view for admission, then go on to the one that is nested in it."""
        if type(view)._djust_class.label != step.outer:
            return HttpResponse(status=404)
        begin(view, request, tokens.new_page_id())
        answer = admit(view, request, self._run_async)
        if answer is not None:
            return answer
        return enter_nested(request, import_string(step.view), step.kwargs, self)


class NestedMount:
    """Stands in the request of a nested view while the page around it is made.

    Attributes:
        steps: The way to the view.
        mounted: Set when all between here and the view let it be mounted.
        html: What its template made.
    """

    def __init__(self, steps: tuple[tokens.Step, ...], run_async: RunAsync) -> None:
        self.steps = steps
        self._run_async = run_async
        self.mounted: Mounted | None = None
        self.html = ""

    def mount(self, view: LiveView, request: HttpRequest) -> HttpResponseBase:
        """Mount the view."""
        runtime = begin(view, request, tokens.new_page_id())
        runtime.steps = self.steps
        answer = mount(view, request, self._run_async)
        if isinstance(answer, HttpResponseBase):
            return answer
        renderer, html = answer
        self.html = page.filled(html, view)
        self.mounted = Mounted(view, renderer, len(self.html))
        return HttpResponse()


def enter_nested(
    request: HttpRequest,
    view_class: type[LiveView],
    kwargs: dict[str, Any],
    attach: SocketMount | NestedMount,
) -> HttpResponseBase:
    """Call a nested view as a URL would, with mixins and decorators of its class.

    Args:
        request: Of the page; the view has a copy, which is a GET.
        view_class: The nested view.
        kwargs: As from a URL.
        attach: Mounts it.
    """
    inner = copy.copy(request)
    inner.method = "GET"
    inner._djust_mount = attach  # type: ignore[attr-defined]
    with activated(current_tenant()):  # what the view activates is its own
        answer: HttpResponseBase = view_class.as_view()(inner, **kwargs)
    return answer


def begin(view: LiveView, request: HttpRequest, page_id: bytes) -> ViewRuntime:
    """Give a view that is to be mounted its runtime and return that."""
    runtime = ViewRuntime(request, page_id)
    runtime.given = dict(vars(view))
    view._djust = runtime
    if settings.DEBUG:  # for those who look at pages while they develop
        vars(request).setdefault("_djust_views", []).append(view)
    return runtime


def mount(
    view: LiveView,
    request: HttpRequest,
    run_async: RunAsync,
    posted: Callable[[], Any] | None = None,
) -> Any:
    """Run all that comes before the first page.

    Order: login, permissions, ``check_permissions``, tenant, ``on_mount``, extensions, ``mount``,
    object permission, ``handle_params``, what was posted, render.

    Returns:
        The renderer and the text that the template made, or the response to send instead.
    """
    answer = admit(view, request, run_async)
    if answer is not None:
        return answer
    view._mounted().run_async = run_async
    try:
        mount_extensions(view, run_async)
        answer = finish(view.mount(request, **view.kwargs), run_async)
        if isinstance(answer, HttpResponseBase):
            carrying.add(request, view._mounted().effects)
            unmount(view, "redirect", run_async)
            return answer
        check_object(view, request)
        navigation.read_url_state(view, request.GET)
        uri = request.build_absolute_uri()
        finish(view.handle_params(request.GET.dict(), uri), run_async)
        # Who leads elsewhere takes nothing, as in any Django view.
        if posted is not None and navigation.destination(view) is None:
            answer = posted()
            if isinstance(answer, HttpResponseBase):
                unmount(view, "refused", run_async)
                return answer
        url = navigation.destination(view)
        if url is not None:
            carrying.add(request, view._mounted().effects)
            unmount(view, "redirect", run_async)
            return HttpResponseRedirect(url)
        navigation.write_url_state(view)
        renderer = renderer_for(view)
        with carrying.offered(request, view._mounted().effects):
            html = renderer.first(view)
    except BaseException:
        unmount(view, "failed", run_async)
        raise
    reset_temporary(view)
    return renderer, html


def admit(view: LiveView, request: HttpRequest, run_async: RunAsync) -> HttpResponseBase | None:
    """Ask all that comes before the view's own code; return the response of who says no."""
    login_url = check_view_auth(view, request)
    if login_url is not None:
        return login_redirect(view, request, login_url)
    enter_tenant(view, request)
    hooks = [*enclosure.hooks_for(request, view), *view.on_mount]
    for hook in hooks:
        answer = finish(hook(view, request, **view.kwargs), run_async)
        if isinstance(answer, HttpResponseBase):
            return answer
    return None


def enter_tenant(view: LiveView, request: HttpRequest) -> None:
    """Find the tenant of a view that has one, and bind the page to it.

    Raises:
        Http404: There is no tenant, and the view needs one.
        ForeignTenant: The page was made for another tenant (``DJL309``).
    """
    runtime = view._mounted()
    enter = getattr(view, "_enter_tenant", None)
    if enter is not None:
        enter(request)
    if runtime.tenant_bound is None:
        token = token_of(type(view), runtime, request)
        runtime.token = tokens.sign(token)
        runtime.binding = token.session + token.auth
    elif runtime.tenant_bound != runtime.tenant_key:
        raise ForeignTenant("The page was made for another tenant.")


def unmount(view: LiveView, reason: str, run_async: RunAsync, *, is_final: bool = True) -> None:
    """Call what ends with a view; errors there are logged, since nobody waits for them.

    Args:
        view: The view.
        reason: Told to extensions.
        run_async: Runs coroutines.
        is_final: The page is gone for good; else only this object of it is.
    """
    runtime = view._djust
    if runtime is None:
        return
    try:
        if is_final:
            finish(view.unmount(), run_async)
    except Exception:
        logger.exception("%s.unmount raised", type(view).__qualname__)
    for extension in reversed(runtime.extensions.values()):
        try:
            run_async(extension.on_unmount(reason))
        except Exception:
            logger.exception("%s.on_unmount raised", type(extension).__qualname__)
    runtime.extensions = {}


def reset_temporary(view: LiveView) -> None:
    """Give temporary attributes their default back."""
    for name, default in view.temporary_assigns.items():
        setattr(view, name, default.copy() if hasattr(default, "copy") else default)


def checked_url(url: str, request: HttpRequest, external: bool) -> str:
    """Return ``url`` when a redirect may lead there.

    Raises:
        DisallowedRedirect: The scheme is not one of a page, such as ``javascript:``, or the host is
            another one than the request's and ``external`` is false.
    """
    text = str(url)
    hosts = {request.get_host()}
    if external:
        hosts.add(urlsplit(text).netloc)
    if not url_has_allowed_host_and_scheme(text, allowed_hosts=hosts):
        raise DisallowedRedirect(f"A redirect to {text[:200]!r} would leave this site.")
    return text


def mount_extensions(view: LiveView, run_async: RunAsync) -> None:
    """Make the extensions of a view."""
    runtime = view._mounted()
    for extension_class, hooks in debug_panel.active(type(view)._djust_class):
        extension = extension_class(view, ViewPort(view, extension_class.namespace))
        runtime.extensions[extension_class.namespace] = extension
        if "roll_back" in hooks:
            runtime.undoing = (*runtime.undoing, extension)
        if "on_mount" in hooks:
            run_async(extension.on_mount())


def finish(answer: Any, run_async: RunAsync) -> Any:
    """Return what a hook answered, awaited when it is a coroutine."""
    return run_async(answer) if inspect.iscoroutine(answer) else answer


def token_of(
    view_class: type[LiveView], runtime: ViewRuntime, request: HttpRequest
) -> tokens.MountToken:
    """Return the token of a page that shows a view of this class."""
    urlconf = getattr(request, "urlconf", None)
    return tokens.MountToken(
        page_id=runtime.page_id,
        issued_s=int(time.time()),
        view=view_class._djust_class.label,
        session=tokens.session_binding(request),
        auth=tokens.auth_binding(request),
        path=request.get_full_path(),
        language=runtime.language,
        time_zone=runtime.time_zone,
        urlconf=urlconf if isinstance(urlconf, str) else None,
        tenant=runtime.tenant_key,
        steps=runtime.steps,
        live_session=enclosure.name_for(request),
        messages=page_messages.shown_by(request),
    )


def await_socket(mounted: Mounted) -> None:
    """Let a view that a GET has mounted wait for its socket."""
    mounted.epoch = keeping.publish(mounted.view, mounted.renderer)
    gone = waiting_room.put(
        mounted.view._mounted().page_id,
        mounted,
        ttl_s=config.ADOPTION_TTL_S,
        max_views=config.ADOPTION_MAX_VIEWS,
        max_bytes=config.ADOPTION_MAX_BYTES,
    )
    for other in gone:
        unmount(other.view, "unused", run_here)
    _sweeper.wake()


class _Sweeper:
    """Ends views that wait too long when no further GET does it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None

    def wake(self) -> None:
        """Come back once the youngest view's time is over."""
        with self._lock:
            if self._timer is None:
                self._timer = threading.Timer(config.ADOPTION_TTL_S + 1.0, self._sweep)
                self._timer.daemon = True
                self._timer.start()

    def _sweep(self) -> None:
        with self._lock:
            self._timer = None
        for mounted in waiting_room.sweep():
            contextvars.Context().run(unmount, mounted.view, "unused", run_here)
        if len(waiting_room):
            self.wake()


_sweeper = _Sweeper()
