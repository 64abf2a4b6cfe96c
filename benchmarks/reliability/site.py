"""A small site whose pages write down what happened to them; served by uvicorn.

``RELIABILITY_BACKEND`` names the state backend, ``RELIABILITY_REDIS`` the Redis server and
``RELIABILITY_DATABASE`` the SQLite file. With ``RELIABILITY_LAYER`` the workers hear each other.
"""

from __future__ import annotations

import asyncio
import os
import time
from typing import Any

import django
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.urls import path

_REDIS = os.environ.get("RELIABILITY_REDIS", "")
_LAYERS = {
    "default": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [_REDIS]},
    }
}

if not settings.configured:
    settings.configure(
        SECRET_KEY="reliability-programs-only",  # pragma: allowlist secret
        ALLOWED_HOSTS=["127.0.0.1"],
        ROOT_URLCONF=__name__,
        INSTALLED_APPS=[
            "django.contrib.contenttypes",
            "django.contrib.auth",
            "djust_live",
            "djust_presence",
            "djust_streaming",
        ],
        CHANNEL_LAYERS=_LAYERS if os.environ.get("RELIABILITY_LAYER") else {},
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": os.environ.get("RELIABILITY_DATABASE", ":memory:"),
                "OPTIONS": {
                    "timeout": 20,
                    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL",
                },
            }
        },
        CACHES={
            "default": {
                "BACKEND": "django.core.cache.backends.redis.RedisCache",
                "LOCATION": _REDIS or "redis://127.0.0.1:1/0",
            }
        },
        SESSION_ENGINE="django.contrib.sessions.backends.signed_cookies",
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
        USE_TZ=True,
        DJUST={
            "STATE_BACKEND": os.environ.get("RELIABILITY_BACKEND", "memory"),
            "REDIS_URL": _REDIS,
            "PRESENCE_BACKEND": "redis" if _REDIS else "memory",
            "PRESENCE_LEASE_S": float(os.environ.get("RELIABILITY_LEASE_S", "30")),
            "CHECKPOINT_INTERVAL_S": 0.05,
            "GRACE_S": float(os.environ.get("RELIABILITY_GRACE_S", "60")),
            "DRAIN_SPREAD_S": float(os.environ.get("RELIABILITY_SPREAD_S", "1")),
        },
    )
    django.setup()

from djust_live.asgi import live_application  # noqa: E402 - needs the settings
from djust_live.decorators import event_handler  # noqa: E402 - needs the settings
from djust_live.live_view import LiveView  # noqa: E402 - needs the settings
from djust_presence import LiveCursorMixin  # noqa: E402 - needs the settings

WITH_PRESENCE = os.environ.get("RELIABILITY_PRESENCE", "1") == "1"

TEMPLATE = """<!doctype html><html><head><title>ledger</title></head><body>
<h1>{{ total }}</h1>
<ul>{% for entry in entries %}<li id="e{{ entry.id }}">{{ entry.text }}</li>{% endfor %}</ul>
{% if total|divisibleby:2 %}<p>even</p>{% endif %}
</body></html>"""


class Ledger(LiveView):
    """Writes down every event, so that one that is lost or done twice shows."""

    template = TEMPLATE

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.total = 0
        self.entries: list[dict[str, Any]] = []
        self._marks: list[int] = []

    @event_handler
    def mark(self, number: int) -> dict[str, int]:
        """Write a number down."""
        self._note(number)
        return {"count": len(self._marks)}

    @event_handler
    async def mark_async(self, number: int) -> dict[str, int]:
        """Do the same on the event loop."""
        await asyncio.sleep(0)
        self._note(number)
        return {"count": len(self._marks)}

    @event_handler
    def mark_slowly(self, number: int, pause_ms: int) -> dict[str, int]:
        """Do the same, slowly."""
        time.sleep(pause_ms / 1000)
        self._note(number)
        return {"count": len(self._marks)}

    @event_handler
    def marks(self) -> dict[str, list[int]]:
        """Return everything that was written down, in order."""
        return {"marks": list(self._marks)}

    def _note(self, number: int) -> None:
        self._marks.append(number)
        self.total += number
        step = number % 5
        if step == 4 and self.entries:
            self.entries.pop(number % len(self.entries))
        elif step == 3 and self.entries:
            self.entries.insert(0, self.entries.pop())
        elif step == 2 and self.entries:
            self.entries[number % len(self.entries)]["text"] = f"changed by {number}"
        else:
            self.entries.append({"id": number, "text": f"entry {number}"})


class Hall(LiveCursorMixin, LiveView):
    """Shows who is here, who came and went, and the last thing that somebody announced."""

    template = """<!doctype html><html><head><title>hall</title></head><body dj-cursors>
<h1>{{ count }}</h1><h2>{{ news }}</h2><i>{{ padding }}</i>
<ol>{% for each in seen %}<li>{{ each }}</li>{% endfor %}</ol>
</body></html>"""
    presence_key = "hall"

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.user = request.GET["user"]
        self.news = 0
        self.padding = ""
        self.seen: list[str] = []
        self.subscribe("news")
        if WITH_PRESENCE:
            self.track_presence({"name": self.user})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        count = self.presence_count() if WITH_PRESENCE else 0
        return super().get_context_data(count=count, **kwargs)

    def get_presence_user_id(self) -> str:
        return self.user

    def handle_presence_join(self, presence: Any) -> None:
        self.seen.append(f"+{presence['id']}")

    def handle_presence_leave(self, presence: Any) -> None:
        self.seen.append(f"-{presence['id']}")

    def handle_info(self, message: Any) -> None:
        self.news, padding = message
        self.padding = str(self.news % 10) * padding

    @event_handler
    def announce(self, number: int, padding: int = 0) -> None:
        """Tell everybody a number."""
        self.broadcast("news", [number, padding])

    @event_handler
    def ping(self) -> None:
        """Answer."""


urlpatterns = [path("", Ledger.as_view()), path("hall/", Hall.as_view())]
application = live_application(get_asgi_application())
