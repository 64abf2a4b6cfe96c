"""The class that users subclass: a Django class-based view whose page stays connected."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django.http import HttpRequest, HttpResponseBase
from django.views import View

from djust_live import component, mounting, navigation, posting
from djust_live.background_work import AsyncResult, current_task
from djust_live.effects import Effects, Flash
from djust_live.errors import DefinitionError, NotAttached
from djust_live.events import Handler, find_handlers
from djust_live.extensions import Extension, collect
from djust_live.registry import ViewClass, register
from djust_live.shadow import NO_VIEW
from djust_live.topics import publish, view_topic

if TYPE_CHECKING:
    from djust_live.runtime import ViewRuntime

FLASH_LEVELS = ("debug", "info", "success", "warning", "error")


class LiveView(View):
    """A page that stays connected to the object that made it.

    ``mount`` runs once for each page view; the template shows the public attributes; methods
    marked with ``@event_handler`` run when the browser says so, and what then changed in the page
    travels back.

    Attributes:
        template_name: Template file, for any configured engine.
        template: Source of the template, instead of a file.
        template_engine: Name of the engine; None asks all in order.
        page_title: When set, the title of the document.
        tick_interval: Milliseconds between calls of ``handle_tick``; None: never.
        temporary_assigns: Attributes that go back to a default after each render.
        extensions: What mixins plug in.
        url_state: Attributes that stand in the query string, with their types; both are kept in
            step, and an attribute that is as ``mount`` left it is not shown.
        on_mount: Callables run before ``mount`` with view and request; may return a response.
        login_required: Lead anonymous users to the login page.
        permission_required: One permission or several that the user needs.
        login_url: Instead of ``settings.LOGIN_URL``.
        state_version: Increase when saved state of older code no longer fits.
        resumable: False: the state never leaves the memory of this process.

    Example:
        >>> class Counter(LiveView):
        ...     template = "<button dj-click='increment'>{{ count }}</button>"
        ...     def mount(self, request, **kwargs):
        ...         self.count = 0
        ...     @event_handler
        ...     def increment(self):
        ...         self.count += 1
    """

    template_name: str | list[str] | None = None
    template: str | None = None
    template_engine: str | None = None
    page_title: str | None = None
    tick_interval: int | None = None
    temporary_assigns: ClassVar[Mapping[str, Any]] = {}
    extensions: ClassVar[tuple[type[Extension], ...]] = ()
    url_state: ClassVar[Mapping[str, Any]] = {}
    on_mount: ClassVar[Iterable[Callable[..., Any]]] = ()
    login_required: bool = False
    permission_required: Any = None
    login_url: str | None = None
    state_version: int = 1
    resumable: bool = True

    _djust: ViewRuntime | None = None
    _djust_class: ClassVar[ViewClass]

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if NO_VIEW in cls.__dict__:
            return
        if inspect.iscoroutinefunction(cls.get_context_data):
            raise DefinitionError(
                f"{cls.__qualname__}.get_context_data is async; a render cannot wait. "
                "Fetch in mount, a handler or assign_async, and keep the result in an attribute."
            )
        if inspect.iscoroutinefunction(cls.handle_component_event):
            raise DefinitionError(
                f"{cls.__qualname__}.handle_component_event is async; a component does not wait."
            )
        cls._djust_class = register(cls, collect(cls), find_handlers(cls), LiveView)

    # Hooks

    def mount(self, request: HttpRequest, **kwargs: Any) -> Any:
        """Set the first state; called once with the URL's keywords. May be ``async def``."""

    def unmount(self) -> Any:
        """Called once when the page is gone for good."""

    def restore(self) -> Any:
        """Called instead of ``mount`` when the attributes came back from a checkpoint.

        Make again what does not travel as data: connections, forms, functions. May be
        ``async def``.
        """

    def migrate_state(self, old: dict[str, Any], version: int) -> dict[str, Any] | None:
        """Return the attributes of a checkpoint as this version of the class has them.

        Called when a checkpoint was written under another ``state_version``.

        Args:
            old: The attributes as they were saved.
            version: The ``state_version`` that saved them.

        Returns:
            None when they are of no use: the view is then mounted again.
        """
        return None

    def handle_params(self, params: Mapping[str, str], uri: str) -> Any:
        """Called after ``mount`` and whenever the URL changes, with the query parameters."""

    def handle_info(self, message: Any) -> Any:
        """Called with each message of a topic that the view subscribed to."""

    def handle_tick(self) -> Any:
        """Called every ``tick_interval`` milliseconds while a browser is attached."""

    def handle_async_result(self, name: str, result: Any = None, error: Any = None) -> Any:
        """Called once for each background task, with its result or its error."""

    def handle_component_event(self, component_id: str, name: str, payload: Any) -> None:
        """Called by ``send_parent`` of a component, in its turn."""

    def check_permissions(self, request: HttpRequest) -> Any:
        """Raise ``PermissionDenied`` or return False to refuse the page."""

    def get_object(self) -> Any:
        """Return the object that :meth:`has_object_permission` judges; None: no check."""
        return None

    def has_object_permission(self, request: HttpRequest, obj: Any) -> bool:
        """Return whether the user may see ``obj``; asked after ``mount``."""
        return True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Return what the template may use: all public attributes and properties, and ``view``."""
        context = ViewContext(self._djust_class.defaults)
        for name in self._djust_class.properties:
            dict.__setitem__(context, name, _Property(self, name))
        reserved = self._djust_class.reserved
        for name, value in vars(self).items():
            if name[0] != "_" and name not in reserved:
                dict.__setitem__(context, name, value)
        dict.__setitem__(context, "view", self)
        if self._djust is not None:
            context.update(self._djust.extension_context())
        context.update(kwargs)
        return context

    # What views may call

    @property
    def connected(self) -> bool:
        """Whether a browser is attached now."""
        runtime = self._djust
        return runtime is not None and runtime.session is not None and runtime.session.connected

    def push_event(self, name: str, payload: Any = None) -> None:
        """Send an event to hooks and listeners in the browser, after the page has changed."""
        self._effects().events.append((name, {} if payload is None else payload))
        self._flush_if_outside()

    def put_flash(self, level: str, text: Any) -> None:
        """Show a short message; before the page is sent it becomes a message of Django.

        Args:
            level: ``debug``, ``info``, ``success``, ``warning`` or ``error``.
            text: The message; shown as text, never as HTML.
        """
        if level not in FLASH_LEVELS:
            raise ValueError(f"{level!r} is no level; use one of {', '.join(FLASH_LEVELS)}.")
        self._effects().flash.append(Flash(level, str(text)))
        self._flush_if_outside()

    def clear_flash(self) -> None:
        """Take away the messages that are shown."""
        effects = self._effects()
        effects.flash.clear()
        effects.flash_cleared = True
        self._flush_if_outside()

    def redirect(self, url: str, *, external: bool = False) -> None:
        """Leave for another page.

        Args:
            url: Of this site, unless ``external`` is true.
            external: The URL is of your own making and may lead to another host.
        """
        effects = self._effects()
        effects.redirect = (mounting.checked_url(url, self.request, external), False)
        effects.navigate = None
        self._flush_if_outside()

    def live_redirect(
        self, path: str, params: Mapping[str, Any] | None = None, replace: bool = False
    ) -> None:
        """Leave for another view, over the same socket inside one ``live_session``.

        Between live sessions, and to pages that are not live, it is a page load. The messages of
        :meth:`put_flash` go along either way. Before the page is sent it is an HTTP redirect.

        Args:
            path: Of this site; relative to the page's URL.
            params: The query parameters, instead of those in ``path``; None values are left out.
            replace: Replace the entry in the browser's history instead of adding one.

        Raises:
            DisallowedRedirect: ``path`` leads to another site.
        """
        url = mounting.checked_url(navigation.address(self, path, params), self.request, False)
        navigation.leave(self, url, replace)
        self._flush_if_outside()

    def live_patch(
        self,
        path: str | None = None,
        params: Mapping[str, Any] | None = None,
        replace: bool = False,
    ) -> Any:
        """Give the page another URL of this view and call :meth:`handle_params`; nothing is loaded.

        Args:
            path: Another URL of the same view; relative to the page's URL, which is the default.
            params: The query parameters, instead of those in ``path``; None values are left out.
            replace: Replace the entry in the browser's history instead of adding one.

        Returns:
            What ``handle_params`` returned: await it when it is ``async def``.

        Raises:
            BadParameter: The URL leads to another view (``DJL202``).
        """
        return navigation.patch(self, path, params, replace)

    def subscribe(self, topic: str) -> None:
        """Receive messages of ``topic`` in :meth:`handle_info`."""
        self._listen(topic, is_on=True)

    def unsubscribe(self, topic: str) -> None:
        """Receive messages of ``topic`` no more."""
        self._listen(topic, is_on=False)

    def start_async(
        self, callback: Callable[..., Any], *args: Any, name: str | None = None, **kwargs: Any
    ) -> None:
        """Run ``callback`` after the current reply has left; other events are handled meanwhile.

        A plain function runs in a thread, an ``async def`` on the event loop. Its result or its
        error goes to :meth:`handle_async_result`. In ``mount`` it waits until a browser attaches.

        Args:
            callback: A method of the view may assign attributes; they are shown while it runs.
            *args: For the callback.
            name: A second start of a name that runs replaces it; the callback's name by default.
            **kwargs: For the callback.

        Raises:
            BackgroundRefused: Too many tasks run for this page (``DJL210``).
        """
        task = name or getattr(callback, "__name__", None) or type(callback).__name__
        self._in_background(task, callback, args, kwargs)

    def cancel_async(self, name: str) -> None:
        """Cancel the background work called ``name``; its result is never applied.

        A coroutine is cancelled, a thread sees :meth:`async_cancelled`. An unknown name does
        nothing.
        """
        runtime = self._mounted()
        runtime.deeds += 1
        if runtime.session is not None:
            runtime.session.background.cancel(name)
        runtime.pending = [entry for entry in runtime.pending if entry[0] != name]

    def async_cancelled(self, name: str) -> bool:
        """Return whether the background work called ``name`` should stop; asked by itself."""
        session = self._mounted().session
        return session is None or session.background.is_cancelled(name)

    def assign_async(self, name: str, callback: Callable[..., Any]) -> None:
        """Fetch the value of an attribute in the background.

        Until then and afterwards ``self.<name>`` is an :class:`AsyncResult`, whose ``loading``,
        ``ok``, ``failed``, ``result`` and ``error`` a template can use.
        """
        old = vars(self).get(name)
        result = old.result if isinstance(old, AsyncResult) else None
        setattr(self, name, AsyncResult(loading=True, result=result))
        self._in_background(name, callback, (), {}, assigns=name)

    def send_update(self, component_id: str, **props: Any) -> None:
        """Call ``update`` of a component with these props.

        Raises:
            UnknownTarget: No such component is on the page (``DJL208``).
        """
        component.update(self, component_id, props)

    def broadcast(self, topic: str, message: Any) -> None:
        """Send ``message`` to all views of all workers that subscribed to ``topic``.

        A view of a tenant reaches views of the same tenant only.
        """
        runtime = self._mounted()
        runtime.deeds += 1
        publish(topic, message, tenant=runtime.tenant)

    # Django

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Mount the view and return its page."""
        return mounting.respond(self, request)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Mount the view, let its form or a component's take the POST, and return the page."""
        return posting.respond(self, request)

    # Inside

    @property
    def scope(self) -> Mapping[str, Any]:
        """The ASGI scope of the request of the mount; empty under WSGI."""
        return getattr(self.request, "scope", None) or {}

    def _mounted(self) -> ViewRuntime:
        runtime = self._djust
        if runtime is None:
            raise NotAttached(f"{type(self).__qualname__} is not mounted yet.")
        return runtime

    def _extensions(self) -> Iterator[Extension]:
        runtime = self._djust
        if runtime is not None:
            yield from runtime.extensions.values()

    def _effects(self) -> Effects:
        """What the caller wants: of the turn that runs, or of background work beside it."""
        runtime = self._mounted()
        return runtime.effects if current_task() is None else runtime.beside

    def _listen(self, topic: str, *, is_on: bool) -> None:
        runtime = self._mounted()
        name = runtime.scoped(view_topic(topic))
        change, undo = (runtime.join, runtime.leave) if is_on else (runtime.leave, runtime.join)
        if current_task() is None and is_on != (name in runtime.topics):
            runtime.effects.done(functools.partial(undo, name))
        change(name)

    def _flush_if_outside(self) -> None:
        """Ask for a frame when this is called by background work rather than in a turn."""
        task = current_task()
        if task is not None:
            task.show_now()

    def _in_background(
        self,
        name: str,
        callback: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        assigns: str = "",
    ) -> None:
        runtime = self._mounted()
        runtime.deeds += 1
        session = runtime.session
        if session is not None:
            session.background.start(name, callback, args, kwargs, assigns)
        else:
            # Before a browser is there nobody would see the result.
            self.cancel_async(name)
            start = functools.partial(self._in_background, name, callback, args, kwargs, assigns)
            runtime.pending.append((name, start))

    @classmethod
    def event_handlers(cls) -> Mapping[str, Handler]:
        """Return what the browser may call, by name."""
        return cls._djust_class.handlers


class _Property:
    """A property in a context: templates call it when, and only when, they print it."""

    __slots__ = ("_name", "_view")

    def __init__(self, view: LiveView, name: str) -> None:
        self._view = view
        self._name = name

    def __call__(self) -> Any:
        return getattr(self._view, self._name)


class ViewContext(dict[str, Any]):
    """A context whose properties are read when they are used.

    Python sees values; a template engine that copies the dict sees callables, and calls them.
    """

    def __getitem__(self, key: str) -> Any:
        value = super().__getitem__(key)
        return value() if type(value) is _Property else value

    def get(self, key: str, default: Any = None) -> Any:
        """Return the value of ``key``."""
        return self[key] if key in self else default

    def items(self) -> Any:
        """Return names and values."""
        return {key: self[key] for key in self}.items()

    def values(self) -> Any:
        """Return the values."""
        return self.evaluated().values()

    def evaluated(self) -> dict[str, Any]:
        """Return a plain dict of values."""
        return {key: self[key] for key in self}


LiveView._djust_class = register(LiveView, (), {}, LiveView)
