"""What the visitor typed is the visitor's until the server has answered it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.ops.conftest import LivePage

Open = Callable[[str], LivePage]
SEARCH = '<input dj-input="search" name="q" value="{}">'


def test_an_answered_value_becomes_the_servers(live: Open) -> None:
    view = live(SEARCH.format(""))
    view.page.type("input", "ab")
    view.wait_for_event(2)
    view.reply(SEARCH.format(""))
    view.reply(SEARCH.format("AB"))
    view.until("document.querySelector('input').value === 'AB'")


def test_typing_that_is_newer_than_the_answer_stays(live: Open) -> None:
    view = live(SEARCH.format(""))
    view.page.type("input", "ab")
    view.wait_for_event(2)
    view.reply(SEARCH.format("A"))
    view.page.wait_for_selector("[value=A]")
    assert view.page.input_value("input") == "ab"
    assert view.page.evaluate("document.activeElement.selectionStart") == 2


def test_a_value_that_somebody_else_pushes_does_not_touch_what_is_typed(live: Open) -> None:
    view = live('<input name="q" value="">')
    view.page.type("input", "typed")
    view.push('<input name="q" value="pushed">')
    view.page.wait_for_selector("[value=pushed]")
    assert view.page.input_value("input") == "typed"


def test_a_submitted_form_shows_what_the_server_rendered(live: Open) -> None:
    form = """<form dj-submit="add"><input name="title" value=""><input type="checkbox" name="c">
      <textarea name="t"></textarea><select name="s"><option>1<option>2</select>
      <button>+</button></form>"""
    view = live(form)
    view.page.fill("[name=title]", "milk")
    view.page.check("[name=c]")
    view.page.fill("[name=t]", "text")
    view.page.select_option("select", "2")
    view.page.click("button")
    view.wait_for_event()
    view.reply(form + "<p>milk</p>")
    view.page.wait_for_selector("p")
    assert view.page.input_value("[name=title]") == ""
    assert not view.page.is_checked("[name=c]")
    assert view.page.input_value("[name=t]") == ""
    assert view.page.input_value("select") == "1"


def test_what_is_typed_after_the_submit_stays(live: Open) -> None:
    form = '<form dj-submit="add"><input name="title" value=""><button>+</button></form>'
    view = live(form)
    view.page.fill("input", "milk")
    view.page.press("input", "Enter")
    view.wait_for_event()
    view.page.fill("input", "bread")
    view.reply(form + "<p>milk</p>")
    view.page.wait_for_selector("p")
    assert view.page.input_value("input") == "bread"


def test_a_failed_submit_keeps_everything(live: Open) -> None:
    form = '<form dj-submit="add"><input name="title" value=""><button>+</button></form>'
    view = live(form)
    view.page.fill("input", "milk")
    view.page.click("button")
    view.wait_for_event()
    view.reply(form + "<p>error</p>", error={"code": "DJL204", "text": ""})
    view.page.wait_for_selector("p")
    assert view.page.input_value("input") == "milk"


@pytest.mark.parametrize("binding", ["dj-change", "dj-click"])
def test_a_box_that_the_server_refuses_springs_back(live: Open, binding: str) -> None:
    view = live(f'<input type="checkbox" {binding}="toggle">')
    view.page.check("input")
    view.wait_for_event()
    assert view.page.is_checked("input")
    view.reply(error={"code": "DJL204", "text": ""})
    view.until("!document.querySelector('input').checked")


def test_a_box_takes_what_the_server_says(live: Open) -> None:
    view = live('<input type="checkbox" dj-click="toggle">')
    view.page.check("input")
    view.wait_for_event()
    view.reply('<input type="checkbox" dj-click="toggle" checked>')
    view.page.wait_for_selector("input[checked]")
    assert view.page.is_checked("input")
    view.push('<input type="checkbox" dj-click="toggle">')
    view.page.wait_for_selector("input:not([checked])")
    assert not view.page.is_checked("input")


def test_a_reload_shows_choices_as_the_server_holds_them(live: Open) -> None:
    view = live('<input type="checkbox"><select><option>1<option>2</select>')
    view.page.check("input")
    view.page.select_option("select", "2")
    view.page.reload()
    view.page.wait_for_selector("body.dj-connected", state="attached")
    assert not view.page.is_checked("input")
    assert view.page.input_value("select") == "1"


def test_model_binding_sends_field_and_value(live: Open) -> None:
    view = live(
        """<input dj-model="q"><input id="l" dj-model.lazy="name">
        <input type="checkbox" dj-model="on">"""
    )
    view.page.type("input", "x")
    view.page.type("#l", "ab")
    view.page.press("#l", "Tab")
    view.page.check("[type=checkbox]")
    view.wait_for_event(3)
    assert view.events == [
        ["dj-model", {"field": "q", "value": "x"}],
        ["dj-model", {"field": "name", "value": "ab"}],
        ["dj-model", {"field": "on", "value": True, "chosen": ["on"]}],
    ]


def test_model_binding_can_wait_for_the_visitor(live: Open) -> None:
    view = live('<input dj-model.debounce-200="q">')
    view.page.type("input", "abc")
    view.wait_for_event()
    assert view.events == [["dj-model", {"field": "q", "value": "abc"}]]
