"""A module that names data classes, so that views of it may hold their objects."""

from __future__ import annotations

import dataclasses
import enum
from functools import cached_property
from typing import Any, NamedTuple

from djust_live import LiveView
from djust_live.state import portable


class Status(enum.Enum):
    OPEN = "open"


@dataclasses.dataclass
class Inner:
    status: Status


class Pair(NamedTuple):
    a: int
    b: int


@portable(dump=lambda box: box.content, load=lambda content: Box(content))
class Box:
    def __init__(self, content: Any) -> None:
        self.content = content


class Unmarked:
    pass


class Holder(LiveView):
    """Holds what a test puts into it."""

    template = "<p></p>"

    class Kind(enum.Enum):
        SMALL = 1

    @cached_property
    def slow(self) -> int:
        return 42
