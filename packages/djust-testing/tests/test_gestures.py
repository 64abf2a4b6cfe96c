"""What visitors do through an extension's module, in a client that runs no modules."""

from __future__ import annotations

from typing import Any

import pytest
from djust_live import LiveView
from djust_live.extensions import Extension, StandIn
from djust_testing import Impossible, LiveViewTestClient


class Echo(Extension):
    """Sends back what it gets."""

    namespace = "echo"
    stand_in = f"{__name__}.EchoStandIn"

    async def on_message(self, verb: str, data: Any) -> None:
        self.view.heard = data
        self.port.send(verb, data)
        self.port.request_render()

    async def on_binary(self, frame: bytes) -> None:
        self.port.send("bytes", list(frame))


class EchoStandIn(StandIn):
    """Shouts."""

    gestures = ("shout", "knock")

    def __init__(self, browser: Any) -> None:
        super().__init__(browser)
        self.answers: list[Any] = []
        self.connections: list[bool] = []

    def shout(self, selector: str) -> Any:
        self.browser.send("shout", self.browser.attribute(selector, "dj-other", "dj-shout"))
        self.browser.wait(lambda: bool(self.answers))
        return self.answers[-1]

    def knock(self) -> Any:
        self.browser.send_binary(b"\1\2")
        self.browser.wait(lambda: [1, 2] in self.answers)
        return self.answers[-1]

    def on_message(self, verb: str, data: Any) -> None:
        self.answers.append(data)

    def on_connection(self, is_ready: bool) -> None:
        self.connections.append(is_ready)


class Hall(LiveView):
    extensions = (Echo,)
    template = '<b dj-shout="hello"></b><i dj-shout="x" hidden></i><p>{{ heard }}</p>'
    heard = ""


class Plain(LiveView):
    template = "<p></p>"


def test_a_gesture_reaches_the_server_and_its_answer_comes_back() -> None:
    with LiveViewTestClient(Hall) as page:
        page.mount()
        assert page.gesture("shout", "b") == "hello"
        page.assert_html("<p>hello</p>")
        assert page.gesture("knock") == [1, 2]


def test_a_gesture_is_refused_where_a_visitor_could_not_make_it() -> None:
    with LiveViewTestClient(Hall) as page:
        page.mount()
        for selector in ("i", "p", "u"):
            with pytest.raises(Impossible):
                page.gesture("shout", selector)
        page.drop()
        with pytest.raises(Impossible):
            page.gesture("shout", "b")
    with LiveViewTestClient(Plain) as page:
        page.mount()
        with pytest.raises(Impossible, match="shout"):
            page.gesture("shout", "p")


def test_a_stand_in_is_told_of_connections() -> None:
    with LiveViewTestClient(Hall) as page:
        page.mount()
        page.drop()
        page.reconnect()
        [stand_in] = page._stand_ins.values()
        assert isinstance(stand_in, EchoStandIn)
        assert stand_in.connections == [True, False, True]
