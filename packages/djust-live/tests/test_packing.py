from __future__ import annotations

import collections
import dataclasses
import datetime
import decimal
import enum
import pathlib
import threading
import types
import uuid
import zoneinfo
from typing import Any, NamedTuple

import msgspec
import pytest
from django.utils.datastructures import MultiValueDict
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext_lazy
from djust_live.errors import StateCorrupt
from djust_live.packing import Packed, Packer, Portable
from djust_live.rows import RowPacker, RowUnpacker
from djust_live.unpacking import Unpacker
from hypothesis import given, settings
from hypothesis import strategies as st


class Color(enum.Enum):
    RED = "r"


class Rights(enum.Flag):
    READ = 1
    WRITE = 2


class Level(enum.IntEnum):
    HIGH = 3


@dataclasses.dataclass
class Node:
    name: str
    next: Any = None


@dataclasses.dataclass(frozen=True, slots=True)
class Frozen:
    value: int


class Point(NamedTuple):
    x: int
    y: int


class Size(msgspec.Struct):
    width: int


class Money:
    def __init__(self, amount: int) -> None:
        self.amount = amount

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Money) and other.amount == self.amount

    __hash__ = None  # type: ignore[assignment]


CLASSES: dict[str, type] = {
    cls.__name__: cls for cls in (Color, Rights, Level, Node, Frozen, Point, Size)
}
MONEY = Portable(lambda money: [money.amount], lambda data: Money(data[0]))


def pack(**values: Any) -> tuple[Packed, list[str]]:
    packer = Packer(CLASSES, {Money: ("Money", MONEY)}, RowPacker())
    packed, refused = packer.dumps(values)
    return packed, sorted(refused)


def unpack(packed: Packed, classes: dict[str, type] = CLASSES) -> dict[str, Any]:
    # What was packed has been through bytes.
    copied = msgspec.msgpack.decode(msgspec.msgpack.encode(packed), type=Packed)
    return Unpacker(copied, classes, {"Money": MONEY}, RowUnpacker([])).loads()


def travel(value: Any) -> Any:
    packed, refused = pack(value=value)
    assert refused == []
    return unpack(packed)["value"]


VALUES: list[Any] = [
    None,
    True,
    0,
    -(2**63),
    2**64,
    -(2**200),
    1.5,
    float("inf"),
    "text",
    "\ud800 alone",
    b"bytes",
    bytearray(b"x"),
    [1, [2, "three", [2**80]]],
    (1, (2,), [3]),
    {"a": 1, "b": {"c": [1]}},
    {1: "int", "1": "str", b"1": "bytes"},
    {(1, 2): "tuple", None: 0, 1.5: 1, frozenset({1}): 2, True: 3},
    {2**70: "big", "\udfff": "odd"},
    {1, 2, 3},
    {(1, "a"), None},
    frozenset({1, "a"}),
    collections.deque([1, 2], maxlen=2),
    collections.defaultdict(list, {"a": [1]}),
    collections.defaultdict(None, {"a": 1}),
    collections.OrderedDict([("b", 1), ("a", 2)]),
    collections.Counter("banana"),
    MultiValueDict({"a": ["1", "2"], "b": []}),
    types.SimpleNamespace(a=1, b=[2]),
    datetime.datetime(2026, 1, 2, 3, 4, 5, 6),
    datetime.datetime(2026, 1, 2, tzinfo=datetime.timezone.utc),
    datetime.datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin")),
    datetime.datetime(2026, 1, 2, tzinfo=datetime.timezone(datetime.timedelta(hours=-3), "BRT")),
    datetime.date(2026, 1, 2),
    datetime.time(1, 2, 3, 4),
    datetime.time(1, tzinfo=datetime.timezone(datetime.timedelta(hours=5, minutes=30))),
    datetime.timedelta(days=-1, seconds=5, microseconds=7),
    zoneinfo.ZoneInfo("Asia/Tokyo"),
    decimal.Decimal("1.10"),
    decimal.Decimal("-Infinity"),
    uuid.UUID(int=5),
    1 + 2j,
    range(1, 10, 3),
    pathlib.Path("/a/b"),
    pathlib.PurePath("c"),
    mark_safe("<b>x</b>"),
    Color.RED,
    Rights.READ | Rights.WRITE,
    Level.HIGH,
    Node("a", Node("b", [Frozen(1)])),
    Frozen(7),
    Point(1, 2),
    [Point(1, 2), (1, 2)],
    Size(3),
    Money(4),
    [Money(4), {"m": Money(5)}],
]


@pytest.mark.parametrize("value", VALUES, ids=lambda value: repr(value)[:40])
def test_a_value_comes_back_equal_and_of_the_same_type(value: Any) -> None:
    back = travel(value)
    assert back == value
    assert type(back) is type(value)
    assert repr(back) == repr(value) or isinstance(value, (set, frozenset, dict, Money, list))


def test_not_a_number_comes_back() -> None:
    assert travel([float("nan")])[0] != travel([float("nan")])[0]


def test_time_zones_keep_their_names_and_fold() -> None:
    berlin = datetime.datetime(
        2026, 10, 25, 2, 30, fold=1, tzinfo=zoneinfo.ZoneInfo("Europe/Berlin")
    )
    back = travel(berlin)
    assert (back.tzinfo, back.fold, back.utcoffset()) == (
        berlin.tzinfo,
        1,
        datetime.timedelta(hours=1),
    )


def test_types_that_look_alike_stay_apart() -> None:
    back = travel([1, True, 1.0, (1,), [1], "a", SafeString("a"), Level.HIGH, 3])
    assert [type(item) for item in back] == [
        int, bool, float, tuple, list, str, SafeString, Level, int,
    ]  # fmt: skip


def test_a_deque_keeps_its_length_and_a_defaultdict_its_factory() -> None:
    assert travel(collections.deque([1], maxlen=5)).maxlen == 5
    assert travel(collections.defaultdict(set)).default_factory is set


def test_a_lazy_text_travels_as_it_reads() -> None:
    assert travel(gettext_lazy("Yes")) == "Yes"


def test_an_object_that_occurs_twice_is_one_object_afterwards() -> None:
    row = {"n": 1}
    packed, _ = pack(rows=[row, {"n": 2}], selected=row, big=2**99)
    back = unpack(packed)
    assert back["selected"] is back["rows"][0]
    assert back["rows"] == [{"n": 1}, {"n": 2}]
    assert back["big"] == 2**99


def test_cycles_come_back() -> None:
    ring: list[Any] = [1]
    ring.append({"ring": ring})
    node = Node("a")
    node.next = Node("b", node)
    table: dict[Any, Any] = collections.defaultdict(list)
    table["self"].append(table)
    packed, refused = pack(ring=ring, node=node, table=table)
    back = unpack(packed)
    assert refused == []
    assert back["ring"][1]["ring"] is back["ring"]
    assert back["node"].next.next is back["node"]
    assert back["table"]["self"][0] is back["table"]


def test_a_cycle_through_an_object_without_a_shell_is_refused() -> None:
    class Holder:
        def __init__(self) -> None:
            self.items: list[Any] = []

    holder = Holder()
    holder.items.append(holder)
    portable = Portable(lambda held: held.items, lambda data: data)
    packed, refused = Packer({}, {Holder: ("H", portable)}, RowPacker()).dumps(
        {"a": holder, "b": 1}
    )
    assert list(refused) == ["a"]
    assert unpack(packed) == {"b": 1}


def test_what_does_not_travel_is_named_and_the_rest_travels() -> None:
    shared = [threading.Lock()]
    packed, refused = pack(
        lock=threading.Lock(),
        deep=[{"x": (lambda: None)}],
        first=shared,
        second=shared,
        gen=(i for i in ()),
        factory=collections.defaultdict(Money),
        kept=[1, {"a": 2}],
    )
    assert refused == ["deep", "factory", "first", "gen", "lock", "second"]
    assert unpack(packed) == {"kept": [1, {"a": 2}]}


def test_a_class_that_the_view_does_not_name_is_refused_with_its_name() -> None:
    @dataclasses.dataclass
    class Stranger:
        a: int

    packer = Packer(CLASSES, {}, RowPacker())
    _, refused = packer.dumps({"x": Stranger(1)})
    assert "Stranger" in str(refused["x"])
    assert "@portable" in str(refused["x"])


def test_subclasses_of_builtin_types_are_not_made_plain() -> None:
    class Special(dict):  # type: ignore[type-arg]
        pass

    assert pack(x=Special(a=1))[1] == ["x"]


def test_deep_nesting_is_refused() -> None:
    deep: list[Any] = []
    for _ in range(100):
        deep = [deep, deep[:]]
    assert pack(deep=deep, ok=1)[1] == ["deep"]


def test_a_class_that_is_gone_makes_the_state_corrupt() -> None:
    packed, _ = pack(node=Node("a"))
    with pytest.raises(StateCorrupt, match="Node"):
        unpack(packed, {})


def test_a_field_that_is_new_takes_its_default() -> None:
    @dataclasses.dataclass
    class Newer:
        name: str
        color: str = "red"
        tags: list[str] = dataclasses.field(default_factory=list)

    packed, _ = pack(node=Node("a"))
    back = unpack(packed, {"Node": Newer})["node"]
    assert (back.name, back.color, back.tags) == ("a", "red", [])


def test_a_field_without_default_makes_the_state_corrupt() -> None:
    @dataclasses.dataclass
    class Newer:
        needed: str

    packed, _ = pack(node=Node("a"))
    with pytest.raises(StateCorrupt, match="needed"):
        unpack(packed, {"Node": Newer})


@pytest.mark.parametrize(
    "root",
    [b"", b"\xc1", b"\x93\x01", b"\x01", b"\x81\xa1a\xd4\x63\x00", b"\x81\xa1a\xd4\x1e\x05"],
)
def test_other_bytes_are_corrupt(root: bytes) -> None:
    with pytest.raises(StateCorrupt):
        Unpacker(Packed(root, []), {}, {}, RowUnpacker([])).loads()


leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.binary()
    | st.decimals(allow_nan=False)
    | st.datetimes()
    | st.dates()
    | st.timedeltas()
    | st.uuids()
    | st.sampled_from([Color.RED, Level.HIGH, Rights.READ])
)
keys = st.text() | st.integers() | st.binary() | st.booleans() | st.none()
trees = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.tuples(inner, inner)
        | st.dictionaries(keys, inner, max_size=4)
        | st.builds(Node, st.text(), inner)
    ),
    max_leaves=20,
)


@settings(max_examples=100)
@given(trees)
def test_any_tree_of_values_comes_back(value: Any) -> None:
    assert travel(value) == value


@settings(max_examples=100)
@given(st.data(), trees)
def test_any_sharing_comes_back(data: st.DataObject, value: Any) -> None:
    pool: list[Any] = [[value], {"v": value}, Node("n", value)]
    picks = data.draw(st.lists(st.integers(0, 2), max_size=8))
    values = [pool[pick] for pick in picks]
    back = travel(values)
    assert back == values
    for i, first in enumerate(picks):
        for j, second in enumerate(picks):
            assert (back[i] is back[j]) == (first == second)
