"""Django's Paginator, with the page number in the URL."""

from __future__ import annotations

from typing import Any, ClassVar

from django.core.paginator import Page, Paginator
from django.http import HttpRequest
from djust import LiveView
from djust.decorators import event_handler

NAMES = [f"Plant {number}" for number in range(1, 48)]


class PagedView(LiveView):
    template = """<html lang="en"><head><title>Plants, page {{ page_obj.number }}</title></head><body>
    <main><h1>Plants</h1>
    <label>Find <input name="q" value="{{ q }}" dj-input="find"></label>
    <ul>{% for name in page_obj %}<li dj-key="{{ name }}">{{ name }}</li>{% empty %}<li>None</li>{% endfor %}</ul>
    <nav aria-label="Pages">
    {% if page_obj.has_previous %}<a dj-patch href="?q={{ q|urlencode }}&page={{ page_obj.previous_page_number }}">Back</a>{% endif %}
    {% for number in page_obj.paginator.page_range %}
      <a dj-patch href="?q={{ q|urlencode }}&page={{ number }}"{% if number == page_obj.number %} aria-current="page"{% endif %}>{{ number }}</a>
    {% endfor %}
    {% if page_obj.has_next %}<a dj-patch href="?q={{ q|urlencode }}&page={{ page_obj.next_page_number }}">On</a>{% endif %}
    </nav></main></body></html>"""
    url_state: ClassVar[dict[str, Any]] = {"q": str, "page": int}

    def mount(self, request: HttpRequest, **kwargs: Any) -> None:
        self.q, self.page = "", 1

    @property
    def page_obj(self) -> Page[str]:
        found = [name for name in NAMES if self.q.lower() in name.lower()]
        return Paginator(found, 10).get_page(self.page)

    @event_handler
    def find(self, value: str) -> None:
        self.q, self.page = value, 1
