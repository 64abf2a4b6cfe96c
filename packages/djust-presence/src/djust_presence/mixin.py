"""``PresenceMixin``: what a view says and asks about who is here."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from djust_live import LiveView
from djust_live.extensions import Extension

from djust_presence.errors import NoPresenceKey
from djust_presence.extension import PresenceExtension
from djust_presence.rooms import Presence

if TYPE_CHECKING:
    _Base = LiveView
else:
    _Base = object


_SESSION_KEY = "_djust_visitor"


class _Attributes(Mapping[str, Any]):
    """The attributes of a view, for a format string."""

    def __init__(self, view: Any) -> None:
        self._view = view

    def __getitem__(self, name: str) -> Any:
        if name.startswith("_"):
            raise KeyError(name)
        try:
            return getattr(self._view, name)
        except AttributeError:
            raise KeyError(name) from None

    def __iter__(self) -> Any:
        return iter(vars(self._view))

    def __len__(self) -> int:
        return len(vars(self._view))


class PresenceMixin(_Base):
    """Lets a live view know who else looks at the same thing.

    Attributes:
        presence_key: A format string over the view's attributes: ``"document:{document_id}"``.

    Example:
        >>> class Room(PresenceMixin, LiveView):
        ...     presence_key = "room:{room_id}"
        ...
        ...     def mount(self, request, room_id):
        ...         self.room_id = room_id
        ...         self.track_presence({"name": request.user.get_username()})
    """

    extensions: ClassVar[tuple[type[Extension], ...]] = (PresenceExtension,)
    presence_key: str = ""

    def get_presence_key(self) -> str:
        """Return with whom the view shares its presence; any text.

        Raises:
            NoPresenceKey: There is no ``presence_key``, or an attribute it names (``DJP101``).
        """
        if not self.presence_key:
            raise NoPresenceKey(f"{type(self).__qualname__} has no presence_key.")
        try:
            return self.presence_key.format_map(_Attributes(self))
        except (KeyError, AttributeError) as error:
            raise NoPresenceKey(
                f"{type(self).__qualname__}: presence_key names {error}, which is not set."
            ) from error

    def get_presence_user_id(self) -> str:
        """Return who the visitor is: the user's primary key, else something of their browser."""
        user = getattr(self.request, "user", None)
        if user is not None and user.is_authenticated:
            return str(user.pk)
        session = getattr(self.request, "session", None)
        if session is None:
            return f"page-{PresenceExtension.of(self).port.page_id}"
        visitor: str = session.get(_SESSION_KEY, "")
        if not visitor:
            # Not the session's key: others see this.
            visitor = session[_SESSION_KEY] = f"visitor-{secrets.token_hex(8)}"
        return visitor

    def get_presence_scope(self) -> str:
        """Return what separates views beyond their tenant, which always does; empty: nothing."""
        return ""

    def track_presence(self, meta: dict[str, Any] | None = None) -> None:
        """Let the visitor be present while their browser is connected.

        Args:
            meta: What the others may know, as plain data: a name, a colour.

        Raises:
            BadMeta: ``meta`` is no plain data, or too long (``DJP102``).
            NoPresenceKey: See :meth:`get_presence_key` (``DJP101``).
        """
        PresenceExtension.of(self).track(meta)

    def untrack_presence(self) -> None:
        """Let the visitor be present no more."""
        PresenceExtension.of(self).untrack()

    def update_presence(self, meta: dict[str, Any]) -> None:
        """Replace what the others know about the visitor."""
        PresenceExtension.of(self).update(meta)

    def list_presences(self, limit: int | None = None, offset: int = 0) -> list[Presence]:
        """Return who is present, those who came first first.

        Each is a dict: ``id``, ``joined_at``, ``meta``, and ``connections``, how many of their
        pages are open.

        Args:
            limit: Of how many, at most; None: of all.
            offset: How many to pass over.
        """
        return PresenceExtension.of(self).members().members(limit, offset)

    def presence_count(self) -> int:
        """Return how many are present; somebody with several tabs counts once."""
        return PresenceExtension.of(self).members().count()

    @property
    def online_count(self) -> int:
        """How many are present, for templates."""
        return self.presence_count()

    def broadcast_to_presence(self, name: str, payload: Any = None) -> None:
        """Send an event to hooks and listeners in the browsers of everybody with this key."""
        PresenceExtension.of(self).tell(name, {} if payload is None else payload)

    def handle_presence_join(self, presence: Presence) -> Any:
        """Called in every view with this key when somebody has come. May be ``async def``."""

    def handle_presence_leave(self, presence: Presence) -> Any:
        """Called in every view with this key when somebody has gone. May be ``async def``."""

    handle_presence_join.is_empty = True  # type: ignore[attr-defined]
    handle_presence_leave.is_empty = True  # type: ignore[attr-defined]
