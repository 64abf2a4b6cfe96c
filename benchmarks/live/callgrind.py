"""Reads what callgrind counted: instructions by function, alone and with all that it calls."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

# (3) name, or (3) alone when the name was said before.
_NAME = re.compile(r"(\(\d+\)) ?(.*)")
# Names of called functions have the same numbers as those of functions.
_KINDS = {"fn": "fn", "cfn": "fn", "ob": "ob", "cob": "ob"}
# A function that was entered again before it returned, with how deep.
_AGAIN = re.compile(r"'\d+$")


@dataclass
class Counts:
    """Instructions.

    Attributes:
        alone: By function, without what it calls.
        inclusive: By function, with what it calls.
        objects: By program or library.
    """

    alone: Counter[str] = field(default_factory=Counter)
    inclusive: Counter[str] = field(default_factory=Counter)
    objects: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        """All instructions."""
        return self.alone.total()

    def per_event(self, fewer: Counts, events: int) -> Counts:
        """Return what each of ``events`` took that ``fewer`` did not have."""
        return Counts(
            _share(self.alone, fewer.alone, events),
            _share(self.inclusive, fewer.inclusive, events),
            _share(self.objects, fewer.objects, events),
        )

    def within(self, part: str) -> int:
        """Return the instructions of the functions with ``part`` in their names, inclusively."""
        return sum(count for name, count in self.inclusive.items() if part in name)


def _share(more: Counter[str], less: Counter[str], events: int) -> Counter[str]:
    return Counter({name: round((more[name] - less[name]) / events) for name in more})


def read(lines: Iterable[str]) -> Counts:
    """Return the counts of a file that callgrind wrote with ``--separate-recs``.

    With it, calls of a function by itself have names of their own, and the outermost one includes
    them; without, they would count twice.
    """
    found = Counts()
    names = _Names()
    is_call = False
    for line in lines:
        key, _, value = line.rstrip().partition("=")
        if key == "calls":
            is_call = True
        elif value:
            names.take(key, value)
        elif line[:1] in "0123456789+-*" and " " in line:
            cost = int(line.split()[1])
            if not is_call:
                found.alone[_AGAIN.sub("", names.function)] += cost
                found.objects[Path(names.library).name] += cost
            if not _AGAIN.search(names.function):
                found.inclusive[names.function] += cost
            is_call = False
    return found


class _Names:
    """The function that a line of costs is of; names are said once and numbered."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], str] = {}
        self.function = ""
        self.library = ""

    def take(self, key: str, value: str) -> None:
        """Read ``key=value``; keys of other kinds do not matter here."""
        kind = _KINDS.get(key)
        match = _NAME.fullmatch(value)
        if kind is None or match is None:
            return
        number, name = match.groups()
        if name:
            self._known[kind, number] = name
        if key == "fn":
            self.function = self._known[kind, number]
        elif key == "ob":
            self.library = self._known[kind, number]
