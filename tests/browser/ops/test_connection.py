"""The socket comes back, and nothing is lost, doubled or reordered meanwhile."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.ops.conftest import ORIGIN, LivePage, serve

Open = Callable[[str], LivePage]
BODY = '<p>{}</p><button dj-click="go">x</button>'


def test_the_join_says_what_the_page_shows(live: Open) -> None:
    view = live("<p>x</p>")
    assert view.frames[0][:3] == ["join", 1, "token"]
    # The body, the paragraph and its text.
    assert view.frames[0][3] == 3
    assert view.frames[0][5:] == [0, 0]


def test_clicks_before_the_page_is_ready_are_handled_in_order(live: Open) -> None:
    view = live(BODY.format(1))
    view.greets = False
    view.page.reload()
    view.wait_for_frames("join", 2)
    for _ in range(3):
        view.page.click("button")
    assert view.events == []
    view.send("ready", 0, 0, {})
    view.wait_for_frames("event", 3)
    assert [frame[1] for frame in view.frames if frame[0] == "event"] == [1, 2, 3]


def test_after_a_drop_unanswered_events_go_again_and_answered_ones_do_not(live: Open) -> None:
    view = live(BODY.format(1))
    view.page.click("button")
    view.wait_for_event()
    view.reply(BODY.format(2))
    view.page.click("button")
    view.wait_for_event(2)
    view.frames.clear()
    view.sockets[-1].close()
    expect(view.page.locator("body")).to_have_class("dj-disconnected")
    view.page.click("button")
    view.wait_for_frames("event", 2)
    assert view.frames[0][5:] == [1, 1]
    assert [frame[1] for frame in view.frames if frame[0] == "event"] == [2, 3]
    expect(view.page.locator("body")).to_have_class("dj-connected")


def test_an_event_that_the_server_has_handled_is_not_sent_again(live: Open) -> None:
    view = live(BODY.format(1))
    view.page.click("button")
    view.wait_for_event()
    view.greets = False
    view.sockets[-1].close()
    view.wait_for_frames("join", 2)
    # The server has handled it, but the answer was lost with the socket: it follows.
    view.send("ready", 0, 1, {})
    view.reply(BODY.format(2))
    expect(view.page.locator("p")).to_have_text("2")
    view.page.click("button")
    view.wait_for_frames("event", 2)
    assert [frame[1] for frame in view.frames if frame[0] == "event"] == [1, 2]


def test_a_long_loss_shows_a_quiet_banner(live: Open) -> None:
    view = live("<p>x</p>")
    view.greets = False
    banner = view.page.get_by_role("status")
    expect(banner).to_be_hidden()
    view.sockets[-1].close()
    expect(banner).to_be_visible()
    expect(banner).to_have_text("Connection lost. Reconnecting…")
    view.greets = True
    view.send("ready", 0, 0, {})
    expect(banner).to_be_hidden()
    expect(view.page.locator("body")).to_have_class("dj-connected")


def test_a_refused_page_says_so_until_it_is_taken(live: Open) -> None:
    view = live("<p>x</p>")
    view.greets = False
    view.page.reload()
    view.wait_for_frames("join", 2)
    view.send("error", "DJL305", "")
    expect(view.page.locator("body.dj-error")).to_have_count(1)
    expect(view.page.get_by_role("status")).to_be_visible()
    view.send("ready", 0, 0, {})
    expect(view.page.locator("body")).to_have_class("dj-connected")


def test_reloads_do_not_follow_each_other(live: Open) -> None:
    view = live("<p>x</p>")
    view.greets = False
    view.send("reload", "token")
    view.wait_for_frames("join", 2)
    view.send("reload", "token")
    expect(view.page.locator("body.dj-error")).to_have_count(1)
    assert sum(frame[0] == "join" for frame in view.frames) == 2


def test_a_redirect_leaves_the_page(live: Open) -> None:
    view = live("<p>x</p>")
    view.send("push", 1, [], {"url_leave": ["/page/elsewhere/"]})
    view.page.wait_for_url("**/elsewhere/")


@pytest.mark.parametrize("url", ["javascript:globalThis.bad=1", "data:text/html,x", "http://["])
def test_a_redirect_to_no_page_is_ignored(live: Open, url: str, page_errors: list[str]) -> None:
    view = live("<p>x</p>")
    view.push("<p>y</p>", url_leave=[url])
    expect(view.page.locator("p")).to_have_text("y")
    assert view.page.evaluate("globalThis.bad") is None
    page_errors.clear()


def test_a_server_that_stops_says_when_to_come_back(live: Open) -> None:
    view = live("<p>x</p>")
    view.send("drain", 400)
    view.page.evaluate("() => { globalThis.since = performance.now(); }")
    view.sockets[-1].close(code=1012)
    view.wait_for_frames("join", 2)
    assert view.page.evaluate("performance.now() - since") >= 390


def test_a_page_that_comes_back_into_sight_looks_after_its_socket(live: Open) -> None:
    view = live("<p>x</p>")
    view.page.evaluate("() => { document.dispatchEvent(new Event('visibilitychange')); }")
    view.page.evaluate("() => { dispatchEvent(new Event('online')); }")
    view.wait_for_frames("ping", 1)
    view.send("pong")
    view.push("<p>y</p>")
    expect(view.page.locator("p")).to_have_text("y")


def test_a_page_from_the_back_forward_cache_attaches_again(live: Open) -> None:
    view = live("<p>x</p>")
    view.page.evaluate(
        "() => { dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true })); }"
    )
    expect(view.page.locator("body")).to_have_class("dj-disconnected")
    assert ["leave"] not in view.frames
    view.page.evaluate(
        "() => { dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true })); }"
    )
    view.wait_for_frames("join", 2)
    expect(view.page.locator("body")).to_have_class("dj-connected")


def test_the_classes_of_the_body_survive_those_of_the_server(live: Open) -> None:
    view = live("<p>x</p>")
    view.send("push", 1, [[2, 0, "class", "dark"]])
    expect(view.page.locator("body")).to_have_class("dark dj-connected")


def test_a_page_without_a_token_is_left_alone(page: Page) -> None:
    page.route("**/*", serve)
    page.route(
        f"{ORIGIN}/plain/",
        lambda route: route.fulfill(
            body='<!doctype html><script type="module" src="/src/djust.js"></script><p>x</p>',
            content_type="text/html",
        ),
    )
    with page.expect_response("**/socket.js"):
        page.goto(f"{ORIGIN}/plain/")
    page.wait_for_load_state("load")
    assert page.evaluate("[globalThis.djust, document.body.outerHTML]") == [
        None,
        "<body><p>x</p></body>",
    ]


def test_an_animated_change_is_applied_once_the_picture_is_taken(live: Open) -> None:
    body = '<main dj-root dj-transition><p>{}</p><button dj-click="go">x</button></main>'
    view = live(body.format(1))
    view.push(body.format(2))
    view.push(body.format(3))
    view.page.click("button")
    view.wait_for_event()
    view.reply(body.format(4))
    expect(view.page.locator("p")).to_have_text("4")
    assert not any(frame[0] == "resync" for frame in view.frames)
