from __future__ import annotations

import threading
from types import ModuleType
from typing import Any

import pytest
from django.test import override_settings
from django.urls import path
from djust_live import LiveView
from djust_live.checks import CHECKS
from djust_live.checks.state import check_state_cache


class Careless(LiveView):
    template = "<p></p>"

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.count = 0
        self._lock = threading.Lock()
        self._key = lambda item: item
        self.rows = [x for x in ()]
        lock = threading.Lock()
        assert lock


class Careful(Careless):
    def restore(self) -> None:
        self._lock = threading.Lock()


class Local(Careless):
    resumable = False


def messages_about(view: type[LiveView], **djust: Any) -> list[str]:
    """What is said of a view, through the checks that are registered."""
    urls = ModuleType("urls")
    urls.__dict__["urlpatterns"] = [path("", view.as_view())]
    with override_settings(ROOT_URLCONF=urls, DJUST=djust):
        return [message.msg for check in CHECKS for message in check()]


def test_what_mount_sets_and_nothing_makes_again_is_named() -> None:
    assert messages_about(Careless, STATE_BACKEND="db") == [
        "Careless.mount sets self._lock to the result of Lock(), which cannot be saved.",
        "Careless.mount sets self._key to a lambda, which cannot be saved.",
    ]


@pytest.mark.parametrize("view", [Careful, Local])
def test_a_view_with_restore_or_that_is_not_saved_is_not_named(view: type[LiveView]) -> None:
    assert messages_about(view, STATE_BACKEND="db") == []


def test_nothing_is_named_without_a_shared_backend_or_when_suppressed() -> None:
    assert messages_about(Careless) == []
    assert messages_about(Careless, STATE_BACKEND="db", SUPPRESS_CHECKS=["djust.V005"]) == []


@pytest.mark.parametrize(
    ("backend", "count"),
    [("locmem.LocMemCache", 1), ("redis.RedisCache", 0), ("dummy.DummyCache", 1)],
)
def test_a_cache_that_others_do_not_see_is_named(backend: str, count: int) -> None:
    caches = {"default": {"BACKEND": f"django.core.cache.backends.{backend}", "LOCATION": "x"}}
    with override_settings(CACHES=caches, DJUST={"STATE_BACKEND": "cache"}):
        assert [message.id for message in check_state_cache()] == ["djust.C005"] * count
    with override_settings(CACHES=caches):
        assert check_state_cache() == []
