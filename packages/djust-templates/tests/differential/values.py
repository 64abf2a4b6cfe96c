"""Recipes for context values.

A recipe is plain data. Each engine gets its own values built from it, so that nothing that one
render consumes or changes can be seen by the other. Values that watch themselves write every
access into a shared log, which must come out equal too.
"""

from __future__ import annotations

import collections
import dataclasses
import datetime
import decimal
import enum
import functools
from collections.abc import Callable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.functional import lazystr
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy, ngettext_lazy
from hypothesis import strategies as st

from differential.models import Book, Shelf

Log = list[str]
Recipe = tuple[Any, ...]

ATTRIBUTES = ("x", "y", "name", "count", "items", "method", "0", "1", "missing", "kind")

Pair = collections.namedtuple("Pair", ["x", "y"])


class Colour(enum.Enum):
    """An enumeration; its class is callable."""

    RED = "r<ed"
    BLUE = 2


class Level(enum.IntEnum):
    """An enumeration whose members are numbers."""

    LOW = 1
    HIGH = 10


class LoudText(str):
    """A subclass of str with a text of its own."""

    __slots__ = ()

    def __str__(self) -> str:
        return f"loud <{super().__str__()}>"


class PlainText(str):
    """A subclass of str that changes nothing."""

    __slots__ = ()


class OddNumber(int):
    """A subclass of int with a text of its own."""

    def __str__(self) -> str:
        return f"odd {int(self)}"


class ShiftedList(list[Any]):
    """A list that answers indexes in its own way."""

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, int):
            return super().__getitem__((index + 1) % max(len(self), 1))
        return super().__getitem__(index)


class DefaultDict(dict[str, Any]):
    """A dict that has every key."""

    def __missing__(self, key: str) -> str:
        return f"no {key}"


class HtmlThing:
    """A value that says how it is written as HTML."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __html__(self) -> str:
        return f"<b>{self.text}</b>"

    def __str__(self) -> str:
        return f"text <{self.text}>"

    __repr__ = __str__


class Silent(Exception):
    """An exception that templates swallow."""

    silent_variable_failure = True


class Loud(Exception):
    """An exception that templates let through."""


@dataclasses.dataclass
class Point:
    """A dataclass."""

    x: Any
    y: Any
    name: str = "po<int"

    def method(self) -> Any:
        return self.x


ERRORS: dict[str, type[Exception]] = {
    "silent": Silent,
    "loud": Loud,
    "type": TypeError,
    "key": KeyError,
    "attribute": AttributeError,
    "value": ValueError,
    "index": IndexError,
}


class Spy:
    """A value that notes every access; attributes are those of its recipe."""

    def __init__(self, label: str, attributes: dict[str, Any], traits: set[str], log: Log) -> None:
        self.__dict__.update(_label=label, _attributes=attributes, _traits=traits, _log=log)

    def _note(self, what: str) -> None:
        self._log.append(f"{self._label}{what}")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        self._note(f".{name}")
        try:
            value = self._attributes[name]
        except KeyError:
            raise AttributeError(f"{self._label} has no {name}") from None
        if isinstance(value, Failure):
            raise ERRORS[value.kind](f"{self._label}.{name}")
        return value

    def __str__(self) -> str:
        self._note(" str")
        if "str fails" in self._traits:
            raise Loud(f"{self._label} has no text")
        return f"spy <{self._label}>"

    def __repr__(self) -> str:
        return f"Spy({self._label})"


class ItemSpy(Spy):
    """A spy with items, a length and a truth value."""

    def __getitem__(self, key: Any) -> Any:
        self._note(f"[{key!r}]")
        try:
            value = self._attributes[f"{key}"]
        except KeyError:
            raise (IndexError if "index" in self._traits else KeyError)(key) from None
        if isinstance(value, Failure):
            raise ERRORS[value.kind](f"{self._label}[{key!r}]")
        return value

    def __len__(self) -> int:
        self._note(" len")
        if "len fails" in self._traits:
            raise Loud(f"{self._label} has no length")
        return len(self._attributes)

    def __iter__(self) -> Iterator[Any]:
        self._note(" iter")
        if "iter fails" in self._traits:
            raise Loud(f"{self._label} cannot be walked")
        return iter(list(self._attributes))


class CallSpy(Spy):
    """A spy that can be called."""

    def __call__(self, *args: Any) -> Any:
        self._note(" call")
        result = self._attributes.get("result")
        if isinstance(result, Failure):
            raise ERRORS[result.kind](f"{self._label}()")
        return result


@dataclasses.dataclass(frozen=True)
class Failure:
    """Stands for an access that raises."""

    kind: str


def function(value: Any, marks: tuple[str, ...], arity: int, log: Log, label: str) -> Any:
    """Return a function that answers ``value``, with the marks that Django looks at."""

    def no_arguments() -> Any:
        log.append(f"{label}()")
        if isinstance(value, Failure):
            raise ERRORS[value.kind](label)
        return value

    def one_argument(argument: Any) -> Any:
        return no_arguments()

    made: Any = one_argument if arity else no_arguments
    for mark in marks:
        setattr(made, mark, True)
    return made


class Builder:
    """Makes values from recipes and keeps their log."""

    def __init__(self) -> None:
        self.log: Log = []
        self._count = 0

    def build(self, recipe: Recipe) -> Any:
        """Return a new value."""
        kind, *parts = recipe
        made = getattr(self, f"_{kind}", None)
        return made(*parts) if made else LEAVES[kind](*parts)

    def _label(self) -> str:
        self._count += 1
        return f"v{self._count}"

    def _all(self, recipes: tuple[Recipe, ...]) -> list[Any]:
        return [self.build(recipe) for recipe in recipes]

    def _pairs(self, pairs: tuple[tuple[str, Recipe], ...]) -> dict[str, Any]:
        return {name: self.build(recipe) for name, recipe in pairs}

    def _list(self, items: tuple[Recipe, ...]) -> list[Any]:
        return self._all(items)

    def _tuple(self, items: tuple[Recipe, ...]) -> tuple[Any, ...]:
        return tuple(self._all(items))

    def _shifted(self, items: tuple[Recipe, ...]) -> list[Any]:
        return ShiftedList(self._all(items))

    def _dict(self, pairs: tuple[tuple[str, Recipe], ...]) -> dict[str, Any]:
        return self._pairs(pairs)

    def _missing_dict(self, pairs: tuple[tuple[str, Recipe], ...]) -> dict[str, Any]:
        return DefaultDict(self._pairs(pairs))

    def _ordered(self, pairs: tuple[tuple[str, Recipe], ...]) -> dict[str, Any]:
        return collections.OrderedDict(self._pairs(pairs))

    def _default_list(self, pairs: tuple[tuple[str, Recipe], ...]) -> dict[str, Any]:
        made: dict[str, Any] = collections.defaultdict(list)
        made.update(self._pairs(pairs))
        return made

    def _numbered(self, items: tuple[Recipe, ...]) -> dict[int, Any]:
        return dict(enumerate(self._all(items)))

    def _rows(self, items: tuple[Recipe, ...]) -> list[dict[str, Any]]:
        return [
            {"x": index % 2, "name": f"n{index}", "y": self.build(item)}
            for index, item in enumerate(items)
        ]

    def _pair(self, x: Recipe, y: Recipe) -> Pair:
        return Pair(self.build(x), self.build(y))

    def _point(self, x: Recipe, y: Recipe) -> Point:
        return Point(self.build(x), self.build(y))

    def _generator(self, items: tuple[Recipe, ...]) -> Iterator[Any]:
        label, values = self._label(), self._all(items)

        def walk() -> Iterator[Any]:
            for index, value in enumerate(values):
                self.log.append(f"{label} yields {index}")
                yield value

        return walk()

    def _spy(self, pairs: tuple[tuple[str, Recipe], ...], traits: frozenset[str]) -> Spy:
        return Spy(self._label(), self._pairs(pairs), set(traits), self.log)

    def _item_spy(self, pairs: tuple[tuple[str, Recipe], ...], traits: frozenset[str]) -> Spy:
        return ItemSpy(self._label(), self._pairs(pairs), set(traits), self.log)

    def _call_spy(self, result: Recipe, marks: tuple[str, ...]) -> Spy:
        attributes = {"result": self.build(result), **dict.fromkeys(marks, True)}
        return CallSpy(self._label(), attributes, set(), self.log)

    def _function(self, result: Recipe, marks: tuple[str, ...], arity: int) -> Any:
        return function(self.build(result), marks, arity, self.log, self._label())

    def _book(self, name: str, count: int) -> Book:
        return Book(
            name=name,
            count=count,
            price=decimal.Decimal(count) / 8,
            printed=datetime.datetime(2026, 3, 29, 0, 30, tzinfo=datetime.timezone.utc),
            shelf=Shelf(name=f"shelf of {name}"),
        )


def _aware(zone: str, moment: datetime.datetime) -> datetime.datetime:
    return moment.replace(tzinfo=ZoneInfo(zone))


LEAVES: dict[str, Callable[..., Any]] = {
    "plain": lambda value: value,
    "safe": lambda text: mark_safe(text),
    "loud_text": LoudText,
    "plain_text": PlainText,
    "odd": OddNumber,
    "lazy": lazystr,
    "translated": gettext_lazy,
    "plural": lambda n: ngettext_lazy("%d year", "%d years") % n,
    "aware": _aware,
    "enum": lambda which: list(Colour)[which],
    "level": lambda which: list(Level)[which],
    "choice": lambda which: list(Book.Kind)[which],
    "class": lambda which: [Colour, Book.Kind, Book, Point, dict, str, int, Loud][which],
    "html": HtmlThing,
    "failure": Failure,
    "set": lambda item: {item},
    "range": range,
    "bytes": lambda text: text.encode(),
    "queryset": lambda: Book.objects.all(),
    "manager": lambda: Book.objects,
    "partial": lambda: functools.partial(str, "partial"),
}

texts = st.one_of(
    st.sampled_from(
        [
            "", " ", "a", "hello world", "<b>bold</b>", "a & b", "it's \"so\"", "&lt;", "ÄÖ ß",
            "one\ntwo\n\nthree", "http://example.com/?a=1&b=2", "me@example.com", "12", "-3.5",
            "1,2,3", "True", "None", "tab\tbed", "<script>alert('x')</script>", "日本語テキスト",
            "a_b-c d", "x", "line\r\nnext", "www.example.com.", "%", "%s", "{{ x }}", "\u2028",
            "<p>one <i>two</i> three</p>", "Straße im Nebel", "e\u0301", "\U0001f600 smile",
        ]
    ),
    st.text(alphabet="ab <>&'\"1.-\n;äß", max_size=12),
)  # fmt: skip
integers = st.one_of(
    st.integers(-3, 12),
    st.sampled_from([0, 1, 1000, 1234567, -98765, 2**31, 2**63, -(2**64), 10**25]),
)
floats = st.sampled_from(
    [0.0, -0.0, 1.5, -2.25, 3.14159, 1e21, 1e-7, 123456.789, float("inf"), float("nan"), 0.1, 2.0]
)
decimals = st.sampled_from(
    ["0", "1.50", "-2.345", "1E+5", "NaN", "1234567.891", "0.00", "1e-10", "99999999999999999999.5"]
).map(decimal.Decimal)
moments = st.sampled_from(
    [
        datetime.datetime(2026, 1, 2, 3, 4, 5, 678),
        datetime.datetime(1999, 12, 31, 23, 59, 59),
        datetime.datetime(2026, 3, 29, 2, 30),
        datetime.datetime(2026, 10, 25, 2, 30, fold=1),
        datetime.datetime(2, 1, 1),
    ]
)
dates = st.sampled_from([datetime.date(2026, 2, 28), datetime.date(1, 1, 1)])
times = st.sampled_from([datetime.time(0, 0), datetime.time(13, 5, 59, 1)])
spans = st.sampled_from([datetime.timedelta(0), datetime.timedelta(days=-1, hours=5)])

plain = st.one_of(
    texts, integers, floats, st.booleans(), st.none(), decimals, moments, dates, times, spans
).map(lambda value: ("plain", value))

leaves: st.SearchStrategy[Recipe] = st.one_of(
    plain,
    plain,
    texts.map(lambda text: ("safe", text)),
    texts.map(lambda text: ("loud_text", text)),
    texts.map(lambda text: ("plain_text", text)),
    texts.map(lambda text: ("lazy", text)),
    texts.map(lambda text: ("html", text)),
    texts.map(lambda text: ("bytes", text)),
    integers.map(lambda number: ("odd", number)),
    st.sampled_from(["Yes", "Monday", "January", "no such message"]).map(
        lambda text: ("translated", text)
    ),
    st.integers(0, 3).map(lambda number: ("plural", number)),
    st.tuples(
        st.just("aware"), st.sampled_from(["UTC", "Europe/Berlin", "America/New_York"]), moments
    ),
    st.integers(0, 1).map(lambda which: ("enum", which)),
    st.integers(0, 1).map(lambda which: ("level", which)),
    st.integers(0, 1).map(lambda which: ("choice", which)),
    st.integers(0, 7).map(lambda which: ("class", which)),
    st.one_of(texts, integers).map(lambda item: ("set", item)),
    st.integers(0, 4).map(lambda stop: ("range", stop)),
    st.tuples(st.just("book"), texts, st.integers(-5, 1500)),
    st.just(("queryset",)),
    st.just(("manager",)),
    st.just(("partial",)),
)

# Most look-ups that fail are swallowed; one that is not ends the render.
failures = st.sampled_from([*ERRORS, "silent", "silent", "key", "attribute", "index"]).map(
    lambda kind: ("failure", kind)
)


def _containers(inner: st.SearchStrategy[Recipe]) -> st.SearchStrategy[Recipe]:
    items = st.lists(inner, max_size=4).map(tuple)
    pairs = st.dictionaries(st.sampled_from(ATTRIBUTES), inner, max_size=5).map(
        lambda made: tuple(made.items())
    )
    risky = st.dictionaries(
        st.sampled_from(ATTRIBUTES), st.one_of(inner, inner, inner, inner, failures), max_size=5
    ).map(lambda made: tuple(made.items()))
    traits = st.frozensets(
        st.sampled_from(["index"] * 9 + ["str fails", "len fails", "iter fails"]), max_size=1
    )
    marks = st.sampled_from([(), (), ("alters_data",), ("do_not_call_in_templates",)])
    results = st.one_of(inner, inner, failures)
    return st.one_of(
        *(
            st.tuples(st.just(kind), items)
            for kind in ("list", "list", "tuple", "shifted", "numbered", "generator", "rows")
        ),
        *(
            st.tuples(st.just(kind), pairs)
            for kind in ("dict", "dict", "missing_dict", "ordered", "default_list")
        ),
        st.tuples(st.just("pair"), inner, inner),
        st.tuples(st.just("point"), inner, inner),
        st.tuples(st.just("spy"), risky, traits),
        st.tuples(st.just("item_spy"), risky, traits),
        st.tuples(st.just("call_spy"), results, marks),
        st.tuples(st.just("function"), results, marks, st.sampled_from([0, 0, 0, 1])),
    )


recipes: st.SearchStrategy[Recipe] = st.recursive(leaves, _containers, max_leaves=8)
