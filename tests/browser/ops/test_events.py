"""What the client sends for what the visitor does."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Dialog

from tests.browser.ops.conftest import LivePage

Open = Callable[[str], LivePage]


def test_a_click_sends_what_the_author_wrote(live: Open) -> None:
    view = live(
        '<button dj-click="add" dj-value-todo-id="3" data-kind="x" value="v"><b>Add</b></button>'
    )
    view.page.click("b")
    event = view.wait_for_event()
    assert event[1:4] == [1, 0, "add"]
    assert event[4] == {"todo_id": "3", "kind": "x", "value": "v", "_extra": ["kind", "value"]}


def test_inline_arguments_are_literals(live: Open) -> None:
    view = live(
        """<button
        dj-click="go(3, -1.5, 'it\\'s', &quot;b\\&quot;&quot;, None, True, [1, 'x'])">Go</button>"""
    )
    view.page.click("button")
    assert view.wait_for_event()[3:5] == [
        "go",
        {"_args": [3, -1.5, "it's", 'b"', None, True, [1, "x"]]},
    ]


def test_arguments_that_are_no_literals_are_texts(live: Open) -> None:
    view = live('<button dj-click="go(a b, 3)">Go</button>')
    view.page.click("button")
    assert view.wait_for_event()[4] == {"_args": ["a b", "3"]}


def test_a_form_sends_its_fields(live: Open) -> None:
    view = live(
        """<form dj-submit="save" dj-value-extra="1">
        <input type="hidden" name="csrfmiddlewaretoken" value="secret">
        <input name="title" value="T"><input name="tag" value="a"><input name="tag" value="b">
        <input type="checkbox" name="on" checked><input type="checkbox" name="off">
        <input type="checkbox" name="many" value="1" checked>
        <input type="checkbox" name="many" value="2">
        <select name="several" multiple><option selected>x<option>y</select>
        <select name="one"><option>x<option selected>y</select>
        <input name="gone" disabled value="z"><input type="file" name="file">
        <button name="how" value="quick">Save</button></form>"""
    )
    view.page.click("button")
    assert view.wait_for_event()[3:5] == [
        "save",
        {
            "extra": "1",
            "title": "T",
            "tag": ["a", "b"],
            "on": "on",
            "many": ["1"],
            "several": ["x"],
            "one": "y",
            "how": "quick",
        },
    ]
    assert view.page.url.endswith("/page/")


def test_a_field_sends_its_name_and_value(live: Open) -> None:
    view = live('<input name="email" dj-change="validate_field">')
    view.page.fill("input", "a@b")
    view.page.press("input", "Tab")
    assert view.wait_for_event()[4] == {
        "value": "a@b",
        "name": "email",
        "field_name": "email",
        "_extra": ["value", "name", "field_name"],
    }


def test_what_the_author_wrote_overrides_what_the_field_is(live: Open) -> None:
    view = live('<input name="form-0-email" dj-change="check" dj-value-field_name="email">')
    view.page.fill("input", "x")
    view.page.press("input", "Tab")
    params = view.wait_for_event()[4]
    assert params["field_name"] == "email"
    assert params["_extra"] == ["value", "name"]


def test_boxes_radios_and_selects_send_what_they_hold(live: Open) -> None:
    view = live(
        """<input type="checkbox" name="a" dj-change="c"><form>
        <input type="checkbox" name="b" value="1" dj-change="c">
        <input type="checkbox" name="b" value="2" checked></form>
        <input type="radio" name="r" value="7" dj-change="c">
        <select name="s" dj-change="c" multiple><option>x<option>y</select>"""
    )
    view.page.check("[name=a]")
    view.page.check("[name=b] >> nth=0")
    view.page.check("[name=r]")
    view.page.select_option("select", ["x", "y"])
    view.wait_for_event(4)
    values = [frame[4]["value"] for frame in view.frames if frame[0] == "event"]
    assert values == [True, ["1", "2"], "7", ["x", "y"]]


def test_a_change_inside_a_form_that_binds_it_sends_all_fields(live: Open) -> None:
    view = live('<form dj-change="check"><input name="a"><input name="b" value="2"></form>')
    view.page.fill("[name=a]", "1")
    view.page.press("[name=a]", "Tab")
    params = view.wait_for_event()[4]
    assert (params["a"], params["b"], params["field_name"]) == ("1", "2", "a")


def test_keys_pass_filters(live: Open) -> None:
    view = live('<input dj-keydown.enter="go" dj-keydown.ctrl.k="find" dj-keyup.esc="close">')
    view.page.focus("input")
    for key in ["a", "Enter", "k", "Control+k", "Escape"]:
        view.page.press("input", key)
    view.wait_for_event(3)
    assert [name for name, _ in view.events] == ["go", "find", "close"]


def test_focus_blur_and_pointer_reach_their_own_element(live: Open) -> None:
    view = live(
        """<div dj-mouseenter="in" dj-mouseleave="out"><p>p</p></div>
        <input dj-focus="focus" dj-blur="blur"><input id="b">"""
    )
    view.page.hover("p")
    view.page.hover("#b")
    view.page.focus("input")
    view.page.focus("#b")
    view.wait_for_event(4)
    assert [name for name, _ in view.events] == ["in", "out", "focus", "blur"]


def test_pasted_text_is_sent(live: Open) -> None:
    view = live('<input dj-paste="paste">')
    view.page.evaluate(
        """() => {
        const clipboardData = new DataTransfer();
        clipboardData.setData("text/plain", "pasted");
        document.querySelector("input").dispatchEvent(
          new ClipboardEvent("paste", { clipboardData, bubbles: true }));
        }"""
    )
    assert view.wait_for_event()[4]["text"] == "pasted"


def test_the_innermost_binding_is_called(live: Open) -> None:
    view = live('<div dj-click="outer"><button dj-click="inner">x</button><i>y</i></div>')
    view.page.click("button")
    view.page.click("i")
    view.wait_for_event(2)
    assert [name for name, _ in view.events] == ["inner", "outer"]


def test_a_link_goes_nowhere_unless_a_new_tab_is_wanted(live: Open) -> None:
    view = live('<a href="/elsewhere/" dj-click="go">x</a>')
    view.page.click("a")
    view.wait_for_event()
    view.page.evaluate("addEventListener('click', (event) => event.preventDefault())")
    view.page.click("a", modifiers=["Control"])
    assert view.events == [["go", {}]]
    assert view.page.url.endswith("/page/")


def test_a_refused_confirmation_stops_everything(live: Open) -> None:
    view = live('<form dj-submit="drop" dj-confirm="Sure?"><button>x</button></form>')
    asked: list[str] = []

    def refuse(dialog: Dialog) -> None:
        asked.append(dialog.message)
        dialog.dismiss()

    view.page.once("dialog", refuse)
    view.page.click("button")
    view.page.once("dialog", lambda dialog: dialog.accept())
    view.page.click("button")
    view.wait_for_event()
    assert asked == ["Sure?"]
    assert len(view.events) == 1


def test_a_component_is_named_as_target(live: Open) -> None:
    view = live('<div dj-target="cart"><button dj-click="add">x</button></div>')
    view.page.click("button")
    assert view.wait_for_event()[5] == "cart"


def test_elements_that_ops_bring_are_bound(live: Open) -> None:
    view = live("<p>x</p>")
    view.push('<p>x</p><b dj-dblclick="twice(1)">y</b>')
    view.page.dblclick("b")
    assert view.wait_for_event()[3:5] == ["twice", {"_args": [1]}]


def test_twenty_clicks_in_one_task_are_twenty_events_in_order(live: Open) -> None:
    view = live('<button dj-click="add">x</button>')
    view.page.evaluate(
        """() => {
        const button = document.querySelector("button");
        for (let i = 0; i < 20; i++) button.click();
        }"""
    )
    view.wait_for_event(20)
    assert [frame[1] for frame in view.frames if frame[0] == "event"] == list(range(1, 21))


def test_a_form_is_submitted_once_until_it_is_answered(live: Open) -> None:
    view = live('<form dj-submit="save"><button>x</button></form>')
    view.page.click("button")
    view.page.click("button")
    view.wait_for_event()
    view.reply()
    view.page.wait_for_selector("form:not([aria-busy])")
    view.page.click("button")
    view.wait_for_event(2)
    assert len(view.events) == 2
