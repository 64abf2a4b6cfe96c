"""Random misfortune: drops, duplicates, delays, kills, other workers, outages; then all is right.

``DJUST_CHAOS_SEEDS`` sets how many random schedules run (40 by default).
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import random
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
from django.test import AsyncClient, override_settings
from djust_live import joining, logins
from djust_live.adoption import waiting_room
from djust_live.joining import SessionRegistry
from djust_live.saving import writer
from djust_live.topics import hub
from djust_live.websocket import LiveConsumer
from djust_vdom import Replica
from live_project.browser import until
from live_project.page import ClientPage
from live_project.stores import SharedMemory

logger = logging.getLogger(__name__)

SEEDS = int(os.environ.get("DJUST_CHAOS_SEEDS", "40"))
STEPS = 40


class Connection:
    """A socket whose frames travel only when the test lets them."""

    def __init__(self) -> None:
        self.up: deque[str] = deque()
        self.down: deque[list[Any]] = deque()
        self._inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        headers = [(b"host", b"testserver"), (b"origin", b"http://testserver")]
        scope = {
            "type": "websocket",
            "path": "/ws/djust/",
            "query_string": b"",
            "headers": headers,
            "scheme": "ws",
            "server": ("testserver", 80),
            "client": ("127.0.0.1", 5000),
        }
        self.is_closed = False
        self._inbox.put_nowait({"type": "websocket.connect"})
        consumer: Any = LiveConsumer()
        self.task = asyncio.ensure_future(consumer(scope, self._inbox.get, self._take))

    async def _take(self, message: dict[str, Any]) -> None:
        if message["type"] == "websocket.send":
            self.down.append(json.loads(message["text"]))
        elif message["type"] == "websocket.close":
            self.is_closed = True

    def carry_up(self) -> None:
        """Let one frame reach the server."""
        if self.up:
            self._inbox.put_nowait({"type": "websocket.receive", "text": self.up.popleft()})

    def break_off(self) -> None:
        """Tell the server that the connection is gone."""
        self._inbox.put_nowait({"type": "websocket.disconnect", "code": 1006})


class World:
    """A page, two workers, a store, and a random source that is against them."""

    def __init__(self, seed: int, page: ClientPage, memory_only: bool) -> None:
        self.random = random.Random(seed)
        self.page = page
        self.is_memory_only = memory_only
        self.workers = [SessionRegistry(), SessionRegistry()]
        self.current = self.home = 0
        self.connection: Connection | None = None
        self.ghosts: list[Connection] = []
        self.all: list[Connection] = []
        self.sent: list[int] = []
        self.log: list[str] = []

    # What may happen

    def act(self) -> None:
        number = len(self.sent) + 1
        self.sent.append(number)
        self.page.call(self.random.choice(["mark", "mark_async"]), {"number": number})

    def carry_up(self) -> None:
        self._hand_over()
        if self.connection is not None:
            self.connection.carry_up()

    def carry_down(self) -> None:
        connection = self.connection
        if connection is not None and connection.down:
            self.page.receive(connection.down.popleft())
        if connection is not None and connection.is_closed and not connection.down:
            self._leave(connection)

    def duplicate(self) -> None:
        self._hand_over()
        connection = self.connection
        if connection is not None and connection.up and connection.up[-1].startswith('["event"'):
            connection.up.append(connection.up[-1])

    def drop(self) -> None:
        """The connection breaks; what was under way is lost."""
        if self.connection is not None:
            self.connection.break_off()
            self._leave(self.connection)

    def half_drop(self) -> None:
        """The browser gave up, the server does not know; late frames still arrive there."""
        if self.connection is not None:
            self._hand_over()
            self.ghosts.append(self.connection)
            self._leave(self.connection)

    def haunt(self) -> None:
        if self.ghosts:
            self.random.choice(self.ghosts).carry_up()

    def bury(self) -> None:
        if self.ghosts:
            self.ghosts.pop().break_off()

    def connect(self) -> None:
        if self.connection is None:
            self.home = self.current
            joining.sessions = self.workers[self.home]
            self.connection = Connection()
            self.all.append(self.connection)
            self.page.is_away = False
            self.connection.up.append(self.page.join())
            self.connection.carry_up()

    def move(self) -> None:
        """From the next connection on, another worker answers."""
        if not self.is_memory_only and not SharedMemory.is_away:
            self.current = 1 - self.current

    def kill(self) -> None:
        """A worker is gone, and all that was in its memory."""
        if self.is_memory_only or SharedMemory.is_away:
            return
        die(self.workers[self.current])
        self.workers[self.current] = SessionRegistry()
        if joining.sessions is not self.workers[self.current]:
            joining.sessions = self.workers[self.current]
        waiting_room.clear()
        if self.connection is not None:
            self._leave(self.connection)

    def outage(self) -> None:
        """The store is away for a while; a page that is attached works on with its worker."""
        if not self.is_memory_only and self.page.is_ready:
            self.current = self.home
            SharedMemory.is_away = True

    # Inside

    def _hand_over(self) -> None:
        frames, self.page.out = self.page.out, []
        if self.connection is not None:
            self.connection.up.extend(json.dumps(frame) for frame in frames)

    def _leave(self, connection: Connection) -> None:
        if self.connection is connection:
            self.connection = None
            self.page.is_ready = False
            self.page.out.clear()


def die(worker: SessionRegistry) -> None:
    """End what a process has, as its death does: at once, without a word, and heard by nobody."""
    hub.leave(logins.TOPIC, worker)
    for session in worker:
        session._owner.cancel()
        session.out.transport = None
        session._is_shut = session._closed = True
        session.timers.cancel_all()
        for topic in session.runtime.topics:
            hub.leave(topic, session)


ACTIONS: dict[Callable[[World], None], int] = {
    World.act: 10,
    World.carry_up: 14,
    World.carry_down: 16,
    World.duplicate: 2,
    World.drop: 2,
    World.half_drop: 2,
    World.haunt: 3,
    World.bury: 1,
    World.connect: 8,
    World.move: 2,
    World.kill: 1,
    World.outage: 1,
}


async def live_through(world: World) -> None:
    """Let random things happen."""
    actions, weights = list(ACTIONS), list(ACTIONS.values())
    for _ in range(STEPS):
        action = world.random.choices(actions, weights)[0]
        world.log.append(action.__name__)
        if action is World.kill:
            await until(lambda: writer.flush(0) or SharedMemory.is_away)
        action(world)
        if SharedMemory.is_away and world.random.random() < 0.1:
            await end_outage()
        if world.random.random() < 0.5:
            await asyncio.sleep(0.001 * world.random.random())


async def end_outage() -> None:
    """Let the store come back, and what waited be written."""
    SharedMemory.is_away = False
    await until(lambda: writer.flush(0))


async def heal(world: World) -> None:
    """Let everything arrive until every event is answered."""
    await end_outage()

    def progress() -> bool:
        world.connect()
        world.carry_up()
        world.carry_down()
        return world.page.is_ready and not world.page.calls

    await until(progress)


async def verify(world: World) -> None:
    """The server holds what was sent, once and in order; the page is what the server renders."""
    page = world.page
    ref = page.call("marks", {})
    await heal(world)
    assert page.answers[ref]["reply"]["marks"] == world.sent
    assert sorted(page.answers) == list(range(1, page.ref + 1))
    counts = [page.answers[number]["reply"].get("count") for number in range(1, ref)]
    assert counts == list(range(1, ref))
    shown, roots = page.replica.root_html, page.roots
    page.out.append(["resync", page.rev])

    def is_sent_anew() -> bool:
        world.carry_up()
        world.carry_down()
        return page.roots > roots

    await until(is_sent_anew)
    assert shown == Replica(page.replica.root_html).root_html


@pytest.fixture
async def worlds() -> AsyncIterator[list[World]]:
    made: list[World] = []
    original, subscribed = joining.sessions, hub.topics()
    yield made
    SharedMemory.is_away = False
    for world in made:
        for connection in world.all:
            connection.task.cancel()
        for worker in world.workers:
            die(worker)
    joining.sessions = original
    await until(lambda: writer.flush(0))
    assert hub.topics() == subscribed


async def survive(seed: int, worlds: list[World], memory_only: bool) -> None:
    response = await AsyncClient().get("/ledger/")
    world = World(seed, ClientPage(response.content.decode()), memory_only)
    worlds.append(world)
    world.connect()
    try:
        await live_through(world)
        await heal(world)
        await verify(world)
    except BaseException:
        logger.error("Seed %s: %s", seed, world.log)  # pytest shows it with the failure
        raise


@pytest.mark.parametrize("seed", range(SEEDS))
async def test_every_event_happens_once_whatever_happens(seed: int, worlds: list[World]) -> None:
    SharedMemory.store.clear()
    with override_settings(
        DJUST={
            "STATE_BACKEND": "live_project.stores.SharedMemory",
            "CHECKPOINT_INTERVAL_S": 0.002,
            "GRACE_S": 30,
        }
    ):
        await survive(seed, worlds, memory_only=False)


@pytest.mark.parametrize("seed", range(max(1, SEEDS // 4)))
async def test_a_page_that_sleeps_and_wakes_loses_nothing(seed: int, worlds: list[World]) -> None:
    with override_settings(DJUST={"GRACE_S": 0.002}):
        await survive(10_000 + seed, worlds, memory_only=True)
