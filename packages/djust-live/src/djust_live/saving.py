"""The thread that writes checkpoints: those of many sessions at once, the latest of each."""

from __future__ import annotations

import asyncio
import enum
import functools
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.db import close_old_connections, connections

from djust_live.backends import Entry, state_backend
from djust_live.checkpoints import Checkpoint, seal
from djust_live.config import config
from djust_live.errors import BackendUnavailable, StateTooLarge

logger = logging.getLogger(__name__)

_FIRST_PAUSE_S = 0.25
_LAST_PAUSE_S = 5.0
# Most checkpoints that one write carries, so that no reply waits for a very long one.
_BATCH = 256


class Saved(enum.Enum):
    """What became of a checkpoint."""

    WRITTEN = "written"
    FENCED = "fenced"  # a newer owner exists
    FAILED = "failed"  # too large, or the backend does not answer


Told = Callable[[Saved], None]


@dataclass(slots=True)
class Job:
    """A checkpoint to write, and who wants to know.

    Attributes:
        checkpoint: What to write.
        epoch: Of the owner.
        ttl_s: Seconds it is kept.
        loop: Where ``told`` is called.
        told: Called with the outcome.
    """

    checkpoint: Checkpoint
    epoch: int
    ttl_s: float
    loop: asyncio.AbstractEventLoop | None = None
    told: list[Told] = field(default_factory=list)


class CheckpointWriter:
    """Writes what was submitted while the write before was under way, all in one.

    Of a session only the last checkpoint is written; who waited for an earlier one is told with it.
    While the backend is away, nobody waits: the latest checkpoints are kept and written once it is
    back.

    Attributes:
        ask: Calls what asks the backend. A test client has it happen in the thread of the test, in
            whose transaction the table may be locked.
    """

    def __init__(self) -> None:
        self.ask: Callable[[Callable[[], Any]], Any] = _here
        self._condition = threading.Condition()
        self._jobs: dict[bytes, Job] = {}
        self._deletions: dict[bytes, int] = {}
        self._thread: threading.Thread | None = None
        self._is_down = False
        self._is_writing = False

    @property
    def is_down(self) -> bool:
        """Whether the backend does not answer at the moment."""
        return self._is_down

    def submit(self, job: Job) -> None:
        """Write a checkpoint soon; any thread."""
        page_id = job.checkpoint.page_id
        with self._condition:
            older = self._jobs.get(page_id)
            if older is not None:
                job.told = [*older.told, *job.told]
                job.loop = job.loop or older.loop
            self._jobs[page_id] = job
            self._deletions.pop(page_id, None)
            self._wake()
        if self._is_down:
            self._tell([(job, Saved.FAILED)])

    def delete(self, page_id: bytes, epoch: int) -> None:
        """Forget a page soon; any thread."""
        with self._condition:
            self._jobs.pop(page_id, None)
            self._deletions[page_id] = epoch
            self._wake()

    def flush(self, timeout_s: float) -> bool:
        """Wait until nothing waits to be written; return whether that came in time."""
        with self._condition:
            return self._condition.wait_for(
                lambda: not (self._jobs or self._deletions or self._is_writing), timeout_s
            )

    def _wake(self) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._work, name="djust-saving", daemon=True)
            self._thread.start()
        self._condition.notify_all()

    def _work(self) -> None:
        pause_s = _FIRST_PAUSE_S
        try:
            while True:
                jobs, deletions = self._take()
                try:
                    self._write(jobs, deletions)
                except BackendUnavailable as error:
                    self._put_back(jobs, deletions, error)
                    time.sleep(pause_s)
                    pause_s = min(pause_s * 2, _LAST_PAUSE_S)
                except Exception:
                    logger.exception("Checkpoints could not be written")
                    self._tell([(job, Saved.FAILED) for job in jobs])
                else:
                    self._set_down(False)
                    pause_s = _FIRST_PAUSE_S
                with self._condition:
                    self._is_writing = False
                    self._condition.notify_all()
        finally:
            connections.close_all()

    def _take(self) -> tuple[list[Job], dict[bytes, int]]:
        with self._condition:
            self._condition.wait_for(lambda: self._jobs or self._deletions)
            self._is_writing = True
            jobs = list(self._jobs.values())[:_BATCH]
            for job in jobs:
                del self._jobs[job.checkpoint.page_id]
            deletions, self._deletions = self._deletions, {}
        return jobs, deletions

    def _write(self, jobs: list[Job], deletions: dict[bytes, int]) -> None:
        backend = state_backend()
        sealed, outcomes = [], []
        for job in jobs:
            data = seal(job.checkpoint)
            if len(data) > config.MAX_STATE_BYTES:
                error = StateTooLarge(f"A checkpoint of {len(data)} bytes is over MAX_STATE_BYTES.")
                logger.error("%s %s %s", error.code, error, error.hint)
                outcomes.append((job, Saved.FAILED))
            else:
                sealed.append((job, Entry(job.checkpoint.page_id, job.epoch, data, job.ttl_s)))
        close_old_connections()
        if sealed:
            written = self.ask(lambda: backend.write([entry for _, entry in sealed]))
            outcomes += [
                (job, Saved.WRITTEN if ok else Saved.FENCED)
                for (job, _), ok in zip(sealed, written, strict=True)
            ]
        for page_id, epoch in list(deletions.items()):
            self.ask(functools.partial(backend.delete, page_id, epoch))
            del deletions[page_id]
        close_old_connections()
        self._tell(outcomes)

    def _put_back(self, jobs: list[Job], deletions: dict[bytes, int], error: Exception) -> None:
        self._set_down(True, error)
        self._tell([(job, Saved.FAILED) for job in jobs])
        with self._condition:
            for job in jobs:
                self._jobs.setdefault(job.checkpoint.page_id, job)
            self._deletions = {**deletions, **self._deletions}

    def _set_down(self, is_down: bool, error: Exception | None = None) -> None:
        if is_down and not self._is_down:
            logger.error("State is not saved for now, open pages go on: %s", error)
        elif self._is_down and not is_down:
            logger.warning("State is saved again")
        self._is_down = is_down

    def _tell(self, outcomes: list[tuple[Job, Saved]]) -> None:
        by_loop: dict[asyncio.AbstractEventLoop, list[tuple[list[Told], Saved]]] = {}
        for job, outcome in outcomes:
            told, job.told = job.told, []
            if told and job.loop is not None:
                by_loop.setdefault(job.loop, []).append((told, outcome))
        for loop, calls in by_loop.items():
            try:
                loop.call_soon_threadsafe(_call_all, calls)
            except RuntimeError:
                logger.debug("The event loop closed before its checkpoints were written.")


def _here(question: Callable[[], Any]) -> Any:
    return question()


def _call_all(calls: list[tuple[list[Told], Saved]]) -> None:
    for told, outcome in calls:
        for call in told:
            call(outcome)


writer = CheckpointWriter()
