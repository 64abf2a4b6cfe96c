"""The WebSocket transport: frames in, frames out, nothing else."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from channels.consumer import AsyncConsumer

from djust_live import origin, protocol
from djust_live.config import config
from djust_live.diagnosis import described
from djust_live.errors import (
    AccessDenied,
    AlreadyJoined,
    AuthChanged,
    ExpiredToken,
    ForeignLiveSession,
    ForeignOrigin,
    ForeignSession,
    FrameTooLarge,
    LiveError,
    MalformedFrame,
    MountFailed,
    NotJoined,
    ServerStopping,
    UnsupportedVersion,
    ViewGone,
)
from djust_live.joining import away_ms, join
from djust_live.messages import Binary, Detach
from djust_live.session import SERVICE_RESTART, LiveSession

logger = logging.getLogger(__name__)

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

# A page with one of these cannot go on; what it should show, a new GET knows.
_RELOAD = (
    ExpiredToken,
    ForeignSession,
    ForeignLiveSession,
    AuthChanged,
    UnsupportedVersion,
    ViewGone,
    AccessDenied,
    MountFailed,
)
# Frames that may wait for a slow reader before turns stop rendering for it.
_CONGESTED_FRAMES = 8


class LiveConsumer(AsyncConsumer):
    """The Channels consumer of live views.

    To its users it is a consumer like others: ``LiveConsumer.as_asgi()`` goes into a URLRouter. Its
    receive loop is its own, because Channels' makes two tasks and a thread hop for each message.
    """

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one connection to its end."""
        connect = await receive()
        if connect["type"] != "websocket.connect":
            raise ValueError(f"A WebSocket starts with websocket.connect, not {connect['type']}.")
        if not origin.is_allowed(scope):
            await _deny(scope, send)
            return
        await send({"type": "websocket.accept"})
        await SocketTransport(scope, receive, send).serve()


class SocketTransport:
    """One connection: a reader that feeds the session, a writer that empties the frames."""

    def __init__(self, scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
        self._scope = scope
        self._receive = receive
        self._asgi_send = send
        self._loop = asyncio.get_running_loop()
        self._frames: deque[str] = deque()
        self._writer_wake: asyncio.Future[None] | None = None
        self._close_code: int | None = None
        self._session: LiveSession | None = None
        # The live session whose pages may follow one another here; None before the first page.
        self._live_session: str | None = None
        # What is known to wait for nothing but room needs no task of its own to be awaited in.
        owner = type(getattr(send, "__self__", None))
        self._sends_at_once = owner.__module__.startswith("uvicorn.protocols.")
        self._max_bytes: int = config.MAX_FRAME_BYTES
        self._gate = RateGate(config.EVENT_RATE, config.EVENT_BURST, self._loop.time)

    @property
    def scope(self) -> Mapping[str, Any]:
        """The ASGI scope of the connection."""
        return self._scope

    @property
    def congested(self) -> bool:
        """Whether the browser reads too slowly."""
        return len(self._frames) > _CONGESTED_FRAMES

    def send(self, frame: str) -> None:
        """Send a frame after those before it."""
        if self._sends_at_once and not self._frames and self._send_now(frame):
            return
        self._frames.append(frame)
        self._wake_writer()

    def _send_now(self, frame: str) -> bool:
        """Send without the writer's help; return false when the server asks to wait."""
        sending: Any = self._asgi_send({"type": "websocket.send", "text": frame})
        try:
            sending.send(None)
        except StopIteration:
            return True
        except (OSError, RuntimeError) as error:
            logger.debug("A frame could not be sent: %s", error)
            return True
        # Uvicorn waits for room before it looks at the frame, so nothing was sent.
        sending.close()
        return False

    def close(self, code: int) -> None:
        """Close once all frames have left."""
        self._close_code = code
        self._wake_writer()

    async def serve(self) -> None:
        """Read until the browser goes."""
        writer = self._loop.create_task(self._write())
        try:
            await self._read()
        finally:
            writer.cancel()
            if self._session is not None:
                self._session.post(Detach(self))

    async def _read(self) -> None:
        receive = self._receive
        while True:
            message = await receive()
            if message["type"] == "websocket.disconnect":
                return
            pause_s = self._gate.pause_s()
            if pause_s:
                await asyncio.sleep(pause_s)
            text = message.get("text")
            try:
                if text is not None:
                    await self._take(protocol.decode(text, self._max_bytes))
                else:
                    self._take_binary(message["bytes"])
            except LiveError as error:
                self._refuse(error)
            session = self._session
            if session is not None and session.backlog > config.MAX_QUEUE:
                await self._until_quiet(session)

    async def _take(self, frame: protocol.ClientFrame) -> None:
        session = self._session
        kind = type(frame)
        if kind is protocol.Join:
            await self._join(frame)  # type: ignore[arg-type]
        elif session is None:
            if kind is protocol.Ping:
                self.send(protocol.PONG)
                return
            raise NotJoined("The page has not attached yet.")
        elif kind is protocol.Ping:
            session.acknowledge(frame.rev)  # type: ignore[union-attr]
            self.send(protocol.PONG)
        else:
            session.post(frame)
            if kind is protocol.Leave:
                self._session = None
                session.out.disconnect(self)

    async def _join(self, frame: protocol.Join) -> None:
        if self._session is not None:
            raise AlreadyJoined("This connection has a page already.")
        try:
            self._session, self._live_session = await join(frame, self, within=self._live_session)
        except ServerStopping:
            self.send(protocol.drain(away_ms()))
            self.close(SERVICE_RESTART)
        except _RELOAD as error:
            logger.info("A page must load again: %s %s", error.code, error)
            self.send(protocol.reload(error.code))

    def _take_binary(self, frame: bytes) -> None:
        """Read `length of namespace, namespace, data`; the extension knows what is in the data."""
        if self._session is None:
            raise NotJoined("The page has not attached yet.")
        if len(frame) > config.MAX_BINARY_BYTES:
            raise FrameTooLarge(f"A binary frame of {len(frame)} bytes.")
        length = frame[0] if frame else 0
        name = frame[1 : 1 + length]
        if not name or len(name) != length or not name.isascii():
            raise MalformedFrame("A binary frame starts with the length and name of a namespace.")
        self._session.post(Binary(name.decode(), frame[1 + length :]))

    def _refuse(self, error: LiveError) -> None:
        logger.info("A frame was refused: %s %s", error.code, error)
        shown = described(error)
        self.send(protocol.error(shown["code"], shown["text"]))

    async def _until_quiet(self, session: LiveSession) -> None:
        """Read no further while too much waits; TCP tells the browser to slow down."""
        while session.backlog > config.MAX_QUEUE // 2 and session.alive:
            await session.progress()

    async def _write(self) -> None:
        frames, send = self._frames, self._asgi_send
        try:
            while True:
                while frames:
                    await send({"type": "websocket.send", "text": frames[0]})
                    was_congested = self.congested  # frames came while this one waited
                    frames.popleft()
                    if was_congested and not self.congested and self._session is not None:
                        self._session.drained()
                if self._close_code is not None:
                    await send({"type": "websocket.close", "code": self._close_code})
                    return
                self._writer_wake = self._loop.create_future()
                await self._writer_wake
        except (OSError, RuntimeError) as error:
            # The connection broke; the reader is told by a disconnect message.
            logger.debug("A frame could not be sent: %s", error)

    def _wake_writer(self) -> None:
        wake = self._writer_wake
        if wake is not None:
            self._writer_wake = None
            if not wake.done():
                wake.set_result(None)


class RateGate:
    """A bucket of tokens that fills at ``rate`` a second: beyond it, reading pauses.

    Args:
        rate: Frames a second in the long run; 0: no limit.
        burst: Frames that may come at once.
        clock: Seconds, monotonic.
    """

    __slots__ = ("_burst", "_clock", "_level", "_rate", "_then")

    def __init__(self, rate: float, burst: int, clock: Callable[[], float]) -> None:
        self._rate = rate
        self._burst = float(burst)
        self._clock = clock
        self._level = float(burst)
        self._then = clock()

    def pause_s(self) -> float:
        """Count one frame and return how long to wait before it is handled."""
        if not self._rate:
            return 0.0
        if self._level < 1.0:
            now = self._clock()
            self._level = min(self._burst, self._level + (now - self._then) * self._rate)
            self._then = now
        self._level -= 1.0
        return 0.0 if self._level >= 0.0 else -self._level / self._rate


async def _deny(scope: Mapping[str, Any], send: Send) -> None:
    """Refuse the handshake with status 403 and, where the server can, the code."""
    error = ForeignOrigin("The Origin header names another site.")
    logger.warning("A socket of a foreign origin was refused: %s", error.code)
    if "websocket.http.response" in (scope.get("extensions") or {}):
        headers = [(b"content-type", b"application/json"), (b"x-djust-error", error.code.encode())]
        await send({"type": "websocket.http.response.start", "status": 403, "headers": headers})
        body = protocol.error(error.code).encode()
        await send({"type": "websocket.http.response.body", "body": body})
    else:
        await send({"type": "websocket.close"})
