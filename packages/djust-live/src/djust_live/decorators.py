"""The marks that handlers carry.

No decorator here wraps the method: each leaves a mark, and :mod:`djust_live.events` acts on them.
So their order does not matter, and a marked method called from Python is the method itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, overload

Function = TypeVar("Function", bound=Callable[..., Any])

_MARKS = "_djust_marks"


@dataclass(slots=True)
class Marks:
    """What decorators said about one method.

    Attributes:
        is_event: The browser may call it.
        description: For people; shown by tools.
        sources: Where parameters that are models come from: querysets or functions of the view.
        coerce_types: Convert parameters to their annotations.
        debounce_ms: Wait and longest wait, as the client counts.
        throttle_ms: Interval, leading, trailing, as the client counts.
        permissions: All of them are needed.
        rate: Calls a second and burst.
        is_background: The body runs in the background.
        is_action: ``<name>_state`` says how the last call went.
        published: Attributes that the page's client bus receives after each call.
        cache: Seconds for which what a call did may be repeated, and the parameters that matter;
            None: all.
        optimistic: Rules for what the browser shows at once.
    """

    is_event: bool = False
    description: str = ""
    sources: Mapping[str, Any] | None = None
    coerce_types: bool = True
    debounce_ms: tuple[int, int | None] | None = None
    throttle_ms: tuple[int, bool, bool] | None = None
    permissions: tuple[str, ...] = ()
    rate: tuple[float, int] | None = None
    is_background: bool = False
    is_action: bool = False
    published: tuple[str, ...] = ()
    cache: tuple[float, frozenset[str] | None] | None = None
    optimistic: str = ""

    def client_policy(self) -> dict[str, Any]:
        """Return what the client must know: ``debounce`` and ``throttle``, in milliseconds."""
        policy: dict[str, Any] = {}
        if self.debounce_ms is not None:
            policy["debounce"] = self.debounce_ms
        if self.throttle_ms is not None:
            policy["throttle"] = self.throttle_ms
        return policy


def marks_of(function: Any) -> Marks | None:
    """Return the marks of a function or method; None when no decorator left one."""
    marks = getattr(function, _MARKS, None)
    return marks if isinstance(marks, Marks) else None


def _mark(function: Any) -> Marks:
    marks = function.__dict__.get(_MARKS)
    if marks is None:
        marks = Marks()
        setattr(function, _MARKS, marks)
    return marks  # type: ignore[no-any-return]


@overload
def event_handler(function: Function, /) -> Function: ...
@overload
def event_handler(
    *,
    params: Mapping[str, Any] | None = None,
    description: str = "",
    coerce_types: bool = True,
) -> Callable[[Function], Function]: ...
def event_handler(
    function: Any = None,
    /,
    *,
    params: Mapping[str, Any] | None = None,
    description: str = "",
    coerce_types: bool = True,
) -> Any:
    """Let the browser call a method; nothing else can be called.

    Parameters are checked against the signature and converted to its annotations. The method may
    be ``async def``. A returned dict is the reply to the caller.

    Args:
        function: The method, when used without parentheses.
        params: Where parameters that are model instances come from, by name: a queryset, or a
            function that takes the view and returns one.
        description: For people; shown by tools.
        coerce_types: Convert ``"3"`` to ``3`` where the annotation says ``int``, and so on.

    Example:
        >>> class Counter(LiveView):
        ...     @event_handler
        ...     def increment(self, step: int = 1):
        ...         self.count += step
    """

    def decorate(function: Function) -> Function:
        marks = _mark(function)
        marks.is_event = True
        marks.sources = params
        marks.description = description or (function.__doc__ or "").strip().partition("\n")[0]
        marks.coerce_types = coerce_types
        return function

    return decorate if function is None else decorate(function)


def debounce(wait: float = 0.3, max_wait: float | None = None) -> Callable[[Function], Function]:
    """Let the browser send this event only when ``wait`` seconds brought no further one.

    Args:
        wait: Seconds of silence.
        max_wait: Seconds after which it is sent even without silence.
    """

    def decorate(function: Function) -> Function:
        longest = None if max_wait is None else round(max_wait * 1000)
        _mark(function).debounce_ms = (round(wait * 1000), longest)
        return function

    return decorate


def throttle(
    interval: float = 0.1, leading: bool = True, trailing: bool = True
) -> Callable[[Function], Function]:
    """Let the browser send this event at most once in ``interval`` seconds.

    Args:
        interval: Seconds.
        leading: Send the first one at once.
        trailing: Send the last one when the interval ends.
    """

    def decorate(function: Function) -> Function:
        _mark(function).throttle_ms = (round(interval * 1000), leading, trailing)
        return function

    return decorate


def cache(
    ttl: float = 60, key_params: Iterable[str] | None = None
) -> Callable[[Function], Function]:
    """Answer a repeat without running the handler, when it would start from the same state.

    What a call did to the attributes, and what it returned, is kept for the page. The next call
    with the same parameters, while *all* attributes are what they were before that call, leads to
    the same attributes; the page is rendered from them as ever. So a page is never wrong, but what
    the handler reads elsewhere, as in the database, is up to ``ttl`` seconds old. A handler that
    does more than change attributes, such as push an event, runs each time; so does every handler
    of a view with attributes that are no data (querysets are none; lists of model instances are).

    Args:
        ttl: Seconds for which an answer is good.
        key_params: Names of the parameters that matter; None: all.

    Example:
        >>> @cache(ttl=300)
        ... @event_handler
        ... def search(self, value: str = ""):
        ...     self.found = list(Book.objects.filter(title__icontains=value)[:20])
    """
    if ttl <= 0:
        raise ValueError("cache needs a ttl above 0.")
    if isinstance(key_params, str):
        raise ValueError("cache needs a list of names as key_params.")
    names = None if key_params is None else frozenset(key_params)

    def decorate(function: Function) -> Function:
        _mark(function).cache = (float(ttl), names)
        return function

    return decorate


@overload
def optimistic(function: Function, /) -> Function: ...
@overload
def optimistic(rules: str = "", /) -> Callable[[Function], Function]: ...
def optimistic(rules: Any = "", /) -> Any:
    """Let the browser show at once what this handler will most likely do, and undo it if not.

    Args:
        rules: As in ``dj-optimistic``, for each element that calls the handler and has no rules of
            its own. Without them the elements say it.

    Example:
        >>> @optimistic("toggle class done on closest li")
        ... @event_handler
        ... def toggle(self, pk: int): ...
    """
    text = rules if isinstance(rules, str) else ""

    def decorate(function: Function) -> Function:
        _mark(function).optimistic = text
        return function

    return decorate if isinstance(rules, str) else decorate(rules)


def permission_required(permissions: str | Iterable[str]) -> Callable[[Function], Function]:
    """Refuse the event unless the user has the permission, or all of several."""
    names = (permissions,) if isinstance(permissions, str) else tuple(permissions)

    def decorate(function: Function) -> Function:
        marks = _mark(function)
        marks.permissions = (*marks.permissions, *names)
        return function

    return decorate


def rate_limit(rate: float, burst: int) -> Callable[[Function], Function]:
    """Refuse calls beyond ``rate`` a second per user; the reply says when to try again.

    Args:
        rate: Calls a second in the long run.
        burst: Calls that may come at once.
    """
    if rate <= 0 or burst < 1:
        raise ValueError("rate_limit needs a rate above 0 and a burst of at least 1.")

    def decorate(function: Function) -> Function:
        _mark(function).rate = (float(rate), int(burst))
        return function

    return decorate


def client_state(keys: Iterable[str]) -> Callable[[Function], Function]:
    """Publish attributes on the page's client bus, for other views and for hooks.

    Args:
        keys: Names of public attributes; after each call those that changed are published.
    """
    names = (keys,) if isinstance(keys, str) else tuple(keys)
    if any(name.startswith("_") for name in names):
        raise ValueError("client_state publishes public attributes only.")

    def decorate(function: Function) -> Function:
        marks = _mark(function)
        marks.published = (*marks.published, *names)
        return function

    return decorate


@dataclass(frozen=True, slots=True)
class ActionState:
    """How the last call of an ``@action`` went.

    Attributes:
        pending: It runs in the background.
        error: The text of what it raised; empty when it did not.
        result: What it returned.
    """

    pending: bool = False
    error: str = ""
    result: Any = None


@overload
def action(function: Function, /) -> Function: ...
@overload
def action() -> Callable[[Function], Function]: ...
def action(function: Any = None, /) -> Any:
    """Keep ``self.<name>_state``, an :class:`ActionState`: pending, error and result of a handler.

    An error that the handler raises is shown there, so the template can say it.
    """

    def decorate(function: Function) -> Function:
        _mark(function).is_action = True
        return function

    return decorate if function is None else decorate(function)


@overload
def background(function: Function, /) -> Function: ...
@overload
def background() -> Callable[[Function], Function]: ...
def background(function: Any = None, /) -> Any:
    """Run the body of the handler in the background; other events are handled meanwhile.

    What the body assigns to attributes is shown while it runs, at most every 50 ms.
    """

    def decorate(function: Function) -> Function:
        _mark(function).is_background = True
        return function

    return decorate if function is None else decorate(function)
