from __future__ import annotations

from typing import Any

import pytest
from django.contrib.messages import add_message, get_messages, info, success, warning
from django.http import HttpRequest, HttpResponse
from django.test import AsyncClient, override_settings
from django.urls import path
from django.utils.html import conditional_escape, format_html
from djust_live import LiveView, event_handler
from live_project.browser import Browser


class Leaving(LiveView):
    template = "{% load djust %}{% djust_flash %}<p>{{ count }}</p>"
    count = 0

    def mount(self, request: HttpRequest, **kwargs: Any) -> None:
        if "note" in request.GET:
            request.session["other"] = 1
        if "hello" in request.GET:
            self.put_flash("info", "Hello <you>.")

    @event_handler
    def leave(self) -> None:
        self.put_flash("success", "Saved; “all”.")
        self.put_flash("error", "No.")
        self.redirect("/shown/")

    @event_handler
    async def leave_async(self) -> None:
        self.put_flash("success", "Saved; “all”.")
        self.put_flash("error", "No.")
        self.redirect("/shown/")

    @event_handler
    def leave_badly(self) -> object:
        self.redirect("/shown/")
        return object()

    @event_handler
    def stay(self) -> None:
        self.put_flash("info", "Here.")


class Greeting(LiveView):
    def mount(self, request: Any, **kwargs: Any) -> None:
        self.put_flash("info", "Hello <you>.")

    @event_handler
    def nothing(self) -> None:
        """Only have the page rendered."""


class Listed(Greeting):
    template = "{% for message in messages %}<p>{{ message }}</p>{% endfor %}"


class Placed(Greeting):
    template = "{% load djust %}{% djust_flash %}"


class Bare(Greeting):
    template = "<p>Nothing.</p>"


class Django(LiveView):
    """Says what it says as any view of Django does."""

    template = "<p>{{ count }}</p>"

    def mount(self, request: HttpRequest, **kwargs: Any) -> None:
        self.count = 0
        if "said" in request.GET:
            info(request, "For the next page.")

    @event_handler
    def say(self) -> None:
        success(self.request, "Saved.")
        warning(self.request, format_html("<b>{}</b>", "<a>"))
        add_message(self.request, 35, "Odd.")

    @event_handler
    def fail(self) -> None:
        success(self.request, "Saved.")
        raise ValueError("on purpose")

    @event_handler
    def leave(self) -> None:
        success(self.request, format_html("<i>{}</i>", "Saved."), extra_tags="big")
        self.redirect("/tagged/")


class DjangoListed(Django):
    template = "{% for message in messages %}<p>{{ message.tags }} {{ message }}</p>{% endfor %}"


class DjangoPlaced(Django):
    template = "{% load djust %}{% djust_flash %}<p>{{ count }}</p>"


def tagged(request: HttpRequest) -> HttpResponse:
    return HttpResponse(
        "|".join(f"{m.tags} {conditional_escape(m.message)}" for m in get_messages(request))
    )


def shown(request: HttpRequest) -> HttpResponse:
    return HttpResponse("|".join(f"{m.level_tag} {m.message}" for m in get_messages(request)))


urlpatterns = [
    path("leaving/", Leaving.as_view()),
    path("listed/", Listed.as_view()),
    path("placed/", Placed.as_view()),
    path("bare/", Bare.as_view()),
    path("shown/", shown),
    path("tagged/", tagged),
    path("django/", Django.as_view()),
    path("django-placed/", DjangoPlaced.as_view()),
    path("django-listed/", DjangoListed.as_view()),
]
SAID = "success Saved; “all”.|error No."
STORAGE = "django.contrib.messages.storage"


@pytest.fixture(autouse=True)
def _urls() -> Any:
    with override_settings(ROOT_URLCONF=__name__):
        yield


@pytest.mark.parametrize("handler", ["leave", "leave_async"])
@pytest.mark.parametrize("query", ["", "?note=1"], ids=["no session", "session"])
@pytest.mark.parametrize("kind", ["fallback.Fallback", "session.Session", "cookie.Cookie"])
@pytest.mark.django_db(transaction=True)
async def test_what_is_said_before_leaving_is_shown_there(
    browser: Browser, handler: str, query: str, kind: str
) -> None:
    if kind == "session.Session" and not query:
        query = "?note=1"  # without a session there is none to keep it
    with override_settings(MESSAGE_STORAGE=f"{STORAGE}.{kind}Storage"):
        client = AsyncClient()
        await browser.load(f"/leaving/{query}", client)
        await browser.join()
        reply = await browser.event(handler)
        assert "flash" not in str(reply)
        url, *cookie = reply[4]["url_leave"]
        assert bool(cookie) == (kind != "session.Session")
        for text in cookie:
            assert "HttpOnly" not in text
            client.cookies.load(text)
        assert (await client.get(url)).content.decode() == SAID
        assert (await client.get(url)).content.decode() == ""


@pytest.mark.django_db(transaction=True)
async def test_a_session_that_changed_meanwhile_keeps_what_is_new(browser: Browser) -> None:
    client = AsyncClient()
    with override_settings(MESSAGE_STORAGE=f"{STORAGE}.session.SessionStorage"):
        await browser.load("/leaving/?note=1", client)
        await change_and_leave(browser, client)
    session = await client.asession()
    assert (await session.aget("other"), await session.aget("later")) == (1, 2)


async def change_and_leave(browser: Browser, client: AsyncClient) -> None:
    session = await client.asession()
    await session.aset("later", 2)
    await session.asave()
    await browser.join()
    assert "url_leave" in (await browser.event("leave"))[4]


@pytest.mark.django_db(transaction=True)
async def test_who_leaves_goes_although_the_answer_has_no_json_form(browser: Browser) -> None:
    await browser.load("/leaving/")
    await browser.join()
    reply = await browser.event("leave_badly")
    assert reply[4]["error"]["code"] == "DJL203"
    assert reply[4]["url_leave"] == ["/shown/"]


@pytest.mark.parametrize(
    ("url", "on_page"), [("/listed/", True), ("/placed/", True), ("/bare/", False)]
)
@pytest.mark.django_db(transaction=True)
async def test_what_mount_says_is_shown_once(browser: Browser, url: str, on_page: bool) -> None:
    client = AsyncClient()
    await browser.load(url, client)
    assert browser.html.count("Hello &lt;you&gt;.") == on_page
    ready = await browser.join()
    assert ("flash" not in ready[3]) == on_page
    reply = await browser.event("nothing")
    assert reply[3:] == [[]]
    assert (await client.get("/shown/")).content == b""


@pytest.mark.django_db(transaction=True)
async def test_who_stays_is_told_at_once(browser: Browser) -> None:
    await browser.load("/leaving/")
    await browser.join()
    assert (await browser.event("stay"))[4]["flash"] == [["info", "Here."]]


@pytest.mark.django_db(transaction=True)
async def test_what_mount_says_is_part_of_the_first_page(browser: Browser) -> None:
    html = await browser.load("/leaving/?hello=1")
    assert '<p class="dj-flash dj-flash-info">Hello &lt;you&gt;.</p>' in html
    assert await browser.join() == ["ready", 0, 0, {}]


SAYS = [["success", "Saved."], ["warning", "<b>&lt;a&gt;</b>", True], ["warning", "Odd."]]


@pytest.mark.parametrize("url", ["/django/", "/django-placed/"])
async def test_what_a_handler_says_with_djangos_messages_is_shown(
    browser: Browser, url: str
) -> None:
    await browser.load(url)
    assert (await browser.join())[3] == {}
    assert (await browser.event("say"))[4] == {"flash": SAYS}
    # Nobody has saved anything.
    assert (await browser.event("fail"))[4].keys() == {"error"}
    assert (await browser.event("say"))[4] == {"flash": SAYS}


async def test_what_is_kept_for_the_next_page_is_not_shown_before(browser: Browser) -> None:
    await browser.load("/django/?said=1")
    assert (await browser.join())[3] == {}
    assert (await browser.event("say"))[4] == {"flash": SAYS}


async def test_a_page_that_lists_messages_shows_them_itself(browser: Browser) -> None:
    await browser.load("/django-listed/")
    await browser.join()
    reply = await browser.event("say")
    assert "success Saved." in str(reply[3])
    assert reply[4:] == []


@pytest.mark.parametrize("url", ["/django/", "/django-listed/"])
@pytest.mark.django_db(transaction=True)
async def test_the_page_that_a_handler_leads_to_shows_djangos_messages(
    browser: Browser, url: str
) -> None:
    client = AsyncClient()
    await browser.load(url, client)
    await browser.join()
    to, cookie = (await browser.event("leave"))[4]["url_leave"]
    client.cookies.load(cookie)
    assert (await client.get(to)).content.decode() == "big success <i>Saved.</i>"
