"""Checks of who is let in: what only guards a page, and what guards nothing."""

from __future__ import annotations

import functools
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.contrib.auth.decorators import login_required
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.core.checks import CheckMessage
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseForbidden
from django.shortcuts import redirect
from django.test import override_settings
from django.urls import path
from django.utils.decorators import method_decorator
from djust_live import LiveView, event_handler
from djust_live.checks.exposure import check_exposure
from djust_live.checks.gates import check_gates
from djust_live.checks.serving import check_middleware, check_socket_route
from djust_live.checks.unmounted import check_unmounted


class OfficeHours:
    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        if request.META["REMOTE_ADDR"] != "10.0.0.1":
            return HttpResponseForbidden()
        return self.get_response(request)


def members_only(get_response: Any) -> Any:
    def middleware(request: Any) -> Any:
        if not request.user.is_active:
            return redirect("/join/")
        return get_response(request)

    return middleware


class Headers:
    def __init__(self, get_response: Any) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        if request.path == "/old/":
            return redirect("/new/")
        return self.get_response(request)


class Forbidding(LoginRequiredMiddleware):
    def process_view(self, request: Any, *args: Any) -> Any:
        return HttpResponseForbidden() if request.user.is_anonymous else None


class Open(LiveView):
    template = "<p></p>"


class Refusing(LiveView):
    template = "<p></p>"

    def mount(self, request: Any, **kwargs: Any) -> None:
        if not request.user.is_staff:
            raise PermissionDenied("Staff only.")


class Asking(Refusing):
    def check_permissions(self, request: Any) -> bool:
        return bool(request.user.is_staff)


# As the decorators of a package would be: made in a module of that name.
_package = ModuleType("django_ratelimit.decorators")
_package.__dict__.update(functools=functools)
exec(
    "def ratelimit(view):\n"
    "    @functools.wraps(view)\n"
    "    def limited(*args, **kwargs):\n"
    "        return view(*args, **kwargs)\n"
    "    return limited\n",
    _package.__dict__,
)
package_ratelimit: Any = _package.__dict__["ratelimit"]


@method_decorator(package_ratelimit, name="dispatch")
class Limited(LiveView):
    template = "<p></p>"


class Mine(LiveView):
    template = "<p></p>"

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.owner = request.user


class Narrowed(LiveView):
    template = "<p></p>"

    def get_context_data(self, **kwargs: Any) -> Any:
        return {"rows": list(filter_rows(owner=self.request.user))}


class Greeting(LiveView):
    template = "<p></p>"

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.name = request.user.get_username()
        if request.user.is_authenticated:
            self.rows = list(filter_rows(owner=request.user))


class Private(Mine):
    login_required = True


def filter_rows(owner: Any) -> list[Any]:
    return [owner]


# Named nowhere else in this file.
class Orphan(LiveView):
    template = '<b dj-click="go"></b>'

    @event_handler
    def go(self) -> None:
        pass


class Nested(LiveView):
    template = '<b dj-click="go"></b>'

    @event_handler
    def go(self) -> None:
        pass


class Around(LiveView):
    template = '{% load djust %}<div>{% live_render "Nested" id="x" %}</div>'


class Base(LiveView):
    template = "<b></b>"

    @event_handler
    def go(self) -> None:
        pass


class Derived(Base):
    pass


def urls(*views: Any) -> ModuleType:
    module = ModuleType("gate_urls")
    callbacks = [view.as_view() if isinstance(view, type) else view for view in views]
    module.__dict__["urlpatterns"] = [path(f"{n}/", one) for n, one in enumerate(callbacks)]
    return module


def run(check: Any, *views: Any, **settings: Any) -> list[CheckMessage]:
    with override_settings(ROOT_URLCONF=urls(*views), **settings):
        return list(check())


def ids(check: Any, *views: Any, **settings: Any) -> list[str]:
    return [str(message.id) for message in run(check, *views, **settings)]


@pytest.mark.parametrize("name", ["OfficeHours", "members_only"])
def test_a_middleware_that_refuses_is_not_asked_on_sockets(name: str) -> None:
    (message,) = run(check_gates, Open, MIDDLEWARE=[f"{__name__}.{name}"])

    assert message.id == "djust.S009"
    assert "check_permissions" in str(message.hint)


@pytest.mark.parametrize(
    "dotted",
    [
        f"{__name__}.Headers",
        f"{__name__}.Forbidding",
        "django.contrib.auth.middleware.LoginRequiredMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.middleware.common.CommonMiddleware",
    ],
)
def test_other_middleware_is_passed_over(dotted: str) -> None:
    assert ids(check_gates, Open, MIDDLEWARE=[dotted]) == []


def test_without_live_views_middleware_may_refuse() -> None:
    assert ids(check_gates, MIDDLEWARE=[f"{__name__}.OfficeHours"]) == []


def test_what_mount_refuses_is_not_refused_later() -> None:
    assert ids(check_gates, Refusing, MIDDLEWARE=[]) == ["djust.V007"]
    assert ids(check_gates, Asking, Private, Open, MIDDLEWARE=[]) == []


def test_a_limit_of_pages_is_no_limit_of_events() -> None:
    around = package_ratelimit(Open.as_view())

    assert ids(check_gates, Limited, around, MIDDLEWARE=[]) == ["djust.V008", "djust.V008"]
    assert ids(check_gates, login_required(Open.as_view()), MIDDLEWARE=[]) == []


@pytest.mark.parametrize("view", [Mine, Narrowed])
def test_what_belongs_to_a_user_is_not_for_anybody(view: type[LiveView]) -> None:
    assert ids(check_exposure, view, MIDDLEWARE=[]) == ["djust.S010"]
    assert ids(check_exposure, login_required(view.as_view()), MIDDLEWARE=[]) == []
    everywhere = ["django.contrib.auth.middleware.LoginRequiredMiddleware"]
    assert ids(check_exposure, view, MIDDLEWARE=everywhere) == []


def test_views_that_ask_are_passed_over() -> None:
    assert ids(check_exposure, Greeting, Private, Open, Asking, MIDDLEWARE=[]) == []


def test_a_mixin_needs_its_middleware_too() -> None:
    mixin = type("LoginRequiredMixin", (), {})
    guarded = type("Guarded", (mixin, LiveView), {"template": "<p></p>"})

    assert ids(check_middleware, guarded, MIDDLEWARE=[]) == ["djust.C007"]
    assert ids(check_middleware, Open, MIDDLEWARE=[]) == []


def test_views_that_nothing_leads_to_are_named() -> None:
    (message,) = run(check_unmounted, Open, Around, Derived)

    assert message.id == "djust.V009"
    assert str(message.msg).startswith("Orph")
    assert ids(check_unmounted, Open, Around, message.obj) == []
    assert ids(check_unmounted) == []


OTHER = """
application = ProtocolTypeRouter({"websocket": URLRouter([path("x/", chat.Consumer.as_asgi())])})
"""
OURS = """
application = ProtocolTypeRouter({"websocket": URLRouter([path("x/", LiveConsumer.as_asgi())])})
"""


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        (OTHER, ["djust.C010"]),
        (OURS, []),
        (
            OTHER.replace("URLRouter([", "AuthMiddlewareStack(URLRouter([").replace(
                "])})", "]))})"
            ),
            [],
        ),
        ("application = live_application(app, [path('x/', Consumer.as_asgi())])", []),
    ],
)
def test_own_consumers_need_a_user(
    code: str, expected: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"asgi_{abs(hash(code))}"
    (tmp_path / f"{name}.py").write_text(code)
    monkeypatch.syspath_prepend(tmp_path)

    assert ids(check_socket_route, Open, ASGI_APPLICATION=f"{name}.application") == expected
