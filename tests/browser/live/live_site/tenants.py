"""A wall for each tenant, found by subdomain."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from djust import LiveView
from djust.decorators import event_handler
from djust.tenants import TenantMixin, current_tenant

WALLS: dict[str, list[str]] = {}


class WallView(TenantMixin, LiveView):
    template = """<html lang="en"><head><title>Wall</title></head><body><main><h1>{{ tenant }}</h1>
    <form dj-submit="write"><label>Line <input name="line"></label><button>Write</button></form>
    <ul>{% for line in lines %}<li dj-key="{{ forloop.counter }}">{{ line }}</li>{% endfor %}</ul>
    </main></body></html>"""

    def mount(self, request: HttpRequest, **kwargs: Any) -> None:
        self.lines = list(WALLS.setdefault(self.tenant, []))
        self.subscribe("wall")

    @event_handler
    def write(self, line: str) -> None:
        tenant = str(current_tenant())
        WALLS.setdefault(tenant, []).append(line)
        self.broadcast("wall", f"{tenant}: {line}")

    def handle_info(self, message: str) -> None:
        self.lines.append(message)
