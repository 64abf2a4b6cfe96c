"""Other visitors in a test client: who comes to the page's room, and goes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from djust_live.extensions import StandIn

from djust_presence.extension import PresenceExtension, checked
from djust_presence.rooms import Presence, Room
from djust_presence.worker import Connection, worker


class PresenceStandIn(StandIn):
    """Lets others be present with the page, through the store that is in use."""

    gestures = ("join_presence", "leave_presence")

    def __init__(self, browser: Any) -> None:
        super().__init__(browser)
        self._others: dict[str, Connection] = {}

    def join_presence(self, user: Any, meta: Mapping[str, Any] | None = None) -> Presence:
        """Let somebody open the same page.

        Args:
            user: A user, or what ``get_presence_user_id`` returns for them.
            meta: What the others know of them.
        """
        room = self._room.room()
        known = Connection(room.key, _id_of(user), f"other-{_id_of(user)}")
        before = _pages(room, known.user_id)
        self._others[known.user_id] = known
        worker.join(known, checked(dict(meta or {})))
        self.browser.wait(lambda: _pages(room, known.user_id) > before)
        found = room.find(known.user_id)
        if found is None:
            raise AssertionError(f"{known.user_id!r} came and left again.")
        return found

    def leave_presence(self, user: Any) -> None:
        """Let somebody leave who came with :meth:`join_presence`."""
        known = self._others.pop(_id_of(user), None)
        if known is None:
            raise AssertionError(f"{_id_of(user)!r} did not come with join_presence().")
        room = self._room.room()
        before = _pages(room, known.user_id)
        worker.leave(known)
        self.browser.wait(lambda: _pages(room, known.user_id) < before)

    def on_close(self) -> None:
        """Let the others leave, too."""
        for known in self._others.values():
            worker.leave(known)
        self._others.clear()

    @property
    def _room(self) -> PresenceExtension:
        return PresenceExtension.of(self.browser.view)


def _pages(room: Room, user_id: str) -> int:
    found = room.find(user_id)
    return 0 if found is None else found["connections"]


def _id_of(user: Any) -> str:
    return str(getattr(user, "pk", user))
