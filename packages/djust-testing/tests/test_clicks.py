"""What a click does by itself, and what a visitor cannot get at."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest
from django.http import HttpRequest
from djust_live import JS, LiveView
from djust_live.decorators import event_handler
from djust_testing import Impossible


class Places(LiveView):
    template = """<div><a id=next href="?page=2" dj-patch>2</a><b id=third dj-patch="?page=3">3</b>
        <a id=other href="/other/" dj-navigate><i id=inside>o</i></a><a id=plain href="../up/">up</a>
        <a id=here href="#top">top</a><p>{{ page }}</p></div>"""
    url_state: ClassVar = {"page": int}

    def mount(self, request: HttpRequest, **kwargs: Any) -> None:
        self.page = 1


def test_a_link_inside_the_view_gives_the_page_another_address(live_client: Any) -> None:
    page = live_client(Places, path="/list/", query={"q": "tea"})

    page.click("#next")
    page.assert_state(page=2)
    page.assert_patch("/list/?page=2")

    page.click("#third")
    assert page.find("p").get_text() == "3"
    page.assert_patch("/list/?page=3")


@pytest.mark.parametrize(
    ("selector", "url"), [("#other", "/other/"), ("#inside", "/other/"), ("#plain", "/up/")]
)
def test_a_link_leads_to_another_page(live_client: Any, selector: str, url: str) -> None:
    page = live_client(Places, path="/list/")

    page.click(selector)

    page.assert_redirect(url)


def test_a_jump_inside_the_page_leads_nowhere(live_client: Any) -> None:
    page = live_client(Places)
    page.click("#here")
    assert page.heard.redirects == []


def test_the_address_outlives_the_server(live_client: Any) -> None:
    page = live_client(Places, path="/list/")
    page.click("#next")

    page.restart_server()
    page.reconnect()

    page.assert_state(page=2)


class Controls(LiveView):
    more = JS.add_class("seen").push("note", {"what": "pushed"})
    away = JS.navigate("/away/")
    template = """<main>
        <input type=checkbox id=box name=box dj-change=note><label id=for for=box>Box</label>
        <label id=around>Red <input type=radio name=colour value=red id=red dj-change=note></label>
        <input type=radio name=colour value=blue checked id=blue dj-change=note>
        <button id=more dj-click="{{ more }}">m</button><a id=away dj-click="{{ away }}">a</a>
        <form id=order dj-submit=note><input name=cups value=1></form>
        <input name=milk value=yes form=order><button id=send form=order name=by value=me>s</button>
        <form id=twice dj-submit=note><button id=both type=submit dj-click=note>b</button></form>
        <form id=free dj-submit=note><input required name=a><button id=skip formnovalidate>s</button>
        </form><form id=stuck dj-submit=note><button disabled>s</button></form>
        <form id=unseen dj-submit=note hidden></form>
        <input id=left dj-focus=note dj-blur=note name=left>
        <div inert><button id=inert dj-click=note>i</button></div>
        <div style="color: red; display:none"><button id=none dj-click=note>n</button></div>
        <template><button id=template dj-click=note>t</button></template>
        <button disabled dj-click=note><b id=in-disabled>d</b></button>
        <fieldset disabled><legend><button id=legend dj-click=note>l</button></legend>
        <button id=in-fieldset dj-click=note>f</button><div id=no-control dj-click=note>d</div></fieldset>
        <select id=size dj-change=note><option>s<option disabled>m<optgroup disabled><option>l</optgroup>
        </select><input type=file id=file></main>"""

    def mount(self, request: HttpRequest, **kwargs: Any) -> None:
        self.noted: list[dict[str, Any]] = []

    @event_handler
    def note(self, **given: Any) -> None:
        self.noted.append(given)


@pytest.mark.parametrize(
    ("selector", "values"),
    [
        ("#box", [True]),
        ("#for", [True]),
        ("#red", ["red"]),
        ("#around", ["red"]),
        ("#legend", [None]),
        ("#no-control", [None]),
        ("#both", [None, None]),
    ],
)
def test_a_click_does_what_it_does_in_a_browser(
    live_client: Any, selector: str, values: list[Any]
) -> None:
    page = live_client(Controls)

    page.click(selector)

    assert [one.get("value") for one in page.view.noted] == values


def test_a_second_click_takes_the_tick_away(live_client: Any) -> None:
    page = live_client(Controls)
    page.click("#box")
    page.click("#for")
    assert [one["value"] for one in page.view.noted] == [True, False]


def test_controls_outside_of_their_form_are_sent_with_it(live_client: Any) -> None:
    page = live_client(Controls)
    page.click("#send")
    page.submit("#order", milk="no")
    assert [(one["cups"], one["milk"]) for one in page.view.noted] == [("1", "yes"), ("1", "no")]
    assert page.view.noted[0]["by"] == "me"


def test_commands_for_the_browser_call_handlers_and_lead_away(live_client: Any) -> None:
    page = live_client(Controls)
    page.click("#more")
    page.click("#away")
    assert page.view.noted[0]["what"] == "pushed"
    page.assert_redirect("/away/")


def test_a_button_may_leave_validation_out(live_client: Any) -> None:
    page = live_client(Controls)
    with pytest.raises(Impossible, match="is empty"):
        page.submit("#free")
    page.click("#skip")
    assert len(page.view.noted) == 1


def test_a_control_is_entered_and_left(live_client: Any) -> None:
    page = live_client(Controls)
    page.change("#left", "x")
    assert [one["value"] for one in page.view.noted] == ["", "x"]


@pytest.mark.parametrize(
    ("selector", "why"),
    [
        ("#inert", "inert"),
        ("#none", "hidden"),
        ("#template", "No element"),
        ("#in-disabled", "disabled"),
        ("#in-fieldset", "disabled"),
    ],
)
def test_what_nobody_can_get_at_is_not_clicked(live_client: Any, selector: str, why: str) -> None:
    page = live_client(Controls)
    with pytest.raises(Impossible, match=why):
        page.click(selector)
    assert page.view.noted == []


@pytest.mark.parametrize("choice", ["m", "l"])
def test_a_disabled_choice_cannot_be_made(live_client: Any, choice: str) -> None:
    page = live_client(Controls)
    with pytest.raises(Impossible, match="no choice"):
        page.change("#size", choice)


def test_forms_that_nobody_can_send_stay(live_client: Any) -> None:
    page = live_client(Controls)
    with pytest.raises(Impossible, match="disabled"):
        page.submit("#stuck")
    with pytest.raises(Impossible, match="hidden"):
        page.submit("#unseen")
    with pytest.raises(Impossible, match="upload"):
        page.change("#file", "a.txt")
