"""A chat: who is here, where they point, and what they say while they are here."""

from __future__ import annotations

import secrets
from hashlib import sha256
from typing import Any

from django.http import HttpRequest
from djust import LiveView
from djust.decorators import event_handler
from djust.presence import LiveCursorMixin

LINES_KEPT = 50
FIRST_NAMES = ["Amber", "Coral", "Hazel", "Indigo", "Olive", "Rose", "Sage", "Violet"]
LAST_NAMES = ["Badger", "Finch", "Heron", "Lynx", "Otter", "Robin", "Stoat", "Wren"]


class ChatView(LiveCursorMixin, LiveView):
    template_name = "pages/chat.html"
    presence_key = "chat:{room}"

    def mount(self, request: HttpRequest, room: str = "lobby", **kwargs: object) -> None:
        self.room = room
        self.name = name_for(self.get_presence_user_id())
        self.lines: list[dict[str, str]] = []
        self.track_presence({"name": self.name})
        self.subscribe(self.topic)

    @property
    def topic(self) -> str:
        return f"chat {self.room}"

    def get_context_data(self, **kwargs: object) -> dict[str, Any]:
        return super().get_context_data(people=self.list_presences(), **kwargs)

    @event_handler
    def say(self, text: str = "") -> None:
        if text.strip():
            self.broadcast(self.topic, {"by": self.name, "text": text.strip()[:500]})

    @event_handler
    def rename(self, value: str = "") -> None:
        self.name = value.strip()[:30] or self.name
        self.update_presence({"name": self.name})

    def handle_info(self, message: dict[str, str]) -> None:
        self.add("said", message["by"], message["text"])

    def handle_presence_join(self, presence: Any) -> None:
        self.add("note", presence["meta"]["name"], "is here")

    def handle_presence_leave(self, presence: Any) -> None:
        self.add("note", presence["meta"]["name"], "has left")

    def add(self, kind: str, by: str, text: str) -> None:
        line = {"id": secrets.token_hex(4), "kind": kind, "by": by, "text": text}
        self.lines = [*self.lines, line][-LINES_KEPT:]


def name_for(visitor: str) -> str:
    """Make up a name that a visitor keeps."""
    first, last, *_ = sha256(visitor.encode()).digest()
    return f"{FIRST_NAMES[first % len(FIRST_NAMES)]} {LAST_NAMES[last % len(LAST_NAMES)]}"
