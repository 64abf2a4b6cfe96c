"""What the visitor sees while an answer is awaited, and before it comes."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.ops.conftest import LivePage

Open = Callable[[str], LivePage]


def html(view: LivePage) -> str:
    """Return what the body holds."""
    found: str = view.page.evaluate("document.body.innerHTML")
    return found


def test_a_busy_element_says_so(live: Open) -> None:
    view = live('<button dj-click="go">x</button>')
    view.page.click("button")
    expect(view.page.locator("button")).to_have_attribute("aria-busy", "true")
    view.wait_for_event()
    view.reply()
    expect(view.page.locator("button")).not_to_have_attribute("aria-busy", "true")


def test_loading_shows_until_the_last_answer(live: Open) -> None:
    body = """<button dj-click="go" dj-loading.class="spin" dj-loading.disable>x</button>
      <p dj-loading.show>Wait</p><p dj-loading.hide>Idle</p>
      <p dj-loading="other" dj-loading.show>No</p>"""
    view = live(body)
    before = html(view)
    expect(view.page.get_by_text("Wait")).to_be_hidden()
    view.page.evaluate(
        "() => { const b = document.querySelector('button'); b.click(); b.click(); }"
    )
    view.wait_for_event()
    expect(view.page.get_by_text("Wait")).to_be_visible()
    expect(view.page.get_by_text("Idle")).to_be_hidden()
    expect(view.page.get_by_text("No")).to_be_hidden()
    expect(view.page.locator("button.spin")).to_be_disabled()
    view.reply()
    view.page.wait_for_selector("body:not(:has([aria-busy])) p:visible")
    assert html(view) == before


def test_loading_persists_while_background_work_runs(live: Open) -> None:
    view = live('<button dj-click="go">x</button><p dj-loading.show>Wait</p>')
    view.page.click("button")
    view.wait_for_event()
    view.reply(async_pending=True)
    view.push(
        '<button dj-click="go">x</button><p dj-loading.show>Wait 50 %</p>', async_pending=True
    )
    expect(view.page.get_by_text("Wait 50 %")).to_be_visible()
    view.push('<button dj-click="go">x</button><p dj-loading.show>Done</p>')
    expect(view.page.get_by_text("Done")).to_be_hidden()


def test_a_button_with_another_text_is_as_before_when_ops_come(live: Open) -> None:
    body = '<form dj-submit="s"><button dj-disable-with="Saving">Save <b>{}</b></button></form>'
    view = live(body.format(1))
    view.page.click("button")
    expect(view.page.locator("button")).to_have_text("Saving")
    expect(view.page.locator("button")).to_be_disabled()
    view.wait_for_event()
    view.push(body.format(2))
    view.until("globalThis.djust")
    expect(view.page.locator("button")).to_have_text("Saving")
    view.reply(body.format(3))
    expect(view.page.locator("button")).to_have_text("Save 3")
    expect(view.page.locator("button")).to_be_enabled()
    assert not any(frame[0] == "resync" for frame in view.frames)


def test_a_locked_element_waits_for_its_answer(live: Open) -> None:
    view = live('<button dj-click="go" dj-lock>x</button>')
    view.page.evaluate(
        "() => { const b = document.querySelector('button'); b.click(); b.click(); }"
    )
    view.wait_for_event()
    view.reply()
    expect(view.page.locator("button")).not_to_have_attribute("aria-busy", "true")
    view.page.click("button")
    view.wait_for_event(2)
    assert len(view.events) == 2


LIKE = """<button dj-click="like" dj-optimistic="toggle class on; increment on #n">x</button>
<p id="n">{}</p>"""


def test_optimistic_changes_show_at_once(live: Open) -> None:
    view = live(LIKE.format("5 likes"))
    view.page.click("button")
    expect(view.page.locator("p")).to_have_text("6 likes")
    expect(view.page.locator("button")).to_have_class("on")


def test_optimistic_changes_give_way_to_the_answer(live: Open) -> None:
    view = live(LIKE.format("5 likes"))
    view.page.click("button")
    view.wait_for_event()
    view.reply(LIKE.format("7 likes"))
    expect(view.page.locator("p")).to_have_text("7 likes")
    view.page.click("button")
    expect(view.page.locator("p")).to_have_text("8 likes")
    assert not any(frame[0] == "resync" for frame in view.frames)


def test_optimistic_changes_are_undone_when_the_server_disagrees(live: Open) -> None:
    view = live(LIKE.format("5 likes"))
    before = html(view)
    view.page.click("button")
    expect(view.page.locator("p")).to_have_text("6 likes")
    view.wait_for_event()
    view.reply(error={"code": "DJL204", "text": ""})
    expect(view.page.locator("p")).to_have_text("5 likes")
    view.page.wait_for_selector("body:not(:has([aria-busy]))")
    assert html(view) == before


def test_optimistic_changes_of_unanswered_calls_stay_over_other_changes(live: Open) -> None:
    view = live(LIKE.format("5 likes"))
    view.page.click("button")
    view.page.click("button")
    expect(view.page.locator("p")).to_have_text("7 likes")
    view.wait_for_event(2)
    view.reply(LIKE.format("6 likes"))
    expect(view.page.locator("p")).to_have_text("7 likes")
    view.reply(LIKE.format("7 likes"))
    expect(view.page.locator("p")).to_have_text("7 likes")


def test_the_other_optimistic_rules(live: Open) -> None:
    view = live(
        """<button dj-click="a" dj-optimistic="hide on .h; show on .s; set text hi on .t">x</button>
        <button dj-click="b" dj-optimistic="add class y; remove class z; decrement on #n">y</button>
        <i class="h">h</i><i class="s" hidden>s</i><i class="t">t</i><i id="n">3</i>"""
    )
    view.page.click("button >> nth=0")
    expect(view.page.locator(".h")).to_be_hidden()
    expect(view.page.locator(".s")).to_be_visible()
    expect(view.page.locator(".t")).to_have_text("hi")
    view.page.click("button >> nth=1")
    expect(view.page.locator("#n")).to_have_text("2")


def test_flash_messages_appear_and_are_cleared(live: Open) -> None:
    view = live("<p>x</p>")
    view.send("push", 0, [], {"flash": [["success", "Saved"], ["error", "<b>No</b>"]]})
    expect(view.page.get_by_text("Saved")).to_be_visible()
    expect(view.page.get_by_role("alert")).to_have_text("<b>No</b>")
    view.send("push", 0, [], {"flash_clear": True})
    expect(view.page.get_by_text("Saved")).to_have_count(0)


def test_the_title_and_pushed_events_arrive_after_the_ops(live: Open) -> None:
    view = live("<p>x</p>")
    view.page.evaluate(
        """() => document.addEventListener("djust:pinged", (event) => {
          globalThis.seen = [event.detail, document.querySelector("p").textContent];
        })"""
    )
    view.push("<p>y</p>", title="New", events=[["pinged", {"a": 1}]])
    view.until("globalThis.seen")
    assert view.page.evaluate("globalThis.seen") == [{"a": 1}, "y"]
    assert view.page.title() == "New"


def test_published_state_is_on_the_bus(live: Open) -> None:
    view = live("<p>x</p>")
    view.page.evaluate(
        "() => document.addEventListener('djust:state', (e) => { globalThis.seen = e.detail; })"
    )
    view.send("push", 0, [], {"state": {"cart": [1, 2]}})
    view.until("globalThis.seen")
    assert view.page.evaluate("[globalThis.seen, djust.state.cart]") == [
        {"key": "cart", "value": [1, 2]},
        [1, 2],
    ]
