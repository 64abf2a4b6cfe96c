"""Where a session's user code runs: handlers and hooks, and the render after them."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import SynchronousOnlyOperation

from djust_live import limits, model_binding, navigation, turn
from djust_live.answers import Recall
from djust_live.background_work import BackgroundTasks
from djust_live.decorators import ActionState
from djust_live.errors import LiveError
from djust_live.events import Handler
from djust_live.live_rendering import renderer_for
from djust_live.outgoing import Outgoing
from djust_live.turn import Attributes, Outcome
from djust_live.workers import pools

if TYPE_CHECKING:
    from djust_live.live_view import LiveView
    from djust_live.rendering import Renderer

Result = TypeVar("Result")

# A render that takes less may run on the event loop, after handlers that do.
_LIGHT_S = 0.0005


class Stage:
    """Calls into one view and renders it.

    A sync call and the render after it share one hop into a thread; a coroutine runs on the event
    loop.

    Attributes:
        render_wanted: The page is behind the view.
        is_answering: The turn that runs is an event's; its outcome must outlive the process.
        is_light: The page may be rendered on the event loop.
    """

    def __init__(
        self, view: LiveView, renderer: Renderer, out: Outgoing, background: BackgroundTasks
    ) -> None:
        self.render_wanted = False
        self.is_answering = False
        self.is_light = False
        self._may_be_light = True
        self._view = view
        self._renderer = renderer
        self._out = out
        self._background = background
        self._context = view._mounted().context

    def hop(self, function: Callable[[], Result]) -> Awaitable[Result]:
        """Run ``function`` where user code may run."""
        return pools.turns.run(function, self._context)

    async def event(
        self, handler: Handler, params: dict[str, Any], receiver: Any = None
    ) -> Outcome:
        """Call a handler of the view, or of the component ``receiver``, and return the outcome."""
        owner = self._view if receiver is None else receiver
        if handler.is_async and not handler.marks.is_background:
            return await self._event_here(handler, params, owner)
        return await self.hop(lambda: self._event_there(handler, params, owner))

    async def own_event(self, name: str, params: dict[str, Any]) -> Outcome:
        """Handle an event of the client's own: a bound control, another URL."""
        if name == navigation.EVENT:
            if inspect.iscoroutinefunction(self._view.handle_params):
                return await self.each(self._arrive, [(params.get("uri"),)])
            function = partial(navigation.arrive, self._view)
            return await self.each(function, [(params.get("uri"),)])
        function = partial(model_binding.write, self._view)
        given = (params.get("field"), params.get("value"), params.get("chosen"))
        return await self.each(function, [given])

    async def _arrive(self, uri: Any) -> None:
        pending = navigation.arrive(self._view, uri)
        if pending is not None:
            await pending

    async def arrive(self, uri: str) -> LiveError | None:
        """Bring a view that was mounted anew to the address of its page, before anybody sees it."""
        before = turn.attributes_of(self._view)
        try:
            pending = await self.hop(lambda: navigation.arrive(self._view, uri))
            if pending is not None:
                await pending
        except Exception as raised:  # noqa: BLE001 - the edge to user code
            return turn.failed(self._view, before, raised, "handle_params")
        return None

    async def render(self) -> Outcome:
        """Return what changed since the last render."""
        return await self.hop(lambda: self._finish(turn.attributes_of(self._view)))

    async def each(
        self,
        function: Callable[..., Any] | None,
        calls: list[tuple[Any, ...]],
        error: LiveError | None = None,
    ) -> Outcome:
        """Call ``function`` with each tuple of arguments and render once."""
        if function is None or not inspect.iscoroutinefunction(function):
            plain = [] if function is None else [(function, arguments) for arguments in calls]
            return await self.hop(lambda: self._all_there(plain, error))
        view = self._view
        before = turn.attributes_of(view)
        for arguments in calls:
            state = turn.attributes_of(view)
            try:
                await function(*arguments)
            except Exception as raised:  # noqa: BLE001 - the edge to user code
                error = turn.failed(view, state, raised, function.__name__)
        return await self._conclude(before, None, error)

    async def all(self, functions: list[Callable[[], Any]]) -> Outcome:
        """Call plain functions one after the other and render once."""
        return await self.hop(lambda: self._all_there([(each, ()) for each in functions]))

    async def root(self) -> tuple[str, Outcome]:
        """Return the whole root and what is to be said beside it."""
        return await self.hop(self._root)

    def _root(self) -> tuple[str, Outcome]:
        root = self._renderer.rebase(self._view)
        return root.html, turn.collect(self._view, document_title=root.title)

    async def renew(self) -> tuple[Renderer | None, LiveError | None]:
        """Render by the template as it is now; return the new page, or why there is none."""
        return await self.hop(self._renew)

    async def shape(self) -> tuple[int, int]:
        """Return the count and the structure hash of the page."""
        return await self.hop(lambda: (self._renderer.node_count, self._renderer.structure_hash))

    def _renew(self) -> tuple[Renderer | None, LiveError | None]:
        try:
            renderer = renderer_for(self._view)
            renderer.first(self._view)
            renderer.prepare()
        except Exception as raised:  # noqa: BLE001 - the edge to user code
            return None, turn.unrendered(self._view, raised)
        self._renderer = renderer
        return renderer, None

    def _event_there(self, handler: Handler, params: dict[str, Any], owner: Any) -> Outcome:
        view = self._view
        before = turn.attributes_of(view)
        result = error = None
        try:
            args, kwargs = self._admit(handler, params, owner)
            if handler.marks.is_background:
                method = handler.function.__get__(view)
                self._background.start(handler.name, method, args, kwargs)
            else:
                recall = self._recall(handler, owner, args, kwargs)
                if recall is not None and recall.known:
                    result = recall.repeat()
                else:
                    result = handler.function(owner, *args, **kwargs)
                    if recall is not None:
                        recall.keep(result)
        except Exception as raised:  # noqa: BLE001 - the edge to user code
            error = turn.failed(view, before, raised, handler.name)
        self._note(handler, owner, result, error)
        return self._finish(before, result, error)

    async def _event_here(self, handler: Handler, params: dict[str, Any], owner: Any) -> Outcome:
        view = self._view
        before = turn.attributes_of(view)
        result = error = None
        try:
            if handler.touches_database:
                args, kwargs = await self.hop(lambda: self._admit(handler, params, owner))
            else:
                args, kwargs = self._admit(handler, params, owner)
            recall = self._recall(handler, owner, args, kwargs)
            if recall is not None and recall.known:
                result = recall.repeat()
            else:
                result = await handler.function(owner, *args, **kwargs)
                if recall is not None:
                    recall.keep(result)
        except Exception as raised:  # noqa: BLE001 - the edge to user code
            error = turn.failed(view, before, raised, handler.name)
        self._note(handler, owner, result, error)
        return await self._conclude(before, result, error)

    def _recall(
        self, handler: Handler, owner: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Recall | None:
        if handler.marks.cache is None:
            return None
        return Recall(self._view, handler, owner, args, kwargs)

    def _note(self, handler: Handler, owner: Any, result: Any, error: LiveError | None) -> None:
        """Keep what decorators of the handler want to be known of the call."""
        marks, view = handler.marks, self._view
        if marks.is_action:
            text = "" if error is None else str(error.__cause__ or error)
            state = ActionState(marks.is_background and error is None, text, result)
            setattr(owner, f"{handler.name}_state", state)
        if marks.published:
            component = "" if owner is view else owner.id
            places = [(component, name) for name in marks.published]
            view._mounted().effects.published.update(dict.fromkeys(places))

    def _admit(self, handler: Handler, params: dict[str, Any], owner: Any) -> Any:
        """Return the arguments for a call that is allowed."""
        handler.check_permissions(self._view)
        if handler.marks.rate is not None:
            limits.check(self._view, handler, owner)
        return handler.bind(owner, params)

    def _all_there(
        self,
        calls: list[tuple[Callable[..., Any], tuple[Any, ...]]],
        error: LiveError | None = None,
    ) -> Outcome:
        before = turn.attributes_of(self._view)
        for function, arguments in calls:
            name = getattr(function, "__name__", "call")
            _, raised = turn.call(self._view, partial(function, *arguments), name)
            error = raised or error
        return self._finish(before, None, error)

    async def _conclude(self, before: Attributes, result: Any, error: LiveError | None) -> Outcome:
        """Finish a turn of the event loop: here when the page is light, else in a thread.

        A thread costs more than a light render. A render that is slow, or that touches the
        database, goes there from then on.
        """
        if self.is_light and self._out.keeper is None:
            try:
                return self._finish(before, result, error)
            except SynchronousOnlyOperation:
                self.is_light = self._may_be_light = False
        return await self.hop(lambda: self._finish(before, result, error))

    def _finish(
        self, before: Attributes, result: Any = None, error: LiveError | None = None
    ) -> Outcome:
        if self._out.is_congested and result is error is None:
            # The browser is behind: what it is owed grows in the view, not in frames.
            self.render_wanted = True
            outcome = Outcome()
        else:
            self.render_wanted = False
            started = perf_counter()
            outcome = turn.finish(
                self._view, self._renderer, before, result, error, background=self._background
            )
            self.is_light = self._may_be_light and perf_counter() - started < _LIGHT_S
        if self._out.keeper is not None and self.is_answering:
            self._out.keeper.capture(self._view, self._renderer)
        return outcome
