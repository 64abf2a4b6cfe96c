"""Views that are broken on purpose, each found by the tool that should find it."""

from __future__ import annotations

import itertools
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.models import Group, User
from django.http import Http404, HttpRequest
from django.test import TestCase, override_settings
from django.urls import include, path, re_path
from django.utils.safestring import mark_safe
from djust_live import LiveView
from djust_live.checks.security import check_security
from djust_live.checks.templates import check_templates
from djust_live.decorators import event_handler
from djust_testing import (
    EventFailed,
    LiveViewSmokeTest,
    LiveViewTestClient,
    OutOfStep,
    Smoke,
)
from djust_testing.smoke import live_views, path_to

_ticks = itertools.count()


class Sound(LiveView):
    template = """<main><p>{{ text }}</p><input aria-label="t" value="{{ text }}">
        <ul>{% for name in names %}<li dj-key="{{ forloop.counter }}">{{ name }}</li>{% endfor %}
        </ul><b dj-click="say('x')"></b></main>"""

    def mount(self, request: HttpRequest, **kwargs: Any) -> None:
        self.text = ""
        self.names = list(Group.objects.values_list("name", flat=True))

    @event_handler
    def say(self, text: str = "", times: int = 1) -> None:
        self.text = text

    @event_handler
    def store(self, name: str) -> None:
        Group.objects.create(name=name[:50])


class Undecorated(LiveView):
    template = '<p><button type="button" dj-click="save">Save</button></p>'

    def save(self) -> None:
        pass


class Random(LiveView):
    template = "<p>{{ now }}</p>"

    @property
    def now(self) -> int:
        return next(_ticks)


class Twins(LiveView):
    template = '<ul><li dj-key="1">a</li><li dj-key="1">b</li></ul>'


class Mutating(LiveView):
    template = "<p>{{ count }}</p>"

    def mount(self, request: HttpRequest, **kwargs: Any) -> None:
        self.count = 0

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        self.count += 1
        return {"count": self.count}


class OneByOne(LiveView):
    template = "<ul>{% for u in users %}<li>{{ u.groups.all|length }}</li>{% endfor %}</ul>"

    def mount(self, request: HttpRequest, **kwargs: Any) -> None:
        self.users = list(User.objects.all())


class Echoing(LiveView):
    template = "<p>{{ text }}</p>"

    def mount(self, request: HttpRequest, **kwargs: Any) -> None:
        self.text = ""

    @event_handler
    def say(self, text: str) -> None:
        self.text = mark_safe(text)


class Quoted(Echoing):
    template = "<p title='{{ text }}'>x</p>"


class Crashing(LiveView):
    template = "<p>x</p>"

    @event_handler
    def pick(self, index: int) -> None:
        [1, 2][index]


class Unborn(LiveView):
    template = "<p>x</p>"

    def mount(self, request: HttpRequest, **kwargs: Any) -> None:
        raise LookupError("no row")


class Leaving(LiveView):
    template = "<p>x</p>"

    @event_handler
    def go(self, where: str = "") -> None:
        self.redirect("/elsewhere/")

    @event_handler
    def noop(self) -> None:
        pass

    @event_handler
    def anything(self, **kwargs: Any) -> None:
        int(kwargs["value"])


class Members(LoginRequiredMixin, Crashing):
    """Whoever is not logged in sees nothing of it."""


def urls(*views: type[LiveView]) -> ModuleType:
    module = ModuleType("smoke_urls")
    module.__dict__["urlpatterns"] = [
        path(f"{number}/<int:pk>/", view.as_view()) for number, view in enumerate(views)
    ]
    return module


def kinds(view: type[LiveView], **options: Any) -> set[str]:
    return {problem.kind for problem in Smoke(view, **options).problems()}


@pytest.mark.django_db
def test_a_sound_view_passes() -> None:
    assert Smoke(Sound).problems() == []


def test_an_undecorated_handler_is_found_by_check_and_client(live_client: Any) -> None:
    with override_settings(ROOT_URLCONF=urls(Undecorated)):
        assert [message.id for message in check_templates()] == ["djust.T002"]
    page = live_client(Undecorated)
    with pytest.raises(EventFailed, match="DJL201"):
        page.click("button")


@pytest.mark.django_db
@pytest.mark.parametrize("view", [Random, Mutating, Twins])
def test_a_page_that_is_not_its_render_is_found_by_client_and_smoke_test(
    live_client: Any, view: type[LiveView]
) -> None:
    with pytest.raises(OutOfStep):
        live_client(view)
    assert kinds(view) == {"unsteady"}


@pytest.mark.django_db
def test_one_query_for_each_row_is_found_by_the_smoke_test() -> None:
    for number in range(8):
        User.objects.create(username=str(number))

    assert kinds(OneByOne) == {"repeated query"}
    assert kinds(OneByOne, max_queries=3, max_repeats=20) == {"queries"}
    with LiveViewTestClient(OneByOne) as page:
        with pytest.raises(AssertionError, match="queries, not 2"), page.assert_max_queries(2):
            page.mount()


@pytest.mark.django_db
@pytest.mark.parametrize("view", [Echoing, Quoted])
def test_an_unescaped_echo_is_found_by_the_smoke_test(view: type[LiveView]) -> None:
    assert kinds(view) == {"echo"}


def test_an_unescaped_echo_is_found_in_the_code_too() -> None:
    with override_settings(ROOT_URLCONF=urls(Echoing)):
        (message,) = check_security()

    assert message.id == "djust.S001"
    assert Path(__file__).name in str(message)


@pytest.mark.django_db
def test_an_exception_is_found_with_its_cause() -> None:
    (problem,) = Smoke(Crashing).problems()

    assert problem.kind == "crash"
    assert "pick(index=" in problem.text
    assert "IndexError" in problem.text


@pytest.mark.django_db
def test_a_view_that_does_not_render_is_found_with_its_cause() -> None:
    (problem,) = Smoke(Unborn).problems()

    assert problem.kind == "render"
    assert "LookupError('no row')" in str(problem)


@pytest.mark.django_db
def test_a_handler_that_sends_visitors_away_is_sound_and_extras_are_shaken_too() -> None:
    (problem,) = Smoke(Leaving).problems()

    assert problem.kind == "crash"
    assert problem.text.startswith("anything(value=")


@pytest.mark.django_db
def test_handlers_are_shaken_as_who_may_call_them() -> None:
    with override_settings(LOGIN_URL="/login/"):
        assert kinds(Members) == set()
        assert kinds(Members, user=User.objects.create(username="ann")) == {"crash"}


def test_views_are_found_wherever_urls_lead_to_them() -> None:
    inner = ModuleType("inner_urls")
    inner.__dict__["urlpatterns"] = [
        path("<uuid:id>/<slug:name>/", Sound.as_view(), {"fixed": 1}),
        path("plain/", lambda request: None),
    ]
    outer = ModuleType("outer_urls")
    outer.__dict__["urlpatterns"] = [
        path("<int:pk>/", include(inner)),
        path("again/", Sound.as_view()),
    ]
    ((view, samples),) = live_views(outer)

    assert view is Sound
    assert samples == {
        "pk": 1,
        "id": "00000000-0000-0000-0000-000000000000",
        "name": "sample",
        "fixed": 1,
    }


class Missing(LiveView):
    template = "<p>x</p>"

    def mount(self, request: HttpRequest, **kwargs: Any) -> None:
        raise Http404("no row")


class Placed(LiveView):
    template = "<p>{{ where }}</p>"

    def mount(self, request: HttpRequest, **kwargs: Any) -> None:
        self.where = request.path_info.split("/")[2]


@pytest.mark.django_db
def test_a_view_that_finds_no_row_is_not_shaken() -> None:
    assert Smoke(Missing).problems() == []


def test_views_are_looked_at_where_they_are() -> None:
    module = ModuleType("placed_urls")
    module.__dict__["urlpatterns"] = [
        path("team/<slug:team>/<int:pk>/", Placed.as_view()),
        re_path(r"^old/(?P<pk>\d+)/$", Sound.as_view()),
    ]
    assert path_to(Placed, {"team": "ada", "pk": 7}, module) == "/team/ada/7/"
    assert path_to(Sound, {"pk": 7}, module) == "/"
    assert path_to(Missing, {}, module) == "/"


class AllViews(LiveViewSmokeTest, TestCase):
    """As projects use it: what handlers write is undone, URLs are filled in."""

    def test_views_are_looked_at_at_their_own_address(self) -> None:
        module = ModuleType("placed_urls")
        module.__dict__["urlpatterns"] = [path("team/<slug:team>/", Placed.as_view())]
        with override_settings(ROOT_URLCONF=module):
            super().test_live_views()

    def test_live_views(self) -> None:
        with override_settings(ROOT_URLCONF=urls(Sound)):
            super().test_live_views()
        assert Group.objects.count() == 0

    def test_a_urlconf_without_live_views_is_a_mistake(self) -> None:
        with override_settings(ROOT_URLCONF=urls()):
            with pytest.raises(AssertionError, match="No URL leads to a live view"):
                super().test_live_views()

    def test_all_problems_are_listed(self) -> None:
        with override_settings(ROOT_URLCONF=urls(Sound, Crashing, Echoing)):
            with pytest.raises(AssertionError, match=r"(?s)Crashing: crash.*Echoing: echo"):
                super().test_live_views()
