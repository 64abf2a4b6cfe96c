"""The threads that run synchronous user code, and nothing else.

Each session has at most one job here at a time, so jobs queue fairly: one per session. Django's
rule of one database connection a thread is kept, with the same clean-up as around a request.
"""

from __future__ import annotations

import asyncio
import contextvars
import logging
import queue
import threading
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.db import DatabaseError, close_old_connections, connections, reset_queries

from djust_live.config import config

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

_IDLE_S = 30.0


class WorkerPool:
    """A bounded pool of threads that answers to event loops.

    Threads start when a job would otherwise wait and stop after 30 idle seconds. Unlike an
    executor's, a hop makes one future and wakes the loop once.

    Args:
        max_threads: Most threads at once; further jobs wait in order.
        name: First part of the threads' names.
    """

    def __init__(self, max_threads: int, name: str) -> None:
        self._max_threads = max_threads
        self._name = name
        self._jobs: queue.SimpleQueue[_Job[Any] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._threads = 0
        self._waiting = 0
        self._started = 0

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
        future: asyncio.Future[Result] = loop.create_future()
        self._jobs.put(_Job(function, context, loop, future))
        if self._jobs.qsize() > self._waiting:
            self._grow()
        return future

    def stop(self) -> None:
        """Let all threads end after the jobs that wait; a later job starts new ones."""
        with self._lock:
            for _ in range(self._threads):
                self._jobs.put(None)

    def _grow(self) -> None:
        with self._lock:
            if self._threads >= self._max_threads or self._jobs.qsize() <= self._waiting:
                return
            self._threads += 1
            self._started += 1
            name = f"{self._name}-{self._started}"
        threading.Thread(target=self._work, name=name, daemon=True).start()

    def _work(self) -> None:
        try:
            while True:
                with self._lock:
                    self._waiting += 1
                try:
                    job = self._jobs.get(timeout=_IDLE_S)
                except queue.Empty:
                    with self._lock:
                        self._waiting -= 1
                        if self._jobs.empty():
                            self._threads -= 1
                            return
                    continue
                with self._lock:
                    self._waiting -= 1
                    if job is None:
                        self._threads -= 1
                        return
                # A job that came while this thread still counted as waiting found no thread.
                if self._jobs.qsize() > self._waiting:
                    self._grow()
                job.run()
                del job  # a waiting thread must not keep a view alive
        finally:
            connections.close_all()


class _Job(Generic[Result]):
    """One call and who waits for it."""

    __slots__ = ("_context", "_function", "_future", "_loop")

    def __init__(
        self,
        function: Callable[[], Result],
        context: contextvars.Context,
        loop: asyncio.AbstractEventLoop,
        future: asyncio.Future[Result],
    ) -> None:
        self._function = function
        self._context = context
        self._loop = loop
        self._future = future

    def run(self) -> None:
        """Call the function with clean connections and hand the outcome to the loop."""
        result: Result | None = None
        error: BaseException | None = None
        try:
            close_old_connections()
            if settings.DEBUG:
                reset_queries()
            result = self._context.run(self._function)
        except BaseException as raised:  # noqa: BLE001 - it belongs to whoever awaits the future
            error = raised
        try:
            close_old_connections()
        except DatabaseError:
            logger.warning("A database connection could not be closed", exc_info=True)
        try:
            self._loop.call_soon_threadsafe(_settle, self._future, result, error)
        except RuntimeError:
            logger.debug("The event loop closed before a job ended.")


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
    """The pools of this process, made on first use: one for turns, one for background work."""

    def __init__(self) -> None:
        self._turns: WorkerPool | None = None
        self._background: WorkerPool | None = None

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

    def stop(self) -> None:
        """Let all threads end; later work starts new ones, with the settings of then."""
        for pool in (self._turns, self._background):
            if pool is not None:
                pool.stop()
        self._turns = self._background = None


pools = Pools()
