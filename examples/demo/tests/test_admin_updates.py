"""Django's own admin as live pages: its templates hold nearly everything that is hard for updates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import Group, User
from django.template.loader import select_template
from django.test import Client
from djust_templates.live import LivePage, LiveTemplate, live_template
from djust_vdom import Document, Replica

pytestmark = pytest.mark.django_db


@pytest.fixture
def visitor() -> Client:
    admin = User.objects.create_superuser("ada", "ada@example.com")
    for number in range(12):
        User.objects.create_user(
            f"user{number}", f"user{number}@example.com", is_staff=number % 3 == 0
        )
    Group.objects.create(name="readers")
    client = Client()
    client.force_login(admin)
    return client


class AdminPage:
    """One page of the admin, which goes from one address to another by ops alone."""

    def __init__(self, visitor: Client) -> None:
        self.visitor = visitor
        self.live: LiveTemplate | None = None
        self.page: LivePage | None = None
        self.replica: Replica | None = None
        self.kept = 0

    def show(self, address: str, data: dict[str, Any] | None = None) -> None:
        """Show an address; ``data`` is posted."""
        answer = self.visitor.get(address) if data is None else self.visitor.post(address, data)
        request, values = answer.wsgi_request, {**answer.context_data, "csrf_token": "token"}
        names = answer.template_name
        template = select_template([names] if isinstance(names, str) else names)
        live = live_template(template)
        assert live is not None
        fresh = live.render(dict(values), request)
        assert fresh is not None
        self.advance(live, fresh, live.render(dict(values), request, self.page))

    def advance(self, live: LiveTemplate, fresh: Any, partial: Any) -> None:
        same = self.page is not None and live is self.live
        ops = self.page.update(partial) if same and self.page is not None else None
        if ops is None or self.replica is None:
            self.live, self.page, self.replica = live, live.page(fresh, 7), Replica(fresh.text)
        else:
            self.replica.apply(ops)
            self.kept += 1
        assert Document(self.replica.html).update(fresh.text) == b"[]"
        if self.page is not None:
            wanted = Document(fresh.text)
            assert self.page.node_count == wanted.node_count
            assert self.page.structure_hash == wanted.structure_hash


def test_a_change_list_is_searched_filtered_and_sorted(visitor: Client) -> None:
    page = AdminPage(visitor)
    for query in (
        "",
        "?q=user1",
        "?q=nobody",
        "?is_staff__exact=1",
        "?o=-1",
        "?all=",
        "?o=2.-1",
        "",
    ):
        page.show(f"/admin/auth/user/{query}")
    User.objects.create_user("<b>bold</b>", "x@example.com")
    page.show("/admin/auth/user/")
    User.objects.filter(username="user3").delete()
    page.show("/admin/auth/user/")
    assert page.kept >= 8


def test_a_form_is_filled_wrongly_and_then_rightly(visitor: Client) -> None:
    page = AdminPage(visitor)
    page.show("/admin/auth/group/add/")
    page.show("/admin/auth/group/add/", {"name": ""})
    page.show("/admin/auth/group/add/", {"name": "readers"})
    page.show("/admin/auth/group/add/")
    assert page.kept >= 2


@pytest.mark.parametrize(
    "path",
    [
        lambda: "/admin/",
        lambda: f"/admin/auth/user/{User.objects.get(username='user1').pk}/change/",
        lambda: f"/admin/auth/user/{User.objects.get(username='user1').pk}/delete/",
        lambda: f"/admin/auth/user/{User.objects.get(username='user1').pk}/history/",
    ],
)
def test_a_page_that_did_not_change_says_so(visitor: Client, path: Callable[[], str]) -> None:
    page = AdminPage(visitor)
    page.show(path())
    page.show(path())
    assert page.page is None or page.kept == 1
