"""What extensions hold of the session that their view lives in."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any, TypeVar

from djust_live.tenants.current import scoped
from djust_live.topics import publish_verb
from djust_live.workers import pools

if TYPE_CHECKING:
    from djust_live.live_view import LiveView
    from djust_live.runtime import ViewRuntime

Result = TypeVar("Result")


def broadcast(namespace: str, topic: str, verb: str, data: Any, tenant: str = "") -> None:
    """Send what a port's ``broadcast`` sends, where there is no view; from any thread.

    Args:
        namespace: Of the extension.
        topic: As it was joined.
        verb: The extension's own word.
        data: Plain data.
        tenant: Key of the tenant whose views are meant; empty: those without one.
    """
    publish_verb(scoped(tenant, f"{namespace}:{topic}"), namespace, verb, data)


class ViewPort:
    """The :class:`~djust_live.extensions.Port` of one extension of one view."""

    __slots__ = ("_namespace", "_view")

    def __init__(self, view: LiveView, namespace: str) -> None:
        self._view = view
        self._namespace = namespace

    @property
    def _runtime(self) -> ViewRuntime:
        return self._view._mounted()

    @property
    def connected(self) -> bool:
        """Whether a browser is attached now."""
        return self._view.connected

    @property
    def page_id(self) -> str:
        """Names this page view."""
        return self._runtime.page_id.hex()

    @property
    def tenant(self) -> str:
        """Key of the view's tenant."""
        return self._runtime.tenant_key

    def send(self, verb: str, data: Any) -> None:
        """Send a message of the namespace; before a browser is there it waits for one."""
        session = self._runtime.session
        if session is None:
            self._later(lambda: self.send(verb, data))
        else:
            session.send_custom(self._namespace, verb, data)

    def send_now(self, verb: str, data: Any) -> None:
        """Send at once; before a browser is there it waits for one."""
        session = self._runtime.session
        if session is None:
            self._later(lambda: self.send_now(verb, data))
        else:
            session.send_custom(self._namespace, verb, data, is_urgent=True)

    def request_render(self) -> None:
        """Render in a turn of its own."""
        session = self._runtime.session
        if session is not None:
            session.request_render()

    def call(self, function: Callable[[], Any]) -> None:
        """Call ``function`` in a turn of its own."""
        session = self._runtime.session
        if session is None:
            self._later(lambda: self.call(function))
        else:
            session.call(function)

    def spawn(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        """Run ``coroutine`` on the session's loop."""
        session = self._runtime.session
        if session is None:
            self._later(lambda: self.spawn(coroutine))
        else:
            session.spawn(coroutine)

    def run(self, function: Callable[[], Result]) -> Awaitable[Result]:
        """Run ``function`` in a thread that may wait."""
        return pools.extensions.run(function, self._runtime.context.copy())

    def join(self, topic: str) -> None:
        """Receive messages of ``topic``."""
        self._runtime.join(self._name(topic))

    def leave(self, topic: str) -> None:
        """Receive messages of ``topic`` no more."""
        self._runtime.leave(self._name(topic))

    def broadcast(self, topic: str, verb: str, data: Any) -> None:
        """Send a message to all views that joined ``topic``."""
        broadcast(self._namespace, topic, verb, data, self.tenant)

    def _name(self, topic: str) -> str:
        # A view's topics have the prefix `view:`; each namespace has its own.
        return self._runtime.scoped(f"{self._namespace}:{topic}")

    def _later(self, call: Callable[[], None]) -> None:
        self._runtime.pending.append(("", call))
