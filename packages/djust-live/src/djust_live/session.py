"""One mounted view and its browser: one queue, one turn at a time, one revision."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Any

from djust_live import carrying, model_binding, navigation, protocol, reloading, turn
from djust_live.adoption import Mounted, Restored
from djust_live.auth import asks_permission
from djust_live.background_work import BackgroundTasks, Ended, Shown, assign, conclusion_of
from djust_live.checkpoints import Checkpoint
from djust_live.component import component_at
from djust_live.config import config
from djust_live.diagnosis import described
from djust_live.errors import (
    AuthChanged,
    EventOutOfOrder,
    HandlerOverdue,
    LiveError,
    UnknownFrame,
)
from djust_live.events import pick
from djust_live.extensions import Extension
from djust_live.homing import run_in
from djust_live.keeping import Capture, Keeper, checkpoint_of, sleep
from djust_live.login_watch import LoginWatch
from djust_live.messages import (
    Attach,
    AuthCheck,
    Binary,
    Call,
    Detach,
    End,
    Info,
    Reload,
    Render,
    Rest,
    Save,
    Tick,
)
from djust_live.mounting import run_on, unmount
from djust_live.outgoing import Outgoing, ready
from djust_live.plugged import Plugged
from djust_live.saving import writer
from djust_live.stage import Stage
from djust_live.timers import Timers
from djust_live.topics import Envelope, hub
from djust_live.turn import Outcome

logger = logging.getLogger(__name__)

# The close code of a server that stops or hands over: come back.
SERVICE_RESTART = 1012
# Topic messages, or calls, that one turn handles before it renders.
_BATCH = 64
# Events of the client's own, whose names no handler can have.
_OWN_EVENTS = frozenset({model_binding.EVENT, navigation.EVENT})


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
        self.ref = ref
        self._renderer = mounted.renderer
        self._fresh = fresh
        self._restored = restored
        self._ended = ended
        self._loop = asyncio.get_running_loop()
        self._inbox: deque[Any] = deque()
        self._wake: asyncio.Future[None] | None = None
        self._waiters: list[asyncio.Future[None]] = []
        self._beside: list[str] = []
        self._after_turn: list[Callable[[], None]] = []
        self.timers = Timers(self._loop, self.post)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._was_attached = False
        self._closed = False
        self._is_shut = False
        self._overdue_ref = 0
        self._timeout_s: float = config.HANDLER_TIMEOUT_S
        self._handlers = type(self.view)._djust_class.handlers
        self._plugged = Plugged(self.view, self.runtime.extensions)
        self.background = BackgroundTasks(self, self._loop)
        self.out = Outgoing(rev, restored.frames if restored is not None else (), self._commit)
        self.out.keeper = Keeper(self, epoch, self._loop) if epoch else None
        self.stage = Stage(self.view, self._renderer, self.out, self.background)
        self.login = LoginWatch(self, self._loop)
        self.runtime.session = self
        self.runtime.kept = carrying.unheard(self.view.request)
        self.runtime.run_async = run_on(self._loop)
        # The task's own context is a copy, so coroutines see language and time zone too.
        self._owner = run_in(self.runtime.context, self._loop.create_task, self._run())

    # What views and extensions ask for; from any thread

    @property
    def connected(self) -> bool:
        """Whether a browser is attached now."""
        return self.out.transport is not None

    def request_render(self) -> None:
        """Show what changed, in a turn of its own."""
        self.stage.render_wanted = True
        self._loop.call_soon_threadsafe(self.post, Render())

    def call(self, function: Callable[[], Any]) -> None:
        """Call ``function`` in a turn of its own."""
        self._loop.call_soon_threadsafe(self.post, Call(function))

    def send_custom(self, namespace: str, verb: str, data: Any, *, is_urgent: bool = False) -> None:
        """Send a message of an extension; within a turn it leaves after the turn's frame.

        An urgent one does not wait for the end of a turn.
        """
        frame = protocol.custom(namespace, verb, data)
        send = self.out.send if is_urgent else self._send_beside
        self._loop.call_soon_threadsafe(send, frame)

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
    def is_idle(self) -> bool:
        """Whether no message waits and none is handled."""
        return self._wake is not None

    @property
    def tasks(self) -> frozenset[asyncio.Task[Any]]:
        """What extensions have begun and not finished."""
        return frozenset(self._tasks)

    @property
    def alive(self) -> bool:
        """Whether messages are still handled."""
        return not self._closed

    async def finished(self) -> None:
        """Wait until the view is gone."""
        await asyncio.shield(self._owner)

    def when_finished(self, call: Callable[[], None]) -> None:
        """Call once the view is gone."""
        self._owner.add_done_callback(lambda _: call())

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
        self.out.history.acknowledge(rev)

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
                if isinstance(message, protocol.Event):
                    self.out.failed(message.ref)
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
        if self._beside:
            beside, self._beside = self._beside, []
            for frame in beside:
                self.out.send(frame)
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
        if event.rev:
            self.out.history.acknowledge(event.rev)
        self.stage.is_answering = True
        try:
            outcome = await self._outcome_of(event)
            await self._plugged.after_render()
            if self._overdue_ref == event.ref:
                self.out.push(outcome)
            else:
                self.out.reply(event.ref, outcome)
        finally:
            self.stage.is_answering = False

    async def _outcome_of(self, event: protocol.Event) -> Outcome:
        try:
            if await self.login.is_refused():
                raise AuthChanged("The login changed since the page was made.")
            # An empty dj-target leads out of a component to the view.
            owner = component_at(self.view, event.target) if event.target else None
            if owner is not None:
                handler = pick(owner._handlers, event.name, type(owner).__qualname__)
            elif self._plugged.may_take and await self._plugged.take(event.name, event.params):
                return await self.stage.render()
            elif event.name in _OWN_EVENTS:
                return await self.stage.own_event(event.name, event.params)
            else:
                handler = pick(self._handlers, event.name, type(self.view).__qualname__)
        except LiveError as refused:
            logger.info("%s refused an event: %s", type(self.view).__qualname__, refused)
            return turn.collect(self.view, error=refused, pending=self.background.pending)
        overdue = None
        if self._timeout_s:
            overdue = self._loop.call_later(self._timeout_s, self._on_overdue, event)
        try:
            return await self.stage.event(handler, event.params, owner)
        finally:
            if overdue is not None:
                overdue.cancel()

    async def _on_info(self, message: Info) -> None:
        """Handle this message and those of topics right behind it, then render once."""
        batch = [message.envelope]
        while self._inbox and type(self._inbox[0]) is Info and len(batch) < _BATCH:
            batch.append(self._inbox.popleft().envelope)
        mine, is_changed = [], False
        for envelope in batch:
            if envelope.namespace:
                is_changed |= await self._plugged.info(envelope)
            else:
                mine.append(envelope.data)
        if mine or is_changed:
            await self._call_each(self.view.handle_info, [(data,) for data in mine])

    async def _on_tick(self, message: Tick) -> None:
        self._start_ticking()
        if self.connected:
            await self._call_each(self.view.handle_tick, [()])

    async def _on_shown(self, message: Shown) -> None:
        await self._call_each(partial(assign, self.view, message.task.take_assigned()), [()])

    async def _on_ended(self, message: Ended) -> None:
        if self.background.release(message.task):
            await self._call_each(*conclusion_of(self.view, message))

    async def _on_auth_check(self, message: AuthCheck) -> None:
        await self.login.look(message)

    async def _on_call(self, message: Call) -> None:
        """Make this call and those right behind it, then render once."""
        if inspect.iscoroutinefunction(message.function):
            await self._call_each(message.function, [()])
            return
        batch = [message.function]
        while self._inbox and type(self._inbox[0]) is Call and len(batch) < _BATCH:
            if inspect.iscoroutinefunction(self._inbox[0].function):
                break
            batch.append(self._inbox.popleft().function)
        await self._push(await self.stage.all(batch))

    async def _on_render(self, message: Render) -> None:
        if self.stage.render_wanted:
            await self._push(await self.stage.render())

    async def _on_reload(self, message: Reload) -> None:
        renderer, error = await self.stage.renew()
        if renderer is None:
            self.out.push(turn.collect(self.view, error=error))
            return
        self._renderer = renderer
        await self._send_root()

    async def _on_custom(self, message: protocol.Custom) -> None:
        extension = await self._addressed(message.namespace)
        if extension is not None:
            await self._plugged.guard(
                extension.on_message(message.verb, message.data), "on_message"
            )
            self._save_later()

    async def _on_binary(self, message: Binary) -> None:
        extension = await self._addressed(message.namespace)
        if extension is not None:
            await self._plugged.guard(extension.on_binary(message.data), "on_binary")
            self._save_later()

    async def _addressed(self, namespace: str) -> Extension | None:
        """Return whose frame this is, unless the user may send none any more."""
        extension = self._plugged.at(namespace)
        if extension is None:
            self.out.refuse(UnknownFrame(f"Nothing here is called {namespace[:80]!r}."))
        elif await self.login.is_refused():
            self.out.refuse(AuthChanged("The login changed since the page was made."))
            return None
        return extension

    async def _on_resync(self, message: protocol.Resync) -> None:
        await self._send_root()

    async def _on_attach(self, message: Attach) -> None:
        self.timers.cancel("grace")
        self.out.connect(message.transport)
        first, self._was_attached = not self._was_attached, True
        may_have_ended = asks_permission(self.view) if first and self._fresh else not first
        if may_have_ended and await self.login.turns_away():
            return
        if first:
            self._start()
        await self._plugged.attach()
        # An answer that the browser has is final, even if the state that led to it was lost.
        self.ref = max(self.ref, message.ref)
        error = None
        if first:
            if message.uri and not self._fresh and self._restored is None:
                error = await self.stage.arrive(message.uri)
            missed = await self._first_frames(message)
        else:
            missed = self.out.history.missed(self.out.rev, message.rev, message.ref)
        self.out.send(ready(self.view, message.rev, self.ref, first))
        owed = self.out.owed(message.ref, self.ref)
        if missed is None:
            self.out.rev = max(self.out.rev, message.rev)
            await self._send_root()
        for frame in missed or ():
            self.out.send(frame)
        self.out.settle(owed, is_root_sent=missed is None)
        if error is not None:
            self.out.refuse(error)
        self._start_ticking()
        self._save_later()
        self._rest_later()

    async def _first_frames(self, message: Attach) -> list[str] | None:
        """Return what brings the page in the browser up to date; None: only the whole root does."""
        restored = self._restored
        if restored is None:
            return [] if self._fresh and await self._fits(message) else None
        missed = self.out.history.missed(self.out.rev, message.rev, message.ref)
        if missed is None or restored.ops is None:
            return None
        if message.rev == self.out.rev and not await self._has_shape(message):
            return None
        if self.out.rev:
            missed.append(self.out.push_ops(restored.ops))
        return missed

    async def _fits(self, message: Attach) -> bool:
        """Return whether the browser parsed the first page as we do."""
        return not message.rev and not self.out.rev and await self._has_shape(message)

    async def _has_shape(self, message: Attach) -> bool:
        return await self.stage.shape() == (message.count, message.hash)

    async def _send_root(self) -> None:
        self.out.root(*await self.stage.root())

    async def _on_detach(self, message: Detach) -> None:
        if message.transport is not self.out.transport:
            return
        self.out.transport = None
        self.timers.cancel("tick")
        await self._plugged.detach()
        self.timers.set("grace", config.GRACE_S, End("expired"))

    async def _on_leave(self, message: protocol.Leave) -> None:
        await self._on_end(End("left"))

    async def _on_end(self, message: End) -> None:
        if message.reason == "expired" and self.connected:
            return
        is_kept = await self._keep_for_later(message.reason)
        if message.reason == "expired" and any(type(other) is Attach for other in self._inbox):
            return  # the browser came back just now
        self._closed = self._is_shut = True
        self.timers.cancel_all()
        for topic in self.runtime.topics:
            hub.leave(topic, self)
        for task in self._tasks:
            task.cancel()
        self.background.cancel_all()
        self._ended(self)
        run_async = run_on(self._loop)
        await self.stage.hop(
            lambda: unmount(self.view, message.reason, run_async, is_final=not is_kept)
        )
        self._part(message)
        self.runtime.session = None
        self.out.transport = None

    async def _on_rest(self, message: Rest) -> None:
        if self.connected:
            if (message.rev, message.ref) == (self.out.rev, self.ref):
                await self.stage.hop(self._renderer.rest)
            self._rest_later()

    def _rest_later(self) -> None:
        if config.REST_S:
            self.timers.set("rest", config.REST_S, Rest(self.out.rev, self.ref))

    async def _on_save(self, message: Save) -> None:
        self.timers.cancel("save")
        keeper = self.out.keeper
        if keeper is not None:
            await self.stage.hop(lambda: keeper.capture(self.view, self._renderer))
            keeper.commit(is_event=False)
            if self.connected:
                self.timers.set("refresh", config.STATE_TTL_S / 2, Save())

    # What outlives the process

    @property
    def epoch(self) -> int:
        """Of this owner of the page; 0: the view is in no shared state backend."""
        return 0 if self.out.keeper is None else self.out.keeper.epoch

    def own(self, epoch: int) -> None:
        """Write under a higher epoch: this process has claimed the page once more."""
        if self.out.keeper is not None:
            self.out.keeper.epoch = max(self.out.keeper.epoch, epoch)

    def transmit(self, frame: str) -> None:
        """Send a frame that is safe."""
        self.out.transmit(frame)

    def checkpoint(self, capture: Capture) -> Checkpoint:
        """Return the session at this moment."""
        return checkpoint_of(self.view, capture, self.out.rev, self.ref, self.out.history)

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
        if self.out.keeper is not None and "save" not in self.timers:
            self.timers.set("save", config.CHECKPOINT_INTERVAL_S, Save())

    async def _keep_for_later(self, reason: str) -> bool:
        """Keep the state of a view that ends here, and return whether its page can go on."""
        keeper = self.out.keeper
        if reason == "moved":
            return True
        if keeper is not None and reason in ("expired", "drained"):
            await self._on_save(Save())
            await keeper.settled()
            return True
        if keeper is not None:
            writer.delete(self.runtime.page_id, keeper.epoch)
        if reason != "expired" and not (reason == "drained" and reloading.is_on()):
            return False
        arguments = (self.view, self._renderer, self.out.rev, self.ref, self.out.history)
        return await self.stage.hop(lambda: sleep(*arguments))

    def _part(self, message: End) -> None:
        """Send the browser away when the page goes on elsewhere."""
        if self.out.transport is None or message.reason not in ("moved", "drained"):
            return
        if message.reason == "drained":
            self.out.transport.send(protocol.drain(message.delay_ms))
        self.out.transport.close(SERVICE_RESTART)

    # Parts of turns

    async def _call_each(
        self,
        function: Callable[..., Any] | None,
        calls: list[tuple[Any, ...]],
        error: LiveError | None = None,
    ) -> None:
        """Call ``function`` with each tuple of arguments, render once, and push what changed."""
        await self._push(await self.stage.each(function, calls, error))

    async def _push(self, outcome: Outcome) -> None:
        await self._plugged.after_render()
        self.out.push(outcome)

    # Frames

    def _commit(self) -> None:
        """Write what the turn captured; frames from now on wait until that is done."""
        if self.out.keeper is not None:
            self.out.keeper.commit(is_event=self.stage.is_answering)
            if not self.stage.is_answering:
                self._save_later()

    def _send_beside(self, frame: str) -> None:
        """Send now when nothing runs, else with the frame of the turn that runs."""
        if self._wake is None:
            self._beside.append(frame)
        else:
            self.out.send(frame)

    def _on_wrong_ref(self, event: protocol.Event) -> None:
        if event.ref > self.ref:
            self.out.refuse(EventOutOfOrder(f"Event {event.ref} came after event {self.ref}."))
            return
        # It was handled before the connection dropped; only the answer is sent again.
        self.out.again(event.ref)

    def _on_overdue(self, event: protocol.Event) -> None:
        """Answer an event whose handler goes on; what it changes is pushed when it is done."""
        name = f"{type(self.view).__qualname__}.{event.name}"
        logger.warning("%s runs longer than %s s", name, self._timeout_s)
        self._overdue_ref = event.ref
        error = HandlerOverdue(f"{event.name} runs longer than {self._timeout_s:g} s.")
        extra = protocol.encode_json({"error": described(error)})
        self.out.reply(event.ref, Outcome(extra=extra))

    # Life

    def _start(self) -> None:
        for topic in self.runtime.topics:
            hub.join(topic, self)
        pending, self.runtime.pending = self.runtime.pending, []
        for _, call in pending:
            call()

    def drained(self) -> None:
        """Say that the browser has read everything that was sent."""
        if self.stage.render_wanted:
            self.post(Render())

    def _start_ticking(self) -> None:
        interval_ms = self.view.tick_interval
        if interval_ms and self.connected:
            self.timers.set("tick", interval_ms / 1000, Tick())

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
    Reload: LiveSession._on_reload,
    Save: LiveSession._on_save,
    Rest: LiveSession._on_rest,
    Tick: LiveSession._on_tick,
    AuthCheck: LiveSession._on_auth_check,
}
