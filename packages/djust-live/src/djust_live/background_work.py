"""Background work of one session: started after a reply, shown while it runs, cancelled by name."""

from __future__ import annotations

import asyncio
import contextvars
import enum
import inspect
import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from djust_live.config import config
from djust_live.decorators import ActionState
from djust_live.errors import BackgroundFailed, BackgroundRefused, LiveError
from djust_live.homing import run_in
from djust_live.shadow import Shadow, shadow_of
from djust_live.workers import pools

if TYPE_CHECKING:
    from djust_live.session import LiveSession

logger = logging.getLogger(__name__)

# What a body assigns is shown at most this often, and the first time almost at once.
_SHOW_INTERVAL_S = 0.05
_FIRST_SHOW_S = 0.001

_current: contextvars.ContextVar[BackgroundTask | None] = contextvars.ContextVar(
    "djust_background_task", default=None
)


@dataclass(frozen=True, slots=True)
class AsyncResult:
    """The value of an attribute that is being fetched, for templates.

    Attributes:
        loading: The work runs.
        ok: There is a result.
        failed: The work raised.
        result: The last result; kept while newer work runs.
        error: What was raised.
    """

    loading: bool = False
    ok: bool = False
    failed: bool = False
    result: Any = None
    error: BaseException | None = None


class TaskState(enum.Enum):
    """Where a task is; it only moves downwards."""

    SCHEDULED = "scheduled"
    RUNNING = "running"
    CANCELLED = "cancelled"
    DONE = "done"


class BackgroundTask:
    """One piece of background work.

    Attributes:
        name: Unique among the tasks of a session that are not over.
        assigns: The attribute that receives an :class:`AsyncResult`; empty for other work.
    """

    __slots__ = (
        "_call",
        "_handle",
        "_owner",
        "_shadow",
        "_shown_at",
        "_timer",
        "assigns",
        "name",
        "state",
        "timed_out",
    )

    def __init__(
        self, owner: BackgroundTasks, name: str, call: Callable[[], Any], assigns: str
    ) -> None:
        self.name = name
        self.assigns = assigns
        self.state = TaskState.SCHEDULED
        self.timed_out = False
        self._owner = owner
        self._call = call
        self._handle: asyncio.Task[Any] | None = None
        self._shadow: Shadow | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._shown_at = 0.0

    def attach(self, shadow: Shadow) -> None:
        """Show what is assigned to ``shadow``."""
        self._shadow = shadow
        shadow.assigned = self.show_soon

    async def run(self) -> Any:
        """Run the work to its end and return its result."""
        _current.set(self)
        if _is_async(self._call):
            return await self._call()
        context = contextvars.copy_context()
        return await pools.background.run(self._call, context)

    def launch(self, loop: asyncio.AbstractEventLoop, context: contextvars.Context) -> None:
        """Start; called on the event loop."""
        if self.state is not TaskState.SCHEDULED:
            return
        self.state = TaskState.RUNNING
        # A copy: the original may be entered by a turn in another thread.
        self._handle = run_in(context.copy(), loop.create_task, self.run())
        self._handle.add_done_callback(self._ended)
        if config.BACKGROUND_TIMEOUT_S:
            loop.call_later(config.BACKGROUND_TIMEOUT_S, self._time_out)

    def cancel(self) -> None:
        """Stop, as far as that can be done; called on the event loop or in a turn."""
        if self.state in (TaskState.SCHEDULED, TaskState.RUNNING):
            self.state = TaskState.CANCELLED
            self._owner.on_loop(self._cancel_handle)

    def show_soon(self) -> None:
        """Show what the body assigned, at most every 50 ms; called by the body's thread."""
        self._owner.on_loop(self._set_timer)

    def show_now(self) -> None:
        """Show what the body assigned before it goes on to something else."""
        self._owner.on_loop(self._show)

    def take_assigned(self) -> dict[str, Any]:
        """Return what the body assigned since the last time."""
        return {} if self._shadow is None else self._shadow.take()

    def take_rest(self) -> dict[str, Any]:
        """Return what the body assigned or changed in place, once it is over."""
        return {} if self._shadow is None else self._shadow.take_rest()

    def _set_timer(self) -> None:
        if self._timer is None and self.state is TaskState.RUNNING:
            loop = asyncio.get_running_loop()
            wait_s = max(_FIRST_SHOW_S, self._shown_at + _SHOW_INTERVAL_S - loop.time())
            self._timer = loop.call_later(wait_s, self._show)

    def _show(self) -> None:
        self._timer = None
        self._shown_at = asyncio.get_running_loop().time()
        if self.state is TaskState.RUNNING:
            self._owner.show(self)

    def _cancel_handle(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
        else:
            self._owner.forget(self)

    def _time_out(self) -> None:
        if self.state is TaskState.RUNNING and self._handle is not None:
            self.timed_out = True
            self._handle.cancel()

    def _ended(self, handle: asyncio.Task[Any]) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        result: Any = None
        error: BaseException | None = None
        if handle.cancelled():
            error = TimeoutError(f"{self.name} took too long.") if self.timed_out else None
        else:
            error = handle.exception()
            result = None if error is not None else handle.result()
        if self.state is TaskState.RUNNING and (error is not None or not handle.cancelled()):
            self.state = TaskState.DONE
            self._owner.ended(self, result, error)
        else:
            self.state = TaskState.CANCELLED
            self._owner.forget(self)


class BackgroundTasks:
    """The background work of one session.

    Names are reserved in the calling thread, so a start and a cancel in one handler take effect in
    that order; everything else happens on the event loop.
    """

    def __init__(self, session: LiveSession, loop: asyncio.AbstractEventLoop) -> None:
        self._session = session
        self._loop = loop
        self._lock = threading.Lock()
        self._tasks: dict[str, BackgroundTask] = {}
        # Another took their name, or their name was cancelled; they end with the turn.
        self._ending: set[BackgroundTask] = set()

    @property
    def pending(self) -> bool:
        """Whether any work is scheduled or runs."""
        return bool(self._tasks)

    def start(
        self,
        name: str,
        callback: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        assigns: str = "",
    ) -> None:
        """Schedule ``callback``; it runs after the turn's frame has left.

        A method of the view gets a shadow of the view as ``self``: what it assigns is applied in
        turns, so a render never meets a half-changed value.

        Raises:
            BackgroundRefused: There are too many tasks (``DJL210``).
        """
        function, shadow = self._shadowed(callback)
        task = BackgroundTask(self, name, partial(function, *args, **kwargs), assigns)
        if shadow is not None:
            task.attach(shadow)
        with self._lock:
            old = self._tasks.get(name)
            if old is None and len(self._tasks) >= config.MAX_BACKGROUND_TASKS:
                raise BackgroundRefused(
                    f"{name} would be background task number {len(self._tasks) + 1}; "
                    f"at most {config.MAX_BACKGROUND_TASKS} run for one page."
                )
            self._tasks[name] = task
        self._undo_with_the_turn(name, task, old)
        if old is not None:
            self._end(old)
        self.on_loop(self._launch, task)

    def cancel(self, name: str) -> None:
        """Cancel the work called ``name``; nothing happens when there is none."""
        with self._lock:
            task = self._tasks.pop(name, None)
        if task is not None:
            self._undo_with_the_turn(name, None, task)
            self._end(task)

    def cancel_all(self) -> None:
        """Cancel everything; called when the view ends."""
        with self._lock:
            tasks, self._tasks = list(self._tasks.values()), {}
        for task in [*tasks, *self._ending]:
            task.cancel()

    def is_cancelled(self, name: str) -> bool:
        """Return whether the work called ``name`` should stop; asked by the work itself."""
        task = _current.get()
        if task is None or task.name != name:
            task = self._tasks.get(name)
        return task is None or task.state is TaskState.CANCELLED or task.timed_out

    def on_loop(self, function: Callable[..., Any], *args: Any) -> None:
        """Call ``function`` on the event loop, soon."""
        self._loop.call_soon_threadsafe(function, *args)

    def show(self, task: BackgroundTask) -> None:
        """Apply what ``task`` assigned so far."""
        self._session.post(Shown(task))

    def ended(self, task: BackgroundTask, result: Any, error: BaseException | None) -> None:
        """Apply the outcome of ``task``."""
        self._session.post(Ended(task, result, error))

    def forget(self, task: BackgroundTask) -> None:
        """Let the name of ``task`` be free again."""
        with self._lock:
            if self._tasks.get(task.name) is task:
                del self._tasks[task.name]
        if not self._tasks:
            self._session.request_render()  # which says that nothing is pending any more

    def release(self, task: BackgroundTask) -> bool:
        """Free the name of a task that is over; return whether its outcome counts."""
        with self._lock:
            if self._tasks.get(task.name) is not task:
                return False
            del self._tasks[task.name]
        return task.state is TaskState.DONE

    def _launch(self, task: BackgroundTask) -> None:
        def launch() -> None:
            if self._tasks.get(task.name) is task:
                task.launch(self._loop, self._session.runtime.context)

        self._session.after_turn(launch)

    def _end(self, task: BackgroundTask) -> None:
        """Cancel work: at once for other work, else when the turn is over that may yet fail."""
        if current_task() is not None:
            task.cancel()
            return

        def end() -> None:
            if task in self._ending:
                self._ending.discard(task)
                task.cancel()

        self._ending.add(task)
        self.on_loop(self._session.after_turn, end)

    def _undo_with_the_turn(
        self, name: str, task: BackgroundTask | None, old: BackgroundTask | None
    ) -> None:
        """Let ``old`` have its name again when the code fails that gave it to ``task``."""
        if current_task() is not None:
            return

        def undo() -> None:
            with self._lock:
                if self._tasks.get(name) is task:
                    self._tasks.pop(name, None)
                    if old is not None:
                        self._tasks[name] = old
            if old is not None:
                self._ending.discard(old)
            if task is not None:
                task.cancel()

        self._session.runtime.effects.done(undo)

    def _shadowed(self, callback: Callable[..., Any]) -> tuple[Callable[..., Any], Shadow | None]:
        view = self._session.view
        owner = getattr(callback, "__self__", None)
        function = getattr(callback, "__func__", None)
        if function is None or owner is None or Shadow.view_of(owner) is not view:
            return callback, None
        shadow, record = shadow_of(view)
        return function.__get__(shadow), record


@dataclass(slots=True)
class Shown:
    """What a running task assigned is to be shown."""

    task: BackgroundTask


@dataclass(slots=True)
class Ended:
    """A task is over."""

    task: BackgroundTask
    result: Any
    error: BaseException | None


def current_task() -> BackgroundTask | None:
    """Return the task that the caller runs in."""
    return _current.get()


def _is_async(call: Callable[[], Any]) -> bool:
    function = call.func if isinstance(call, partial) else call
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(
        getattr(function, "__call__", None)  # noqa: B004 - objects with an async __call__
    )


def assign(view: Any, values: dict[str, Any]) -> None:
    """Give ``view`` the values that background work assigned."""
    for name, value in values.items():
        setattr(view, name, value)


def conclusion_of(
    view: Any, message: Ended
) -> tuple[Callable[..., Any] | None, list[tuple[Any, ...]], LiveError | None]:
    """Apply what a task that is over assigned; return what is to be called, and the error to show.

    An error that nobody handles is shown; one that ``handle_async_result`` or an
    :class:`AsyncResult` receives is not.
    """
    task, error = message.task, message.error
    assign(view, task.take_rest())
    _conclude_action(view, message)
    if error is not None:
        logger.error("%s: background work failed", task.name, exc_info=error)
    if task.assigns:
        setattr(view, task.assigns, _async_result(view, message))
        return None, [], None
    if error is not None and not _is_handled(view):
        return None, [], BackgroundFailed(f"{task.name} raised {type(error).__name__}.")
    return view.handle_async_result, [(task.name, message.result, error)], None


def _conclude_action(view: Any, message: Ended) -> None:
    """Say how a handler with ``@action`` went whose body ran in the background."""
    handler = type(view)._djust_class.handlers.get(message.task.name)
    if handler is not None and handler.marks.is_action and handler.marks.is_background:
        error = "" if message.error is None else str(message.error)
        setattr(view, f"{handler.name}_state", ActionState(False, error, message.result))


def _async_result(view: Any, message: Ended) -> AsyncResult:
    if message.error is None:
        return AsyncResult(ok=True, result=message.result)
    old = vars(view).get(message.task.assigns)
    kept = old.result if isinstance(old, AsyncResult) else None
    return AsyncResult(failed=True, result=kept, error=message.error)


def _is_handled(view: Any) -> bool:
    base: Any = next(cls for cls in type(view).__mro__ if cls.__module__ == "djust_live.live_view")
    return type(view).handle_async_result is not base.handle_async_result
