"""The smallest values for which an update goes wrong: what verify mode reports."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from djust_vdom import Document, Replica, VdomError

from djust_live.protocol import NO_OPS

# How long values are made smaller, in seconds, and how much of them is told, in characters.
PATIENCE_S = 3.0
MAX_TOLD = 20_000

Values = dict[str, Any]
Path = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """An update that does not lead to what the template prints.

    Attributes:
        before: The page before, as text.
        now: What the template prints.
        ops: What was to lead there.
        found: What is wrong about it.
    """

    before: str
    now: str
    ops: bytes
    found: str

    def __str__(self) -> str:
        return f"Ops: {self.ops.decode()}\n{self.found}\nBefore: {self.before!r}\nNow: {self.now!r}"


def compare(
    replica: Replica, before: str, ops: bytes, now: str, own: tuple[int, int]
) -> Difference | None:
    """Apply ops to a model of the browser and look at the result.

    Args:
        replica: What the browser has.
        before: The text that it had.
        ops: They are applied.
        now: The text that it should have.
        own: Nodes and shape, as the page counts them.
    """
    try:
        replica.apply(ops)
    except VdomError as error:
        return Difference(before, now, ops, f"A browser refuses them: {error}")
    wanted = Document(now)
    shape = (wanted.node_count, wanted.structure_hash)
    rest = Document(replica.html).update(now)
    if rest == NO_OPS and shape == own:
        return None
    found = f"Still to do: {rest.decode()}\nNodes and shape: {own}, should be {shape}"
    return Difference(before, now, ops, f"{found}\nA browser has: {replica.html!r}")


def snapshot_of(value: Any) -> Any:
    """Return a value with its containers copied, so that changes in place leave the copy alone."""
    if type(value) is dict:
        return {key: snapshot_of(item) for key, item in value.items()}
    if type(value) in (list, tuple, set):
        return type(value)(snapshot_of(item) for item in value)
    return value


def reduced(
    before: Values, now: Values, differs: Callable[[Values, Values], Difference | None]
) -> tuple[Values, Values, Difference] | None:
    """Return the smallest values found with which an update still goes wrong.

    Parts of both, or of one, are left out as long as that is so: halves first, then single items,
    in the manner of delta debugging (Zeller and Hildebrandt, 2002).

    Args:
        before: What the page was printed from.
        now: What it is printed from next.
        differs: Tries an update on a page of its own.

    Returns:
        None when a page that is new does not go wrong with these values.
    """
    found = differs(before, now)
    if found is None:
        return None
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        smaller = _smaller(before, now, differs, end)
        if smaller is None:
            break
        before, now, found = smaller
    return before, now, found


def _smaller(
    before: Values,
    now: Values,
    differs: Callable[[Values, Values], Difference | None],
    end: float,
) -> tuple[Values, Values, Difference] | None:
    for path, start, stop in _parts(before, now):
        for one, other in (
            (_without(before, path, start, stop), _without(now, path, start, stop)),
            (_without(before, path, start, stop), now),
            (before, _without(now, path, start, stop)),
        ):
            if time.monotonic() > end:
                return None
            if one is None or other is None:
                continue
            found = differs(one, other)
            if found is not None:
                return one, other, found
    return None


def _parts(before: Values, now: Values) -> Iterator[tuple[Path, int, int]]:
    """Yield what may be left out: a container and a stretch of its items, large ones first."""
    sizes: dict[Path, int] = {}
    for values in (before, now):
        for path, size in _containers(values, ()):
            sizes[path] = max(size, sizes.get(path, 0))
    for path, size in sorted(sizes.items(), key=lambda part: len(part[0])):
        step = size
        while step >= 1:
            for start in range(0, size, step):
                # All names at once are no page any more.
                if path or step < size or size == 1:
                    yield path, start, start + step
            step //= 2


def _containers(value: Any, path: Path) -> Iterator[tuple[Path, int]]:
    if type(value) in (dict, list, tuple) and value:
        yield path, len(value)
        items = value.items() if type(value) is dict else enumerate(value)
        for key, item in items:
            yield from _containers(item, (*path, key))


def _without(value: Any, path: Path, start: int, stop: int) -> Any:
    """Return a copy without a stretch of a container's items; None where there is none."""
    if path:
        key, rest = path[0], path[1:]
        try:
            inner = _without(value[key], rest, start, stop)
        except (KeyError, IndexError, TypeError):
            return None
        if inner is None:
            return None
        if type(value) is tuple:
            return (*value[:key], inner, *value[key + 1 :])
        changed = value.copy()
        changed[key] = inner
        return changed
    if type(value) is dict:
        gone = list(value)[start:stop]
        return {key: item for key, item in value.items() if key not in gone} if gone else None
    if type(value) in (list, tuple):
        return value[:start] + value[stop:] if start < len(value) else None
    return None


def told(values: Values, hidden: str) -> str:
    """Return values as text, shortened; without the one that is djust's own."""
    text = repr({name: value for name, value in values.items() if name != hidden})
    return text if len(text) <= MAX_TOLD else f"{text[:MAX_TOLD]}… ({len(text):,} characters)"
