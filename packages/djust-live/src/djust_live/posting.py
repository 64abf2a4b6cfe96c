"""Plain POSTs, as browsers without scripts send them: for the form of a view, or of a component."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase

from djust_live import limits, mounting
from djust_live.component import LiveComponent, component_at
from djust_live.errors import (
    BadParameter,
    EventForbidden,
    RateLimited,
    UnknownEvent,
    UnknownTarget,
)
from djust_live.events import WHOSE_FORM, pick
from djust_live.live_rendering import renderer_for

if TYPE_CHECKING:
    from djust_live.live_view import LiveView


@runtime_checkable
class TakesPost(Protocol):
    """A view or a component with a form."""

    def take_post(self) -> None:
        """Take what was posted; the page is rendered afterwards."""
        ...

    def forget_post(self) -> None:
        """Let go what ends with the request."""
        ...


def respond(view: LiveView, request: HttpRequest) -> HttpResponseBase:
    """Mount ``view``, let it or its component take the POST, and return the page or a redirect."""
    target = request.POST.get(WHOSE_FORM, "")
    if not target and not isinstance(view, TakesPost):
        refusal = view.http_method_not_allowed(request)
        others = [name for name in refusal["Allow"].split(", ") if name != "POST"]
        refusal["Allow"] = ", ".join(others)
        return refusal
    takers: list[TakesPost] = []

    def take() -> HttpResponse | None:
        taker = _component(view, target) if target else view
        if not isinstance(taker, TakesPost):
            raise Http404(f"No form of the page is that of {target[:80]!r}.")
        takers.append(taker)
        return _taken(taker)

    try:
        return mounting.respond(view, request, take)
    finally:
        for taker in takers:
            taker.forget_post()


def submit(owner: Any, name: str, fields: dict[str, Any]) -> None:
    """Call a handler of a view or a component with what was posted, as an event would.

    Raises:
        LiveError: It may not be called so.
    """
    is_component = isinstance(owner, LiveComponent)
    view: LiveView = owner.view if is_component else owner
    handlers = owner._handlers if is_component else type(owner)._djust_class.handlers
    handler = pick(handlers, name, type(owner).__qualname__)
    handler.check_permissions(view)
    limits.check(view, handler, owner)
    args, kwargs = handler.bind(owner, fields)
    mounting.finish(handler.function(owner, *args, **kwargs), view._mounted().run_async)


def _component(view: LiveView, target: str) -> Any:
    """Return a component of the page: one that the page shows, since these alone exist."""
    runtime = view._mounted()
    renderer_for(view).first(view)
    runtime.components_seen.clear()
    for extension in runtime.extensions.values():
        extension.on_discard()
    try:
        return component_at(view, target)
    except UnknownTarget as error:
        raise Http404(str(error)) from error


def _taken(taker: TakesPost) -> HttpResponse | None:
    """Let a form take the POST; refusals are those of HTTP."""
    try:
        taker.take_post()
    except EventForbidden as error:
        raise PermissionDenied(str(error)) from error
    except (BadParameter, UnknownEvent) as error:
        raise BadRequest(str(error)) from error
    except RateLimited as error:
        wait = {"Retry-After": str(math.ceil(error.retry_after_s))}
        return HttpResponse(str(error), status=429, content_type="text/plain", headers=wait)
    return None
