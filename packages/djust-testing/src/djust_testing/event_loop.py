"""The engine's event loop in a thread of its own, while user code runs in the thread of the test.

Django's ``TestCase`` keeps everything in one transaction of one database connection, which belongs
to one thread. So the engine runs as it does in a server, but every piece of user code that a server
would give to a worker thread is handed to the thread of the test, which works it off as it waits.
So is what the engine asks its state backend, which may be a table of that database.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextvars
import queue
import threading
import time
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from asgiref.sync import AsyncToSync
from djust_live.saving import writer
from djust_live.workers import pools

Result = TypeVar("Result")
Job = Callable[[], None]

_MOMENT_S = 0.002
# A backend that is away keeps what it was to save; nobody waits for that any longer.
_LAST_ANSWERS_S = 5.0
# How long the thread that saves waits for that of the test: a client that nobody closes must not
# hold up all tests behind it.
_TEST_THREAD_S = 30.0


class TestThreadPool:
    """Stands in for the engine's pools: jobs go to the thread of the test."""

    __test__ = False

    def __init__(self, jobs: queue.SimpleQueue[Job | None]) -> None:
        self._jobs = jobs

    @property
    def thread_count(self) -> int:
        """Threads of its own: none."""
        return 0

    def run(
        self, function: Callable[[], Result], context: contextvars.Context
    ) -> asyncio.Future[Result]:
        """Run ``function`` in the thread of the test, inside ``context``."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Result] = loop.create_future()

        def job() -> None:
            result: Any = None
            error: BaseException | None = None
            try:
                result = context.run(function)
            except BaseException as raised:  # noqa: BLE001 - it belongs to whoever awaits it
                error = raised
            loop.call_soon_threadsafe(_settle, future, result, error)

        self._jobs.put(job)
        return future

    def stop(self) -> None:
        """Do what the real pools do: nothing runs on."""


def _settle(future: asyncio.Future[Any], result: Any, error: BaseException | None) -> None:
    if future.cancelled():
        return
    if error is None:
        future.set_result(result)
    else:
        future.set_exception(error)


class _TestThreadExecutor(concurrent.futures.Executor):
    """Takes what ``sync_to_async`` would run in Django's main thread."""

    def __init__(self, jobs: queue.SimpleQueue[Job | None]) -> None:
        self._jobs = jobs

    def submit(
        self, function: Callable[..., Any], /, *args: Any, **kwargs: Any
    ) -> concurrent.futures.Future[Any]:
        """Run ``function`` in the thread of the test."""
        future: concurrent.futures.Future[Any] = concurrent.futures.Future()

        def job() -> None:
            if not future.set_running_or_notify_cancel():
                return
            try:
                future.set_result(function(*args, **kwargs))
            except BaseException as raised:  # noqa: BLE001 - it belongs to whoever awaits it
                future.set_exception(raised)

        self._jobs.put(job)
        return future


class EngineLoop:
    """One running engine; used by all test clients of the process, and started by the first.

    Example:
        >>> engine = EngineLoop.shared()
        >>> engine.acquire()
        >>> engine.run(coroutine(), timeout_s=5)
        >>> engine.release()
    """

    _instance: EngineLoop | None = None

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._users = 0
        self._kept: tuple[Any, Any] = (None, None)
        self._asked = writer.ask
        self._thread: threading.Thread | None = None

    @classmethod
    def shared(cls) -> EngineLoop:
        """Return the engine of this process."""
        if cls._instance is None:
            cls._instance = cls()
        return cls._instance

    @classmethod
    def is_in_use(cls) -> bool:
        """Return whether a test client is open; one that nobody closes holds up later tests."""
        return cls._instance is not None and cls._instance._users > 0

    def acquire(self) -> None:
        """Run, until as many calls of :meth:`release` have followed."""
        self._users += 1
        if self._users > 1:
            return
        self._kept = (pools._turns, pools._background)
        pool: Any = TestThreadPool(self._jobs)
        pools._turns = pools._background = pool
        writer.ask = self._in_test_thread
        executors: Any = AsyncToSync.loop_thread_executors
        executors[self.loop] = _TestThreadExecutor(self._jobs)
        self._thread = threading.Thread(target=self.loop.run_forever, name="djust-engine")
        self._thread.daemon = True
        self._thread.start()

    def release(self) -> None:
        """Stop when nobody uses the engine any more."""
        self._users -= 1
        if self._users or self._thread is None:
            return
        self._save_the_rest()
        writer.ask = self._asked
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self._thread = None
        self.loop.close()
        AsyncToSync.loop_thread_executors.pop(self.loop, None)
        pools._turns, pools._background = self._kept
        EngineLoop._instance = None

    def _in_test_thread(self, question: Callable[[], Any]) -> Any:
        return _TestThreadExecutor(self._jobs).submit(question).result(_TEST_THREAD_S)

    def _save_the_rest(self) -> None:
        """Answer what the thread that saves still asks, so that it is free when we are gone."""
        deadline = time.monotonic() + _LAST_ANSWERS_S
        while not writer.flush(_MOMENT_S) and time.monotonic() < deadline:
            self.work_off()

    def run(self, coroutine: Coroutine[Any, Any, Result], timeout_s: float) -> Result:
        """Return what ``coroutine`` returns; user code runs here meanwhile.

        Raises:
            TimeoutError: It took longer than ``timeout_s`` seconds.
        """
        future = asyncio.run_coroutine_threadsafe(asyncio.wait_for(coroutine, timeout_s), self.loop)
        future.add_done_callback(lambda _: self._jobs.put(None))
        while not future.done():
            job = self._jobs.get()
            if job is not None:
                job()
        try:
            return future.result()
        except asyncio.TimeoutError as error:  # another class than TimeoutError before Python 3.11
            raise TimeoutError(f"No answer within {timeout_s:g} s.") from error

    def work_off(self) -> None:
        """Run what waits for the thread of the test."""
        while True:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                return
            if job is not None:
                job()
