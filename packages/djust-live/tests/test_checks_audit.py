"""What the audit says of views: who may see them, what they hold, what their code trusts."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.models import Group
from django.test import override_settings
from django.urls import path
from djust_live import LiveView
from djust_live.checks import audit
from djust_live.decorators import event_handler
from djust_live.routing import live_session


class Writing(LiveView):
    template = "<p></p>"

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.group = Group()
        self.first, self.second = 1, 2
        self.group.name = "nested"

    @event_handler
    def store(self) -> None:
        self.second += 1
        Group.objects.create(name="x")


class Late(Writing, LoginRequiredMixin):
    """Its mixin is never asked."""


class Early(LoginRequiredMixin, Writing):
    """Its mixin is asked first."""


class Hooked(Writing):
    on_mount = (lambda view, request, **kwargs: None,)


def audited(*patterns: Any) -> tuple[list[audit.ViewEntry], list[str]]:
    """What is told of the views of a URLconf, and which rules of the audit their code breaks."""
    module = ModuleType("audited_urls")
    module.__dict__["urlpatterns"] = list(patterns)
    with override_settings(ROOT_URLCONF=module):
        return audit.entries(), [str(message.id) for message in audit.trusting()]


def access_of(*patterns: Any) -> tuple[list[tuple[str, ...]], list[str]]:
    """The access rules of views, and which rules of the audit their code breaks."""
    entries, found = audited(*patterns)
    return [entry.access for entry in entries], found


def test_a_mixin_that_django_never_asks_lets_anybody_in() -> None:
    (access, asked), _ = access_of(path("a/", Late.as_view()), path("b/", Early.as_view()))

    assert access == ()
    assert "LoginRequiredMixin" in asked


def test_rules_around_a_view_are_access_rules() -> None:
    guarded = live_session("in", [path("a/", Writing.as_view())], login_required=True)
    decorated = path("b/", login_required(Writing.as_view()))

    assert access_of(*guarded) == ([("live_session: login_required",)], [])
    assert access_of(decorated) == ([("decorator of django.contrib.auth",)], [])
    assert access_of(path("c/", Hooked.as_view()))[0] == [("on_mount",)]


def test_one_open_way_to_a_view_is_enough() -> None:
    ways = [path("a/", login_required(Writing.as_view())), path("b/", Writing.as_view())]

    assert access_of(*ways)[1] == ["djust.A002"]


def test_handlers_of_a_base_are_as_guarded_as_the_views_that_inherit_them() -> None:
    early, late = path("a/", Early.as_view()), path("b/", Late.as_view())

    assert access_of(early)[1] == []
    assert access_of(early, late)[1] == ["djust.A002"]


def test_what_is_set_on_another_object_is_no_state_of_the_view() -> None:
    (entry,), _ = audited(path("", Writing.as_view()))

    assert entry.state == ("first", "group", "page_title", "second")
