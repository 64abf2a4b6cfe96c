"""What is refused, and how it is said."""

from __future__ import annotations

import djust_vdom
import pytest
from djust_vdom import (
    Document,
    HtmlTooDeep,
    HtmlTooLarge,
    MalformedOps,
    NotUtf8,
    RefusedOps,
    RootChanged,
    VdomError,
    apply,
)


def test_every_error_has_its_own_code_and_a_hint() -> None:
    classes = [
        thing
        for name in djust_vdom.__all__
        if isinstance(thing := getattr(djust_vdom, name), type) and issubclass(thing, VdomError)
    ]
    codes = [error.code for error in classes]
    assert len(classes) == 8
    assert len(set(codes)) == len(codes)
    assert all(code.startswith("DJV") for code in codes)
    assert all(error.hint for error in classes)


def test_bytes_that_are_not_utf8_are_refused() -> None:
    with pytest.raises(NotUtf8, match=r"^DJV102: The bytes are not UTF-8 at 1\."):
        Document(b"a\xff")


def test_lone_surrogate_is_refused() -> None:
    with pytest.raises(NotUtf8):
        Document("a\ud800")


def test_enormous_page_is_refused() -> None:
    with pytest.raises(HtmlTooLarge, match="DJV101"):
        Document(b" " * (64 * 1024 * 1024 + 1))


def test_page_without_end_is_refused() -> None:
    with pytest.raises(HtmlTooDeep, match="DJV104"):
        Document("<div>" * 5_000)


def test_formatting_that_multiplies_is_refused() -> None:
    formatting = "".join(f"<b id={number}>" for number in range(3_000))
    with pytest.raises(HtmlTooLarge, match="DJV101"):
        Document(f"<p>{formatting}" + "<p>x" * 2_000)


@pytest.mark.parametrize(
    "ops",
    [
        "",
        "[",
        "{}",
        "[1]",
        "[[]]",
        '[["1"]]',
        "[[99]]",
        "[[1,1]]",
        '[[1,-1,"x"]]',
        "[[13,1]]",
        '[[4,1,[[2,"x"]]]]',
        '[[12,0,["x"]]]',
        '[[2,1,"a","b",9]]',
    ],
)
def test_unreadable_ops_are_malformed(ops: str) -> None:
    with pytest.raises(MalformedOps, match="DJV301"):
        apply("<p>x</p>", ops)


@pytest.mark.parametrize(
    "ops",
    [
        "[[0]]",
        '[[1,9,"x"]]',
        '[[1,1,"x"]]',
        '[[2,2,"a","b"]]',
        "[[6,0]]",
        "[[7,1,1]]",
        "[[8,1,1]]",
        "[[12,0,[1,0]]]",
        "[[12,0,[]]]",
        '[[6,1],[1,2,"x"]]',
        "[[6,2,5]]",
        '[[5,2,"x"]]',
        '[[9,0,"x"]]',
    ],
)
def test_ops_that_do_not_fit_are_refused(ops: str) -> None:
    with pytest.raises(RefusedOps, match="DJV302"):
        apply("<p>x</p>", ops.encode())


def test_root_that_appears_is_an_error() -> None:
    with pytest.raises(RootChanged, match="DJV201"):
        Document("<p>x</p>").update("<p dj-root>x</p>")


def test_wrong_type_is_a_type_error() -> None:
    with pytest.raises(TypeError):
        Document(1)  # type: ignore[arg-type]
