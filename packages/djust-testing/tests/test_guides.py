"""The examples of guides about live views do what the guides say."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from djust_testing import EventFailed, LiveViewTestClient

GUIDES = Path(__file__).parents[3] / "docs" / "guides"


def examples(guide: str) -> dict[str, Any]:
    """Return the names that the Python blocks of a guide make."""
    names: dict[str, Any] = {"__name__": guide}
    code = "\n".join(re.findall(r"(?ms)^```python\n(.*?)^```$", (GUIDES / guide).read_text()))
    # The familiar names are those of another package; here only their owners are installed.
    code = code.replace("from djust import", "from djust_live import")
    exec(code.replace("from djust.decorators", "from djust_live.decorators"), names)
    return names


def test_a_whole_handler_in_the_background(live_client: Any) -> None:
    page = live_client(examples("background-work.md")["ReportView"])
    page.click("button")
    page.render_async()
    page.assert_state(percent=100, state="done")
    page.assert_html("<p>done</p>")


def test_a_part_of_a_handler_in_the_background(live_client: Any) -> None:
    page = live_client(examples("background-work.md")["ImportView"])
    page.send_event("start")
    page.render_async()
    page.assert_state(rows=3, error="")
    page.send_event("stop")


def test_a_value_that_is_fetched(live_client: Any) -> None:
    page = live_client(examples("background-work.md")["WeatherView"])
    page.render_async()
    page.assert_html("<p>sunny</p>")


def test_events_go_both_ways(live_client: Any) -> None:
    page = live_client(examples("javascript.md")["SalesView"])
    assert page.send_event("pick", index=3).value == {"label": "Month 3"}
    page.assert_push_event("points", {"values": [1, 2, 3]})


@pytest.mark.django_db
def test_a_permission_is_asked_inside_the_handler() -> None:
    view = examples("security.md")["NotesView"]
    with LiveViewTestClient(view, User.objects.create(username="ada")) as page:
        page.mount()
        with pytest.raises(EventFailed):
            page.send_event("remove", pk=1)
    chief = User.objects.create(username="chief", is_superuser=True)
    with LiveViewTestClient(view, chief) as page:
        page.mount()
        page.send_event("remove", pk=1)
        page.assert_state(notes={})


@pytest.mark.django_db
def test_nobody_enters_without_login() -> None:
    with LiveViewTestClient(examples("security.md")["NotesView"]) as page:
        page.mount()
        assert page.response is not None
        assert page.response.status_code == 302


def test_the_wire_carries_only_what_changed() -> None:
    examples("performance.md")["test_adding_a_card_sends_only_the_card"]()


def test_a_like_after_htmx(live_client: Any) -> None:
    page = live_client(examples("from-htmx.md")["PostView"])
    page.click("button")
    page.assert_html("<span>1</span>")


def test_tasks_after_django_unicorn(live_client: Any) -> None:
    page = live_client(examples("from-django-unicorn.md")["TasksView"])
    page.change("input", "bread")
    page.submit("form")
    page.assert_html('<li dj-key="bread">bread</li>')
    page.assert_state(task="")
