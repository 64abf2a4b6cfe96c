"""The way to the disk: a queue of what is to be written, and a watch over what stands still."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any

from djust_uploads.config import config
from djust_uploads.entries import UploadEntry


class Job:
    """Pieces of one file that wait to be written one behind the other; none: let the file rest."""

    __slots__ = ("end", "entry", "offset", "pieces")

    def __init__(self, entry: UploadEntry, offset: int = 0) -> None:
        self.entry = entry
        self.offset = offset
        self.end = offset
        self.pieces: list[memoryview] = []

    def add(self, data: memoryview) -> None:
        """Take another piece."""
        self.pieces.append(data)
        self.end += len(data)


class WriteQueue:
    """What one page has to write, in order, by one task that runs while there is something.

    Args:
        spawn: Runs a coroutine on the session's loop.
        write: Does one job.

    Attributes:
        held: Bytes that wait.
    """

    def __init__(
        self,
        spawn: Callable[[Coroutine[Any, Any, Any]], None],
        write: Callable[[Job], Coroutine[Any, Any, None]],
    ) -> None:
        self.held = 0
        self._spawn = spawn
        self._write = write
        self._jobs: deque[Job] = deque()
        self._waiting: list[asyncio.Future[None]] = []
        self._is_running = False
        self._is_over = False

    def add(self, entry: UploadEntry, offset: int, data: memoryview) -> None:
        """Write ``data`` behind what waits."""
        self.held += len(data)
        last = self._jobs[-1] if self._jobs else None
        if last is not None and last.entry is entry and last.end == offset and last.pieces:
            last.add(data)
            return
        job = Job(entry, offset)
        job.add(data)
        self._submit(job)

    def rest(self, entry: UploadEntry) -> None:
        """Let a file rest once what waits for it is written."""
        self._submit(Job(entry))

    def close(self) -> None:
        """Write nothing more."""
        self._is_over = True
        self._jobs.clear()

    async def settled(self) -> None:
        """Wait until nothing waits any more."""
        if self._is_running:
            waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiting.append(waiter)
            await waiter

    def _submit(self, job: Job) -> None:
        if self._is_over:
            return
        self._jobs.append(job)
        if not self._is_running:
            self._is_running = True
            self._spawn(self._run())

    async def _run(self) -> None:
        try:
            while self._jobs:
                job = self._jobs.popleft()
                await self._write(job)
                self.held -= job.end - job.offset
        finally:
            self._is_running = False
            waiting, self._waiting = self._waiting, []
            for waiter in waiting:
                if not waiter.done():
                    waiter.set_result(None)


class StallWatch:
    """Calls ``stalled`` when nothing has moved for ``UPLOAD_STALL_S`` seconds.

    Args:
        stalled: What to do; returns nothing.
    """

    def __init__(self, stalled: Callable[[], None]) -> None:
        self._stalled = stalled
        self._moved_at = 0.0
        self._timer: asyncio.TimerHandle | None = None

    def moved(self) -> None:
        """Something came."""
        loop = asyncio.get_running_loop()
        self._moved_at = loop.time()
        if self._timer is None:
            self._timer = loop.call_later(config.UPLOAD_STALL_S, self._look)

    def stop(self) -> None:
        """Nobody is there who could send something."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        loop = asyncio.get_running_loop()
        left_s = self._moved_at + config.UPLOAD_STALL_S - loop.time()
        self._timer = loop.call_later(left_s, self._look) if left_s > 0 else None
        if self._timer is None:
            self._stalled()
