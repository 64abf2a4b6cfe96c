"""Views whose state the tests save and restore."""

from __future__ import annotations

import dataclasses
import threading
from typing import Any, ClassVar

from django.contrib.auth.models import Group
from djust_live import LiveView, event_handler


@dataclasses.dataclass
class Line:
    """A line of an order."""

    name: str
    amount: int = 1


class Order(LiveView):
    """State of several kinds."""

    template = (
        "<ul>{% for line in lines %}<li id='l{{ forloop.counter }}'>{{ line.name }} "
        "{{ line.amount }}</li>{% endfor %}</ul><p>{{ count }}</p>"
    )
    mounts: ClassVar[int] = 0
    unmounts: ClassVar[list[str]] = []

    def mount(self, request: Any, **kwargs: Any) -> None:
        type(self).mounts += 1
        self.count = 0
        self.lines = [Line("tea")]
        self._log: list[str] = []

    def unmount(self) -> None:
        self.unmounts.append("unmounted")

    @event_handler
    def increment(self, step: int = 1) -> dict[str, int]:
        self.count += step
        self._log.append(f"+{step}")
        return {"count": self.count}

    @event_handler
    def add(self, name: str) -> None:
        self.lines.append(Line(name))

    @event_handler
    def history(self) -> dict[str, list[str]]:
        return {"log": self._log}

    @event_handler
    def watch(self, topic: str) -> None:
        self.subscribe(topic)

    def handle_info(self, message: Any) -> None:
        self.count += int(message)


class Locked(Order):
    """Holds something that does not travel, and has no ``restore``."""

    def mount(self, request: Any, **kwargs: Any) -> None:
        super().mount(request, **kwargs)
        self._lock = threading.Lock()

    @event_handler
    def increment(self, step: int = 1) -> dict[str, int]:
        with self._lock:
            self.count += step
            return {"count": self.count}


class Rebuilt(Locked):
    """Makes again in ``restore`` what does not travel."""

    def restore(self) -> None:
        self._lock = threading.Lock()


class Versioned(Order):
    """A view of which a deploy brings another version."""

    state_version = 1

    def migrate_state(self, old: dict[str, Any], version: int) -> dict[str, Any] | None:
        if version == 1:
            return {**old, "count": old["count"] * 100}
        return None


class Private(Order):
    """Never leaves the process."""

    resumable = False


class Place(LiveView):
    """Shows where its request says that it is."""

    template = (
        "<p>{{ request.path }} {{ request.GET.urlencode }} {{ number }}</p>"
        "<i>{% querystring page=2 %}</i>"
    )

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.number = 0

    @event_handler
    def go(self) -> None:
        self.live_patch("/place/2/", params={"q": "tea"})

    @event_handler
    def look(self) -> None:
        self.number = self.kwargs["number"]


class Groups(LiveView):
    """Rows of the database."""

    template = "<p>{{ group.name }}</p>{% for g in groups %}<i>{{ g.name }}</i>{% endfor %}"

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.groups = list(Group.objects.order_by("name"))
        self.group = self.groups[0] if self.groups else None

    @event_handler
    def noop(self) -> None:
        """Change nothing."""


class Ledger(LiveView):
    """Writes down every event, so that one that is lost or done twice shows."""

    template = (
        "<!doctype html><html><head><title>t</title></head><body><h1>{{ total }}</h1>"
        "<ul>{% for entry in entries %}<li id='e{{ entry.id }}'>{{ entry.text }}</li>{% endfor %}"
        "</ul>{% if total|divisibleby:2 %}<p>even</p>{% endif %}</body></html>"
    )

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.total = 0
        self.entries: list[dict[str, Any]] = []
        self._marks: list[int] = []
        self.subscribe("ledger")

    @event_handler
    def mark(self, number: int) -> dict[str, int]:
        self._note(number)
        return {"count": len(self._marks)}

    @event_handler
    async def mark_async(self, number: int) -> dict[str, int]:
        self._note(number)
        return {"count": len(self._marks)}

    @event_handler
    def marks(self) -> dict[str, list[int]]:
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

    def handle_info(self, message: Any) -> None:
        self.total += int(message)
