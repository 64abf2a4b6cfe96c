"""The attributes that steer the differ."""

from __future__ import annotations

import json
from typing import Any

import pytest
from djust_vdom import Document, Replica, diff


def ops(old: str, new: str) -> Any:
    """Return the ops between two pages as lists."""
    return json.loads(diff(old, new))


def test_inside_of_ignored_element_is_left_alone() -> None:
    old, new = "<div dj-ignore><p>1</p></div>x", "<div dj-ignore><i>2</i></div>y"
    assert ops(old, new) == [[1, 2, "y"]]
    assert Document(old).node_count == 3


def test_attributes_of_ignored_element_are_still_ours() -> None:
    assert ops("<div dj-ignore class=a>1</div>", "<div dj-ignore class=b>2</div>") == [
        [2, 1, "class", "b"]
    ]


@pytest.mark.parametrize("attribute", ["dj-ignore", 'dj-stream="rows"', 'dj-update="ignore"'])
def test_element_that_becomes_opaque_is_replaced(attribute: str) -> None:
    old, new = "<div>1</div>", f"<div {attribute}>1</div>"
    assert ops(old, new)[0][0] == 9
    assert ops(new, old)[0][0] == 9


def test_ignored_attributes_belong_to_another_script() -> None:
    page = '<p dj-ignore-attrs="style, data-*" style="{0}" data-a="{0}" class="{0}">x</p>'
    assert ops(page.format("a"), page.format("b")) == [[2, 1, "class", "b"]]


def test_attribute_that_is_ours_again_is_said_again() -> None:
    page = Document('<p dj-ignore-attrs="class" class="a">x</p>')
    assert page.update('<p dj-ignore-attrs="class" class="b">x</p>') == b"[]"
    assert json.loads(page.update('<p class="b">x</p>')) == [
        [3, 1, "dj-ignore-attrs"],
        [2, 1, "class", "b"],
    ]


def follow(*pages: str) -> str:
    """Return the page of a browser that saw all of them."""
    document, replica = Document(pages[0]), Replica(pages[0])
    for page in pages[1:]:
        replica.apply(document.update(page))
        assert replica.html == document.html
        assert replica.structure_hash == document.structure_hash
    return replica.html


def log(mode: str, *lines: tuple[str, str]) -> str:
    """Return a container with some lines."""
    inside = "".join(f'\n  <p id="{key}">{text}</p>' for key, text in lines)
    return f'<div id="log" dj-update="{mode}">{inside}\n</div>'


def test_appended_children_pile_up() -> None:
    html = follow(
        log("append", ("a", "1")),
        log("append", ("b", "2")),
        log("append"),
        log("append", ("c", "3")),
    )
    assert [html.index(f'id="{key}"') for key in "abc"] == sorted(
        html.index(f'id="{key}"') for key in "abc"
    )


def test_prepended_children_come_first() -> None:
    html = follow(log("prepend", ("a", "1")), log("prepend", ("b", "2")))
    assert html.index('id="b"') < html.index('id="a"')


def test_appended_child_that_is_known_changes_in_place() -> None:
    html = follow(log("append", ("a", "1"), ("b", "2")), log("append", ("a", "new")))
    assert '<p id="a">new</p>' in html
    assert html.index('id="a"') < html.index('id="b"')


def test_key_of_its_own_wins_over_the_id() -> None:
    old = "<ul><li dj-key=1 id=a>x</li><li dj-key=2 id=b>y</li></ul>"
    new = "<ul><li dj-key=2 id=a>y</li><li dj-key=1 id=b>x</li></ul>"
    assert any(op[0] in {7, 8} for op in ops(old, new))


def test_keyed_element_never_becomes_another_one() -> None:
    assert ops("<p id=a>x</p>", "<p id=b>x</p>") == [[9, 1, "<p id=b>x</p>"]]


def test_element_never_gets_another_name() -> None:
    assert ops("<p dj-key=a>x</p>", "<div dj-key=a>x</div>") == [[9, 1, "<div dj-key=a>x</div>"]]


def test_element_that_gets_its_first_key_stays() -> None:
    assert ops("<p>x</p>", "<p id=a>x</p>") == [[2, 1, "id", "a"]]


def test_duplicate_keys_are_matched_in_order() -> None:
    old = "<ul><li id=a>1</li><li id=a>2</li></ul>"
    new = "<ul><li id=a>1</li><li id=b>3</li><li id=a>2</li></ul>"
    html = follow(old, new, old, new)
    assert html == Document(new).html


def test_changed_select_fills_its_button_again() -> None:
    page = (
        "<select><button><selectedcontent></selectedcontent></button><option>{}</option></select>"
    )
    assert ops(page.format("a"), page.format("b")) == [
        [1, 5, "b"],
        [9, 3, "<selectedcontent></selectedcontent>"],
    ]


def test_text_of_a_text_area_is_said_to_the_element() -> None:
    assert ops("<textarea>a</textarea>", "<textarea>b</textarea>") == [[11, 1, "b"]]
    assert ops("<textarea>a</textarea>", "<textarea></textarea>") == [[11, 1, ""]]
    assert ops("<style>a</style>", "<style>b</style>") == [[1, 2, "b"]]
    assert ops("<style></style>", "<style>b</style>") == [[11, 1, "b"]]


def test_namespaced_attributes_keep_their_namespace() -> None:
    page = '<svg><use xlink:href="{0}" xml:lang="{0}"></use></svg>'
    assert ops(page.format("a"), page.format("b")) == [
        [2, 2, "xlink:href", "b", 1],
        [2, 2, "xml:lang", "b", 2],
    ]


def test_nodes_are_sent_where_no_html_gives_them_back() -> None:
    nested_forms = "<form id=a><div></form><form id=b><input></form></div>"
    assert ops("", nested_forms) == [
        [
            5,
            0,
            [
                [
                    "form",
                    [["id", "a"]],
                    [["div", [], [["form", [["id", "b"]], [["input", [], []]]]]]],
                ]
            ],
        ]
    ]
    assert follow("", nested_forms) == Document(nested_forms).html
