"""Views that the tests drive."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.models import User
from djust_live import LiveView, event_handler

PAGE = """<!doctype html>
<html><head><title>t</title></head><body><p>{{ count }}</p></body></html>"""


class Counter(LiveView):
    """The smallest view."""

    template = "<p>{{ count }}</p><button dj-click='increment'>+</button>"
    mounts = 0

    def mount(self, request: Any, **kwargs: Any) -> None:
        type(self).mounts += 1
        self.count = 0

    @event_handler
    def increment(self, step: int = 1) -> None:
        self.count += step

    @event_handler
    async def increment_async(self, step: int = 1) -> None:
        await asyncio.sleep(0)
        self.count += step

    @event_handler
    def fail(self) -> None:
        self.count = 99
        raise RuntimeError("no")

    @event_handler
    def answer(self, value: str) -> dict[str, str]:
        return {"got": value}

    @event_handler
    def announce(self) -> None:
        self.push_event("ping", {"n": self.count})
        self.put_flash("info", "hello")

    def undecorated(self) -> None:
        self.count = -1


class Document(Counter):
    """A view whose template is a whole document."""

    template = PAGE


class Titled(Counter):
    """A document whose title changes with the page."""

    template = PAGE.replace("<title>t", "<title>{{ count }}")

    @event_handler
    def entitle(self, title: str) -> None:
        self.page_title = title


class Gate(LiveView):
    """Blocks until a test opens the gate."""

    template = "<p>{{ state }}</p>"
    opened = threading.Event()

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.state = "idle"

    @event_handler
    def block(self) -> None:
        self.opened.wait(10)
        self.state = "done"


class Private(LoginRequiredMixin, Counter):
    """For users who are logged in."""


class Lazy(LiveView):
    """Its template asks the database, its handler runs on the loop."""

    template = "<p>{{ count }}</p>{% for user in users %}{{ user }}{% endfor %}"

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.count = 0

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {"count": self.count, "users": User.objects.all()}

    @event_handler
    async def step(self) -> None:
        self.count += 1
