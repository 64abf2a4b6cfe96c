"""The threads that run synchronous user code, and nothing else.

Each session has at most one job here at a time, so jobs queue fairly: one per session. Django's
rule of one database connection a thread is kept, with the same clean-up as around a request.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
import threading
import time
import weakref
from collections import deque
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connections, reset_queries

from djust_live.config import config
from djust_live.homing import run_in

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

_IDLE_S = 30.0
# How much longer than CONN_MAX_AGE a connection lives in a thread that has one job after another.
_KEPT_S = 1.0


class WorkerPool:
    """A bounded pool of threads that answers to event loops.

    One thread works off the queue as long as jobs are short: waking a thread costs more than most
    turns, and threads that take turns at the interpreter's lock gain nothing. When a job takes
    longer, because it waits for a database or sleeps, further threads join, so that nobody waits
    for it. Results go back in batches, with one wake-up of the loop for all that are ready.

    Args:
        max_threads: Most threads at once; further jobs wait in order.
        name: First part of the threads' names.
        patience_s: How long a job may hold up others before another thread joins.
    """

    def __init__(self, max_threads: int, name: str, patience_s: float = 0.002) -> None:
        self._max_threads = max_threads
        self._name = name
        self._patience_s = patience_s
        self._lock = threading.Lock()
        self._jobs: deque[_Job[Any]] = deque()
        self._parked: list[_Worker] = []
        # Those whose job is new enough to be over soon; the rest may be waiting for something.
        self._brisk: set[_Worker] = set()
        self._threads = 0
        self._started = 0
        self._stopped = False
        # The loops that look after their jobs: one may stop or close before its next look.
        self._watching: weakref.WeakSet[asyncio.AbstractEventLoop] = weakref.WeakSet()

    @property
    def thread_count(self) -> int:
        """How many threads there are now."""
        return self._threads

    def run(
        self, function: Callable[[], Result], context: contextvars.Context
    ) -> asyncio.Future[Result]:
        """Run ``function`` in a thread, inside ``context``; await the future for its result.

        Cancelling the future does not stop the function; its result is then dropped.
        """
        loop = asyncio.get_running_loop()
        outbox = _outbox_of(loop)
        future: asyncio.Future[Result] = loop.create_future()
        worker = None
        is_unwatched = False
        with self._lock:
            self._jobs.append(_Job(function, context, outbox, future))
            if not self._brisk:
                worker = self._another()
            if worker is None and loop not in self._watching:
                self._watching.add(loop)
                is_unwatched = True
        if worker is not None:
            worker.wake()
        elif is_unwatched:
            loop.call_later(self._patience_s, self._watch, loop)
        return future

    def stop(self) -> None:
        """Let all threads end once no job waits; a later job starts new ones."""
        with self._lock:
            parked, self._parked = self._parked, []
            self._threads -= len(parked)
            self._stopped = True
        for worker in parked:
            worker.end()

    def _watch(self, loop: asyncio.AbstractEventLoop) -> None:
        """Let another thread join when jobs wait although the working ones had their time."""
        worker = None
        now = time.monotonic()
        with self._lock:
            slow = [one for one in self._brisk if now - one.since >= self._patience_s]
            self._brisk.difference_update(slow)
            if self._jobs and not self._brisk:
                worker = self._another()
            is_needed = bool(self._jobs)
            if not is_needed:
                self._watching.discard(loop)
        if worker is not None:
            worker.wake()
        if is_needed:
            loop.call_later(self._patience_s, self._watch, loop)

    def _another(self) -> _Worker | None:
        """Return a thread that is to be woken; called with the lock held."""
        if self._parked:
            worker = self._parked.pop()
        elif self._threads < self._max_threads:
            self._threads += 1
            self._started += 1
            self._stopped = False
            worker = _Worker(self, f"{self._name}-{self._started}")
        else:
            return None
        worker.since = time.monotonic()
        self._brisk.add(worker)
        return worker

    def _next(self, worker: _Worker) -> _Job[Any] | None:
        """Return a job for ``worker``, or park it; a stopped pool lets it end."""
        with self._lock:
            if self._jobs:
                worker.since = time.monotonic()
                self._brisk.add(worker)
                return self._jobs.popleft()
            self._brisk.discard(worker)
            if self._stopped:
                self._threads -= 1
                worker.end()
            else:
                if worker not in self._parked:  # a signal may come just after a time-out
                    self._parked.append(worker)
        return None

    def _is_idle(self) -> bool:
        """Return whether no job waits."""
        return not self._jobs

    def _leave(self, worker: _Worker) -> bool:
        """Return whether a thread that was idle for long may end."""
        with self._lock:
            if worker not in self._parked:
                return False
            self._parked.remove(worker)
            self._threads -= 1
        return True


class _Worker:
    """One thread of a pool.

    Attributes:
        since: When its job began.
    """

    __slots__ = ("_ended", "_name", "_pool", "_signal", "_thread", "since")

    def __init__(self, pool: WorkerPool, name: str) -> None:
        self._pool = pool
        self._name = name
        # Held while nobody wakes the thread; a bare lock is the cheapest signal there is.
        self._signal = threading.Lock()
        self._signal.acquire()
        self._ended = False
        self.since = 0.0
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """Let the thread look for jobs; the first time, start it."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name=self._name, daemon=True)
            self._thread.start()
        else:
            self._signal.release()

    def end(self) -> None:
        """Let the thread end instead of looking for jobs."""
        self._ended = True
        if self._thread is not threading.current_thread():
            self._signal.release()

    def _work(self) -> None:
        pool = self._pool
        try:
            while not self._ended:
                job = pool._next(self)
                if job is not None:
                    job.run(pool._is_idle)
                    del job  # a waiting thread must not keep a view alive
                elif not self._ended and not self._signal.acquire(timeout=_IDLE_S):
                    if pool._leave(self):
                        return
        finally:
            connections.close_all()


class _Outbox:
    """Results on their way to one event loop."""

    __slots__ = ("_lock", "_loop", "_results", "_signalled")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._lock = threading.Lock()
        self._results: list[tuple[asyncio.Future[Any], Any, BaseException | None]] = []
        self._signalled = False

    def put(self, future: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
        """Hand a result over; the loop is woken unless it is about to look anyway."""
        with self._lock:
            self._results.append((future, result, error))
            if self._signalled:
                return
            self._signalled = True
        try:
            self._loop.call_soon_threadsafe(self._settle_all)
        except RuntimeError:
            logger.debug("The event loop closed before a job ended.")

    def _settle_all(self) -> None:
        with self._lock:
            results, self._results = self._results, []
            self._signalled = False
        for future, result, error in results:
            _settle(future, result, error)


_outboxes: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, _Outbox] = (
    weakref.WeakKeyDictionary()
)


def _outbox_of(loop: asyncio.AbstractEventLoop) -> _Outbox:
    outbox = _outboxes.get(loop)
    if outbox is None:
        outbox = _outboxes[loop] = _Outbox(loop)
    return outbox


class _Job(Generic[Result]):
    """One call and who waits for it."""

    __slots__ = ("_context", "_function", "_future", "_outbox")

    def __init__(
        self,
        function: Callable[[], Result],
        context: contextvars.Context,
        outbox: _Outbox,
        future: asyncio.Future[Result],
    ) -> None:
        self._function = function
        self._context = context
        self._outbox = outbox
        self._future = future

    def run(self, is_last: Callable[[], bool]) -> None:
        """Call the function with clean connections and hand the outcome to the loop.

        Args:
            is_last: Returns whether the thread has nothing else to do. Otherwise its connections
                stay for the next job: opening one can cost more than a whole turn.
        """
        result: Result | None = None
        error: BaseException | None = None
        try:
            _tidy_connections()
            if settings.DEBUG:
                reset_queries()
            result = run_in(self._context, self._function)
        except BaseException as raised:  # noqa: BLE001 - it belongs to whoever awaits the future
            error = raised
        try:
            if is_last():
                close_old_connections()
        except DatabaseError:
            logger.warning("A database connection could not be closed", exc_info=True)
        self._outbox.put(self._future, result, error)


def _tidy_connections() -> None:
    """Do what Django does before a request, but let a busy thread keep connections for a moment."""
    now = time.monotonic()
    for connection in connections.all(initialized_only=True):
        is_kept = (
            connection.connection is not None
            and connection.close_at is not None
            and now < connection.close_at + _KEPT_S
            and not connection.errors_occurred
            and not connection.in_atomic_block
            and connection.get_autocommit() == connection.settings_dict["AUTOCOMMIT"]
        )
        if is_kept:
            connection.health_check_done = False  # type: ignore[attr-defined]
        else:
            connection.close_if_unusable_or_obsolete()


def _settle(future: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
    if future.cancelled():
        return
    if error is None:
        future.set_result(result)
    elif isinstance(error, StopIteration):  # a future refuses it
        future.set_exception(RuntimeError(f"{type(error).__name__} left a handler."))
    else:
        future.set_exception(error)


class Pools:
    """The pools of this process, made on first use: for turns, background work, extensions."""

    def __init__(self) -> None:
        self._turns: WorkerPool | None = None
        self._background: WorkerPool | None = None
        self._extensions: WorkerPool | None = None

    @property
    def turns(self) -> WorkerPool:
        """Threads for handlers and renders."""
        if self._turns is None:
            self._turns = WorkerPool(config.WORKER_THREADS, "djust-turn")
        return self._turns

    @property
    def background(self) -> WorkerPool:
        """Threads for ``start_async`` and ``@background``; they may be busy for long."""
        if self._background is None:
            self._background = WorkerPool(config.BACKGROUND_THREADS, "djust-background")
        return self._background

    @property
    def extensions(self) -> WorkerPool:
        """Threads in which extensions wait for files and networks."""
        if self._extensions is None:
            self._extensions = WorkerPool(config.EXTENSION_THREADS, "djust-extension")
        return self._extensions

    def stop(self) -> None:
        """Let all threads end; later work starts new ones, with the settings of then."""
        for pool in (self._turns, self._background, self._extensions):
            if pool is not None:
                pool.stop()
        self._turns = self._background = self._extensions = None


pools = Pools()
