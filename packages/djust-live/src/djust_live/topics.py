"""Messages between views: one group membership per worker and topic, fan-out inside the worker.

Without a channel layer messages stay in this process, which is right for one worker.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import secrets
import threading
from collections.abc import Callable
from typing import Any, Protocol

import msgspec
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import transaction

from djust_live.protocol import to_data
from djust_live.tenants.current import current_tenant, scoped, tenant_key

logger = logging.getLogger(__name__)

_VIEW_PREFIX = "view:"
_encoder = msgspec.msgpack.Encoder(enc_hook=to_data, decimal_format="string")


class Envelope(msgspec.Struct, array_like=True, frozen=True):
    """One message on its way.

    Attributes:
        topic: With its prefix.
        namespace: The extension that it is for; empty: the view's ``handle_info``.
        verb: The extension's own word.
        data: Plain data.
    """

    topic: str
    namespace: str
    verb: str
    data: Any


_decoder = msgspec.msgpack.Decoder(Envelope)


class Subscriber(Protocol):
    """Who receives messages; called on the event loop."""

    def deliver(self, envelope: Envelope) -> None:
        """Take one message."""
        ...


_CURRENT: Any = object()


def publish(topic: str, message: Any, *, tenant: Any = _CURRENT) -> None:
    """Send ``message`` to ``handle_info`` of all views that subscribed to ``topic``.

    Inside a transaction it leaves when the transaction commits, so that receivers see its rows.

    Args:
        topic: Any text.
        message: Plain data.
        tenant: Whose views receive it: by default the current tenant's; None: views of no tenant.
    """
    key = tenant_key(current_tenant() if tenant is _CURRENT else tenant)
    _send(Envelope(scoped(key, _VIEW_PREFIX + topic), "", "", message))


def publish_verb(topic: str, namespace: str, verb: str, data: Any) -> None:
    """Send a message to ``on_info`` of all extension objects that joined ``topic``."""
    _send(Envelope(topic, namespace, verb, data))


def view_topic(topic: str) -> str:
    """Return the name under which a view's topic is known to the hub."""
    return _VIEW_PREFIX + topic


def _send(envelope: Envelope) -> None:
    # Encoded now: what the caller changes afterwards is not part of the message.
    raw = _encoder.encode(envelope)
    if transaction.get_connection().in_atomic_block:
        transaction.on_commit(lambda: hub.publish(envelope.topic, raw))
    else:
        hub.publish(envelope.topic, raw)


class TopicHub:
    """The topics of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._subscribers: dict[str, dict[Subscriber, None]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._bridge: LayerBridge | None = None
        self.worker_id = secrets.token_bytes(6)

    def join(self, topic: str, subscriber: Subscriber) -> None:
        """Let ``subscriber`` receive ``topic``; called on the event loop."""
        self._adopt_loop()
        with self._lock:
            members = self._subscribers.setdefault(topic, {})
            first = not members
            members[subscriber] = None
        if first and self._bridge is not None:
            self._bridge.join(topic)

    def leave(self, topic: str, subscriber: Subscriber) -> None:
        """Let ``subscriber`` receive ``topic`` no more; called on the event loop."""
        with self._lock:
            members = self._subscribers.get(topic)
            if members is None:
                return
            members.pop(subscriber, None)
            if members:
                return
            del self._subscribers[topic]
        if self._bridge is not None:
            self._bridge.leave(topic)

    def publish(self, topic: str, raw: bytes) -> None:
        """Send an encoded envelope to this process and through the channel layer; any thread."""
        loop = self._loop
        if loop is not None and loop.is_running():
            loop.call_soon_threadsafe(self._publish_on_loop, topic, raw)
            return
        layer = get_channel_layer()
        if layer is not None:
            async_to_sync(layer.group_send)(group_of(topic), _event(raw, self.worker_id))

    def fan_out(self, raw: bytes) -> None:
        """Deliver an encoded envelope inside this process; called on the event loop."""
        topic = _decoder.decode(raw).topic
        with self._lock:
            members = list(self._subscribers.get(topic, ()))
        for member in members:
            # Decoded for each: one view's changes to a message are not another's business.
            member.deliver(_decoder.decode(raw))

    def topics(self) -> list[str]:
        """Return the topics that have subscribers here."""
        with self._lock:
            return list(self._subscribers)

    def _publish_on_loop(self, topic: str, raw: bytes) -> None:
        self.fan_out(raw)
        if self._bridge is not None:
            self._bridge.send(topic, raw)

    def _adopt_loop(self) -> None:
        loop = asyncio.get_running_loop()
        if self._loop is loop:
            return
        self._loop = loop
        layer = get_channel_layer()
        self._bridge = None if layer is None else LayerBridge(layer, self, loop)


class LayerBridge:
    """This worker's one channel in the channel layer."""

    def __init__(self, layer: Any, hub: TopicHub, loop: asyncio.AbstractEventLoop) -> None:
        self._layer = layer
        self._hub = hub
        self._orders: asyncio.Queue[Callable[[], Any]] = asyncio.Queue()
        self._channel = ""
        self._ready = asyncio.Event()
        # Held here, since the loop keeps only weak references to tasks.
        self._tasks = [loop.create_task(self._work()), loop.create_task(self._receive())]

    def join(self, topic: str) -> None:
        """Become a member of the topic's group."""
        self._orders.put_nowait(lambda: self._layer.group_add(group_of(topic), self._channel))

    def leave(self, topic: str) -> None:
        """Leave the topic's group."""
        self._orders.put_nowait(lambda: self._layer.group_discard(group_of(topic), self._channel))

    def send(self, topic: str, raw: bytes) -> None:
        """Send to the other workers."""
        event = _event(raw, self._hub.worker_id)
        self._orders.put_nowait(lambda: self._layer.group_send(group_of(topic), event))

    async def _work(self) -> None:
        """Carry out orders one by one, so that a join comes before what is sent after it."""
        while True:
            order = await self._orders.get()
            await self._ready.wait()
            try:
                await order()
            except Exception:
                logger.exception("The channel layer refused; the topic stays inside this worker")
                await self._rejoin()

    async def _receive(self) -> None:
        pause_s = 0.1
        while True:
            try:
                if not self._channel:
                    self._channel = await self._layer.new_channel("djust")
                    self._ready.set()
                event = await self._layer.receive(self._channel)
                pause_s = 0.1
                if event.get("from") != self._hub.worker_id:
                    self._hub.fan_out(event["data"])
            except Exception as error:
                # With redis-py 8, channels_redis' blocking read outlives the socket's time-out:
                # nothing came, and nothing is wrong.
                if type(error).__name__ == "TimeoutError":
                    logger.debug("Nothing came through the channel layer: %s", error)
                    continue
                logger.warning("The channel layer does not answer", exc_info=True)
                await asyncio.sleep(pause_s)
                pause_s = min(pause_s * 2, 5.0)
                await self._rejoin()

    async def _rejoin(self) -> None:
        """After an outage the layer may have forgotten who we are."""
        try:
            for topic in self._hub.topics():
                await self._layer.group_add(group_of(topic), self._channel)
        except Exception:
            logger.debug("The channel layer is still away", exc_info=True)


def group_of(topic: str) -> str:
    """Return the name of a topic's group; topics may be any text, group names may not."""
    return "djust." + hashlib.sha256(topic.encode("utf-8", "surrogatepass")).hexdigest()[:40]


def _event(raw: bytes, worker_id: bytes) -> dict[str, Any]:
    return {"type": "djust.topic", "data": raw, "from": worker_id}


hub = TopicHub()
