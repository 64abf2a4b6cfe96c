"""What a visitor can do with elements, and what a browser then sends."""

from __future__ import annotations

from typing import Any

import pytest
from djust_testing.elements import Elements, Impossible, Typed
from djust_vdom import Document


def page(html: str, typed: dict[Any, Typed] | None = None) -> Elements:
    """Elements of a page as the client has it: everything that HTML may leave out is there."""
    html = Document(html).html
    return Elements(html, {} if typed is None else typed)


def fields(html: str, **entered: Any) -> dict[str, Any]:
    """What a form sends when something was entered into the controls with these ids."""
    elements = page(f"<form>{html}</form>")
    for name, value in entered.items():
        elements.enter(elements.one(f"#{name}"), value)
    return elements.fields(elements.one("form"))


def sent(html: str, event: str = "click", key: str = "", selector: str = "#it") -> Any:
    """What an event of an element sends; None when nothing listens."""
    elements = page(html)
    element = elements.one(selector)
    bound = elements.bound(element, event, key)
    return None if bound is None else elements.call(*bound, element, key)


# Forms


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<input name=a value=1><input value=2><textarea name=b>x</textarea>", {"a": "1", "b": "x"}),
        ("<input name=a type=checkbox><input name=b type=checkbox checked>", {"b": "on"}),
        (
            "<input name=a type=checkbox value=1 checked><input name=a type=checkbox value=2>",
            {"a": ["1"]},
        ),
        (
            "<input name=a type=radio value=1><input name=a type=radio value=2 checked>",
            {"a": "2"},
        ),
        ("<select name=a><option>x<option selected>y</select>", {"a": "y"}),
        ("<select name=a><option disabled>x<option>y</select>", {"a": "y"}),
        (
            "<select name=a multiple><option selected>x<option value=z selected>y</select>",
            {"a": ["x", "z"]},
        ),
        ("<select name=a multiple><option>x</select>", {}),
        ("<input name=a value=1><input name=a value=2>", {"a": ["1", "2"]}),
        ("<input name=a value=1 disabled><input name=f type=file>", {}),
        ("<input name=csrfmiddlewaretoken value=1><input type=submit name=s value=1>", {}),
        ("<fieldset disabled><legend><input name=a value=1></legend><input name=b></fieldset>", {"a": "1"}),
    ],
)  # fmt: skip
def test_a_form_sends_what_a_browser_would(html: str, expected: dict[str, Any]) -> None:
    assert fields(html) == expected


def test_what_was_entered_is_sent() -> None:
    html = (
        "<input id=a name=a><input id=b name=b type=checkbox value=x>"
        "<select id=c name=c multiple><option>1<option>2<option>3</select>"
        "<select id=d name=d><option value=7>seven<option>8</select>"
    )
    assert fields(html, a=5, b=True, c=["1", "3"], d=7) == {
        "a": "5",
        "b": "x",
        "c": ["1", "3"],
        "d": "7",
    }


def test_choosing_one_radio_button_leaves_the_others() -> None:
    html = "<input id=a name=r type=radio value=1 checked><input id=b name=r type=radio value=2>"
    assert fields(html, b=True) == {"r": "2"}


@pytest.mark.parametrize(
    ("html", "value", "why"),
    [
        ("<p id=it></p>", "x", "Nothing can be entered"),
        ("<input id=it readonly>", "x", "read-only"),
        ("<input id=it disabled>", "x", "disabled"),
        ("<fieldset disabled><input id=it></fieldset>", "x", "disabled"),
        ("<div hidden><input id=it></div>", "x", "hidden"),
        ("<input id=it type=hidden>", "x", "hidden"),
        ("<input id=it type=checkbox>", "x", "use True or False"),
        ("<select id=it><option>a</select>", "b", "no choice 'b'"),
        ("<select id=it multiple><option>a</select>", ["a", "b"], "no choice 'b'"),
    ],
)
def test_what_nobody_could_enter_is_refused(html: str, value: Any, why: str) -> None:
    elements = page(html)
    with pytest.raises(Impossible, match=why):
        elements.enter(elements.one("#it"), value)


def test_what_was_entered_stays_until_the_server_renders_something_else() -> None:
    typed: dict[Any, Typed] = {}
    first = page("<input id=a value=old>", typed)
    first.enter(first.one("#a"), "mine")

    same, other = (
        page("<p></p><input id=a value=old>", typed),
        page("<input id=a value=new>", typed),
    )
    assert same.held(same.one("#a")) == "mine"
    assert other.held(other.one("#a")) == "new"


@pytest.mark.parametrize(
    "html",
    [
        "<input required>",
        "<textarea required></textarea>",
        "<input type=checkbox required>",
        "<select required><option value=''>choose</select>",
        "<select multiple required><option>a</select>",
        "<input type=radio name=a value=1 required><input type=radio name=a value=2>",
    ],
)
def test_an_empty_field_that_is_required_keeps_the_form_from_leaving(html: str) -> None:
    elements = page(f"<form>{html}</form>")
    with pytest.raises(Impossible, match="is empty"):
        elements.check_valid(elements.one("form"))


@pytest.mark.parametrize(
    "html",
    [
        "<form novalidate><input required></form>",
        "<form><input required disabled></form>",
        "<form><input required value=x></form>",
        "<form><input type=radio name=a required><input type=radio name=a checked></form>",
    ],
)
def test_a_form_that_a_browser_would_submit_leaves(html: str) -> None:
    elements = page(html)
    elements.check_valid(elements.one("form"))


# Events


@pytest.mark.parametrize(
    ("binding", "args"),
    [
        ("go", None),
        ("go()", None),
        ("go(3, 'x', true)", [3, "x", True]),
        ("go(null, -1.5, 'true')", [None, -1.5, "true"]),
        ('go([1, 2], "it\'s")', [[1, 2], "it's"]),
        ("go(red, dark blue)", ["red", "dark blue"]),
    ],
)
def test_arguments_are_read_from_the_binding(binding: str, args: list[Any] | None) -> None:
    call = sent(f"<b id=it dj-click='{binding.replace(chr(39), '&#39;')}'></b>")

    assert call.name == "go"
    assert call.params.get("_args") == args


def test_data_of_an_element_is_sent_and_values_win() -> None:
    call = sent('<b id=it dj-click="go" data-a="1" data-b-c="2" dj-value-a="3"></b>')

    assert call.params == {"a": "3", "b_c": "2", "_extra": ["b_c"]}


def test_an_element_inside_of_a_bound_one_sends_the_bound_ones_data() -> None:
    call = sent('<p dj-click="go" data-a="1"><b id="it" data-a="2"></b></p>')

    assert call.params["a"] == "1"


def test_nothing_is_sent_where_nothing_listens() -> None:
    assert sent("<p dj-click=go></p><b id=it></b>") is None
    assert sent("<b id=it dj-click></b>") is None


@pytest.mark.parametrize(
    ("binding", "key", "is_heard"),
    [
        ("dj-keydown", "x", True),
        ("dj-keydown.enter", "Enter", True),
        ("dj-keydown.enter", "a", False),
        ("dj-keydown.escape", "Escape", True),
        ("dj-keydown.esc", "Escape", True),
        ("dj-keydown.space", " ", True),
        ("dj-keydown.up", "ArrowUp", True),
        ("dj-keydown.delete", "Delete", True),
        ("dj-keydown.ctrl.k", "ctrl+k", True),
        ("dj-keydown.ctrl.k", "k", False),
        ("dj-keydown.k", "+", False),
        ("dj-keydown.meta.shift.s", "shift+meta+S", True),
    ],
)
def test_keys_are_heard_by_their_names(binding: str, key: str, is_heard: bool) -> None:
    assert (sent(f"<b id=it {binding}=go></b>", "keydown", key) is not None) == is_heard


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<input id=it name=a value=x dj-change="go">', {"value": "x", "name": "a"}),
        ('<input id=it name=a type=checkbox checked dj-change="go">', {"value": True, "name": "a"}),
        ('<input id=it name=a type=radio value=r checked dj-change="go">', {"value": "r", "name": "a"}),
        ('<button id=it name=a value=x dj-change="go">', {"value": "x", "name": "a"}),
        ('<textarea id=it dj-change="go">text</textarea>', {"value": "text"}),
        (
            '<form><input id=it name=a type=checkbox value=1 checked dj-change="go">'
            "<input name=a type=checkbox value=2 checked></form>",
            {"value": ["1", "2"], "name": "a"},
        ),
    ],
)  # fmt: skip
def test_a_control_sends_its_value_and_name(html: str, expected: dict[str, Any]) -> None:
    call = sent(html, "change")

    assert {name: call.params.get(name) for name in expected} == expected
    assert call.params.get("field_name") == expected.get("name")


def test_a_change_inside_of_a_bound_form_sends_all_fields_and_which_one_it_was() -> None:
    call = sent('<form dj-change="go"><input id=it name=a value=1><input name=b value=2></form>', "change")  # fmt: skip

    assert {name: call.params[name] for name in ("a", "b", "value", "field_name")} == {
        "a": "1",
        "b": "2",
        "value": "1",
        "field_name": "a",
    }


def test_a_bound_box_sends_all_that_are_checked() -> None:
    elements = page(
        '<input type=checkbox id=it dj-model="tags" value="x" checked>'
        '<input type=checkbox dj-model.lazy="tags" value="y" checked>'
        '<input type=checkbox dj-model="tags" value="z"><input type=checkbox dj-model="b" checked>'
    )

    call = elements.model(elements.one("#it"))
    assert call is not None
    assert call.params == {"field": "tags", "value": True, "chosen": ["x", "y"]}


def test_a_bound_model_sends_field_and_value() -> None:
    elements = page('<input id=it dj-model.lazy="word" value="x"><p id=not></p>')

    call = elements.model(elements.one("#it"))
    assert call is not None
    assert (call.name, call.params) == ("dj-model", {"field": "word", "value": "x"})
    assert elements.model(elements.one("#not")) is None
