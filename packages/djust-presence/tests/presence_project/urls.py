"""URLs and views of the test project."""

from __future__ import annotations

from typing import Any

from django.urls import path
from djust_live import LiveView, event_handler
from djust_live.tenants import TenantMixin
from djust_presence import LiveCursorMixin, PresenceMixin


class Room(PresenceMixin, LiveView):
    template = "<main><i>{{ online_count }}</i><b>{{ names }}</b><p>{{ seen }}</p></main>"
    presence_key = "room:{room}"

    def mount(self, request: Any, room: str) -> None:
        self.room = room
        self.user = request.GET.get("user", "")
        self.seen: list[str] = []
        if self.user:
            self.track_presence({"name": self.user.title()})

    def get_presence_user_id(self) -> str:
        return self.user

    @property
    def names(self) -> str:
        return ",".join(each["meta"].get("name", "?") for each in self.list_presences())

    def handle_presence_join(self, presence: Any) -> None:
        self.seen.append(f"+{presence['id']}")

    async def handle_presence_leave(self, presence: Any) -> None:
        self.seen.append(f"-{presence['id']}")

    @event_handler()
    def rename(self, name: str) -> None:
        self.update_presence({"name": name})

    @event_handler()
    def hide(self) -> None:
        self.untrack_presence()

    @event_handler()
    def wave(self) -> None:
        self.broadcast_to_presence("waved", {"by": self.user})


class Office(TenantMixin, Room):
    def resolve_tenant(self, request: Any) -> Any:
        return request.GET.get("tenant")


class Board(LiveCursorMixin, LiveView):
    template = "<main dj-cursors>{{ user }}</main>"
    presence_key = "board"

    def mount(self, request: Any) -> None:
        self.user = request.GET["user"]
        self.track_presence({"name": self.user.title()})

    def get_presence_user_id(self) -> str:
        return self.user


class Anonymous(PresenceMixin, LiveView):
    template = "<p>{{ online_count }}</p>"
    presence_key = "anonymous"

    def mount(self, request: Any) -> None:
        self.track_presence()


class Keyless(PresenceMixin, LiveView):
    template = "<p>x</p>"
    presence_key = "{absent}"


urlpatterns = [
    path("room/<room>/", Room.as_view()),
    path("office/<room>/", Office.as_view()),
    path("board/", Board.as_view()),
    path("anonymous/", Anonymous.as_view()),
    path("keyless/", Keyless.as_view()),
]
