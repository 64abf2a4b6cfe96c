from __future__ import annotations

import contextlib
import datetime as dt
import json
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy
from djust_live import protocol
from djust_live.errors import FrameTooLarge, LiveError, MalformedFrame, UnknownFrame
from hypothesis import given
from hypothesis import strategies as st

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("text", "frame"),
    [
        ('["join",1,"t",5,6,0,0]', protocol.Join(1, "t", 5, 6, 0, 0)),
        ('["event",1,2,"n",{"a":1}]', protocol.Event(1, 2, "n", {"a": 1})),
        ('["event",1,2,"n",{},"c"]', protocol.Event(1, 2, "n", {}, "c")),
        ('["resync",3]', protocol.Resync(3)),
        ('["ping",3]', protocol.Ping(3)),
        ('["leave"]', protocol.Leave()),
        ('["ns:verb",{"a":[1]}]', protocol.Custom("ns", "verb", {"a": [1]})),
        ('["ns:verb"]', protocol.Custom("ns", "verb", None)),
        ('["ns:verb:more",1]', protocol.Custom("ns", "verb:more", 1)),
    ],
)
def test_every_frame_of_a_browser_is_understood(text: str, frame: Any) -> None:
    assert protocol.decode(text, 1024) == frame


@pytest.mark.parametrize("text", ['[":verb"]', '["ns:"]', '["x"]', '[""]'])
def test_a_kind_that_nobody_can_own_is_unknown(text: str) -> None:
    with pytest.raises(UnknownFrame):
        protocol.decode(text, 1024)


@pytest.mark.parametrize("text", ["", " ", "x", "1", '"join"', "[null]", '["ping","3"]', "\ud800"])
def test_what_is_no_frame_is_malformed(text: str) -> None:
    with pytest.raises(MalformedFrame):
        protocol.decode(text, 1024)


def test_the_limit_counts_bytes() -> None:
    frame = '["ping",1]'
    assert protocol.decode(frame, len(frame)) == protocol.Ping(1)
    with pytest.raises(FrameTooLarge):
        protocol.decode(frame, len(frame) - 1)
    with pytest.raises(FrameTooLarge):
        protocol.decode('["a:b","€"]', 12)


@given(st.text(max_size=200) | JSON.map(json.dumps) | st.lists(JSON, max_size=7).map(json.dumps))
def test_anything_is_a_frame_or_an_error_with_a_code(text: str) -> None:
    with contextlib.suppress(LiveError):
        protocol.decode(text, 10_000)


@pytest.mark.parametrize(
    ("frame", "expected"),
    [
        (protocol.reply(1, 2, b"[]"), ["reply", 1, 2, []]),
        (protocol.reply(1, 2, b"[[6,3]]", {"a": 1}), ["reply", 1, 2, [[6, 3]], {"a": 1}]),
        (protocol.push(2, b"[]"), ["push", 2, []]),
        (protocol.push(2, b"[]", {"a": 1}), ["push", 2, [], {"a": 1}]),
        (protocol.ready(2, 1), ["ready", 2, 1, {}]),
        (protocol.html(2, "<p>"), ["html", 2, "<p>", {}]),
        (protocol.error("C"), ["error", "C", ""]),
        (protocol.reload("C"), ["reload", "C"]),
        (protocol.drain(5), ["drain", 5]),
        (protocol.custom("a", "b", None), ["a:b", None]),
        (protocol.PONG, ["pong"]),
    ],
)
def test_every_frame_of_the_server_is_json(frame: str, expected: list[Any]) -> None:
    assert json.loads(frame) == expected


def test_values_of_django_have_a_json_form() -> None:
    data = {
        "when": dt.datetime(2024, 1, 2, tzinfo=dt.timezone.utc),
        "day": dt.date(2024, 1, 2),
        "price": Decimal("1.10"),
        "id": UUID(int=1),
        "lazy": gettext_lazy("Yes"),
        "safe": mark_safe("<b>"),
        "set": {1},
        "tuple": (1, 2),
    }
    assert json.loads(protocol.encode_json(data)) == {
        "when": "2024-01-02T00:00:00Z",
        "day": "2024-01-02",
        "price": "1.10",
        "id": "00000000-0000-0000-0000-000000000001",
        "lazy": "Yes",
        "safe": "<b>",
        "set": [1],
        "tuple": [1, 2],
    }


@pytest.mark.django_db
def test_models_and_querysets_have_a_json_form() -> None:
    from django.contrib.auth.models import Group

    group = Group.objects.create(name="g")
    expected = {"pk": group.pk, "model": "auth.group", "text": "g"}
    assert json.loads(protocol.encode_json(group)) == expected
    assert json.loads(protocol.encode_json(Group.objects.all())) == [expected]


def test_what_has_no_json_form_is_an_error() -> None:
    with pytest.raises(TypeError, match="object has no JSON form"):
        protocol.encode_json(object())
