"""What a page finds when its process is gone: the state of the last answer."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import AsyncClient, override_settings
from djust_live import protocol
from djust_live.adoption import waiting_room
from djust_live.backends import Entry, state_backend
from djust_live.backends.memory import MemoryBackend
from djust_live.checkpoints import seal, unseal
from djust_live.errors import StateCorrupt
from djust_live.joining import sessions
from djust_live.messages import End
from djust_live.saving import writer
from djust_live.topics import publish
from djust_testing import wire
from djust_vdom import Replica
from live_project.browser import Browser, until
from live_project.saved import Order, Versioned
from live_project.stores import SharedMemory

SHARED = {"STATE_BACKEND": "live_project.stores.SharedMemory", "CHECKPOINT_INTERVAL_S": 0.01}


@pytest.fixture
async def shared() -> AsyncIterator[type[SharedMemory]]:
    """A shared backend in this process."""
    SharedMemory.store.clear()
    SharedMemory.is_away = False
    SharedMemory.writes = 0
    with override_settings(DJUST=SHARED):
        yield SharedMemory
        SharedMemory.is_away = False
        # What a session would save now went to the backend of the next test.
        await die()
        await until(lambda: writer.flush(0))


class Page(Browser):
    """A browser that keeps its page patched, and comes back as browsers do."""

    def __init__(self) -> None:
        super().__init__()
        self.replica = Replica("")
        self.rev = 0
        self.answered = 0
        self.seen = 0

    async def load(self, path: str, client: Any = None) -> str:
        html = await super().load(path, client)
        self.replica = Replica(html)
        self.rev = self.answered = 0
        return html

    def read(self) -> list[list[Any]]:
        """Apply what arrived, and return it."""
        frames, self.frames = self.frames, []
        for frame in frames:
            kind = frame[0]
            if kind == "html":
                self.replica, self.rev = Replica(frame[2]), frame[1]
            elif kind in ("reply", "push"):
                rev, ops = (frame[2], frame[3]) if kind == "reply" else (frame[1], frame[2])
                if rev == self.rev + 1:
                    self.replica.apply(protocol.encode_json(ops))
                    self.rev = rev
                else:
                    assert rev <= self.rev, f"a gap: {frame} at {self.rev}"
                if kind == "reply":
                    self.answered = frame[1]
        return frames

    def shows(self, html: str) -> bool:
        """Return whether the page has this in it by now."""
        self.read()
        return html in self.replica.html

    async def come_back(self) -> list[list[Any]]:
        """Attach again with what the page shows now; return what arrived with the answer."""
        self.read()
        self.open()
        self.send(
            wire.join(
                self.token,
                self.replica.node_count,
                self.replica.structure_hash,
                self.rev,
                self.answered,
            )
        )
        await until(lambda: any(f[0] in ("ready", "reload", "error") for f in self.frames))
        for _ in range(5):  # what follows the answer at once
            await asyncio.sleep(0.002)
        return self.read()

    async def do(self, name: str, /, **params: Any) -> list[Any]:
        """Send an event, return its reply, and apply it."""
        self.ref += 1
        self.send(["event", self.ref, self.rev, name, params])
        await until(lambda: any(f[:2] == ["reply", self.ref] for f in self.frames))
        return next(f for f in self.read() if f[:2] == ["reply", self.ref])


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    """A page; all sessions end with the test."""
    made = Page()
    yield made
    await made.drop()
    await die()


async def die() -> None:
    """Lose everything that this process has in memory, without a word."""
    for session in sessions:
        session.out.keeper = None
        session.post(End("test"))
        await session.finished()
    waiting_room.clear()


async def lose_worker(page: Page) -> None:
    """Break the connection as a killed worker does."""
    page.read()
    await die()
    await page.drop()


async def test_state_outlives_the_process(page: Page, shared: Any) -> None:
    await page.load("/order/")
    await page.join()
    await page.do("increment", step=5)
    await page.do("add", name="milk")
    mounts = Order.mounts
    await lose_worker(page)
    await page.come_back()
    assert (await page.do("increment"))[4] == {"reply": {"count": 6}}
    assert "milk 1" in page.replica.html
    assert (await page.do("history"))[4]["reply"]["log"] == ["+5", "+1"]
    assert Order.mounts == mounts


async def test_a_page_that_is_up_to_date_goes_on_with_ops(page: Page, shared: Any) -> None:
    await page.load("/order/")
    await page.join()
    await page.do("add", name="milk")
    await lose_worker(page)
    frames = await page.come_back()
    assert [frame[0] for frame in frames] == ["ready", "push"]
    assert frames[1][2] == [[13]]
    reply = await page.do("increment")
    assert reply[3] == [[1, 7, "1"]]
    assert "<p>1</p>" in page.replica.html


async def test_an_answer_that_was_lost_is_sent_again_and_the_event_not_handled_again(
    page: Page, shared: Any
) -> None:
    await page.load("/order/")
    await page.join()
    await page.do("increment")
    page.ref += 1
    page.send(["event", page.ref, page.rev, "increment", {}])
    await page.next(lambda frame: frame[:2] == ["reply", 2])  # it never reaches the page
    await die()
    await page.drop()
    frames = await page.come_back()
    assert [frame[0] for frame in frames] == ["ready", "reply", "push"]
    assert frames[0][2] == 2
    assert frames[1][4] == {"reply": {"count": 2}}
    assert (await page.do("increment"))[4] == {"reply": {"count": 3}}
    assert "<p>3</p>" in page.replica.html


async def test_a_reply_waits_until_its_state_is_saved(
    page: Page, shared: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await page.load("/order/")
    await page.join()
    await page.do("increment")
    saved: list[int] = []
    original = MemoryBackend.write

    def slow(self: Any, entries: Sequence[Entry]) -> list[bool]:
        saved.append(len([f for f in page.frames if f[0] == "reply"]))
        return original(self, entries)

    monkeypatch.setattr(MemoryBackend, "write", slow)
    for ref in (2, 3, 4):
        page.send(["event", ref, page.rev, "increment", {}])
    await until(lambda: any(f[:2] == ["reply", 4] for f in page.frames))
    assert saved[0] == 0


async def test_what_no_event_asked_for_does_not_wait_until_it_is_saved(
    page: Page, shared: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await page.load("/order/")
    await page.join()
    await page.do("watch", topic="rain")
    await until(lambda: writer.flush(0))
    is_seen = threading.Event()
    writes: list[bool] = []
    original = MemoryBackend.write

    def slow(self: Any, entries: Sequence[Entry]) -> list[bool]:
        writes.append(is_seen.wait(20))
        return original(self, entries)

    monkeypatch.setattr(MemoryBackend, "write", slow)
    publish("rain", 3)
    await until(lambda: page.shows("<p>3</p>"))
    (session,) = sessions
    await until(lambda: session.out.keeper is not None and not writer.flush(0))
    publish("rain", 4)
    await until(lambda: page.shows("<p>7</p>"))
    is_seen.set()
    await until(lambda: writer.flush(0))
    assert all(writes)


async def test_state_over_the_limit_is_named_and_the_page_goes_on(
    page: Page, shared: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with override_settings(DJUST={**SHARED, "MAX_STATE_BYTES": 10}):
        await page.load("/order/")
        await page.join()
        assert (await page.do("increment"))[4] == {"reply": {"count": 1}}
        await until(lambda: writer.flush(0))
    assert any("DJL602" in record.getMessage() for record in caplog.records)


async def test_writes_of_many_events_are_few(page: Page, shared: Any) -> None:
    await page.load("/order/")
    await page.join()
    await until(lambda: writer.flush(0))
    shared.writes = 0
    for ref in range(1, 101):
        page.send(["event", ref, 0, "increment", {}])
    await until(lambda: any(f[:2] == ["reply", 100] for f in page.frames))
    # At most one for each event, and one of the attach that comes late.
    assert shared.writes <= 101
    page.ref = 100
    page.read()
    assert "<p>100</p>" in page.replica.html


async def test_open_pages_go_on_while_the_backend_is_away(page: Page, shared: Any) -> None:
    await page.load("/order/")
    await page.join()
    await page.do("increment")
    shared.is_away = True
    await page.do("increment")
    assert (await page.do("increment"))[4] == {"reply": {"count": 3}}
    shared.is_away = False
    await until(lambda: writer.flush(0))
    await lose_worker(page)
    await page.come_back()
    assert (await page.do("increment"))[4] == {"reply": {"count": 4}}


async def test_a_page_attaches_while_the_backend_is_away(page: Page, shared: Any) -> None:
    shared.is_away = True
    await page.load("/order/")
    assert (await page.join())[0] == "ready"
    assert (await page.do("increment"))[4] == {"reply": {"count": 1}}


async def test_a_view_that_only_a_get_has_seen_is_adopted_elsewhere(
    page: Page, shared: Any
) -> None:
    await page.load("/order/")
    mounts = Order.mounts
    await until(lambda: writer.flush(0))
    await die()
    frames = await page.come_back()
    assert [frame[0] for frame in frames] == ["ready"]
    assert Order.mounts == mounts
    assert (await page.do("increment"))[3] == [[1, 5, "1"]]


async def test_an_owner_that_was_replaced_ends_without_an_answer(page: Page, shared: Any) -> None:
    await page.load("/order/")
    await page.join()
    await page.do("increment")
    (old,) = list(sessions)
    sessions.remove(old)  # as if it were in another process
    other = Page()
    other.token, other.html, other.cookies = page.token, page.html, page.cookies
    other.replica, other.rev, other.answered, other.ref = page.replica, page.rev, 1, 1
    await other.come_back()
    assert (await other.do("increment", step=10))[4] == {"reply": {"count": 11}}
    page.send(["event", 2, page.rev, "increment", {}])
    await old.finished()
    await page.message("websocket.close")
    assert not any(frame[0] == "reply" for frame in page.frames)
    assert (await other.do("increment"))[4] == {"reply": {"count": 12}}
    await other.drop()


async def test_a_session_here_that_was_replaced_elsewhere_is_not_gone_back_to(
    page: Page, shared: Any
) -> None:
    with override_settings(DJUST={**SHARED, "CHECKPOINT_INTERVAL_S": 60}):
        await _come_back_to_the_first_worker(page)


async def _come_back_to_the_first_worker(page: Page) -> None:
    await page.load("/order/")
    await page.join()
    await page.do("increment")
    (old,) = list(sessions)
    sessions.remove(old)
    other = Page()
    other.token, other.html, other.cookies = page.token, page.html, page.cookies
    other.replica, other.rev, other.answered, other.ref = page.replica, page.rev, 1, 1
    await other.come_back()
    await other.do("increment", step=10)
    (elsewhere,) = list(sessions)
    sessions.remove(elsewhere)
    sessions.add(old)
    await other.drop()
    await other.come_back()
    assert (await other.do("increment"))[4] == {"reply": {"count": 12}}
    await old.finished()
    await other.drop()
    elsewhere.post(End("test"))
    await elsewhere.finished()


async def test_messages_of_topics_change_what_is_saved_and_still_arrive(
    page: Page, shared: Any
) -> None:
    await page.load("/order/")
    await page.join()
    await page.do("watch", topic="rain")
    publish("rain", 3)
    await until(lambda: page.shows("<p>3</p>"))
    before = shared.writes
    await until(lambda: shared.writes > before or writer.flush(0))
    await asyncio.sleep(0.05)
    await lose_worker(page)
    await page.come_back()
    publish("rain", 4)
    await until(lambda: page.shows("<p>7</p>"))


async def test_a_view_without_restore_is_mounted_for_what_does_not_travel(
    page: Page, shared: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING, "djust_live.state"):
        await page.load("/locked/")
    assert "Locked._lock does not travel" in caplog.text
    await page.join()
    await page.do("increment", step=2)
    await lose_worker(page)
    await page.come_back()
    assert (await page.do("increment"))[4] == {"reply": {"count": 3}}


async def test_restore_makes_what_does_not_travel(page: Page, shared: Any) -> None:
    await page.load("/rebuilt/")
    await page.join()
    await page.do("increment", step=2)
    mounts = Order.mounts
    await lose_worker(page)
    await page.come_back()
    assert (await page.do("increment"))[4] == {"reply": {"count": 3}}
    assert Order.mounts == mounts


async def test_state_of_an_older_version_is_migrated(
    page: Page, shared: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await page.load("/versioned/")
    await page.join()
    await page.do("increment", step=2)
    await lose_worker(page)
    monkeypatch.setattr(Versioned, "state_version", 2)
    frames = await page.come_back()
    assert "html" in [frame[0] for frame in frames]
    assert "<p>200</p>" in page.replica.html
    assert (await page.do("increment"))[4] == {"reply": {"count": 201}}


async def test_state_of_a_version_that_cannot_be_migrated_is_mounted_again(
    page: Page, shared: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Versioned, "state_version", 3)
    await page.load("/versioned/")
    await page.join()
    await page.do("increment", step=2)
    await lose_worker(page)
    monkeypatch.setattr(Versioned, "state_version", 4)
    await page.come_back()
    assert "<p>0</p>" in page.replica.html
    assert (await page.do("increment"))[4] == {"reply": {"count": 1}}


async def test_a_view_that_is_not_resumable_leaves_nothing(page: Page, shared: Any) -> None:
    await page.load("/unsaved/")
    await page.join()
    await page.do("increment", step=2)
    assert len(shared.store) == 0
    await lose_worker(page)
    await page.come_back()
    assert "<p>0</p>" in page.replica.html


async def test_a_page_that_leaves_is_forgotten(page: Page, shared: Any) -> None:
    await page.load("/order/")
    await page.join()
    await page.do("increment")
    assert len(shared.store) == 1
    page.send(["leave"])
    await until(lambda: writer.flush(0) and len(shared.store) == 0)


async def test_a_forged_or_foreign_checkpoint_is_not_used(page: Page, shared: Any) -> None:
    await page.load("/order/")
    await page.join()
    await page.do("increment")
    await lose_worker(page)
    page_id = next(iter(shared.store._entries))
    _, epoch, data = shared.store._entries[page_id]
    forged = data[:-1] + bytes([data[-1] ^ 1])
    assert shared.store.write([Entry(page_id, epoch, forged, 60)]) == [True]
    await page.come_back()
    assert "<p>0</p>" in page.replica.html


async def test_a_checkpoint_reads_with_a_fallback_key_and_not_for_another_page(
    page: Page, shared: Any
) -> None:
    await page.load("/order/")
    await page.join()
    await page.do("increment")
    ((page_id, (_, _, data)),) = shared.store._entries.items()
    saved = unseal(data, page_id)
    fresh = "new"
    with override_settings(SECRET_KEY=fresh, SECRET_KEY_FALLBACKS=["tests-only"]):
        assert unseal(data, page_id) == saved
    with override_settings(SECRET_KEY=fresh), pytest.raises(StateCorrupt, match="signature"):
        unseal(data, page_id)
    with pytest.raises(StateCorrupt, match="another page"):
        unseal(data, b"other")
    assert seal(saved) == data


async def test_an_answer_that_the_page_has_is_final_even_if_its_state_was_lost(
    page: Page, shared: Any
) -> None:
    await page.load("/order/")
    await page.join()
    await page.do("increment")
    ((page_id, (_, epoch, data)),) = shared.store._entries.items()
    await page.do("increment")
    await lose_worker(page)
    shared.store.write([Entry(page_id, epoch, data, 60)])
    frames = await page.come_back()
    assert frames[0][2] == 2
    assert "<p>1</p>" in page.replica.html
    assert (await page.do("increment"))[4] == {"reply": {"count": 2}}


async def test_every_event_is_answered_when_the_whole_root_is_sent(
    page: Page, shared: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("djust_live.keeping._MAX_FRAME_BYTES", 0)
    await page.load("/order/")
    await page.join()
    for ref in (1, 2):
        page.send(["event", ref, 0, "increment", {}])
        await page.next(lambda frame, ref=ref: frame[:2] == ["reply", ref])
    page.ref = 2
    await die()
    await page.drop()
    frames = await page.come_back()
    assert [frame[0] for frame in frames] == ["ready", "html", "reply", "reply"]
    assert [frame[1] for frame in frames[2:]] == [1, 2]
    assert "<p>2</p>" in page.replica.html


# The memory backend: pages that sleep


async def test_a_page_whose_grace_is_over_sleeps_as_bytes_and_wakes(page: Page) -> None:
    with override_settings(DJUST={"GRACE_S": 0.01}):
        await page.load("/order/")
        await page.join()
        await page.do("increment", step=7)
        Order.unmounts.clear()
        mounts = Order.mounts
        await page.drop()
        await until(lambda: len(sessions) == 0 and len(state_backend()) == 1)  # type: ignore[arg-type]
        frames = await page.come_back()
        assert [frame[0] for frame in frames] == ["ready", "push"]
        assert (await page.do("increment"))[4] == {"reply": {"count": 8}}
        assert (Order.mounts, Order.unmounts) == (mounts, [])
        assert len(state_backend()) == 0  # type: ignore[arg-type]


async def test_a_view_that_is_not_resumable_ends_with_its_grace(page: Page) -> None:
    with override_settings(DJUST={"GRACE_S": 0.01}):
        await page.load("/unsaved/")
        await page.join()
        Order.unmounts.clear()
        await page.drop()
        await until(lambda: len(sessions) == 0)
        await until(lambda: Order.unmounts == ["unmounted"])


# Rows


async def test_the_request_is_at_the_address_that_the_page_has(page: Page, shared: Any) -> None:
    await page.load("/place/1/?q=none")
    await page.join()
    await page.do("go")
    await page.do("look")
    shown = "<p>/place/2/ q=tea 2</p><i>?q=tea&amp;page=2</i>"
    assert shown in page.replica.html
    await lose_worker(page)
    await page.come_back()
    await page.do("look")
    assert shown in page.replica.html


@pytest.mark.django_db(transaction=True)
async def test_rows_are_fetched_again_in_one_query(page: Page, shared: Any) -> None:
    for name in ("b", "a", "c"):
        await Group.objects.acreate(name=name)
    await page.load("/groups/")
    await page.join()
    await page.do("noop")
    await lose_worker(page)
    await Group.objects.filter(name="a").aupdate(name="aa")
    await Group.objects.filter(name="c").adelete()
    await page.come_back()
    await until(lambda: page.shows("<p>aa</p>"))
    assert page.replica.html.count("<i>") == 2
    (session,) = list(sessions)
    view: Any = session.view
    assert view.group is view.groups[0]


NOTICES = '<li class="wide success">Saved &lt;it&gt;.</li><li class="error"><b>No.</b></li>'


async def open_noticed(page: Page) -> AsyncClient:
    """Load a page that shows messages of Django, which are used up by now."""
    client = AsyncClient()
    await client.get("/notice/")
    await page.load("/noticed/", client)
    assert NOTICES in page.replica.html
    await until(lambda: writer.flush(0))
    return client


@pytest.mark.parametrize("backend", ["live_project.stores.SharedMemory", "memory"])
@pytest.mark.parametrize("kind", ["cookie.CookieStorage", "fallback.FallbackStorage"])
async def test_messages_of_django_stay_on_a_page_that_attaches_elsewhere(
    page: Page, shared: Any, backend: str, kind: str
) -> None:
    storage = f"django.contrib.messages.storage.{kind}"
    with override_settings(MESSAGE_STORAGE=storage, DJUST={**SHARED, "STATE_BACKEND": backend}):
        client = await open_noticed(page)
        await client.get("/notice/")  # for another page, so not for this one
        await die()
        await page.come_back()
        assert page.replica.html.count(NOTICES) == 1
        await page.do("more")
        assert page.replica.html.count(NOTICES) == 1
        assert "<p>1</p>" in page.replica.html


async def test_messages_of_django_come_back_with_the_state(page: Page, shared: Any) -> None:
    await open_noticed(page)
    await page.join()
    await page.do("add")
    more = f'{NOTICES}<li class="warning">Added.</li>'
    assert more in page.replica.html
    await page.do("more")
    await lose_worker(page)
    await page.come_back()
    await page.do("more")
    assert more in page.replica.html


async def test_messages_that_are_too_long_for_the_page_are_left_out(
    page: Page, shared: Any
) -> None:
    with override_settings(DJUST={}):
        client = AsyncClient()
        await client.get("/notice/?length=9000")
        await page.load("/noticed/", client)
        await die()
        assert "ready" in [frame[0] for frame in await page.come_back()]
        assert NOTICES in page.replica.html
