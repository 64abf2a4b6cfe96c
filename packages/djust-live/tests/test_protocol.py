from __future__ import annotations

import contextlib
import datetime as dt
import json
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
import pytest
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy
from djust_live import protocol
from djust_live.errors import FrameTooLarge, LiveError, MalformedFrame, UnknownFrame
from hypothesis import given
from hypothesis import strategies as st

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
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


DEEP = "[" * 100_000


@pytest.mark.parametrize(
    ("text", "error", "told"),
    [
        ('["ping",3]' + " " * 90, FrameTooLarge, "A frame of 100 characters; at most 99 bytes."),
        ("[", MalformedFrame, "Not a frame: Input data was truncated"),
        ("[1]", MalformedFrame, "A frame starts with the name of its kind."),
        ("[]", MalformedFrame, "A frame starts with the name of its kind."),
        ("7", MalformedFrame, "Not a frame: Expected `array`, got `int`"),
        ('["ping","3"]', MalformedFrame, "A wrong ping frame: Expected `int`, got `str`"),
        (f'["{"k" * 85}"]', UnknownFrame, f"No frame is called '{'k' * 80}'."),
    ],
)
def test_the_browser_is_told_what_is_wrong(text: str, error: type[LiveError], told: str) -> None:
    with pytest.raises(error) as raised:
        protocol.decode(text, 99)
    assert str(raised.value).startswith(told)
    assert error is FrameTooLarge or raised.value.__cause__ is not None


@pytest.mark.parametrize("text", [DEEP, f'["x:y",{DEEP}'])
def test_what_is_nested_too_deeply_is_said_so(text: str) -> None:
    with pytest.raises(MalformedFrame, match=r"^Not a frame: nested too deeply$"):
        protocol.decode(text, 1_000_000)


@given(st.text(max_size=40), st.integers(0, 160))
def test_the_limit_is_that_of_the_bytes(data: str, max_bytes: int) -> None:
    text = json.dumps(["a:b", data], ensure_ascii=False)
    if len(text.encode()) > max_bytes:
        with pytest.raises(FrameTooLarge):
            protocol.decode(text, max_bytes)
    else:
        assert protocol.decode(text, max_bytes) == protocol.Custom("a", "b", data)


EXTRA = st.dictionaries(st.text(max_size=5), JSON, max_size=3)


@given(st.integers(0, 99), st.integers(0, 99), st.integers(0, 99), EXTRA)
def test_an_answer_without_its_ops_keeps_all_else(
    ref: int, rev: int, later: int, extra: dict[str, Any]
) -> None:
    answer = protocol.reply(ref, rev, b'[[1,3,"5"]]', extra)
    bare = protocol.without_ops(answer, later)
    assert json.loads(bare) == ["reply", ref, later, [], *([extra] if extra else [])]


@given(EXTRA)
def test_the_last_item_comes_back_as_it_was_encoded(extra: dict[str, Any]) -> None:
    assert protocol.decode_extra(protocol.encode_json(extra)) == extra


def test_a_last_item_is_an_object() -> None:
    with pytest.raises(msgspec.ValidationError):
        protocol.decode_extra(b"[]")
