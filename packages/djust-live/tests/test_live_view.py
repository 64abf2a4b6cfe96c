from __future__ import annotations

from typing import Any

import pytest
from django.core.exceptions import DisallowedRedirect, PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect
from django.template import TemplateDoesNotExist
from django.test import Client, RequestFactory, override_settings
from django.urls import path
from djust_live import LiveView, event_handler
from djust_live.adoption import waiting_room
from djust_live.errors import NotAttached, TemplateMissing
from live_project.browser import Browser

CALLS: list[Any] = []


class Full(LiveView):
    template = (
        "{{ public }}|{{ label }}|{{ total }}|{{ method }}|{{ args }}|{{ view.public }}"
        "|{{ template_name }}"
    )
    label = "class"

    def mount(self, request: Any, **kwargs: Any) -> None:
        CALLS.append(("mount", kwargs))
        self.public = "instance"
        self._private = "secret"

    def handle_params(self, params: Any, uri: str) -> None:
        CALLS.append(("params", params, uri))

    def unmount(self) -> None:
        CALLS.append("unmount")

    @property
    def total(self) -> int:
        return 3

    @property
    def unused(self) -> int:
        raise AssertionError("Nobody prints this.")

    def method(self) -> str:
        raise AssertionError("A method is not data.")


class Own(Full):
    template = "{{ only }}|{{ public }}"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {"only": super().get_context_data()["total"]}


class Moved(Full):
    def mount(self, request: Any, **kwargs: Any) -> None:
        super().mount(request, **kwargs)
        self.put_flash("info", "moved")
        self.redirect("/elsewhere/")


class Answered(Full):
    def mount(self, request: Any, **kwargs: Any) -> Any:  # type: ignore[override]
        return redirect("/answer/")


class Hooked(Full):
    on_mount = [  # noqa: RUF012 - as users write it
        lambda view, request, **kwargs: HttpResponse("stop") if "stop" in request.GET else None
    ]


class Asynchronous(LiveView):
    template = "{{ value }}"

    async def mount(self, request: Any, **kwargs: Any) -> None:
        self.value = "awaited"


class Refusing(Full):
    def has_object_permission(self, request: Any, obj: Any) -> bool:
        return bool(obj == "mine")

    def get_object(self) -> str:
        return self.kwargs["number"] and "theirs"  # type: ignore[no-any-return]


class Tokens(LiveView):
    template = "<form>{% csrf_token %}</form><p>{{ count }}</p>"

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.count = 0
        self.page_title = "one"

    @event_handler
    def step(self) -> None:
        self.count += 1
        self.page_title = "two"


class Temporary(LiveView):
    template = "{% for row in rows %}<p>{{ row }}</p>{% endfor %}<i>{{ count }}</i>"
    temporary_assigns = {"rows": []}  # noqa: RUF012 - as users write it

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.rows = [1, 2]
        self.count = 0


class Bare(LiveView):
    pass


class Lost(LiveView):
    template_name = "nowhere.html"


urlpatterns = [
    path("full/<int:number>/", Full.as_view()),
    path("own/", Own.as_view()),
    path("moved/", Moved.as_view()),
    path("answered/", Answered.as_view()),
    path("hooked/", Hooked.as_view()),
    path("async/", Asynchronous.as_view()),
    path("refusing/<int:number>/", Refusing.as_view()),
    path("tokens/", Tokens.as_view()),
    path("temporary/", Temporary.as_view()),
]


@pytest.fixture(autouse=True)
def _urls() -> Any:
    CALLS.clear()
    with override_settings(ROOT_URLCONF=__name__):
        yield


def body(url: str) -> str:
    text = Client().get(url).content.decode()
    return text[text.index("<body>") + 6 : text.index("</body>")]


def test_the_template_sees_public_attributes_and_properties_only() -> None:
    assert body("/full/1/") == "instance|class|3|||instance|"
    (_, mounted) = next(iter(waiting_room._views.values()))
    assert "_private" not in mounted.view.get_context_data()


def test_mount_and_handle_params_run_once_and_in_order() -> None:
    body("/full/7/?a=1")
    assert CALLS == [
        ("mount", {"number": 7}),
        ("params", {"a": "1"}, "http://testserver/full/7/?a=1"),
    ]


def test_an_own_context_need_not_be_complete() -> None:
    assert body("/own/") == "3|"


def test_a_redirect_in_mount_is_a_redirect() -> None:
    response = Client().get("/moved/")
    assert (response.status_code, response.headers["Location"]) == (302, "/elsewhere/")
    assert CALLS[-1] == "unmount"
    assert len(waiting_room) == 0


def test_a_response_of_mount_is_the_response() -> None:
    assert Client().get("/answered/").headers["Location"] == "/answer/"


def test_a_hook_may_answer_before_the_mount() -> None:
    assert Client().get("/hooked/?stop").content == b"stop"
    assert CALLS == []
    assert "instance" in body("/hooked/")


def test_mount_may_be_async() -> None:
    assert body("/async/") == "awaited"


def test_an_object_that_is_not_for_the_user_is_refused() -> None:
    assert Client().get("/refusing/1/").status_code == 403
    assert CALLS[-1] == "unmount"


def test_only_a_get_waits_for_a_socket() -> None:
    assert Client().head("/full/1/").status_code == 200
    assert len(waiting_room) == 0
    assert Client().post("/full/1/").status_code == 405
    Client().get("/full/1/")
    assert len(waiting_room) == 1


@pytest.mark.parametrize(
    ("url", "external", "allowed"),
    [
        ("/here/", False, True),
        ("?a=1", False, True),
        ("http://testserver/x/", False, True),
        ("http://evil.example/", False, False),
        ("//evil.example/", False, False),
        ("javascript:alert(1)", False, False),
        ("javascript:alert(1)", True, False),
        ("https://pay.example/", True, True),
    ],
)
def test_a_redirect_leads_only_where_it_may(url: str, external: bool, allowed: bool) -> None:
    view = Full()
    view.setup(RequestFactory().get("/"))
    from djust_live.mounting import begin

    begin(view, view.request, b"page")
    if allowed:
        view.redirect(url, external=external)
        assert view._mounted().effects.redirect == (url, False)
    else:
        with pytest.raises(DisallowedRedirect):
            view.redirect(url, external=external)


def test_a_view_without_a_template_says_so() -> None:
    with pytest.raises(TemplateMissing, match="Bare has no template_name and no template"):
        Bare.as_view()(RequestFactory().get("/"))
    with pytest.raises(TemplateDoesNotExist):
        Lost.as_view()(RequestFactory().get("/"))


def test_methods_of_the_page_need_a_mounted_view() -> None:
    with pytest.raises(NotAttached):
        Full().push_event("x")


def test_a_flash_has_a_level_of_django() -> None:
    with pytest.raises(ValueError, match="no level"):
        Full().put_flash("loud", "x")


async def test_the_csrf_token_is_the_same_in_every_render(browser: Browser) -> None:
    await browser.load("/tokens/")
    await browser.join()
    reply = await browser.event("step")
    assert len(reply[3]) == 1
    assert browser.cookies["csrftoken"]


async def test_the_title_is_sent_when_it_changes(browser: Browser) -> None:
    await browser.load("/tokens/")
    assert (await browser.join())[3] == {"title": "one"}
    assert (await browser.event("step"))[4] == {"title": "two"}
    assert (await browser.event("step"))[4:] == []


def test_temporary_attributes_go_back_to_their_default() -> None:
    assert body("/temporary/") == "<p>1</p><p>2</p><i>0</i>"
    (_, mounted) = next(iter(waiting_room._views.values()))
    assert mounted.view.rows == []  # type: ignore[attr-defined]
    assert mounted.view.rows is not Temporary.temporary_assigns["rows"]  # type: ignore[attr-defined]


def test_permissions_of_the_view_are_checked_before_its_mount() -> None:
    class Checked(Full):
        def check_permissions(self, request: Any) -> Any:
            raise PermissionDenied

    with pytest.raises(PermissionDenied):
        Checked.as_view()(RequestFactory().get("/"))
    assert CALLS == []
