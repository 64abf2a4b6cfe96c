"""A process that stops lets its pages go on elsewhere.

On SIGTERM the running turns are finished, what the pages hold is saved, every browser is told when
to come back, and only then the server's own signal handler runs. Servers differ in when the
application learns that they stop. Uvicorn (alone, with workers, or under gunicorn) installs its
handler with ``signal.signal`` before the application starts, so ours goes around it. Others close
all connections first; there the lifespan's shutdown still saves what the pages hold.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

from django.conf import settings

from djust_live import reloading
from djust_live.config import config
from djust_live.joining import away_ms, sessions
from djust_live.saving import writer
from djust_live.session import LiveSession
from djust_live.template_watch import template_watch
from djust_live.warming import warm_up

logger = logging.getLogger(__name__)

Handler = Callable[[int, "FrameType | None"], Any]

# For close frames to leave once all sessions have ended.
_LAST_FRAMES_S = 0.2


class Drain:
    """Stops the sessions of this process, once."""

    def __init__(self) -> None:
        self._task: asyncio.Task[None] | None = None

    @property
    def has_begun(self) -> bool:
        """Whether pages are being sent away."""
        return self._task is not None

    def begin(self) -> asyncio.Task[None]:
        """Start to stop, on the loop of the sessions; return the task that ends with them."""
        if self._task is None:
            sessions.is_stopping = True
            self._task = asyncio.get_running_loop().create_task(self._run())
        return self._task

    def reset(self) -> None:
        """Forget that this process stopped; for tests."""
        sessions.is_stopping = False
        self._task = None

    async def _run(self) -> None:
        count = len(sessions)
        try:
            await asyncio.wait_for(self._end_sessions(), config.DRAIN_TIMEOUT_S)
        except asyncio.TimeoutError:
            logger.error("%s pages did not finish their turns in time", len(sessions))
        # No page waits for these: they are of views that only a GET has seen.
        await asyncio.to_thread(writer.flush, 1.0)
        reloading.leave()
        if count:
            logger.info("%s pages go on elsewhere", count)
            await asyncio.sleep(_LAST_FRAMES_S)

    async def _end_sessions(self) -> None:
        ending: dict[LiveSession, None] = {}
        # A page that was attaching when we began appears a little later.
        # What was ending already needs its time too: its extensions tell others, or leave files.
        while waiting := [*sessions, *sessions.ending]:
            for session in waiting:
                if session not in ending:
                    ending[session] = None
                    session.drain(away_ms())
            await waiting[0].finished()
            # What follows the end of a session is called by the loop, which may not have had its
            # turn.
            await asyncio.sleep(0)


drain = Drain()


class SignalWatch:
    """Puts the drain in front of what a server does on SIGTERM."""

    def __init__(self) -> None:
        self._server_handler: Handler | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def install(self) -> None:
        """Go around the handler that is installed now, if signals can be handled here at all."""
        if threading.current_thread() is not threading.main_thread():
            return
        current = signal.getsignal(signal.SIGTERM)
        if current == self._handle or not callable(current):
            return
        self._loop = asyncio.get_running_loop()
        if getattr(current, "__name__", "") == "_sighandler_noop":
            return  # the loop itself handles the signal, and nothing can be put in front of it
        self._server_handler = current
        signal.signal(signal.SIGTERM, self._handle)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        loop, handler = self._loop, self._server_handler
        if handler is None:
            return
        if loop is None or not loop.is_running() or drain.has_begun:
            handler(number, frame)  # asked twice: at once
            return
        loop.call_soon_threadsafe(self._drain_first, number)

    def _drain_first(self, number: int) -> None:
        handler = self._server_handler
        task = drain.begin()
        task.add_done_callback(lambda _: handler(number, None) if handler else None)


watch = SignalWatch()


class Lifespan:
    """The lifespan of the ASGI application."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve the lifespan of one process."""
        while True:
            message: dict[str, Any] = await receive()
            if message["type"] == "lifespan.startup":
                watch.install()
                if reloading.is_on():
                    reloading.take()
                    template_watch.start()
                if not settings.DEBUG:
                    await asyncio.to_thread(warm_up)
                await send({"type": "lifespan.startup.complete"})
            else:
                await drain.begin()
                template_watch.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return
