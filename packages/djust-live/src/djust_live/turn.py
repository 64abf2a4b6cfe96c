"""The part of a turn that runs where user code may run: call, roll back on error, render."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec
from django.core.exceptions import PermissionDenied, SynchronousOnlyOperation
from django.http import Http404

from djust_live import carrying, navigation, nested
from djust_live.component import COMPONENTS, components_of, sweep
from djust_live.diagnosis import described
from djust_live.errors import (
    EventForbidden,
    EventNotFound,
    HandlerFailed,
    LiveError,
    RateLimited,
    RenderFailed,
)
from djust_live.fleeting import forget
from djust_live.mounting import reset_temporary
from djust_live.nested import NESTED
from djust_live.protocol import NO_OPS, encode_json

if TYPE_CHECKING:
    from djust_live.background_work import BackgroundTasks
    from djust_live.live_view import LiveView
    from djust_live.rendering import Renderer

logger = logging.getLogger(__name__)

Attributes = dict[str, Any]

# Under this name go the attributes of components; no attribute is called so.
_PARTS = "components of the view"
# The same for what the turn wants besides.
_EFFECTS = "effects of the turn"
_SAID = "messages of Django"

# What leads the browser elsewhere, which a reply that cannot be encoded must not stop.
_MOVES = ("url", "url_next", "url_leave")


@dataclass(slots=True)
class Outcome:
    """What a turn leads to.

    Attributes:
        ops: What changed in the page.
        extra: The frame's last item as JSON; empty when there is nothing of that kind.
        pending: Background work runs.
    """

    ops: bytes = NO_OPS
    extra: bytes = b""
    pending: bool = False


def attributes_of(view: LiveView) -> Attributes:
    """Return what :func:`put_back` needs, before user code runs.

    What was worked out for the call before is forgotten.
    """
    for extension in view._mounted().undoing:
        extension.before_call()
    forget(view)
    before = dict(vars(view))
    before[_EFFECTS] = view._mounted().effects.mark()
    before[_SAID] = carrying.unheard(view.request)
    if COMPONENTS in before:
        parts = before[COMPONENTS].values()
        for one in parts:
            forget(one)
        before[_PARTS] = [(one, one._given, dict(vars(one))) for one in parts]
    return before


def put_back(view: LiveView, before: Attributes) -> None:
    """Give attributes that were rebound, added or deleted since ``before`` their old values.

    What waits for the reply since then is dropped, and the page gets the URL back that it had.
    Extensions undo what they changed for the code that has failed.
    """
    for extension in view._mounted().undoing:
        extension.roll_back()
    now = vars(view)
    for name in [name for name in now if name not in before]:
        del now[name]
    now.update(before)
    carrying.unsay(view.request, now.pop(_SAID))
    mark = now.pop(_EFFECTS)
    navigation.take_back(view, mark.left if mark is not None else 0)
    view._mounted().effects.take_back(mark)
    for component, given, state in now.pop(_PARTS, ()):
        component._given = given
        vars(component).clear()
        vars(component).update(state)


def call(view: LiveView, function: Callable[[], Any], name: str) -> tuple[Any, LiveError | None]:
    """Call user code and return its result, or the error that the browser is told of.

    What it did before it raised is taken back.
    """
    before = attributes_of(view)
    try:
        return function(), None
    except Exception as error:  # noqa: BLE001 - the edge to user code
        return None, failed(view, before, error, name)


def failed(view: LiveView, before: Attributes, error: Exception, name: str) -> LiveError:
    """Put attributes back, log ``error``, and return what the browser is told."""
    put_back(view, before)
    error = _refusal_of(error)
    if isinstance(error, LiveError):
        logger.info("%s.%s refused: %s %s", type(view).__qualname__, name, error.code, error)
        return error
    logger.error("%s.%s raised", type(view).__qualname__, name, exc_info=error)
    wrapped = HandlerFailed(f"{name} raised {type(error).__name__}: {error}")
    wrapped.__cause__ = error
    return wrapped


def _refusal_of(error: Exception) -> Exception:
    """Return what an error of Django means for an event: who refuses has not failed."""
    refusal: LiveError
    if isinstance(error, PermissionDenied):
        refusal = EventForbidden(str(error) or "The handler raised PermissionDenied.")
    elif isinstance(error, Http404):
        refusal = EventNotFound(str(error) or "The handler raised Http404.")
    else:
        return error
    refusal.__cause__ = error
    return refusal


def finish(
    view: LiveView,
    renderer: Renderer,
    before: Attributes,
    result: Any = None,
    error: LiveError | None = None,
    *,
    background: BackgroundTasks,
) -> Outcome:
    """Render ``view`` and collect everything that the frame carries.

    Args:
        view: The view that ran.
        renderer: Its page.
        before: The attributes as they were when the page was last rendered; put back when the
            template fails on the new ones, so that the view is what the page shows.
        result: What the handler returned.
        error: Why it was refused or failed.
        background: What it has begun.
    """
    effects = view._mounted().effects
    if effects.redirect or effects.navigate:
        carrying.pass_on(view)  # before this page uses up what the next one is to show
    try:
        if view.url_state:
            navigation.write_url_state(view)
        view._mounted().components_seen.clear()
        view._mounted().nested_seen.clear()
        ops = renderer.update(view)
        reset_temporary(view)
        if COMPONENTS in vars(view):
            sweep(view)
        if NESTED in vars(view):
            nested.sweep(view)
    except SynchronousOnlyOperation:
        raise  # the template needs a thread; the session gives it one
    except Exception as raised:  # noqa: BLE001 - the edge to user code
        _put_back_unless_left(view, before)
        ops = NO_OPS
        error = unrendered(view, raised)
    return collect(view, ops, result, error, pending=background.pending)


def _put_back_unless_left(view: LiveView, before: Attributes) -> None:
    """Put a view back that its template fails on.

    Code that leads elsewhere has not made the view for being shown, as after the deletion of what
    the page is about: it leads there all the same, with its messages.
    """
    effects = view._mounted().effects
    if not (effects.redirect or effects.navigate):
        put_back(view, before)
        return
    leading = effects.redirect, effects.navigate, effects.flash
    put_back(view, before)
    effects.redirect, effects.navigate, effects.flash = leading


def unrendered(view: LiveView, raised: Exception) -> LiveError:
    """Log that a template failed, and return what the browser is told."""
    logger.error("%s could not be rendered", type(view).__qualname__, exc_info=raised)
    error = RenderFailed(f"The template raised {type(raised).__name__}: {raised}")
    error.__cause__ = raised
    return error


def collect(
    view: LiveView,
    ops: bytes = NO_OPS,
    result: Any = None,
    error: LiveError | None = None,
    *,
    pending: bool = False,
    document_title: str | None = None,
) -> Outcome:
    """Return the outcome of a turn that is over: ops, effects, reply and error.

    The title that the template gives the document counts where no ops bring it, and only if the
    view says none.
    """
    runtime = view._mounted()
    runtime.effects.settle()
    if runtime.beside:
        runtime.effects.absorb(runtime.beside)
    if carrying.unheard(view.request):
        carrying.pass_on(view)
    outcome = Outcome(ops, pending=pending)
    title = view.page_title
    if (
        error is None
        and result is None
        and not pending
        and not runtime.effects
        and title == runtime.title
        and document_title is None
    ):
        return outcome
    extra: dict[str, Any] = {}
    if error is not None:
        extra["error"] = described(error)
        if isinstance(error, RateLimited):
            extra["retry_after"] = error.retry_after_s
    if result is not None:
        extra["reply"] = result
    if pending:
        extra["async_pending"] = True
    _add_effects(view, extra)
    if document_title is not None and title is None:
        extra["title"] = document_title
    outcome.extra = _encode(extra, view) if extra else b""
    return outcome


def _add_effects(view: LiveView, extra: dict[str, Any]) -> None:
    runtime = view._mounted()
    effects = runtime.effects
    if effects.redirect is not None:
        url, is_replacing = effects.redirect
        leaving = [url, carrying.carry(view.request, effects), is_replacing]
        extra["url_leave"] = leaving if is_replacing else leaving[: 2 if leaving[1] else 1]
    if effects.events:
        extra["events"] = effects.take_events()
    if effects.flash_cleared:
        effects.flash_cleared = False
        extra["flash_clear"] = True
    flash = [each.data() for each in effects.take_flash()]
    if effects.navigate is not None:
        extra["url_next"] = (*effects.navigate, flash)
    elif flash:
        extra["flash"] = flash
    effects.redirect = effects.navigate = None
    if effects.published:
        places, effects.published = effects.published, {}
        state = _published(view, places)
        if state:
            extra["state"] = state
    if effects.url is not None:
        extra["url"], effects.url = effects.url, None
    if view.page_title != runtime.title:
        runtime.title = view.page_title
        if view.page_title is not None:
            extra["title"] = str(view.page_title)


def _published(view: LiveView, places: Iterable[tuple[str, str]]) -> dict[str, msgspec.Raw]:
    """Return the values that the client bus does not have yet.

    Args:
        view: The view whose turn is over.
        places: Attributes, each with the id of its component; "" is the view.
    """
    runtime = view._mounted()
    owners = {"": view, **components_of(view)}
    changed = {}
    for component, name in places:
        key = f"{component}.{name}" if component else name
        # A component may be gone with the turn that called it.
        value = encode_json(getattr(owners.get(component), name, None))
        if runtime.published.get(key) != value:
            runtime.published[key] = value
            changed[key] = msgspec.Raw(value)
    return changed


def _encode(extra: dict[str, Any], view: LiveView) -> bytes:
    try:
        return encode_json(extra)
    except (TypeError, ValueError, RecursionError) as raised:
        logger.error(
            "%s: a reply or an event has no JSON form: %s", type(view).__qualname__, raised
        )
        error = HandlerFailed(f"A reply or an event has no JSON form: {raised}")
        kept = {name: extra[name] for name in _MOVES if name in extra}
        return encode_json({"error": described(error), **kept})
