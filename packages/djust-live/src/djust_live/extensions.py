"""The contract for extensions: features that plug into live views without being known to them.

An extension is a class with a namespace. A mixin names it in ``extensions``; the view class
collects what its bases name. Each mounted view gets one object of each extension, which sees the
view and a narrow :class:`Port`, never the transport.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar

from djust_live.errors import DefinitionError, NamespaceConflict, NotAttached

if TYPE_CHECKING:
    from djust_live.live_view import LiveView

__all__ = ["Browser", "Extension", "Port", "StandIn"]

Self = TypeVar("Self", bound="Extension")
Result = TypeVar("Result")

# Words of the core; a namespace must not read like one.
_RESERVED = frozenset(
    {"djust", "view", "auth", "tenant", "join", "event", "resync", "ping", "leave", "reply", "push"}
)


class Port(Protocol):
    """What an extension may ask of the session its view lives in; all of it from any thread."""

    @property
    def connected(self) -> bool:
        """Whether a browser is attached now."""
        ...

    @property
    def page_id(self) -> str:
        """Names this page view; unique, and the same after a reconnect."""
        ...

    @property
    def tenant(self) -> str:
        """Key of the view's tenant, empty without one; topics are the tenant's own anyway."""
        ...

    def send(self, verb: str, data: Any) -> None:
        """Send a message of the extension's namespace to the browser, after the current frame."""
        ...

    def send_now(self, verb: str, data: Any) -> None:
        """Send a message of the extension's namespace at once, also in the middle of a turn."""
        ...

    def request_render(self) -> None:
        """Render the view in a turn of its own and push what changed."""
        ...

    def call(self, function: Callable[[], Any]) -> None:
        """Call ``function`` in a turn of its own, where the view may be changed, and render."""
        ...

    def spawn(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        """Run ``coroutine`` on the session's event loop; it is cancelled when the view ends."""
        ...

    def run(self, function: Callable[[], Result]) -> Awaitable[Result]:
        """Run ``function`` in a thread that may wait for files and networks.

        For coroutines. What it does is neither cancelled nor undone when the view ends.
        """
        ...

    def join(self, topic: str) -> None:
        """Receive messages of ``topic`` in :meth:`Extension.on_info`."""
        ...

    def leave(self, topic: str) -> None:
        """Receive messages of ``topic`` no more."""
        ...

    def broadcast(self, topic: str, verb: str, data: Any) -> None:
        """Send a message to all views of all workers that joined ``topic``."""
        ...


class Browser(Protocol):
    """What a :class:`StandIn` may ask of the test client that it works in."""

    @property
    def view(self) -> LiveView:
        """The view, as it lives on the server."""
        ...

    def send(self, verb: str, data: Any) -> None:
        """Send a message of the extension's namespace."""
        ...

    def send_binary(self, data: bytes) -> None:
        """Send a binary frame of the extension's namespace."""
        ...

    def attribute(self, selector: str, *names: str) -> str:
        """Return the first of these attributes that the only matching element has.

        Raises:
            AssertionError: No element matches, or a visitor cannot use it.
        """
        ...

    def attributes(self, name: str) -> list[str]:
        """Return the values of an attribute, of all elements that have it."""
        ...

    def children(self, selector: str) -> list[str]:
        """Return the elements inside the first element that matches, as HTML."""
        ...

    def split(self, html: str) -> list[str]:
        """Return the elements that a piece of HTML has at its top, each as HTML."""
        ...

    def show(self, selector: str, html: str) -> None:
        """Make ``html`` all that the matching elements hold, now and in later pages.

        Only for elements whose inside the server leaves alone, as it does with ``dj-stream``.
        """
        ...

    def hold(self, selector: str, value: str) -> None:
        """Make matching file inputs hold a file that is called ``value``, or none, from now on."""
        ...

    def settle(self) -> bool:
        """Wait until what the extension has begun is over, and return whether frames came."""
        ...

    def wait(self, condition: Callable[[], bool]) -> None:
        """Take frames until ``condition`` holds.

        Raises:
            TimeoutError: It never does.
        """
        ...


class StandIn:
    """Does in a test client what an extension's module does in a browser.

    Attributes:
        gestures: Names of methods that tests call on the client: what visitors do, and what a test
            may ask of that half of the extension.
        browser: See :class:`Browser`.
    """

    gestures: ClassVar[tuple[str, ...]] = ()

    def __init__(self, browser: Browser) -> None:
        self.browser = browser

    def on_connection(self, is_ready: bool) -> None:
        """Called when events are handled, and when they are no more."""

    def on_message(self, verb: str, data: Any) -> None:
        """Called with a message of the extension's namespace."""

    def on_close(self) -> None:
        """Called when the test is done with the page: undo what other visitors were made to do."""


class Extension:
    """Base of extensions; override the hooks that are needed, the others cost nothing.

    Attributes:
        namespace: Owns wire kinds ``<namespace>:*`` and nothing else.
        module: The static file with its half in the browser, a JavaScript module that the client
            imports before it joins; empty: it has none. A path with ``/src/`` in it stands for the
            built file below ``/dist/`` when there is one and ``DEBUG`` is off.
        stand_in: Dotted path of the :class:`StandIn` that test clients use in place of the module;
            empty: it has none.
        view: The view this object belongs to.
        port: See :class:`Port`.
    """

    namespace: ClassVar[str] = ""
    module: ClassVar[str] = ""
    stand_in: ClassVar[str] = ""

    def __init__(self, view: LiveView, port: Port) -> None:
        self.view = view
        self.port = port

    @classmethod
    def of(cls: type[Self], view: LiveView) -> Self:
        """Return the object of this extension that belongs to ``view``.

        Raises:
            NotAttached: The view has no such extension, or is not being mounted (``DJL504``).
        """
        runtime = view._djust
        found = None if runtime is None else runtime.extensions.get(cls.namespace)
        if runtime is None or not isinstance(found, cls):
            raise NotAttached(f"{type(view).__qualname__} has no {cls.__name__} at this moment.")
        runtime.deeds += 1
        return found

    async def on_mount(self) -> None:
        """Called before the view's ``mount``."""

    async def on_attach(self) -> None:
        """Called when a browser attached, also after a drop."""

    async def on_detach(self) -> None:
        """Called when the browser is gone; it may come back."""

    async def on_event(self, name: str, params: dict[str, Any]) -> bool | None:
        """Called before the handler; True means that the event is done."""
        return None

    async def on_message(self, verb: str, data: Any) -> None:
        """Called with a wire message of this namespace."""

    async def on_binary(self, frame: bytes) -> None:
        """Called with a binary frame of this namespace, without its header."""

    async def on_info(self, verb: str, data: Any) -> bool | None:
        """Called with a message of a topic that was joined; True: nothing that is shown changed."""
        return None

    def on_discard(self) -> None:
        """Called when nobody will see the page that was rendered just now; another one follows."""

    def before_call(self) -> None:
        """Called before user code runs, and before a render; what came before it is settled.

        Only for those that have :meth:`roll_back`. On any thread; must not wait.
        """

    def roll_back(self) -> None:
        """Called when that code, or the render after it, has raised: undo what the code changed."""

    async def after_render(self) -> None:
        """Called after each render; may send, which leaves with the frame."""

    async def on_unmount(self, reason: str) -> None:
        """Called once when the view ends, also after errors."""

    def context(self) -> dict[str, Any]:
        """Return what the template of the view may use."""
        return {}

    def dump_state(self) -> Any:
        """Return plain data that a checkpoint keeps; None keeps nothing."""
        return None

    def load_state(self, data: Any) -> None:
        """Take back what :meth:`dump_state` gave, in a new process perhaps."""


_HOOKS = (
    "on_mount",
    "on_attach",
    "on_detach",
    "on_event",
    "on_message",
    "on_binary",
    "on_info",
    "roll_back",
    "after_render",
    "on_unmount",
    "context",
    "dump_state",
)


def collect(cls: type) -> tuple[type[Extension], ...]:
    """Return the extensions that a view class and its bases name, base class first.

    Raises:
        NamespaceConflict: Two extensions claim one namespace (``DJL502``).
    """
    owners: dict[str, type[Extension]] = {}
    for base in reversed(cls.__mro__):
        for extension in base.__dict__.get("extensions", ()):
            _check(cls, extension)
            owner = owners.setdefault(extension.namespace, extension)
            if owner is not extension:
                raise NamespaceConflict(
                    f"{cls.__qualname__}: {owner.__qualname__} and {extension.__qualname__} "
                    f"both claim the namespace {extension.namespace!r}."
                )
    return tuple(owners.values())


def _check(cls: type, extension: Any) -> None:
    if not (isinstance(extension, type) and issubclass(extension, Extension)):
        raise DefinitionError(f"{cls.__qualname__}.extensions contains {extension!r}.")
    namespace = extension.namespace
    if not namespace or ":" in namespace or namespace in _RESERVED:
        raise DefinitionError(
            f"{extension.__qualname__}: {namespace!r} cannot be a namespace; "
            "use a word of its own without a colon."
        )


def overridden(extension: type[Extension]) -> frozenset[str]:
    """Return the names of the hooks that an extension class really has."""
    return frozenset(
        hook for hook in _HOOKS if getattr(extension, hook) is not getattr(Extension, hook)
    )
