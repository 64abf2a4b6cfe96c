"""What a mounted view keeps beside its own attributes, out of sight of templates and users."""

from __future__ import annotations

import contextvars
from typing import TYPE_CHECKING, Any, Protocol

from django.middleware.csrf import get_token
from django.utils import timezone, translation
from django.utils.functional import SimpleLazyObject

from djust_live.effects import Effects
from djust_live.tenants.current import scoped

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from django.http import HttpRequest

    from djust_live.answers import Answer
    from djust_live.background_work import BackgroundTasks
    from djust_live.extensions import Extension
    from djust_live.tokens import Step


class Memo:
    """What parts of the page printed, in this render and the one before."""

    __slots__ = ("_before", "_now")

    def __init__(self) -> None:
        self._before: dict[Any, Any] = {}
        self._now: dict[Any, Any] = {}

    def turn(self) -> None:
        """Begin a render: what the last one did not need is gone."""
        self._before, self._now = self._now, {}

    def get(self, key: Any) -> Any:
        """Return what was printed under ``key``, or None."""
        found = self._now.get(key)
        return self._before.get(key) if found is None else found

    def put(self, key: Any, text: Any) -> None:
        """Keep what was printed for the next render."""
        self._now[key] = text


class SessionControl(Protocol):
    """What a view may ask of the session it lives in."""

    background: BackgroundTasks

    @property
    def connected(self) -> bool:
        """Whether a browser is attached now."""
        ...

    def request_render(self) -> None:
        """Show what changed, in a turn of its own."""
        ...

    def call(self, function: Callable[[], Any]) -> None:
        """Call ``function`` in a turn of its own."""
        ...

    def send_custom(self, namespace: str, verb: str, data: Any, *, is_urgent: bool = False) -> None:
        """Send a message of an extension."""
        ...

    def spawn(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        """Run ``coroutine`` on the session's loop."""
        ...

    def join_topic(self, topic: str) -> None:
        """Receive messages of ``topic``."""
        ...

    def leave_topic(self, topic: str) -> None:
        """Receive messages of ``topic`` no more."""
        ...


class ViewRuntime:
    """The engine's side of one mounted view.

    Attributes:
        page_id: Names the page view; part of the token.
        token: What the page carries, signed.
        binding: Browser session and login that the token is bound to.
        given: Attributes that the view had before it was mounted.
        session: Where turns run; None while only a GET has seen the view.
        effects: Collected until the next frame leaves.
        beside: The same of background work, which no handler that fails takes back.
        extensions: By namespace, in the order in which they run.
        is_extended: What extensions give to the template is in the context that was made last.
        undoing: The extensions that take changes back when user code raises.
        topics: What the view subscribed to.
        components_seen: Ids of the components that the render shows.
        nested_seen: Ids of the nested views that the render shows.
        nested_html: What the first page shows in place of elements of nested views.
        steps: From the view of the URL to this one, when it is nested.
        run_async: Runs coroutines from the thread of a render.
        context: Language and time zone of the page; turns run inside it.
        csrf_token: Made once, so that it is the same in every render.
        script_rendered: The template placed the client itself.
        answers: What handlers with ``@cache`` did, the latest last.
        deeds: How often the view did what is no attribute: topics, background work, extensions.
        computed: Memory of ``@computed`` properties: what they depend on, and their value.
        published: What the client bus has, as JSON, by name.
        kept: Messages of Django that the response of the page keeps for the next one.
        uri: Path and query of the page as the browser shows it.
        url_defaults: Values that ``mount`` gave to the attributes of ``url_state``.
        user_key: Primary key of the user as text; empty for anonymous users.
        tenant: The tenant whose page it is; None: of none.
        tenant_key: Tells the tenant from others; empty: none.
        tenant_bound: Key of the tenant that the page was made for; None while it is being made.
        pending: Calls that wait until a browser attaches.
    """

    __slots__ = (
        "answers",
        "beside",
        "binding",
        "components_seen",
        "computed",
        "context",
        "csrf_token",
        "deeds",
        "effects",
        "extensions",
        "given",
        "is_extended",
        "kept",
        "language",
        "memo",
        "nested_html",
        "nested_seen",
        "page_id",
        "pending",
        "published",
        "run_async",
        "script_rendered",
        "session",
        "steps",
        "tenant",
        "tenant_bound",
        "tenant_key",
        "time_zone",
        "title",
        "token",
        "topics",
        "undoing",
        "uri",
        "url_defaults",
        "user_key",
    )

    def __init__(self, request: HttpRequest, page_id: bytes) -> None:
        self.page_id = page_id
        self.token = ""
        self.binding = b""
        user = getattr(request, "user", None)
        self.user_key = str(user.pk) if user is not None and user.is_authenticated else ""
        self.given: dict[str, Any] = {}
        self.session: SessionControl | None = None
        self.kept: tuple[Any, ...] = ()
        self.effects = Effects()
        self.beside = Effects()
        self.memo = Memo()
        self.extensions: dict[str, Extension] = {}
        self.is_extended = False
        self.undoing: tuple[Extension, ...] = ()
        self.topics: dict[str, None] = {}
        self.components_seen: set[str] = set()
        self.nested_seen: set[str] = set()
        self.nested_html: dict[str, str] = {}
        self.steps: tuple[Step, ...] = ()
        self.run_async: Any = None
        self.pending: list[tuple[str, Callable[[], None]]] = []
        self.csrf_token: Any = SimpleLazyObject(lambda: get_token(request))
        self.script_rendered = False
        self.title: str | None = None
        self.published: dict[str, bytes] = {}
        self.answers: dict[Any, Answer] = {}
        self.deeds = 0
        self.computed: dict[str, tuple[list[Any], Any]] = {}
        self.uri = request.get_full_path()
        self.url_defaults: dict[str, Any] = {}
        self.tenant: Any = None
        self.tenant_key = ""
        self.tenant_bound: str | None = None
        self.language = translation.get_language()
        self.time_zone = timezone.get_current_timezone_name()
        self.context = locale_context(self.language, self.time_zone)

    def extension_context(self) -> dict[str, Any]:
        """Return what extensions give to the template; asked once a render."""
        self.is_extended = True
        context: dict[str, Any] = {}
        for extension in self.extensions.values():
            context.update(extension.context())
        return context

    def scoped(self, topic: str) -> str:
        """Return the name of a topic inside the view's tenant."""
        return scoped(self.tenant_key, topic)

    def join(self, topic: str) -> None:
        """Receive messages of a topic, given with its prefix."""
        self.deeds += 1
        if topic not in self.topics:
            self.topics[topic] = None
            if self.session is not None:
                self.session.join_topic(topic)

    def leave(self, topic: str) -> None:
        """Receive messages of a topic no more."""
        self.deeds += 1
        if topic in self.topics:
            del self.topics[topic]
            if self.session is not None:
                self.session.leave_topic(topic)


def locale_context(language: str | None, time_zone: str | None) -> contextvars.Context:
    """Return a context in which this language and time zone are active."""
    context = contextvars.Context()
    if language is not None:
        context.run(translation.activate, language)
    else:
        context.run(translation.deactivate_all)
    if time_zone is not None and time_zone != timezone.get_default_timezone_name():
        context.run(timezone.activate, time_zone)
    return context
