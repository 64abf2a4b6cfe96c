from __future__ import annotations

from typing import Any

import pytest
from conftest import OpenTab
from django.test import AsyncClient
from djust_presence.backends.memory import MemoryBackend
from djust_presence.errors import BadMeta, PresenceUnavailable
from djust_presence.extension import checked
from djust_presence.worker import worker


async def test_everybody_sees_who_comes_and_goes(open_tab: OpenTab) -> None:
    ada = await open_tab("/room/a/", user="ada")
    await ada.shows("<i>1</i><b>Ada</b>")
    bob = await open_tab("/room/a/", user="bob")
    await ada.shows("<i>2</i><b>Ada,Bob</b>")
    await bob.shows("<i>2</i><b>Ada,Bob</b>")
    await ada.shows("+ada&#x27;, &#x27;+bob" if "&#x27;" in ada.html else "'+ada', '+bob'")
    await bob.leave()
    await ada.shows("<i>1</i><b>Ada</b>")
    await ada.shows("-bob")


async def test_hooks_run_in_viewers_that_are_not_present(open_tab: OpenTab) -> None:
    watcher = await open_tab("/room/a/")
    await watcher.shows("<i>0</i>")
    ada = await open_tab("/room/a/", user="ada")
    await watcher.shows("+ada")
    await watcher.shows("<i>1</i>")
    await ada.leave()
    await watcher.shows("-ada")


async def test_two_tabs_count_once_and_one_may_close(open_tab: OpenTab) -> None:
    watcher = await open_tab("/room/a/")
    first = await open_tab("/room/a/", user="ada")
    await watcher.shows("<i>1</i>")
    second = await open_tab("/room/a/", user="ada")
    await second.shows("<i>1</i><b>Ada</b>")
    await first.leave()
    bob = await open_tab("/room/a/", user="bob")
    await watcher.shows("<i>2</i><b>Ada,Bob</b>")
    assert "-ada" not in watcher.html
    await second.leave()
    await watcher.shows("-ada")
    await bob.leave()


async def test_a_dropped_connection_leaves_and_comes_back(open_tab: OpenTab) -> None:
    watcher = await open_tab("/room/a/")
    ada = await open_tab("/room/a/", user="ada")
    await watcher.shows("+ada")
    await ada.drop()
    await watcher.shows("-ada")
    await ada.reattach()
    await watcher.shows("<i>1</i><b>Ada</b>")


async def test_a_page_that_no_browser_attaches_to_is_not_present(open_tab: OpenTab) -> None:
    await AsyncClient().get("/room/a/?user=crawler")
    watcher = await open_tab("/room/a/")
    await watcher.shows("<i>0</i>")


async def test_what_is_known_of_somebody_changes(open_tab: OpenTab) -> None:
    watcher = await open_tab("/room/a/")
    ada = await open_tab("/room/a/", user="ada")
    await watcher.shows("<b>Ada</b>")
    ada.event("rename", name="Countess")
    await watcher.shows("<b>Countess</b>")
    ada.event("hide")
    await watcher.shows("<i>0</i>")


async def test_events_reach_everybody_in_the_room(open_tab: OpenTab) -> None:
    ada = await open_tab("/room/a/", user="ada")
    bob = await open_tab("/room/a/", user="bob")
    other = await open_tab("/room/b/", user="eve")
    ada.event("wave")
    await bob.until(bob.events)
    await ada.until(ada.events)
    assert bob.events() == ada.events() == [["waved", {"by": "ada"}]]
    assert other.events() == []


async def test_tenants_never_meet(open_tab: OpenTab) -> None:
    one = await open_tab("/office/a/", user="ada", tenant="1")
    two = await open_tab("/office/a/", user="bob", tenant="2")
    bystander = await open_tab("/room/a/", user="eve")
    colleague = await open_tab("/office/a/", user="cleo", tenant="1")
    await one.shows("<i>2</i><b>Ada,Cleo</b>")
    await one.shows("+cleo")
    await two.shows("<i>1</i><b>Bob</b>")
    await bystander.shows("<i>1</i><b>Eve</b>")
    one.event("wave")
    await colleague.until(colleague.events)
    assert two.events() == bystander.events() == []
    await colleague.leave()
    await one.shows("-cleo")
    assert "cleo" not in two.html + bystander.html


@pytest.mark.parametrize("room", ["a%20b", "%C3%A4%E2%98%83", "{x}", "a:b", "%00", "x" * 300])
async def test_a_key_is_any_text(open_tab: OpenTab, room: str) -> None:
    ada = await open_tab(f"/room/{room}/", user="ada")
    await ada.shows("<i>1</i><b>Ada</b>")


async def test_a_visitor_without_login_is_one_in_all_tabs(open_tab: OpenTab) -> None:
    client = AsyncClient()
    first = await open_tab("/anonymous/", client)
    await first.shows("<p>1</p>")
    second = await open_tab("/anonymous/", client)
    await second.shows("<p>1</p>")
    stranger = await open_tab("/anonymous/")
    await stranger.shows("<p>2</p>")
    assert client.cookies["sessionid"].value not in str(worker.backend.list("0::0::anonymous"))


async def test_a_view_without_a_key_is_left_alone(open_tab: OpenTab) -> None:
    await open_tab("/keyless/")


async def test_a_missed_change_is_made_up_for(
    open_tab: OpenTab, monkeypatch: pytest.MonkeyPatch
) -> None:
    watcher = await open_tab("/room/a/")
    await watcher.shows("<i>0</i>")
    monkeypatch.setattr("djust_presence.worker.broadcast", lambda *message: None)
    worker.backend.join("0::0::room:a", "ada", "page", worker.id, {"name": "Ada"}, 1.0)
    worker.beat()
    await watcher.shows("<i>1</i><b>Ada</b>")
    await watcher.shows("+ada")


async def test_the_members_of_a_dead_worker_are_gone(open_tab: OpenTab) -> None:
    watcher = await open_tab("/room/a/")
    worker.backend.join("0::0::room:a", "ada", "page", "dead", {"name": "Ada"}, 1.0)
    worker.beat()
    await watcher.shows("<i>0</i>")
    assert worker.backend.count("0::0::room:a") == 0


class Flaky(MemoryBackend):
    """A store that may be away."""

    is_away = False

    def __getattribute__(self, name: str) -> Any:
        if name in {"join", "leave", "snapshot", "heartbeat", "revisions", "cleanup_stale"}:
            if type(self).is_away:
                raise PresenceUnavailable("away")
        return super().__getattribute__(name)


async def test_an_outage_breaks_no_page_and_is_made_up_for(
    open_tab: OpenTab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("djust_presence.worker.make_backend", lambda name: Flaky())
    monkeypatch.setattr(Flaky, "is_away", False)
    ada = await open_tab("/room/a/", user="ada")
    await ada.shows("<i>1</i>")
    monkeypatch.setattr(Flaky, "is_away", True)
    bob = await open_tab("/room/a/", user="bob")
    cleo = await open_tab("/room/a/", user="cleo")
    await cleo.leave()
    worker.beat()
    assert "<i>1</i>" in ada.html
    monkeypatch.setattr(Flaky, "is_away", False)
    worker.beat()
    await ada.shows("<b>Ada,Bob</b>")
    await bob.shows("<b>Ada,Bob</b>")


async def test_a_store_that_lost_everything_lets_nobody_leave(open_tab: OpenTab) -> None:
    watcher = await open_tab("/room/a/")
    await open_tab("/room/a/", user="ada")
    worker.backend.join("0::0::room:a", "bob", "page", "other", {"name": "Bob"}, 1.0)
    worker.backend.heartbeat("other", 60)
    worker.beat()
    await watcher.shows("<b>Bob,Ada</b>")
    await watcher.shows("+bob")
    worker._backend = MemoryBackend()
    worker.beat()
    # The other process comes later.
    worker.backend.heartbeat("other", 60)
    worker.backend.join("0::0::room:a", "bob", "page", "other", {"name": "Bob"}, 1.0)
    for _ in range(4):
        worker.beat()
    eve = await open_tab("/room/a/", user="eve")
    await watcher.shows("<b>Bob,Ada,Eve</b>")
    await watcher.shows("+eve")
    assert "-" not in watcher.html.partition("<p>")[2]
    assert watcher.html.count("+ada") == watcher.html.count("+bob") == 1
    await eve.leave()


async def test_who_died_with_the_store_is_gone_after_a_while(open_tab: OpenTab) -> None:
    watcher = await open_tab("/room/a/")
    worker.backend.join("0::0::room:a", "bob", "page", "other", {"name": "Bob"}, 1.0)
    worker.backend.heartbeat("other", 60)
    worker.beat()
    await watcher.shows("<b>Bob</b>")
    worker._backend = MemoryBackend()
    for _ in range(4):
        worker.beat()
    await watcher.shows("<i>0</i>")
    await watcher.shows("-bob")


@pytest.mark.parametrize("meta", [{"x": object()}, {"x": float("nan")}, {"x": "y" * 5000}, [1]])
def test_what_cannot_travel_is_refused(meta: Any) -> None:
    with pytest.raises(BadMeta):
        checked(meta)
