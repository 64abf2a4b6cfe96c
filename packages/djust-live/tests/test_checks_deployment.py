"""Checks of the channel layer of a project whose views talk to each other, and of one that does not."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.test import override_settings
from django.urls import path
from djust_live import LiveView
from djust_live.checks.deployment import check_channel_layer

REDIS = {"default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer"}}


@pytest.fixture
def code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Write the code of a project with one live view."""

    def write(text: str) -> None:
        (tmp_path / "rooms_of_test.py").write_text(text, encoding="utf-8")

    module = ModuleType("rooms_of_test")
    module.__file__ = str(tmp_path / "rooms_of_test.py")
    monkeypatch.setitem(sys.modules, "rooms_of_test", module)
    view = type("Room", (LiveView,), {"template": "<p></p>", "__module__": "rooms_of_test"})
    urls = ModuleType("urls_of_test")
    urls.__dict__["urlpatterns"] = [path("", view.as_view())]
    with override_settings(ROOT_URLCONF=urls):
        yield write


def ids(**settings: Any) -> list[str]:
    with override_settings(**{"CHANNEL_LAYERS": {}, "DEBUG": False, **settings}):
        return [str(message.id) for message in check_channel_layer()]


@pytest.mark.parametrize(
    "text",
    [
        "self.broadcast('room', {})",
        "self.subscribe('room')",
        "from djust_live import publish\npublish('room', {})",
        "self.track_presence()",
    ],
)
def test_views_that_talk_to_each_other_need_a_layer_in_production(code: Any, text: str) -> None:
    code(text)

    assert ids() == ["djust.C003"]
    assert ids(CHANNEL_LAYERS=REDIS) == []
    assert ids(DEBUG=True) == []
    assert ids(DJUST={"SUPPRESS_CHECKS": ["djust.C003"]}) == []


def test_views_that_do_not_need_none(code: Any) -> None:
    code("self.count += 1\nself.rooms.add('broadcast')\nself.news.subscribe('a@example.com')")

    assert ids() == []
