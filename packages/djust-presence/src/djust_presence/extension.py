"""What ties one view to those who are present with it."""

from __future__ import annotations

import asyncio
import inspect
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from djust_live.extensions import Extension
from djust_live.protocol import to_data

from djust_presence.backends.base import Member
from djust_presence.config import config
from djust_presence.errors import BadMeta, NoPresenceKey
from djust_presence.rooms import Difference, Presence, Room, full_key, shown
from djust_presence.worker import Connection, worker

if TYPE_CHECKING:
    from djust_presence.mixin import PresenceMixin


class PresenceExtension(Extension):
    """Joins when a browser attaches, leaves when it is gone, and hears of the others."""

    namespace = "presence"
    stand_in = "djust_presence.stand_in.PresenceStandIn"
    view: PresenceMixin

    def __init__(self, view: Any, port: Any) -> None:
        super().__init__(view, port)
        self.on_change: list[Callable[[Difference], None]] = []
        self._mine: Connection | None = None
        self._meta: dict[str, Any] = {}
        self._room: Room | None = None
        self._seen = 0
        self._is_attached = False
        self._grace: asyncio.TimerHandle | None = None

    @property
    def meta(self) -> dict[str, Any]:
        """What the others know of the visitor."""
        return self._meta

    # What the mixin asks for

    def track(self, meta: dict[str, Any] | None) -> None:
        """Let the visitor be present from when their browser is attached."""
        room = self.room()
        mine = Connection(room.key, self.view.get_presence_user_id(), self.port.page_id)
        if self._mine is not None and self._mine != mine:
            worker.leave(self._mine)
        self._meta = checked(meta or {})
        self._mine = mine
        if self._is_attached:
            worker.join(mine, self._meta)

    def untrack(self) -> None:
        """Let the visitor be present no more."""
        if self._mine is not None:
            worker.leave(self._mine)
        self._mine = None

    def update(self, meta: dict[str, Any]) -> None:
        """Replace the data about the visitor."""
        self._meta = checked(meta)
        if self._mine is not None and self._is_attached:
            worker.join(self._mine, self._meta)

    def room(self) -> Room:
        """Return the room of the view's key, and follow it."""
        key = key_of(self.view)
        room = self._room
        if room is None or room.key != key:
            self._unwatch()
            room = self._room = worker.room(key)
            self.port.join(room.topic)
            if self._is_attached:
                self._watch(room)
        return room

    def members(self) -> Room:
        """Return the room with the members that are known."""
        room = self.room()
        worker.load(room)
        return room

    def tell(self, name: str, payload: Any) -> None:
        """Send an event to the browsers of everybody."""
        self.port.broadcast(self.room().topic, "event", [name, payload])

    # Hooks of the session

    async def on_attach(self) -> None:
        """A browser is there: join."""
        self._stop_grace()
        self._is_attached = True
        try:
            self._watch(self.room())
        except NoPresenceKey:
            return  # the view says later with whom it shares its presence
        if self._mine is not None:
            worker.join(self._mine, self._meta)

    async def on_detach(self) -> None:
        """The browser is gone: leave, unless it comes back soon."""
        self._is_attached = False
        if self._mine is not None:
            loop = asyncio.get_running_loop()
            self._grace = loop.call_later(config.PRESENCE_GRACE_S, worker.leave, self._mine)

    async def on_info(self, verb: str, data: Any) -> bool | None:
        """Take a change, or an event for the browser."""
        if verb == "event":
            self.view.push_event(*data)
            return None
        rev, kind, *member = data
        room = self._room
        presence = shown(Member(*member))
        kind = None if room is None else room.apply(rev, kind, presence)
        if kind is None:
            if room is not None:
                worker.refresh(room)
            return True
        if kind == "told":
            return True
        if rev > self._seen:
            self._seen = rev
            # A hook has a turn of its own, which renders.
            return self._changed((kind, presence))
        return None

    async def on_unmount(self, reason: str) -> None:
        """The page is gone."""
        self._stop_grace()
        self.untrack()
        self._unwatch()

    def dump_state(self) -> Any:
        """Keep what was tracked."""
        mine = self._mine
        return None if mine is None else [mine.key, mine.user_id, self._meta]

    def load_state(self, data: Any) -> None:
        """Track again what was tracked."""
        key, user_id, self._meta = data
        self._mine = Connection(key, user_id, self.port.page_id)

    # The room

    def refreshed(self, differences: list[Difference], rev: int) -> None:
        """Take what was missed, behind what is on its way."""
        self.port.call(lambda: self._take(differences, rev))

    def _take(self, differences: list[Difference], rev: int) -> None:
        self._seen = max(self._seen, rev)
        for difference in differences:
            self._changed(difference)

    def _watch(self, room: Room) -> None:
        self._seen = room.rev or 0
        room.watchers.add(self)
        worker.refresh(room)

    def _unwatch(self) -> None:
        room, self._room = self._room, None
        if room is not None:
            room.watchers.discard(self)
            self.port.leave(room.topic)

    def _stop_grace(self) -> None:
        if self._grace is not None:
            self._grace.cancel()
            self._grace = None

    def _changed(self, difference: Difference) -> bool:
        """Tell everything of the view that wants to know; return whether a turn will follow."""
        for listener in self.on_change:
            listener(difference)
        kind, presence = difference
        if kind == "join":
            return self._call(self.view.handle_presence_join, presence)
        if kind == "leave":
            return self._call(self.view.handle_presence_leave, presence)
        return False

    def _call(self, hook: Callable[[Presence], Any], presence: Presence) -> bool:
        """Have user code run where it may change the view; return whether there is any."""
        if getattr(hook, "is_empty", False):
            return False
        call: Callable[[], Any]
        if inspect.iscoroutinefunction(hook):

            async def call() -> None:
                await hook(presence)
        else:

            def call() -> None:
                hook(presence)

        call.__name__ = hook.__name__
        self.port.call(call)
        return True


def key_of(view: PresenceMixin) -> str:
    """Return a view's key as the store knows it: behind its tenant, so that tenants never meet."""
    tenant = PresenceExtension.of(view).port.tenant
    return full_key(tenant, view.get_presence_scope(), view.get_presence_key())


def checked(meta: dict[str, Any]) -> dict[str, Any]:
    """Return plain data as every worker sees it.

    Raises:
        BadMeta: It is no data, or too much (``DJP102``).
    """
    if not isinstance(meta, dict):
        raise BadMeta(f"The data about a member is a {type(meta).__name__}, not a dict.")
    try:
        text = json.dumps(meta, default=to_data, allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        raise BadMeta(f"The data about a member cannot travel: {error}") from error
    if len(text) > config.PRESENCE_META_BYTES:
        raise BadMeta(f"The data about a member takes {len(text)} bytes as JSON.")
    plain: dict[str, Any] = json.loads(text)
    return plain
