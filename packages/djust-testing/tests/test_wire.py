from __future__ import annotations

import json

import pytest
from djust_testing import wire

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
    with pytest.raises(wire.NotALivePage):
        wire.attach("<p>1</p>")


def test_the_ready_frame_is_recognised() -> None:
    assert wire.is_ready('["ready",0,0,{}]')
    assert not wire.is_ready('["reply",1,1,[]]')


def test_an_event_is_the_frame_of_the_protocol() -> None:
    assert json.loads(wire.event("add", {"n": 1}, ref=3)) == ["event", 3, 0, "add", {"n": 1}]


def test_a_reply_gives_its_event_and_ops() -> None:
    assert wire.reply('["reply",3,2,[[1,2,"x"]],{"title":"t"}]') == (3, [[1, 2, "x"]])
    assert wire.reply('["push",2,[]]') is None


def test_the_parts_of_frames_are_found() -> None:
    assert wire.revision('["push",7,[]]') == 7
    assert wire.revision('["pong"]') is None
    assert wire.ops('["push",7,[[6,3]]]') == b"[[6,3]]"
    assert wire.root('["html",7,"<p>x</p>",{}]') == "<p>x</p>"
    assert wire.extra_of('["reply",1,1,[],{"reply":{"a":1}}]') == {"reply": {"a": 1}}
