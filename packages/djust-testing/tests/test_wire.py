from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from djust_testing import wire
from hypothesis import given
from hypothesis import strategies as st

PAGE = (
    "<!doctype html><html><head>"
    '<script type="module" data-djust="tok&amp;en" data-djust-url="/live/" src="x.js"></script>'
    "</head><body><p>1</p></body></html>"
)


def test_attach_says_what_a_browser_sends_first() -> None:
    path, frames = wire.attach(PAGE)
    assert path == "/live/"
    kind, version, token, count, shape, rev, ref = json.loads(frames[0])
    assert (kind, version, token, count, rev, ref) == ("join", 1, "tok&en", 3, 0, 0)
    assert isinstance(shape, int)


def test_a_page_without_the_script_is_refused() -> None:
    with pytest.raises(wire.NotALivePage, match=r"^The page has no script tag of djust\.$"):
        wire.attach("<p>1</p>")


def test_the_ready_frame_is_recognised() -> None:
    assert wire.is_ready('["ready",0,0,{}]')
    assert not wire.is_ready('["reply",1,1,[]]')


def test_an_event_is_the_frame_of_the_protocol() -> None:
    assert json.loads(wire.event("add", {"n": 1}, ref=3)) == ["event", 3, 0, "add", {"n": 1}]


def test_a_reply_gives_its_event_and_ops() -> None:
    assert wire.reply('["reply",3,2,[[1,2,"x"]],{"title":"t"}]') == (3, [[1, 2, "x"]])
    assert wire.reply('["push",2,[]]') is None


@pytest.mark.parametrize(
    ("attributes", "token", "path"),
    [
        ('data-djust="t"', "t", "/ws/djust/"),
        ("data-djust='a&lt;b' data-djust-url='/x/'", "a<b", "/x/"),
        ("defer data-djust=Xyz-_X data-djust-url=/X/y", "Xyz-_X", "/X/y"),
    ],
)
def test_a_page_says_its_token_and_where_its_socket_opens(
    attributes: str, token: str, path: str
) -> None:
    page = f"<body><script {attributes}></script></body>"
    assert wire.token_of(page) == token
    where, (frame,) = wire.attach(page)
    assert (where, json.loads(frame)[2]) == (path, token)


def test_an_event_of_a_component_names_it() -> None:
    frame = wire.event("add", {}, ref=3, rev=2, target="cart")
    assert json.loads(frame) == ["event", 3, 2, "add", {}, "cart"]


OPS = [[6, 3], [1, 2, "x"]]
FRAMES: list[tuple[list[Any], int | None, list[Any] | None, str | None, dict[str, Any]]] = [
    # a frame, and the revision, ops, root and last item in it
    (["reply", 3, 8, OPS], 8, OPS, None, {}),
    (["reply", 3, 8, OPS, {"reply": {"a": 1}}], 8, OPS, None, {"reply": {"a": 1}}),
    (["push", 7, OPS], 7, OPS, None, {}),
    (["push", 7, OPS, {"title": "t"}], 7, OPS, None, {"title": "t"}),
    (["ready", 5, 4, {"path": "/"}], 5, None, None, {"path": "/"}),
    (["html", 6, "<p>x</p>", {"flash": []}], 6, None, "<p>x</p>", {"flash": []}),
    (["error", "DJL101", "no"], None, None, None, {}),
    (["drain", 9], None, None, None, {}),
    (["pong"], None, None, None, {}),
]


@pytest.mark.parametrize(("frame", "rev", "ops", "root", "extra"), FRAMES)
def test_the_parts_of_every_frame_are_found(
    frame: list[Any],
    rev: int | None,
    ops: list[Any] | None,
    root: str | None,
    extra: dict[str, Any],
) -> None:
    text = json.dumps(frame)
    assert wire.revision(text) == rev
    found = wire.ops(text)
    assert (None if found is None else json.loads(found)) == ops
    assert wire.root(text) == root
    assert wire.extra_of(text) == extra


@given(st.text(max_size=30), *[st.integers(0, 2**32 - 1)] * 4)
def test_a_join_carries_what_it_was_given(
    token: str, count: int, shape: int, rev: int, ref: int
) -> None:
    frame = wire.join(token, count, shape, rev, ref)
    assert json.loads(frame) == ["join", wire.VERSION, token, count, shape, rev, ref]


def test_what_is_no_list_is_no_frame() -> None:
    with pytest.raises(msgspec.ValidationError):
        wire.is_ready('"ready"')
