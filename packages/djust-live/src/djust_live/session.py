"""One mounted view and its browser: one queue, one turn at a time, one revision."""

from __future__ import annotations

import asyncio
import inspect
import logging
import math
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from time import perf_counter
from typing import Any, TypeVar

from django.core.exceptions import SynchronousOnlyOperation

from djust_live import limits, logins, protocol, turn
from djust_live.adoption import Mounted, Restored
from djust_live.background_work import AsyncResult, BackgroundTasks, Ended, Shown
from djust_live.checkpoints import Checkpoint
from djust_live.config import config
from djust_live.errors import (
    AuthChanged,
    BackgroundFailed,
    EventOutOfOrder,
    HandlerOverdue,
    LiveError,
    UnknownFrame,
    UnknownTarget,
)
from djust_live.events import Handler, pick
from djust_live.extensions import Extension
from djust_live.history import FrameHistory
from djust_live.keeping import Capture, Keeper, checkpoint_of, sleep
from djust_live.messages import (
    Attach,
    AuthCheck,
    Binary,
    Call,
    Detach,
    End,
    Info,
    Render,
    Save,
    Tick,
    Transport,
)
from djust_live.mounting import run_on, unmount
from djust_live.protocol import NO_OPS
from djust_live.saving import writer
from djust_live.topics import Envelope, hub
from djust_live.turn import Attributes, Outcome
from djust_live.workers import pools

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

# The close code of a server that stops or hands over: come back.
SERVICE_RESTART = 1012
# Topic messages that one turn handles before it renders.
_INFO_BATCH = 64
# A render that takes less may run on the event loop, after handlers that do.
_LIGHT_S = 0.0005
# After the news of a logout, when to look whether the session is really gone.
_LOGOUT_S = (0.25, 1.0, 3.0)


class LiveSession:
    """The owner of one view.

    Everything that may change the view is a message in the queue, and :meth:`turn` handles one
    after the other: user code never runs twice at once for one view. All methods are for the event
    loop, except those of :class:`~djust_live.runtime.SessionControl`, which any thread may call.

    Args:
        mounted: The view with its page.
        fresh: The page in the browser is the one that ``mounted`` made.
        rev: The revision that the page of ``mounted`` is.
        ref: The last event that the view has handled.
        epoch: Of this owner of the page in a shared state backend; 0: the view is not kept in one.
        restored: The view came from a checkpoint.
        ended: Called when the view is gone.
    """

    def __init__(
        self,
        mounted: Mounted,
        *,
        fresh: bool,
        ended: Callable[[LiveSession], None],
        rev: int = 0,
        ref: int = 0,
        epoch: int = 0,
        restored: Restored | None = None,
    ) -> None:
        self.view = mounted.view
        self.runtime = mounted.view._mounted()
        self.rev = rev
        self.ref = ref
        self._renderer = mounted.renderer
        self._fresh = fresh
        self._ended = ended
        self._loop = asyncio.get_running_loop()
        self._inbox: deque[Any] = deque()
        self._wake: asyncio.Future[None] | None = None
        self._history = FrameHistory(config.MAX_HISTORY_FRAMES, config.MAX_HISTORY_BYTES)
        self._transport: Transport | None = None
        self._was_attached = False
        self._closed = False
        self._render_wanted = False
        self._outgoing: list[str] = []
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._tasks: set[asyncio.Task[Any]] = set()
        self._waiters: list[asyncio.Future[None]] = []
        self._overdue_ref = 0
        self._is_barred = False
        self._auth_due_s = math.inf
        if self.runtime.user_key and config.AUTH_RECHECK_S:
            self._auth_due_s = self._loop.time() + config.AUTH_RECHECK_S
        self._is_light = False
        self._may_be_light = True
        self._timeout_s: float = config.HANDLER_TIMEOUT_S
        self._handlers = type(self.view)._djust_class.handlers
        self._hooks = _active_hooks(self.runtime.extensions.values(), type(self.view))
        self.background = BackgroundTasks(self, self._loop)
        self._said_pending = False
        self._after_turn: list[Callable[[], None]] = []
        self._is_answering = False
        self._is_shut = False
        self._restored = restored
        if restored is not None:
            for sent in restored.frames:
                self._history.add(*sent)
        self._keeper = Keeper(self, epoch, self._loop) if epoch else None
        self.runtime.session = self
        # The task's own context is a copy, so coroutines see language and time zone too.
        self._owner = self.runtime.context.run(self._loop.create_task, self._run())

    # What views and extensions ask for; from any thread

    @property
    def connected(self) -> bool:
        """Whether a browser is attached now."""
        return self._transport is not None

    def request_render(self) -> None:
        """Show what changed, in a turn of its own."""
        self._render_wanted = True
        self._loop.call_soon_threadsafe(self.post, Render())

    def call(self, function: Callable[[], Any]) -> None:
        """Call ``function`` in a turn of its own."""
        self._loop.call_soon_threadsafe(self.post, Call(function))

    def send_custom(self, namespace: str, verb: str, data: Any) -> None:
        """Send a message of an extension; within a turn it leaves after the turn's frame."""
        frame = protocol.custom(namespace, verb, data)
        self._loop.call_soon_threadsafe(self._send_beside, frame)

    def spawn(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        """Run ``coroutine`` until it ends or the view does."""
        self._loop.call_soon_threadsafe(self._spawn, coroutine)

    def join_topic(self, topic: str) -> None:
        """Receive messages of ``topic``."""
        self._loop.call_soon_threadsafe(hub.join, topic, self)

    def leave_topic(self, topic: str) -> None:
        """Receive messages of ``topic`` no more."""
        self._loop.call_soon_threadsafe(hub.leave, topic, self)

    # The queue

    @property
    def backlog(self) -> int:
        """How many messages wait."""
        return len(self._inbox)

    @property
    def alive(self) -> bool:
        """Whether messages are still handled."""
        return not self._closed

    async def finished(self) -> None:
        """Wait until the view is gone."""
        await asyncio.shield(self._owner)

    def progress(self) -> asyncio.Future[None]:
        """Return a future that is done when the turn that runs, or the next one, is over."""
        future: asyncio.Future[None] = self._loop.create_future()
        self._waiters.append(future)
        return future

    def post(self, message: Any) -> None:
        """Put a message into the queue."""
        if self._is_shut and (self._closed or type(message) is protocol.Event):
            return
        self._inbox.append(message)
        wake = self._wake
        if wake is not None:
            self._wake = None
            wake.set_result(None)

    def deliver(self, envelope: Envelope) -> None:
        """Take a message of a topic."""
        self.post(Info(envelope))

    def acknowledge(self, rev: int) -> None:
        """Forget frames that the browser has."""
        self._history.acknowledge(rev)

    async def _run(self) -> None:
        while not self._closed:
            if not self._inbox:
                self._wake = self._loop.create_future()
                await self._wake
            message = self._inbox.popleft()
            try:
                await self.turn(message)
            except Exception:
                logger.exception("A turn of %s failed", type(self.view).__qualname__)
                self._answer_failure(message)
            if self._waiters:
                self._tell_waiters()

    def _tell_waiters(self) -> None:
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def turn(self, message: Any) -> None:
        """Handle one message: call what it asks for, render once, send one frame."""
        await _TURNS[type(message)](self, message)
        if self._outgoing:
            self._flush_beside()
        if self._after_turn:
            waiting, self._after_turn = self._after_turn, []
            for call in waiting:
                call()

    def after_turn(self, call: Callable[[], None]) -> None:
        """Call once the frame of the turn that runs has left; now when none runs."""
        if self._wake is None:
            self._after_turn.append(call)
        else:
            call()

    # Turns, one method for each kind of message

    async def _on_event(self, event: protocol.Event) -> None:
        if event.ref != self.ref + 1:
            self._on_wrong_ref(event)
            return
        self.ref = event.ref
        self._is_answering = True
        if event.rev:
            self._history.acknowledge(event.rev)
        if self._is_barred or (self._loop.time() >= self._auth_due_s and await self._is_refused()):
            barred = AuthChanged("The login changed since the page was made.")
            self._reply(event.ref, turn.collect(self.view, error=barred))
            return
        if event.target is not None:
            error: LiveError = UnknownTarget(f"No component is called {event.target[:80]!r}.")
            self._reply(event.ref, turn.collect(self.view, error=error))
            return
        try:
            if "on_event" in self._hooks and await self._taken(event):
                outcome = await self._hop(lambda: self._finish(turn.attributes_of(self.view)))
            else:
                handler = pick(self._handlers, event.name, type(self.view).__qualname__)
                outcome = await self._handle(handler, event)
        except LiveError as refused:
            logger.info("%s refused an event: %s", type(self.view).__qualname__, refused)
            outcome = turn.collect(self.view, error=refused)
        await self._after_render()
        if self._overdue_ref == event.ref:
            self._push(outcome)
        else:
            self._reply(event.ref, outcome)
        self._is_answering = False

    async def _handle(self, handler: Handler, event: protocol.Event) -> Outcome:
        overdue = None
        if self._timeout_s:
            overdue = self._loop.call_later(self._timeout_s, self._on_overdue, event)
        try:
            if handler.is_async and not handler.marks.is_background:
                return await self._handle_async(handler, event.params)
            return await self._hop(lambda: self._handle_sync(handler, event.params))
        finally:
            if overdue is not None:
                overdue.cancel()

    def _handle_sync(self, handler: Handler, params: dict[str, Any]) -> Outcome:
        view = self.view
        before = turn.attributes_of(view)
        result = error = None
        try:
            args, kwargs = self._admit(handler, params)
            if handler.marks.is_background:
                method = handler.function.__get__(view)
                self.background.start(handler.name, method, args, kwargs)
            else:
                result = handler.function(view, *args, **kwargs)
        except Exception as raised:  # noqa: BLE001 - the edge to user code
            error = turn.failed(view, before, raised, handler.name)
        return self._finish(before, result, error)

    async def _handle_async(self, handler: Handler, params: dict[str, Any]) -> Outcome:
        view = self.view
        before = turn.attributes_of(view)
        result = error = None
        try:
            if handler.touches_database:
                args, kwargs = await self._hop(lambda: self._admit(handler, params))
            else:
                args, kwargs = self._admit(handler, params)
            result = await handler.function(view, *args, **kwargs)
        except Exception as raised:  # noqa: BLE001 - the edge to user code
            error = turn.failed(view, before, raised, handler.name)
        return await self._conclude(before, result, error)

    def _admit(self, handler: Handler, params: dict[str, Any]) -> Any:
        """Return the arguments for a call that is allowed."""
        handler.check_permissions(self.view)
        if handler.marks.rate is not None:
            limits.check(self.view, handler)
        return handler.bind(self.view, params)

    async def _on_info(self, message: Info) -> None:
        """Handle this message and those of topics right behind it, then render once."""
        batch = [message.envelope]
        while self._inbox and type(self._inbox[0]) is Info and len(batch) < _INFO_BATCH:
            batch.append(self._inbox.popleft().envelope)
        for envelope in batch:
            if envelope.namespace:
                extension = self.runtime.extensions.get(envelope.namespace)
                if extension is not None:
                    await self._guarded(extension.on_info(envelope.verb, envelope.data), "on_info")
        mine = [envelope.data for envelope in batch if not envelope.namespace]
        await self._call_each(self.view.handle_info, [(data,) for data in mine])

    async def _on_tick(self, message: Tick) -> None:
        self._start_ticking()
        if self.connected:
            await self._call_each(self.view.handle_tick, [()])

    async def _on_shown(self, message: Shown) -> None:
        await self._call_each(partial(_assign, self.view, message.task.take_assigned()), [()])

    async def _on_ended(self, message: Ended) -> None:
        task, view = message.task, self.view
        if not self.background.release(task):
            return
        _assign(view, task.take_rest())
        error: LiveError | None = None
        if message.error is not None:
            logger.error("%s: background work failed", task.name, exc_info=message.error)
        if task.assigns:
            setattr(view, task.assigns, _async_result(view, message))
        elif message.error is not None and not _overrides(view, "handle_async_result"):
            error = BackgroundFailed(f"{task.name} raised {type(message.error).__name__}.")
        else:
            arguments = (task.name, message.result, message.error)
            await self._call_each(view.handle_async_result, [arguments])
            return
        await self._call_each(None, [], error)

    def login_changed(self, what: str) -> None:
        """Look whether the user may go on; called with the news of a login.

        A logout is announced before the session is gone, so until that is clear no event is
        handled.
        """
        self._is_barred = what != "user"
        if what == "out":
            self._turn_away(AuthChanged("The user was disconnected."))
        elif what == "session":
            self._loop.call_later(_LOGOUT_S[0], self.post, AuthCheck(_LOGOUT_S[1:]))
        else:
            self.post(AuthCheck())

    async def _on_auth_check(self, message: AuthCheck) -> None:
        if await self._is_refused():
            return
        if message.again_s:
            later = AuthCheck(message.again_s[1:])
            self._loop.call_later(message.again_s[0], self.post, later)
        else:
            self._is_barred = False

    async def _is_refused(self) -> bool:
        """Ask everything around the view again, and end the view when the answer is no."""
        transport = self._transport
        if transport is None:
            return False  # a browser that comes back is asked anyway
        self._auth_due_s = self._loop.time() + config.AUTH_RECHECK_S
        scope, run_async = transport.scope, run_on(self._loop)
        error = await self._hop(lambda: logins.refusal(self.view, scope, run_async))
        if error is not None:
            self._turn_away(error)
        return error is not None

    def _turn_away(self, error: LiveError) -> None:
        logger.info("%s ends: %s %s", type(self.view).__qualname__, error.code, error)
        self._is_barred = True
        self._transport_send(protocol.reload(error.code))
        self.post(End("auth"))

    async def _on_call(self, message: Call) -> None:
        await self._call_each(message.function, [()])

    async def _on_render(self, message: Render) -> None:
        if self._render_wanted:
            await self._call_each(None, [])

    async def _on_custom(self, message: protocol.Custom) -> None:
        extension = self.runtime.extensions.get(message.namespace)
        if extension is None:
            self._refuse(UnknownFrame(f"Nothing here is called {message.namespace[:80]!r}."))
            return
        await self._guarded(extension.on_message(message.verb, message.data), "on_message")
        self._save_later()

    async def _on_binary(self, message: Binary) -> None:
        extension = self.runtime.extensions.get(message.namespace)
        if extension is None:
            self._refuse(UnknownFrame(f"Nothing here is called {message.namespace[:80]!r}."))
            return
        await self._guarded(extension.on_binary(message.data), "on_binary")
        self._save_later()

    async def _on_resync(self, message: protocol.Resync) -> None:
        await self._send_root()

    async def _on_attach(self, message: Attach) -> None:
        self._replace_transport(message.transport)
        first, self._was_attached = not self._was_attached, True
        if first:
            self._start()
        for extension in self._hooks.get("on_attach", ()):
            await self._guarded(extension.on_attach(), "on_attach")
        # An answer that the browser has is final, even if the state that led to it was lost.
        self.ref = max(self.ref, message.ref)
        if first:
            missed = await self._first_frames(message)
        else:
            missed = self._history.missed(self.rev, message.rev, message.ref)
        self._transport_send(self._ready(first, message.rev))
        owed = self._owed(message.ref, missed is None)
        if missed is None:
            self.rev = max(self.rev, message.rev)
            await self._send_root()
        for frame in missed or ():
            self._transport_send(frame)
        for ref, known in owed:
            self._transport_send(
                protocol.without_ops(known, self.rev)
                if known
                else protocol.reply(ref, self.rev, NO_OPS)
            )
        self._start_ticking()
        self._save_later()

    async def _first_frames(self, message: Attach) -> list[str] | None:
        """Return what brings the page in the browser up to date; None: only the whole root does."""
        restored = self._restored
        if restored is None:
            return [] if self._fresh and await self._fits(message) else None
        missed = self._history.missed(self.rev, message.rev, message.ref)
        if missed is None or restored.ops is None:
            return None
        if message.rev == self.rev and not await self._has_shape(message):
            return None
        if self.rev:
            self.rev += 1
            frame = protocol.push(self.rev, restored.ops)
            self._history.add(self.rev, 0, frame)
            missed.append(frame)
        return missed

    def _owed(self, ref: int, is_root_sent: bool) -> list[tuple[int, str | None]]:
        """Return the events after ``ref`` whose answers the browser would not get otherwise."""
        first = max(ref, self.ref - config.MAX_HISTORY_FRAMES) + 1
        replies = (
            (number, self._history.reply_to(number)) for number in range(first, self.ref + 1)
        )
        return [(number, known) for number, known in replies if is_root_sent or known is None]

    async def _fits(self, message: Attach) -> bool:
        """Return whether the browser parsed the first page as we do."""
        return not message.rev and not self.rev and await self._has_shape(message)

    async def _has_shape(self, message: Attach) -> bool:
        shape = await self._hop(lambda: (self._renderer.node_count, self._renderer.structure_hash))
        return bool(shape == (message.count, message.hash))

    async def _on_detach(self, message: Detach) -> None:
        if message.transport is not self._transport:
            return
        self._transport = None
        self._cancel_timer("tick")
        for extension in self._hooks.get("on_detach", ()):
            await self._guarded(extension.on_detach(), "on_detach")
        self._set_timer("grace", config.GRACE_S, End("expired"))

    async def _on_leave(self, message: protocol.Leave) -> None:
        await self._on_end(End("left"))

    async def _on_end(self, message: End) -> None:
        if message.reason == "expired" and self.connected:
            return
        is_kept = await self._keep_for_later(message.reason)
        if message.reason == "expired" and any(type(other) is Attach for other in self._inbox):
            return  # the browser came back just now
        self._closed = self._is_shut = True
        for name in list(self._timers):
            self._cancel_timer(name)
        for topic in self.runtime.topics:
            hub.leave(topic, self)
        for task in self._tasks:
            task.cancel()
        self.background.cancel_all()
        self._ended(self)
        run_async = run_on(self._loop)
        await self._hop(lambda: unmount(self.view, message.reason, run_async, is_final=not is_kept))
        self._part(message)
        self.runtime.session = None
        self._transport = None

    async def _on_save(self, message: Save) -> None:
        self._cancel_timer("save")
        keeper = self._keeper
        if keeper is not None:
            await self._hop(lambda: keeper.capture(self.view, self._renderer))
            keeper.commit()
            if self.connected:
                self._set_timer("refresh", config.STATE_TTL_S / 2, Save())

    # What outlives the process

    @property
    def epoch(self) -> int:
        """Of this owner of the page; 0: the view is in no shared state backend."""
        return 0 if self._keeper is None else self._keeper.epoch

    def own(self, epoch: int) -> None:
        """Write under a higher epoch: this process has claimed the page once more."""
        if self._keeper is not None:
            self._keeper.epoch = max(self._keeper.epoch, epoch)

    def checkpoint(self, capture: Capture) -> Checkpoint:
        """Return the session at this moment."""
        return checkpoint_of(self.view, capture, self.rev, self.ref, self._history)

    def transmit(self, frame: str) -> None:
        """Give a frame to the transport, if there is one."""
        if self._transport is not None:
            self._transport.send(frame)

    def lost(self) -> None:
        """End without a trace: another worker owns the page."""
        self._is_shut = True
        self._inbox.clear()
        self.post(End("moved"))

    def drain(self, delay_ms: int) -> None:
        """Handle what waits, take no further events, and end; the browser comes back elsewhere."""
        self._is_shut = True
        self.post(End("drained", delay_ms))

    def _save_later(self) -> None:
        """Save what changed without an event, together with what changes soon after."""
        if self._keeper is not None and "save" not in self._timers:
            self._set_timer("save", config.CHECKPOINT_INTERVAL_S, Save())

    async def _keep_for_later(self, reason: str) -> bool:
        """Keep the state of a view that ends here, and return whether its page can go on."""
        keeper = self._keeper
        if reason == "moved":
            return True
        if keeper is not None and reason in ("expired", "drained"):
            await self._on_save(Save())
            await keeper.settled()
            return True
        if keeper is not None:
            writer.delete(self.runtime.page_id, keeper.epoch)
        if reason != "expired":
            return False
        arguments = (self.view, self._renderer, self.rev, self.ref, self._history)
        return await self._hop(lambda: sleep(*arguments))

    def _part(self, message: End) -> None:
        """Send the browser away when the page goes on elsewhere."""
        if self._transport is None or message.reason not in ("moved", "drained"):
            return
        if message.reason == "drained":
            self._transport.send(protocol.drain(message.delay_ms))
        self._transport.close(SERVICE_RESTART)

    # Parts of turns

    async def _call_each(
        self,
        function: Callable[..., Any] | None,
        calls: list[tuple[Any, ...]],
        error: LiveError | None = None,
    ) -> None:
        """Call ``function`` with each tuple of arguments, render once, and push what changed."""
        view = self.view
        if function is not None and inspect.iscoroutinefunction(function):
            before = turn.attributes_of(view)
            for arguments in calls:
                state = turn.attributes_of(view)
                try:
                    await function(*arguments)
                except Exception as raised:  # noqa: BLE001 - the edge to user code
                    error = turn.failed(view, state, raised, function.__name__)
            outcome = await self._conclude(before, None, error)
        else:
            outcome = await self._hop(lambda: self._call_sync(function, calls, error))
        await self._after_render()
        self._push(outcome)

    def _call_sync(
        self,
        function: Callable[..., Any] | None,
        calls: list[tuple[Any, ...]],
        error: LiveError | None,
    ) -> Outcome:
        view = self.view
        before = turn.attributes_of(view)
        if function is not None:
            name = getattr(function, "__name__", "call")
            for arguments in calls:
                _, raised = turn.call(view, partial(function, *arguments), name)
                error = raised or error
        return self._finish(before, None, error)

    async def _conclude(self, before: Attributes, result: Any, error: LiveError | None) -> Outcome:
        """Finish a turn of the event loop: here when the page is light, else in a thread.

        A thread costs more than a light render. A render that is slow, or that touches the
        database, goes there from then on.
        """
        if self._is_light and self._keeper is None:
            try:
                return self._finish(before, result, error)
            except SynchronousOnlyOperation:
                self._is_light = self._may_be_light = False
        return await self._hop(lambda: self._finish(before, result, error))

    def _finish(
        self, before: Attributes, result: Any = None, error: LiveError | None = None
    ) -> Outcome:
        if self._transport is not None and self._transport.congested and result is error is None:
            # The browser is behind: what it is owed grows in the view, not in frames.
            self._render_wanted = True
            outcome = Outcome()
        else:
            self._render_wanted = False
            pending = self.background.pending
            started = perf_counter()
            outcome = turn.finish(self.view, self._renderer, before, result, error, pending=pending)
            self._is_light = self._may_be_light and perf_counter() - started < _LIGHT_S
        if self._keeper is not None and self._is_answering:
            self._keeper.capture(self.view, self._renderer)
        return outcome

    async def _send_root(self) -> None:
        text = await self._hop(lambda: self._renderer.rebase(self.view))
        outcome = turn.collect(self.view)
        self.rev += 1
        self._history.clear()
        extra = f",{outcome.extra.decode()}" if outcome.extra else ",{}"
        body = protocol.encode_json(text).decode()
        self._transport_send(f'["html",{self.rev},{body}{extra}]')

    def _ready(self, first: bool, rev: int) -> str:
        extra: dict[str, Any] = {}
        if first:
            outcome = turn.collect(self.view)
            if outcome.extra:
                extra = protocol.decode_extra(outcome.extra)
        policies = type(self.view)._djust_class.policies
        if policies:
            extra["policies"] = policies
        return protocol.ready(rev, self.ref, extra)

    def _hop(self, function: Callable[[], Result]) -> Awaitable[Result]:
        """Run ``function`` where user code may run."""
        return pools.turns.run(function, self.runtime.context)

    async def _taken(self, event: protocol.Event) -> bool:
        for extension in self._hooks["on_event"]:
            if await extension.on_event(event.name, event.params):
                return True
        return False

    async def _after_render(self) -> None:
        for extension in self._hooks.get("after_render", ()):
            await self._guarded(extension.after_render(), "after_render")

    async def _guarded(self, coroutine: Awaitable[Any], name: str) -> None:
        try:
            await coroutine
        except Exception:
            logger.exception("%s: an extension's %s raised", type(self.view).__qualname__, name)

    # Frames

    def _reply(self, ref: int, outcome: Outcome) -> None:
        if outcome.ops != NO_OPS:
            self.rev += 1
        extra = f",{outcome.extra.decode()}" if outcome.extra else ""
        self._send(ref, f'["reply",{ref},{self.rev},{outcome.ops.decode()}{extra}]', outcome)

    def _push(self, outcome: Outcome) -> None:
        settled = self._said_pending and not outcome.pending
        if outcome.ops == NO_OPS and not outcome.extra and not settled:
            self._commit()
            self._redirect(outcome)
            return
        # A push counts even without ops, so that one that was missed is noticed.
        self.rev += 1
        extra = f",{outcome.extra.decode()}" if outcome.extra else ""
        self._send(0, f'["push",{self.rev},{outcome.ops.decode()}{extra}]', outcome)

    def _send(self, ref: int, frame: str, outcome: Outcome) -> None:
        self._said_pending = outcome.pending
        self._history.add(self.rev, ref, frame)
        self._commit()
        self._transport_send(frame)
        self._redirect(outcome)

    def _commit(self) -> None:
        """Write what the turn captured; frames from now on wait until that is done."""
        if self._keeper is not None:
            self._keeper.commit()
            if not self._is_answering:
                self._save_later()

    def _redirect(self, outcome: Outcome) -> None:
        if outcome.redirect is not None:
            self._transport_send(protocol.redirect(outcome.redirect))

    def _refuse(self, error: LiveError) -> None:
        described = turn.described(error)
        self._transport_send(protocol.error(described["code"], described["text"]))

    def _transport_send(self, frame: str) -> None:
        if self._transport is not None and (self._keeper is None or not self._keeper.holds(frame)):
            self._transport.send(frame)

    def _send_beside(self, frame: str) -> None:
        """Send now when nothing runs, else with the frame of the turn that runs."""
        if self._wake is None:
            self._outgoing.append(frame)
        else:
            self._transport_send(frame)

    def _flush_beside(self) -> None:
        frames, self._outgoing = self._outgoing, []
        for frame in frames:
            self._transport_send(frame)

    def _on_wrong_ref(self, event: protocol.Event) -> None:
        if event.ref > self.ref:
            self._refuse(EventOutOfOrder(f"Event {event.ref} came after event {self.ref}."))
            return
        # It was handled before the connection dropped; only the answer is sent again.
        known = self._history.reply_to(event.ref)
        self._transport_send(known or protocol.reply(event.ref, self.rev, NO_OPS))

    def _on_overdue(self, event: protocol.Event) -> None:
        """Answer an event whose handler goes on; what it changes is pushed when it is done."""
        name = f"{type(self.view).__qualname__}.{event.name}"
        logger.warning("%s runs longer than %s s", name, self._timeout_s)
        self._overdue_ref = event.ref
        error = HandlerOverdue(f"{event.name} runs longer than {self._timeout_s:g} s.")
        extra = protocol.encode_json({"error": turn.described(error)})
        self._reply(event.ref, Outcome(extra=extra))

    def _answer_failure(self, message: Any) -> None:
        if isinstance(message, protocol.Event):
            error = LiveError("The turn failed.")
            frame = protocol.encode_json(
                ("reply", message.ref, self.rev, [], {"error": turn.described(error)})
            )
            self._transport_send(frame.decode())

    # Life

    def _start(self) -> None:
        for topic in self.runtime.topics:
            hub.join(topic, self)
        pending, self.runtime.pending = self.runtime.pending, []
        for _, call in pending:
            call()

    def _replace_transport(self, transport: Transport) -> None:
        old, self._transport = self._transport, transport
        if self._keeper is not None:
            self._keeper.drop_held()
        self._cancel_timer("grace")
        if old is not None and old is not transport:
            old.close(4000)

    def drained(self) -> None:
        """Say that the browser has read everything that was sent."""
        if self._render_wanted:
            self.post(Render())

    def _start_ticking(self) -> None:
        interval_ms = self.view.tick_interval
        if interval_ms and self.connected:
            self._set_timer("tick", interval_ms / 1000, Tick())

    def _set_timer(self, name: str, delay_s: float, message: Any) -> None:
        self._cancel_timer(name)
        self._timers[name] = self._loop.call_later(delay_s, self.post, message)

    def _cancel_timer(self, name: str) -> None:
        timer = self._timers.pop(name, None)
        if timer is not None:
            timer.cancel()

    def _spawn(self, coroutine: Coroutine[Any, Any, Any]) -> None:
        if self._closed:
            coroutine.close()
            return
        task = self._loop.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._task_done)

    def _task_done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            logger.error("A task of an extension failed", exc_info=task.exception())


def _active_hooks(extensions: Any, view_class: Any) -> dict[str, tuple[Extension, ...]]:
    """Return, by hook, the extensions that have it; a view without extensions gets nothing."""
    by_namespace = {extension.namespace: extension for extension in extensions}
    hooks: dict[str, tuple[Extension, ...]] = {}
    for extension_class, names in view_class._djust_class.extensions:
        extension = by_namespace.get(extension_class.namespace)
        if extension is not None:
            for name in names:
                hooks[name] = (*hooks.get(name, ()), extension)
    return hooks


def _assign(view: Any, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(view, name, value)


def _async_result(view: Any, message: Ended) -> AsyncResult:
    if message.error is None:
        return AsyncResult(ok=True, result=message.result)
    old = vars(view).get(message.task.assigns)
    kept = old.result if isinstance(old, AsyncResult) else None
    return AsyncResult(failed=True, result=kept, error=message.error)


def _overrides(view: Any, name: str) -> bool:
    base = next(cls for cls in type(view).__mro__ if cls.__module__ == "djust_live.live_view")
    return getattr(type(view), name) is not getattr(base, name)


_TURNS: dict[type, Callable[[LiveSession, Any], Awaitable[None]]] = {
    protocol.Event: LiveSession._on_event,
    protocol.Resync: LiveSession._on_resync,
    protocol.Leave: LiveSession._on_leave,
    protocol.Custom: LiveSession._on_custom,
    Attach: LiveSession._on_attach,
    Detach: LiveSession._on_detach,
    End: LiveSession._on_end,
    Info: LiveSession._on_info,
    Binary: LiveSession._on_binary,
    Shown: LiveSession._on_shown,
    Ended: LiveSession._on_ended,
    Call: LiveSession._on_call,
    Render: LiveSession._on_render,
    Save: LiveSession._on_save,
    Tick: LiveSession._on_tick,
    AuthCheck: LiveSession._on_auth_check,
}
