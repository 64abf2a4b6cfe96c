from __future__ import annotations

import datetime as dt
import enum
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal, Optional
from uuid import UUID

import pytest
from djust_live.coercion import ConversionError, converter_for, describe, is_model
from djust_live.models import SavedState


class Color(enum.Enum):
    RED = "red"
    ONE = 1


@dataclass
class Point:
    x: int
    y: int = 0


GOOD: list[tuple[Any, Any, Any]] = [
    (int, "3", 3),
    (int, " -4 ", -4),
    (int, 3.0, 3),
    (float, "1.5", 1.5),
    (bool, "on", True),
    (bool, "", False),
    (bool, 0, False),
    (str, 3, "3"),
    (str, True, "true"),
    (Decimal, "1.10", Decimal("1.10")),
    (Decimal, 1.1, Decimal("1.1")),
    (UUID, "12345678123456781234567812345678", UUID(int=0x12345678123456781234567812345678)),
    (dt.date, "2024-02-29", dt.date(2024, 2, 29)),
    (dt.datetime, "2024-02-29T10:00", dt.datetime(2024, 2, 29, 10)),
    (dt.time, "10:30", dt.time(10, 30)),
    (Color, "red", Color.RED),
    (Color, "1", Color.ONE),
    (Literal["a", 1], "1", 1),
    (list[int], ["1", 2], [1, 2]),
    (list[int], "1", [1]),
    (set[str], ["a", "a"], {"a"}),
    (tuple[int, ...], ["1"], (1,)),
    (Optional[int], "", None),  # noqa: UP045 - written so by many
    (int | None, None, None),
    (int | None, "5", 5),
    (str | None, "", ""),
    (int | str, "x", "x"),
    (Point, {"x": "1"}, Point(1)),
    (dict, {"a": 1}, {"a": 1}),
    (str, False, "false"),
    (bool, 1, True),
    (bool, " ON ", True),
    (dt.date, " 2024-02-29 ", dt.date(2024, 2, 29)),
    (list, ["a", 1], ["a", 1]),
    (tuple, "a", ("a",)),
    (list[Any], ["x", 1], ["x", 1]),
    (list[int], 3, [3]),
    (tuple[int, str], ["1", "a"], (1, "a")),
    (tuple[int, int], ["1", "2"], (1, 2)),
    (float | None, "", None),
    (str | int, 5, 5),
    (bool | int, 1, 1),
    (Literal[True], True, True),
    (Literal[2, "x"], 2, 2),
    (list[int] | None, "", None),
    (list[int] | int, "7", [7]),
    (tuple[int, ...], "1", (1,)),
    (int | dt.date, "2024-02-29", dt.date(2024, 2, 29)),
    (int | Any, ["x"], ["x"]),
    (int | Any, "", ""),
    (Literal["a", None], None, None),
]

BAD: list[tuple[Any, Any]] = [
    (int, "x"),
    (int, "1.5"),
    (int, ""),
    (int, "1_000"),
    (int, "٣"),
    (int, None),
    (int, [1]),
    (int, "9" * 5000),
    (float, "nan"),
    (float, "1e999"),
    (float, True),
    (bool, "maybe"),
    (bool, 2),
    (str, None),
    (str, ["a"]),
    (Decimal, "NaN"),
    (Decimal, "x"),
    (UUID, "x"),
    (dt.date, "2024-02-30"),
    (dt.date, 5),
    (dt.datetime, "never"),
    (Color, "blue"),
    (Color, {}),
    (Literal["a"], "b"),
    (list[int], ["x"]),
    (list[int], {}),
    (int | None, "x"),
    (Point, {"y": 1}),
    (Point, "x"),
    (dict, []),
    (bytes, "x"),
    (float, [1]),
    (float, "x"),
    (bool, None),
    (Decimal, True),
    (UUID, 1),
    (list[int], None),
    (list, {}),
    (tuple[int, str], ["1"]),
    (Literal["a"], True),
    (Literal["a"], ["a"]),
    (int | bool, "maybe"),
    (Decimal, [1]),
    (Decimal, None),
    (Literal["a"], None),
]


@pytest.mark.parametrize(("annotation", "given", "expected"), GOOD)
def test_what_controls_send_becomes_what_the_signature_names(
    annotation: Any, given: Any, expected: Any
) -> None:
    convert = converter_for(annotation)
    assert convert is not None
    result = convert(given)
    assert result == expected
    assert type(result) is type(expected)


@pytest.mark.parametrize(("annotation", "given"), BAD)
def test_what_does_not_fit_is_refused(annotation: Any, given: Any) -> None:
    convert = converter_for(annotation)
    assert convert is not None
    with pytest.raises(ConversionError):
        convert(given)


def test_any_value_needs_no_conversion() -> None:
    assert converter_for(Any) is None


def test_an_error_of_a_structure_says_where() -> None:
    convert = converter_for(Point)
    assert convert is not None
    with pytest.raises(ConversionError, match=r"`int`.*\$\.x"):
        convert({"x": "far"})


@pytest.mark.parametrize(
    ("annotation", "name"),
    [
        (int, "int"),
        (Point, "Point"),
        (list[int], "list[int]"),
        (Optional[int], "Optional[int]"),  # noqa: UP045 - written so by many
    ],
)
def test_a_type_is_called_what_its_author_calls_it(annotation: Any, name: str) -> None:
    shown = describe(annotation).replace("int | None", "Optional[int]")  # since Python 3.14
    assert shown == name


@pytest.mark.parametrize(("value", "expected"), [(SavedState, True), (Point, False), (5, False)])
def test_models_are_told_from_other_classes(value: Any, expected: bool) -> None:
    assert is_model(value) is expected
