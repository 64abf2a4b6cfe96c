"""Hostile or broken frames lead to a resync or to silence, never to a dead page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.ops.conftest import LivePage

Open = Callable[[str], LivePage]
BODY = '<p id="p">{}</p><button dj-click="go">x</button>'

HOSTILE: list[Any] = [
    [[0]],
    [[99, 1]],
    [[-1]],
    [["constructor"]],
    [[1, 10**9, "x"]],
    [[1, None, "x"]],
    [[1]],
    [[4, 0, "<b>"]],
    [[7, 1, 1]],
    [[5, 1, [[[[[]]]]]]],
    [[12, 1, [0, 0]]],
    [[2, 1, "onclick", {"a": 1}]],
    "text",
    7,
    None,
    {"a": 1},
    [None],
]


@pytest.mark.parametrize("ops", HOSTILE, ids=repr)
def test_ops_that_do_not_fit_lead_to_a_resync(live: Open, ops: Any) -> None:
    view = live(BODY.format(1))
    view.rev += 1
    view.send("push", view.rev, ops)
    view.ops(BODY.format(2))
    view.wait(lambda: ["resync", 0] in view.frames)
    view.resync()
    expect(view.page.locator("p")).to_have_text("2")
    view.push(BODY.format(3))
    expect(view.page.locator("p")).to_have_text("3")
    view.page.click("button")
    assert view.wait_for_event()[1:4] == [1, view.rev, "go"]


def test_a_revision_that_was_seen_is_passed_over(live: Open) -> None:
    view = live(BODY.format(1))
    view.push(BODY.format(2))
    view.send("push", 1, [[1, 2, "again"]])
    view.push(BODY.format(3))
    expect(view.page.locator("p")).to_have_text("3")
    assert not any(frame[0] == "resync" for frame in view.frames)


def test_a_missing_revision_leads_to_a_resync(live: Open) -> None:
    view = live(BODY.format(1))
    view.ops(BODY.format(2))
    view.push(BODY.format(3))
    view.wait(lambda: ["resync", 0] in view.frames)
    # What comes before the answer is part of the answer.
    view.push(BODY.format(4))
    view.resync()
    view.push(BODY.format(5))
    expect(view.page.locator("p")).to_have_text("5")
    assert sum(frame[0] == "resync" for frame in view.frames) == 1


@pytest.mark.parametrize(
    "text", ["", "{", "7", "null", "[]", "[1]", '["unknown", 1]', '["reply"]', '["html"]', '"x"']
)
def test_a_frame_that_is_none_stops_nothing(live: Open, text: str, page_errors: list[str]) -> None:
    view = live(BODY.format(1))
    view.sockets[-1].send(text)
    view.push(BODY.format(2))
    view.resync_if_asked("document.querySelector('p')?.textContent === '2'")
    page_errors.clear()


def test_a_resync_keeps_what_the_visitor_did(live: Open) -> None:
    body = """<ul>{}</ul><form><input id="typed"><input type="checkbox" id="box">
      <select><option>1<option>2</select></form><details><summary>s</summary>d</details>
      <div dj-ignore><b>theirs</b></div><template><i>t</i></template>"""
    view = live(body.format('<li dj-key="a">a</li><li dj-key="b">b</li>'))
    view.page.fill("#typed", "typed")
    view.page.check("#box")
    view.page.select_option("select", "2")
    view.page.evaluate(
        """() => {
        document.querySelector("#typed").focus();
        document.querySelector("#typed").setSelectionRange(1, 3);
        document.querySelector("dj-ignore, [dj-ignore]").innerText = "mine";
        globalThis.kept = [...document.querySelectorAll("li, input, select, [dj-ignore]")];
        }"""
    )
    view.ops(body.format('<li dj-key="b">b</li><li dj-key="a">a!</li>'))
    view.resync()
    expect(view.page.locator("li").first).to_have_text("b")
    assert view.page.evaluate("kept.every((element) => element.isConnected)")
    assert view.page.input_value("#typed") == "typed"
    assert view.page.evaluate(
        "[document.activeElement.id, document.activeElement.selectionStart]"
    ) == ["typed", 1]
    assert view.page.is_checked("#box")
    assert view.page.input_value("select") == "2"
    assert view.page.inner_text("[dj-ignore]") == "mine"
    view.push(body.format('<li dj-key="b">B</li>'))
    expect(view.page.locator("li")).to_have_text(["B"])
    assert not any(frame[0] == "resync" for frame in view.frames)


def test_a_resync_of_a_root_inside_the_page(live: Open) -> None:
    body = '<header>h</header><main dj-root class="{0}"><p>{0}</p></main>'
    view = live(body.format("a"))
    view.ops(body.format("b"))
    view.resync()
    expect(view.page.locator("main.b p")).to_have_text("b")
    view.push(body.format("c"))
    expect(view.page.locator("main.c p")).to_have_text("c")


def test_a_join_that_cannot_go_on_gets_the_whole_page_and_loses_no_event(live: Open) -> None:
    view = live(BODY.format(1))
    view.greets = False
    view.sockets[-1].close()
    view.until("!document.body.classList.contains('dj-connected')")
    view.page.click("button")
    view.wait_for_frames("join", 2)
    view.ops(BODY.format(2))
    view.resync()
    expect(view.page.locator("p")).to_have_text("2")
    assert view.wait_for_event()[1:4] == [1, view.rev, "go"]
    view.until("document.body.classList.contains('dj-connected')")


def test_a_server_that_starts_afresh_is_told_what_was_filled_in(live: Open) -> None:
    body = """<form dj-change="check"><input name="a" value="{}"></form>
      <input id="single" name="b" dj-change="validate_field">
      <input id="model" dj-model="q"><input id="not" dj-change="no" dj-no-recover>
      <input id="untouched" dj-change="never">"""
    view = live(body.format(""))
    view.page.fill("[name=a]", "typed")
    view.page.fill("#single", "alone")
    view.page.fill("#model", "bound")
    view.page.fill("#not", "kept")
    view.page.press("#not", "Tab")
    view.wait_for_event(4)
    for _ in range(3):
        view.reply()
    view.reply(body.format("typed"))
    view.page.wait_for_selector("[value=typed]")
    view.frames.clear()
    view.sockets[-1].close()
    view.wait(lambda: bool(view.frames))
    # A root that the client did not ask for.
    view.ops(body.format(""))
    view.resync()
    view.wait_for_event(3)
    assert [[name, params] for name, params in view.events] == [
        ["check", {"a": "typed"}],
        ["validate_field", {}],
        ["dj-model", {"field": "q", "value": "bound"}],
    ]
    assert view.page.input_value("#single") == "alone"


def test_a_root_that_cannot_be_shown_loads_the_page_again(live: Open) -> None:
    view = live(BODY.format(1))
    view.page.route("**/morph.js", lambda route: route.abort())
    view.send("push", 1, [[0]])
    view.send("html", 1, "<body>x</body>", {})
    view.wait_for_frames("join", 2)
    view.page.unroute("**/morph.js")
    expect(view.page.locator("body")).to_have_class("dj-connected")
