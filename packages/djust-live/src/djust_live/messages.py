"""What a session's queue holds: everything that may change a view arrives as one of these.

The frames :class:`~djust_live.protocol.Event`, ``Resync`` and ``Custom`` wait there as they are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from djust_live.topics import Envelope


class Transport(Protocol):
    """Carries frames to one browser; knows nothing of what they mean."""

    @property
    def scope(self) -> Mapping[str, Any]:
        """The ASGI scope of the connection."""
        ...

    @property
    def congested(self) -> bool:
        """Whether frames wait because the browser reads too slowly."""
        ...

    def send(self, frame: str) -> None:
        """Send a frame after those before it; never waits."""
        ...

    def close(self, code: int) -> None:
        """Close the connection once all frames have left."""
        ...


@dataclass(slots=True)
class Attach:
    """A browser is here; what its page shows, and under which address if not that of the token."""

    transport: Transport
    count: int
    hash: int
    rev: int
    ref: int
    uri: str = ""


@dataclass(slots=True)
class Detach:
    """A connection is gone."""

    transport: Transport


@dataclass(slots=True)
class End:
    """The view ends.

    Attributes:
        reason: ``left``: the page is gone; ``expired``: nobody came back; ``moved``: another worker
            has the page; ``drained``: this process stops.
        delay_ms: How long the browser is asked to stay away when the process stops.
    """

    reason: str
    delay_ms: int = 0


@dataclass(slots=True)
class Info:
    """A message of a topic."""

    envelope: Envelope


@dataclass(slots=True)
class Binary:
    """A binary frame for an extension."""

    namespace: str
    data: bytes


@dataclass(slots=True)
class Call:
    """Something to call where the view may be changed."""

    function: Callable[[], Any]


@dataclass(slots=True)
class Render:
    """Show what changed outside of a turn."""


@dataclass(slots=True)
class Reload:
    """A template may have changed."""


@dataclass(slots=True)
class Tick:
    """The view's period is over."""


@dataclass(slots=True)
class Rest:
    """Nothing may have happened for a while."""

    rev: int
    ref: int


@dataclass(slots=True)
class Save:
    """The state should be saved, though no event asks for it."""


@dataclass(slots=True)
class AuthCheck:
    """The login may have changed.

    Attributes:
        again_s: When to look again, as long as nothing is found.
    """

    again_s: tuple[float, ...] = ()
