"""What code of a view wants besides the change of the page: held until the reply, or dropped."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, NamedTuple


class Flash(NamedTuple):
    """A short message.

    Attributes:
        level: One of the five levels of Django, by name.
        text: What it says.
        is_safe: Whether the text is HTML.
        extra_tags: For the page that shows it as a message of Django.
    """

    level: str
    text: str
    is_safe: bool = False
    extra_tags: str = ""

    def data(self) -> tuple[Any, ...]:
        """Return what the browser is told."""
        return self[:3] if self.is_safe else self[:2]


class Mark(NamedTuple):
    """What had been wanted at one moment of a turn."""

    events: tuple[tuple[str, Any], ...]
    flash: tuple[Flash, ...]
    flash_cleared: bool
    redirect: tuple[str, bool] | None
    navigate: tuple[str, bool] | None
    url: tuple[str, bool] | None
    left: int
    deeds: int


class Effects:
    """What a turn wants to happen in the browser besides the change of the page.

    Attributes:
        events: Of ``push_event``.
        flash: Messages.
        flash_cleared: Those that are shown go first.
        redirect: The page that the browser loads, and whether in the place of this one.
        navigate: The view that it goes to over the same socket.
        url: What the page is called from now on.
        left: The URLs that the turn replaced by others, in order.
        published: Values for the client bus, by component ("" is the view) and name.
    """

    __slots__ = (
        "_undo",
        "events",
        "flash",
        "flash_cleared",
        "left",
        "navigate",
        "published",
        "redirect",
        "url",
    )

    def __init__(self) -> None:
        # Background work appends while a turn takes; a deque does both without a lock.
        self.events: deque[tuple[str, Any]] = deque()
        self.flash: deque[Flash] = deque()
        self.flash_cleared = False
        self.redirect: tuple[str, bool] | None = None
        self.navigate: tuple[str, bool] | None = None
        self.url: tuple[str, bool] | None = None
        self.left: list[str] = []
        self.published: dict[tuple[str, str], None] = {}
        self._undo: list[Callable[[], None]] = []

    def done(self, undo: Callable[[], None]) -> None:
        """Remember how a deed is undone that does not wait for the reply."""
        self._undo.append(undo)

    def mark(self) -> Mark | None:
        """Return what :meth:`take_back` needs; None: nothing is wanted yet."""
        if not (self or self.left or self._undo):
            return None
        return Mark(
            tuple(self.events),
            tuple(self.flash),
            self.flash_cleared,
            self.redirect,
            self.navigate,
            self.url,
            len(self.left),
            len(self._undo),
        )

    def take_back(self, mark: Mark | None) -> None:
        """Want what was wanted at ``mark``, and undo what was done since."""
        then = mark or _NOTHING
        undo = self._undo[then.deeds :]
        del self._undo[then.deeds :]
        for call in reversed(undo):
            call()
        self.events = deque(then.events)
        self.flash = deque(then.flash)
        self.flash_cleared = then.flash_cleared
        self.redirect, self.navigate, self.url = then.redirect, then.navigate, then.url
        del self.left[then.left :]

    def settle(self) -> None:
        """Let what was done stay done."""
        self.left.clear()
        self._undo.clear()

    def absorb(self, other: Effects) -> None:
        """Take over what is wanted elsewhere; that goes on meanwhile."""
        self.events.extend(other.take_events())
        self.flash.extend(other.take_flash())
        if other.flash_cleared:
            other.flash_cleared, self.flash_cleared = False, True
        if other.redirect or other.navigate:
            self.redirect, self.navigate = other.redirect, other.navigate
            other.redirect = other.navigate = None

    def take_events(self) -> list[tuple[str, Any]]:
        """Return the events that were collected."""
        return _drain(self.events)

    def take_flash(self) -> list[Flash]:
        """Return the messages that were collected."""
        return _drain(self.flash)

    def __bool__(self) -> bool:
        return bool(
            self.events
            or self.flash
            or self.flash_cleared
            or self.redirect
            or self.navigate
            or self.url
            or self.published
        )


_NOTHING = Mark((), (), False, None, None, None, 0, 0)


def _drain(items: deque[Any]) -> list[Any]:
    return [items.popleft() for _ in range(len(items))]
