from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.test import override_settings
from django.urls import path
from djust_live import LiveView, debounce, event_handler, optimistic, throttle, tokens
from djust_live.adoption import waiting_room
from djust_live.errors import BadNesting
from djust_live.extensions import Extension
from djust_live.joining import sessions
from djust_live.nested import nested_of, path_of
from djust_testing import LiveViewTestClient
from live_project import views
from live_project.browser import Browser, end

HERE = __name__
ELEMENT = re.compile(
    r'<div data-djust-view=["\']?([^"\' ]*?)["\']? dj-key="?(\w+)"? dj-target(?:="")? dj-ignore(?:="")?>'
    r"<div>(.*?)</div></div>",
    re.DOTALL,
)


class Child(LiveView):
    template = "<p>{{ name }}: {{ count }}</p><button dj-click='more'>+</button>"
    mounts = 0
    broken = False
    unmounted: list[str] = []  # noqa: RUF012

    def mount(self, request: Any, name: str = "child", start: int = 0, **kwargs: Any) -> None:
        if type(self).broken:
            raise RuntimeError("no")
        type(self).mounts += 1
        self.name, self.count = name, start

    def unmount(self) -> None:
        self.unmounted.append(self.name)

    @event_handler
    def more(self) -> None:
        self.count += 1

    @event_handler
    def fail(self) -> None:
        self.count = 99
        raise RuntimeError("no")


class AsyncChild(LiveView):
    template = "<p>{{ word }}</p>"

    async def mount(self, request: Any, **kwargs: Any) -> None:
        self.word = "async"


class Staff(PermissionRequiredMixin, LiveView):
    permission_required = "auth.view_user"
    template = "<p>secret</p>"


class Ruled(LiveView):
    template = "<input dj-input='search'><button dj-click='like'>+</button>"

    @debounce(wait=0.5)
    @event_handler
    def search(self, value: str) -> None:
        """Wait."""

    @optimistic("add class done")
    @event_handler
    def like(self) -> None:
        """Show at once."""


class Around(Ruled):
    template = (
        f"""{{% load djust %}}<main>{{% live_render "{HERE}.Ruled" %}}{{{{ count }}}}</main>"""
    )
    count = 0

    @throttle(interval=1)
    @event_handler
    def search(self, value: str) -> None:
        self.count += 1


class Middle(LiveView):
    template = f"""{{% load djust %}}<i>middle</i>{{% live_render "{HERE}.Child" name="deep" %}}"""


class Whole(LiveView):
    template = "<html><body>no</body></html>"


class Rooted(LiveView):
    template = "<p dj-root>no</p>"


class Talking(Extension):
    namespace = "talking"
    module = "talking.js"


class Talker(LiveView):
    extensions = (Talking,)
    template = "<p>no</p>"


class Page(LiveView):
    template = f"""{{% load djust %}}<main><h1>{{{{ count }}}}</h1>
    {{% live_render "{HERE}.Child" id="a" name="left" start=start %}}
    {{% if both %}}{{% live_render "{HERE}.Child" id="b" name="right" %}}{{% endif %}}</main>"""

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.count, self.start, self.both = 0, 5, False

    @event_handler
    def put(self, name: str, value: Any) -> None:
        setattr(self, name, value)

    @event_handler
    async def put_async(self, name: str, value: Any) -> None:
        setattr(self, name, value)


class Login(Page):
    login_required = True


def page_with(name: str, /, **given: Any) -> type[LiveView]:
    text = " ".join(f"{key}={value}" for key, value in given.items())

    class One(LiveView):
        template = f"""{{% load djust %}}<h1>{{{{ count }}}}</h1>
        {{% live_render {name} {text} %}}"""
        count = 0
        thing: Any = object()
        Staff = f"{HERE}.Staff"

    return One


One = page_with(f'"{HERE}.Child"')
Guarded = page_with(f'"{HERE}.Staff"')
Deep = page_with(f'"{HERE}.Middle"')
Waiting = page_with(f'"{HERE}.AsyncChild"')

urlpatterns = [
    path("around/", Around.as_view()),
    path("page/", Page.as_view()),
    path("one/", One.as_view()),
    path("guarded/", Guarded.as_view()),
    path("deep/", Deep.as_view()),
    path("waiting/", Waiting.as_view()),
    path("login-page/", Login.as_view()),
    path("counter/", views.Counter.as_view()),
]
URLS = override_settings(ROOT_URLCONF=__name__)


@pytest.fixture(autouse=True)
def _urls() -> Any:
    Child.mounts, Child.broken = 0, False
    Child.unmounted.clear()
    with URLS:
        yield


def elements(html: str) -> list[tuple[str, str, str]]:
    return ELEMENT.findall(html)


async def attached(browser: Browser, element: tuple[str, str, str]) -> Browser:
    """The socket of a nested view."""
    token, _, html = element
    inner = Browser(browser.cookies)
    inner.html, inner.token = html, token
    frame = await inner.join()
    assert frame[0] == "ready", (frame, element)
    return inner


@pytest.mark.django_db(transaction=True)
async def test_the_first_page_has_the_nested_view_in_it(browser: Browser) -> None:
    html = await browser.load("/page/")
    [(token, key, inside)] = elements(html)
    assert "<p>left: 5</p>" in inside
    assert key == tokens.verify(token, 60).page_id.hex()
    assert html.count("data-djust=") == 1
    assert len(waiting_room) == 2


@pytest.mark.django_db(transaction=True)
async def test_the_element_says_what_decorators_of_the_nested_view_say(browser: Browser) -> None:
    page_html = await browser.load("/around/")
    tag = re.search(r'<div data-djust-view="([^"]+)"[^>]*>', page_html)
    assert tag is not None
    said = dict(re.findall(r'(dj-[\w-]+)="([^"]*)"', tag[0].replace("&quot;", "'")))
    assert said["dj-policies"] == "{'search':{'debounce':[500,null]}}"
    assert said["dj-optimistic-rules"] == "{'like':'add class done'}"
    ready = await browser.join()
    assert ready[3]["policies"] == {"search": {"throttle": [1000, True, True]}}
    inner = Browser(browser.cookies)
    inner.token = tag[1]
    assert (await inner.join())[3] == {}


@pytest.mark.django_db(transaction=True)
async def test_each_has_its_own_session_and_is_mounted_once(browser: Browser) -> None:
    html = await browser.load("/page/")
    inner = await attached(browser, elements(html)[0])
    await browser.join()
    reply = await inner.event("more")
    assert "left: 6" in str(reply)
    reply = await browser.event("put", name="count", value=1)
    assert reply[3] == [[1, 4, "1"]] or "1" in str(reply[3])
    assert "left" not in str(reply)
    assert Child.mounts == 1
    assert len(sessions) == 2
    await inner.drop()


@pytest.mark.django_db(transaction=True)
async def test_an_error_inside_leaves_the_page_alone(browser: Browser) -> None:
    html = await browser.load("/page/")
    inner = await attached(browser, elements(html)[0])
    await browser.join()
    reply = await inner.event("fail")
    assert reply[4]["error"]["code"] == "DJL203"
    await end(sessions.get(tokens.verify(inner.token, 60).page_id))
    assert (await browser.event("put", name="count", value=7))[3] != []
    await inner.drop()
    # What ended begins again, alone, with what the page had given it.
    inner = await attached(browser, elements(html)[0])
    root = await inner.next(lambda frame: frame[0] == "html")
    assert "left: 5" in root[2]
    await inner.drop()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("handler", ["put", "put_async"])
async def test_one_that_comes_later_is_mounted_in_the_turn(browser: Browser, handler: str) -> None:
    await browser.load("/page/")
    await browser.join()
    for value in range(3):  # until the page counts as light
        await browser.event(handler, name="count", value=value)
    reply = await browser.event(handler, name="both", value=True)
    [element] = elements(str(reply[3]))
    assert "right: 0" in element[2]
    inner = await attached(browser, element)
    assert "right: 1" in str(await inner.event("more"))
    await browser.event(handler, name="both", value=False)
    view = next(one.view for one in sessions if type(one.view) is Page)
    assert list(nested_of(view)) == ["a"]
    await inner.drop()


@pytest.mark.django_db(transaction=True)
async def test_what_it_is_given_changes_it_for_a_new_one(browser: Browser) -> None:
    html = await browser.load("/page/")
    await browser.join()
    reply = await browser.event("put", name="start", value=8)
    [element] = elements(str(reply[3]))
    assert "left: 8" in element[2]
    assert element[1] != elements(html)[0][1]


@pytest.mark.django_db(transaction=True)
async def test_a_mount_that_fails_leaves_a_place_to_try_again(browser: Browser) -> None:
    Child.broken = True
    html = await browser.load("/page/")
    [(token, _, inside)] = elements(html)
    assert inside == ""
    inner = Browser(browser.cookies)
    inner.html, inner.token = "", token
    assert await inner.join() == ["reload", "DJL305"]
    await inner.drop()
    Child.broken = False
    inner = await attached(browser, (token, "", ""))
    assert "left: 5" in (await inner.next(lambda frame: frame[0] == "html"))[2]
    await inner.drop()


@pytest.mark.django_db(transaction=True)
async def test_one_that_refuses_the_user_is_left_out(browser: Browser) -> None:
    html = await browser.load("/guarded/")
    assert "secret" not in html
    assert elements(html) == [("", elements(html)[0][1], "")]


@pytest.mark.django_db(transaction=True)
async def test_the_page_around_it_is_asked_when_it_comes_back(browser: Browser) -> None:
    html = await browser.load("/page/")
    token = elements(html)[0][0]
    waiting_room.clear()
    Page.login_required = True
    try:
        inner = Browser(browser.cookies)
        inner.html, inner.token = elements(html)[0][2], token
        assert await inner.join() == ["reload", "DJL307"]
        await inner.drop()
    finally:
        Page.login_required = False


@pytest.mark.django_db(transaction=True)
async def test_they_nest_in_each_other_and_come_back(browser: Browser) -> None:
    html = await browser.load("/deep/")
    assert "<i>middle</i>" in html
    assert "deep: 0" in html
    token = re.findall(r'data-djust-view="([^"]+)"', html)[1]
    assert [step.view for step in tokens.verify(token, 60).steps] == [
        f"{HERE}.Middle",
        f"{HERE}.Child",
    ]
    waiting_room.clear()
    inner = await attached(browser, (token, "", ""))
    assert "deep: 0" in (await inner.next(lambda frame: frame[0] == "html"))[2]
    await inner.drop()


@pytest.mark.django_db(transaction=True)
async def test_an_async_mount_is_awaited(browser: Browser) -> None:
    assert "<p>async</p>" in await browser.load("/waiting/")


@pytest.mark.django_db(transaction=True)
async def test_a_token_of_a_nested_view_is_no_token_of_another_page(browser: Browser) -> None:
    html = await browser.load("/page/")
    token = tokens.verify(elements(html)[0][0], 60)
    waiting_room.clear()
    moved = tokens.sign(
        tokens.MountToken(
            token.page_id,
            token.issued_s,
            token.view,
            token.session,
            token.auth,
            "/counter/",
            steps=token.steps,
        )
    )
    inner = Browser(browser.cookies)
    inner.html, inner.token = "", moved
    assert await inner.join() == ["reload", "DJL306"]
    await inner.drop()


@pytest.mark.parametrize(
    ("view", "problem"),
    [
        (page_with(f'"{HERE}.Whole"'), "whole document"),
        (page_with(f'"{HERE}.Rooted"'), "dj-root"),
        (page_with(f'"{HERE}.Talker"'), "module for the browser"),
        (page_with(f'"{HERE}.Missing"'), "cannot be imported"),
        (page_with('"django.http.HttpRequest"'), "No live view"),
        (page_with(f'"{HERE}.Child"', name="thing"), "no data"),
        (page_with(f'"{HERE}.Child"', name="Staff|ljust:6000"), "characters"),
    ],
)
@pytest.mark.django_db
def test_what_cannot_be_nested_is_told(view: Any, problem: str) -> None:
    with LiveViewTestClient(view) as client, pytest.raises(BadNesting, match=problem):
        client.mount()
    assert len(waiting_room) == 0


def test_a_name_in_a_variable_imports_nothing() -> None:
    assert path_of(Child, is_literal=False) == f"{HERE}.Child"
    assert path_of(f"{HERE}.Child", is_literal=False) == f"{HERE}.Child"
    with pytest.raises(BadNesting):
        path_of("live_project.nothing.View", is_literal=False)


@pytest.mark.django_db
def test_the_test_client_shows_it_and_sees_no_difference(request: pytest.FixtureRequest) -> None:
    client = LiveViewTestClient(Page)
    request.addfinalizer(client.close)
    client.mount()
    assert "left: 5" in client.html
    client.send_event("put", name="count", value=3)
    client.send_event("put", name="both", value=True)
    assert "right: 0" in client.html
    client.send_event("put", name="both", value=False)
    assert "right" not in client.html
