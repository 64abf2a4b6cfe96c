"""Hooks, commands and what happens without the visitor's doing."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.ops.conftest import LivePage

Open = Callable[[str], LivePage]

CHART = """() => {
  globalThis.log = [];
  const say = (moment) => function () { globalThis.log.push(`${moment} ${this.el.id}`); };
  const chart = {};
  const moments = ["mounted", "beforeUpdate", "updated", "destroyed", "disconnected", "reconnected"];
  for (const moment of moments) chart[moment] = say(moment);
  djust.registerHooks({
    Chart: chart,
    Talk: {
      mounted() {
        this.handleEvent("news", (payload) => globalThis.log.push(payload));
        this.pushEvent("hello", { a: 1 }).then(
          (reply) => globalThis.log.push(reply), (error) => globalThis.log.push(error.code));
      },
    },
    Broken: { mounted() { throw new Error("broken hook"); } },
  });
}"""


def test_a_hook_lives_with_its_element(live: Open) -> None:
    view = live('<div id="a" dj-hook="Chart"><p>1</p></div><p>x</p>')
    view.page.evaluate(CHART)
    view.until("log.length === 1")
    view.push('<div id="a" dj-hook="Chart"><p>1</p></div><p>y</p>')
    view.push('<div id="a" dj-hook="Chart"><p>2</p></div><p>y</p>')
    view.push('<div id="b" dj-hook="Chart"></div><p>y</p>')
    view.until("log.includes('mounted b')")
    log = view.page.evaluate("log")
    assert log[:3] == ["mounted a", "beforeUpdate a", "updated a"]
    assert log[-2:] == ["destroyed a", "mounted b"]


def test_a_hook_hears_of_the_connection(live: Open) -> None:
    view = live('<div id="a" dj-hook="Chart"></div>')
    view.page.evaluate(CHART)
    view.until("log.length === 1")
    view.sockets[-1].close()
    view.until("log.includes('reconnected a')")
    assert view.page.evaluate("log") == ["mounted a", "disconnected a", "reconnected a"]


def test_a_hook_calls_handlers_and_gets_their_replies(live: Open) -> None:
    view = live('<div id="a" dj-hook="Talk"></div>')
    view.page.evaluate(CHART)
    assert view.wait_for_event()[3:5] == ["hello", {"a": 1}]
    view.reply(reply={"b": 2}, events=[["news", "new"]])
    view.until("log.length === 2")
    assert view.page.evaluate("log") == ["new", {"b": 2}]


def test_a_failing_call_rejects(live: Open) -> None:
    view = live('<div id="a" dj-hook="Talk"></div>')
    view.page.evaluate(CHART)
    view.wait_for_event()
    view.reply(error={"code": "DJL201", "text": ""})
    view.until("log.length === 1")
    assert view.page.evaluate("log") == ["DJL201"]


def test_a_broken_hook_stops_nothing(live: Open, page_errors: list[str]) -> None:
    view = live('<div id="a" dj-hook="Broken"></div><div id="b" dj-hook="Chart"></div>')
    view.page.evaluate(CHART)
    view.until("log.includes('mounted b')")
    assert "broken hook" in page_errors.pop()


def test_events_can_be_called_from_anywhere(live: Open) -> None:
    view = live("<p>x</p>")
    view.page.evaluate("() => { djust.pushEvent('go', { x: 1 }); }")
    assert view.wait_for_event()[3:5] == ["go", {"x": 1}]


def test_commands_run_without_the_server(live: Open) -> None:
    view = live(
        """<button dj-click='[["toggle",{"to":"#menu"}],["toggle_class",{"names":"on"}],
          ["set_attribute",{"name":"aria-expanded","value":"true"}]]'>x</button>
        <div id="menu" hidden>Menu</div>"""
    )
    view.page.click("button")
    expect(view.page.locator("#menu")).to_be_visible()
    expect(view.page.locator("button.on")).to_have_attribute("aria-expanded", "true")
    view.page.click("button")
    expect(view.page.locator("#menu")).to_be_hidden()
    assert view.events == []


def test_commands_push_and_dispatch(live: Open) -> None:
    view = live(
        """<button dj-click='[["push",{"event":"go","value":{"a":1}}],
          ["dispatch",{"event":"hi","detail":2,"to":"p"}],["focus",{"to":"input"}]]'
          data-b="2">x</button><p>p</p><input>"""
    )
    view.page.evaluate(
        "() => { document.addEventListener('hi', (e) => { globalThis.hi = e.detail; }); }"
    )
    view.page.click("button")
    assert view.wait_for_event()[3:5] == ["go", {"b": "2", "a": 1, "_extra": ["b"]}]
    assert view.page.evaluate("globalThis.hi") == 2
    expect(view.page.locator("input")).to_be_focused()


def test_a_command_with_a_transition_ends_clean(live: Open) -> None:
    view = live(
        """<button dj-click='[["hide",
          {"to":"p","transition":["t","from","to"],"time":50}]]'>x</button>
        <p class="p">p</p>"""
    )
    view.page.click("button")
    expect(view.page.locator("p")).to_be_hidden()
    expect(view.page.locator("p")).to_have_class("p")


def test_a_click_elsewhere_and_events_of_window_and_document(live: Open) -> None:
    view = live(
        """<div dj-click-away="close"><b>in</b></div><i>out</i>
        <p dj-window-resize="resized" dj-window-keydown.escape="escaped"
          dj-document-visibilitychange="v"></p>"""
    )
    view.page.click("b")
    view.page.click("i")
    view.page.keyboard.press("a")
    view.page.keyboard.press("Escape")
    view.page.evaluate("() => { document.dispatchEvent(new Event('visibilitychange')); }")
    view.page.set_viewport_size({"width": 600, "height": 500})
    view.wait_for_event(4)
    assert [name for name, _ in view.events][:4] == ["close", "escaped", "v", "resized"]


def test_what_is_not_shown_is_not_left_by_a_click(live: Open) -> None:
    view = live(
        """<button dj-click='[["toggle", {"to": "#menu"}]]'>Menu</button>
        <button id="ask" dj-click="ask">x</button>
        <div id="menu" hidden dj-click-away='[["hide", {}], ["push", {"event": "closed"}]]'>m</div>"""
    )
    view.page.click("#ask")
    view.wait_for_event(1)
    view.page.click("button")
    expect(view.page.locator("#menu")).to_be_visible()
    view.page.click("#ask")
    expect(view.page.locator("#menu")).to_be_hidden()
    view.wait_for_event(3)
    assert sorted(name for name, _ in view.events) == ["ask", "ask", "closed"]


def test_polls_mounts_and_ends_of_lists_call_by_themselves(live: Open) -> None:
    items = "".join(f"<li>{number}</li>" for number in range(200))
    view = live(
        f"""<p dj-mounted="seen" dj-value-id="1"></p>
        <ul dj-viewport-bottom="more">{items}</ul><p dj-poll="refresh" dj-poll-interval="50"></p>"""
    )
    view.wait_for_event(2)
    assert view.events[:2] == [["seen", {"id": "1"}], ["refresh", {}]]
    assert not any(name == "more" for name, _ in view.events)
    view.page.locator("li").last.scroll_into_view_if_needed()
    view.reply()
    view.reply()
    view.wait(lambda: any(name == "more" for name, _ in view.events))
    assert sum(name == "more" for name, _ in view.events) == 1


def test_a_poll_that_is_unanswered_is_not_repeated(live: Open) -> None:
    view = live(
        """<p dj-poll="refresh" dj-poll-interval="20"></p>
        <p dj-poll="other" dj-poll-interval="20"></p>"""
    )
    view.wait_for_event(2)
    view.page.evaluate("new Promise((resolve) => setTimeout(resolve, 100))")
    assert sorted(name for name, _ in view.events) == ["other", "refresh"]


def test_links_that_patch_change_the_address_and_tell_the_server(live: Open) -> None:
    view = live('<a dj-patch href="/page/?p=2">2</a><a dj-patch="/page/?p=3" dj-prefetch>3</a>')
    view.page.click("a >> nth=0")
    view.wait_for_event()
    view.page.click("a >> nth=1")
    view.wait_for_event(2)
    assert view.page.url.endswith("/page/?p=3")
    view.page.go_back()
    view.wait_for_event(3)
    assert view.events == [
        ["dj-patch", {"uri": "/page/?p=2"}],
        ["dj-patch", {"uri": "/page/?p=3"}],
        ["dj-patch", {"uri": "/page/?p=2"}],
    ]


def test_an_extension_gets_its_messages_and_sends_its_own(live: Open) -> None:
    view = live("<p>x</p>")
    view.page.evaluate(
        """() => {
        globalThis.log = [];
        djust.use({
          namespace: "presence",
          onMessage: (verb, data) => log.push([verb, data]),
          afterPatch: (root) => log.push(root.tagName),
        });
        djust.send("presence:move", [1, 2]);
        }"""
    )
    view.send("presence:joined", {"id": 1})
    view.send("other:joined", {})
    view.push("<p>y</p>")
    view.until("log.length === 2")
    assert view.page.evaluate("log") == [["joined", {"id": 1}], "BODY"]
    assert ["presence:move", [1, 2]] in view.frames


def test_an_extension_sends_bytes(live: Open) -> None:
    view = live("<p>x</p>")
    sent = view.page.evaluate(
        """() => {
        const sent = [];
        const { send } = WebSocket.prototype;
        WebSocket.prototype.send = function (data) { sent.push(Array.from(data)); };
        djust.sendBinary("uploads", new Uint8Array([1, 2, 255]));
        WebSocket.prototype.send = send;
        return sent;
        }"""
    )
    assert sent == [[7, *b"uploads", 1, 2, 255]]
