"""How often handlers with ``@rate_limit`` may be called, per user."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from djust_live.errors import RateLimited

if TYPE_CHECKING:
    from djust_live.events import Handler

_MAX_BUCKETS = 50_000


class RateLimiter:
    """Buckets of tokens by key; the least used leave when there are too many.

    Args:
        clock: Seconds, monotonic.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: OrderedDict[Any, tuple[float, float]] = OrderedDict()

    def wait_s(self, key: Any, rate: float, burst: int) -> float:
        """Count one call and return 0, or return how long to wait and count nothing."""
        now = self._clock()
        with self._lock:
            level, then = self._buckets.get(key, (float(burst), now))
            level = min(float(burst), level + (now - then) * rate)
            allowed = level >= 1.0
            self._buckets[key] = (level - 1.0 if allowed else level, now)
            self._buckets.move_to_end(key)
            if len(self._buckets) > _MAX_BUCKETS:
                self._buckets.popitem(last=False)
        return 0.0 if allowed else (1.0 - level) / rate


limiter = RateLimiter()


def check(view: Any, handler: Handler, owner: Any) -> None:
    """Count one call of ``handler`` by the view's user.

    Args:
        view: Whose user it is.
        handler: What is called.
        owner: The view, or the component that has the handler; all of a class count together.

    Raises:
        RateLimited: It came too early (``DJL206``); says when to try again.
    """
    if handler.marks.rate is None:
        return
    rate, burst = handler.marks.rate
    key = (type(owner).__module__, type(owner).__qualname__, handler.name, _caller(view))
    wait_s = limiter.wait_s(key, rate, burst)
    if wait_s:
        raise RateLimited(f"{handler.name} was called too often.", round(wait_s, 3))


def _caller(view: Any) -> Any:
    """Name the user over all their pages: the login, else the browser session, else the page."""
    user = getattr(view.request, "user", None)
    if user is not None and user.is_authenticated:
        return ("user", user.pk)
    session = getattr(view.request, "session", None)
    key = getattr(session, "session_key", None)
    return ("session", key) if key else ("page", view._djust.page_id)
