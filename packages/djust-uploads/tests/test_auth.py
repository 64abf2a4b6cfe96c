"""Whose files are taken: each kind of user, with the expected answer."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import files
from django.contrib.auth.models import Permission, User
from django.test import AsyncClient, override_settings
from django.urls import path
from djust_testing import wire
from djust_testing.connection import Connection, all_ended
from djust_uploads import frames
from uploads_project.views import Photos

NEEDED = "add_user"
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("uploads")]


class Guarded(Photos):
    """Takes files of those who may add users."""

    permission_required = f"auth.{NEEDED}"


urlpatterns = [path("photos/", Guarded.as_view())]


@pytest.fixture(autouse=True)
async def _site() -> AsyncIterator[None]:
    with override_settings(
        ROOT_URLCONF=__name__,
        LOGIN_URL="/login/",
        SESSION_ENGINE="django.contrib.sessions.backends.db",
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
        ],
    ):
        yield
        await all_ended()


async def visitor(*permissions: str) -> tuple[AsyncClient, User]:
    client, user = AsyncClient(), await User.objects.acreate_user("ann")
    for name in permissions:
        await user.user_permissions.aadd(await Permission.objects.aget(codename=name))
    await client.aforce_login(user)
    return client, user


class Tab:
    """A page and its socket."""

    def __init__(self, client: AsyncClient) -> None:
        self.client = client
        self.frames: list[list[Any]] = []

    async def load(self) -> int:
        response = await self.client.get("/photos/")
        self.html = response.content.decode()
        return response.status_code

    async def send(self, frame: str) -> list[Any]:
        """Open the socket with this frame; return the answer."""
        cookies = "; ".join(f"{k}={v.value}" for k, v in self.client.cookies.items())
        headers = [(b"host", b"testserver"), (b"origin", b"http://testserver")]
        headers.append((b"cookie", cookies.encode()))
        scope = {"type": "websocket", "path": "/ws/djust/", "query_string": b"", "scheme": "ws"}
        address = {"server": ("testserver", 80), "client": ("127.0.0.1", 5000)}
        self.socket = Connection({**scope, **address, "headers": headers})
        await self.socket.join(frame)
        return json.loads(self.socket.last)  # type: ignore[no-any-return]

    async def join(self) -> list[Any]:
        return await self.send(wire.attach(self.html)[1][0])

    def announce(self, size: int) -> None:
        self.socket.post(json.dumps(["uploads:add", ["photos", [[1, "a.txt", size, "", 0, ""]]]]))

    def piece(self, channel: int, offset: int, data: bytes) -> None:
        self.socket.post(b"\x07uploads" + frames.write(channel, offset, data))

    async def heard(self, kind: str) -> list[Any]:
        """Wait for a frame of a kind."""
        for _ in range(500):
            while self.socket.frames:
                self.frames.append(json.loads(self.socket.frames.pop(0)))
                if self.frames[-1][0] == kind:
                    return self.frames[-1]
            await self.socket.arrival()
        raise AssertionError(f"no {kind} in {self.frames}")


async def test_a_socket_without_a_page_takes_nothing(uploads: Path) -> None:
    tab = Tab(AsyncClient())
    assert await tab.load() == 302
    answer = await tab.send(json.dumps(["uploads:add", ["photos", [[1, "a.txt", 1, "", 0, ""]]]]))
    assert answer[0] == "error"
    assert files(uploads) == []
    await tab.socket.drop()


async def test_a_user_who_lacks_the_permission_gets_no_page(uploads: Path) -> None:
    client, _ = await visitor()
    assert await Tab(client).load() == 403
    assert files(uploads) == []


async def test_a_page_of_another_user_takes_nothing() -> None:
    client, _ = await visitor(NEEDED)
    tab = Tab(client)
    await tab.load()
    tab.client = AsyncClient()
    assert await tab.join() == ["reload", "DJL303"]
    await tab.socket.drop()


async def test_files_of_a_user_are_taken() -> None:
    client, _ = await visitor(NEEDED)
    tab = Tab(client)
    await tab.load()
    assert (await tab.join())[0] == "ready"
    tab.announce(2)
    channel = (await tab.heard("uploads:accept"))[1][1]
    tab.piece(channel, 0, b"ab")
    await tab.heard("uploads:done")
    await tab.socket.drop()


async def lose_permission(client: AsyncClient, user: User) -> None:
    await user.user_permissions.aclear()


async def lose_session(client: AsyncClient, user: User) -> None:
    await client.alogout()


ENDS = pytest.mark.parametrize("lose", [lose_permission, lose_session])
Lose = Callable[[AsyncClient, User], Any]


@ENDS
async def test_no_piece_of_who_lost_the_right_is_taken(uploads: Path, lose: Lose) -> None:
    client, user = await visitor(NEEDED)
    tab = Tab(client)
    await tab.load()
    await tab.join()
    tab.announce(2)
    channel = (await tab.heard("uploads:accept"))[1][1]
    await lose(client, user)
    await tab.heard("reload")
    tab.piece(channel, 0, b"ab")
    tab.announce(2)
    await tab.socket.drop()
    assert [text for text in tab.socket.frames if "uploads" in text] == []
    assert not any(b"ab" in file.read_bytes() for file in files(uploads))


@ENDS
async def test_who_lost_the_right_cannot_go_on_with_a_file(lose: Lose) -> None:
    client, user = await visitor(NEEDED)
    tab = Tab(client)
    await tab.load()
    await tab.join()
    tab.announce(2)
    await tab.heard("uploads:accept")
    await tab.socket.drop()
    await lose(client, user)
    assert (await tab.join())[0] == "reload"
    await tab.socket.drop()
