from __future__ import annotations

import time
from typing import Any

import pytest
from django.test import AsyncClient, override_settings
from djust_live import tokens
from djust_live.websocket import RateGate
from live_project.browser import Browser

BAD_FRAMES = [
    ("{", "DJL101"),
    ("[]", "DJL101"),
    ("{}", "DJL101"),
    ("null", "DJL101"),
    ("[1]", "DJL101"),
    ('["event"]', "DJL101"),
    ('["event", "1", 0, "increment", {}]', "DJL101"),
    ('["event", 1, 0, "increment", []]', "DJL101"),
    ("[" * 100_000, "DJL101"),
    ('["unknown"]', "DJL103"),
    ('["nobody:there", 1]', "DJL103"),
    ('["event", 9, 0, "increment", {}]', "DJL105"),
    ('["event", 1, 0, "increment", {"a": "' + "x" * 300_000 + '"}]', "DJL102"),
    (b"\x03", "DJL101"),
    (b"\x06nobodydata", "DJL103"),
    (b"", "DJL101"),
]


@pytest.mark.parametrize(("frame", "code"), BAD_FRAMES)
async def test_a_bad_frame_is_refused_and_the_connection_lives(
    browser: Browser, frame: Any, code: str
) -> None:
    await browser.load("/counter/")
    await browser.join()
    browser.send(frame)
    assert await browser.next() == ["error", code, ""]
    assert (await browser.event("increment"))[3] == [[1, 2, "1"]]


@pytest.mark.parametrize(
    "name", ["undecorated", "mount", "__init__", "_djust", "get", "nothing", "count", "__proto__"]
)
async def test_only_marked_methods_can_be_called(browser: Browser, name: str) -> None:
    await browser.load("/counter/")
    await browser.join()
    assert (await browser.event(name))[3:] == [[], {"error": {"code": "DJL201", "text": ""}}]
    assert (await browser.event("increment"))[3] == [[1, 2, "1"]]


async def test_the_text_of_an_error_is_sent_in_debug_only(browser: Browser) -> None:
    await browser.load("/counter/")
    await browser.join()
    with override_settings(DEBUG=True):
        error = (await browser.event("increment", step="x"))[4]["error"]
    assert error["code"] == "DJL202"
    assert "parameter 'step' expects int, got 'x'" in error["text"]


async def test_an_event_before_the_join_is_refused(browser: Browser) -> None:
    browser.open()
    browser.send(["event", 1, 0, "increment", {}])
    assert await browser.next() == ["error", "DJL104", ""]


async def test_a_second_join_is_refused(browser: Browser) -> None:
    await browser.load("/counter/")
    await browser.join()
    browser.send(["join", 1, browser.token, 1, 1, 0, 0])
    assert await browser.next() == ["error", "DJL107", ""]


async def test_a_forged_token_is_refused(browser: Browser) -> None:
    await browser.load("/counter/")
    middle = len(browser.token) // 2
    flipped = "A" if browser.token[middle] != "A" else "B"
    browser.token = browser.token[:middle] + flipped + browser.token[middle + 1 :]
    assert await browser.join() == ["error", "DJL301", ""]


@pytest.mark.parametrize("token", ["", "x", "é", "A" * 200, "A" * 10_000, "../../etc"])
async def test_what_is_no_token_is_refused(browser: Browser, token: str) -> None:
    browser.open()
    browser.send(["join", 1, token, 1, 1, 0, 0])
    assert await browser.next() == ["error", "DJL301", ""]


async def test_an_expired_token_means_loading_again(browser: Browser) -> None:
    await browser.load("/counter/")
    with override_settings(DJUST={"TOKEN_TTL_S": 0}):
        assert await browser.join() == ["reload", "DJL302"]


async def test_another_version_means_loading_again(browser: Browser) -> None:
    await browser.load("/counter/")
    browser.open()
    browser.send(["join", 2, browser.token, 1, 1, 0, 0])
    assert await browser.next() == ["reload", "DJL106"]


async def test_a_token_for_a_view_that_is_gone_means_loading_again(browser: Browser) -> None:
    token = tokens.MountToken(
        page_id=tokens.new_page_id(),
        issued_s=int(time.time()),
        view=b"nobody",
        session=b"",
        auth=b"",
        path="/counter/",
        language="en",
    )
    browser.open()
    browser.send(["join", 1, tokens.sign(token), 1, 1, 0, 0])
    assert await browser.next() == ["reload", "DJL306"]


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://testserver.evil.example", "file://", "x"]
)
async def test_a_foreign_origin_is_refused_with_a_code(origin: str) -> None:
    foreign = Browser(origin=origin)
    foreign.open()
    start = await foreign.message("websocket.http.response.start")
    assert start["status"] == 403
    assert (b"x-djust-error", b"DJL401") in start["headers"]
    body = await foreign.message("websocket.http.response.body")
    assert body["body"] == b'["error","DJL401",""]'


@pytest.mark.parametrize(
    "origin", ["http://testserver", "http://testserver:80", "http://app.example.com"]
)
async def test_own_and_trusted_origins_are_accepted(origin: str) -> None:
    own = Browser(origin=origin)
    with override_settings(CSRF_TRUSTED_ORIGINS=["http://*.example.com"]):
        own.open()
        await own.message("websocket.accept")
    await own.drop()


@pytest.mark.django_db(transaction=True)
async def test_a_token_of_another_session_means_loading_again(browser: Browser) -> None:
    from django.contrib.auth.models import User

    client = AsyncClient()
    user = await User.objects.acreate_user("ann")
    await client.aforce_login(user)
    await browser.load("/private/", client)
    browser.cookies = {}
    assert await browser.join() == ["reload", "DJL303"]


@pytest.mark.django_db(transaction=True)
async def test_a_changed_password_means_loading_again(browser: Browser) -> None:
    from django.contrib.auth.models import User

    client = AsyncClient()
    user = await User.objects.acreate_user("ann")
    await client.aforce_login(user)
    await browser.load("/private/", client)
    user.set_password("new")
    await user.asave()
    assert await browser.join() == ["reload", "DJL304"]


@pytest.mark.django_db(transaction=True)
async def test_mixins_of_django_are_asked_again_when_a_page_mounts_again(browser: Browser) -> None:
    from django.contrib.auth.models import User
    from djust_live.adoption import waiting_room

    client = AsyncClient()
    user = await User.objects.acreate_user("ann")
    await client.aforce_login(user)
    await browser.load("/private/", client)
    waiting_room.clear()
    assert (await browser.join())[0] == "ready"
    assert (await browser.next())[0] == "html"


@pytest.mark.django_db(transaction=True)
async def test_a_view_refuses_who_may_not_see_it(browser: Browser) -> None:
    response = await AsyncClient().get("/private/")
    assert response.status_code == 302
    assert response.headers["Location"] == "/login/?next=/private/"


async def test_the_gate_lets_a_burst_through_and_then_slows_down() -> None:
    now = 0.0
    gate = RateGate(rate=10, burst=3, clock=lambda: now)
    assert [gate.pause_s() for _ in range(3)] == [0.0, 0.0, 0.0]
    assert gate.pause_s() == pytest.approx(0.1)
    now = 10.0
    assert [gate.pause_s() for _ in range(2)] == [0.0, 0.0]
