from __future__ import annotations

import logging
from typing import Any

import pytest
from django.test import override_settings
from django.urls import path
from djust_live import LiveView
from djust_live.backends import state_backend
from djust_live.live_rendering import providers
from djust_live.registry import registered
from djust_live.rendering import template_of
from djust_live.warming import warm_up


class Warm(LiveView):
    template = "<p>warm {{ count }}</p>"
    count = 0


class Cold(LiveView):
    template_name = "nowhere.html"


class Base(LiveView):
    """Has no template of its own."""


urlpatterns = [path("warm/", Warm.as_view())]


@override_settings(ROOT_URLCONF=__name__)
def test_what_the_first_page_needs_is_there_before_it(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = [each for each in registered() if each.cls.__module__ == __name__]
    monkeypatch.setattr("djust_live.warming.registered", lambda: mine)
    providers.cache_clear()
    state_backend.reset()
    with caplog.at_level(logging.INFO, logger="djust_live.warming"):
        warm_up()
    assert caplog.messages == []
    assert providers.cache_info().currsize == 1
    assert state_backend._backend is not None
    view: Any = Warm
    assert template_of(view) is template_of(view)


@override_settings(ROOT_URLCONF="live_project.no_such_module")
def test_what_fails_is_logged_and_the_rest_is_done(caplog: pytest.LogCaptureFixture) -> None:
    state_backend.reset()
    warm_up()
    assert "could not prepare itself" in caplog.text
    assert "no_such_module" in caplog.text
    assert state_backend._backend is not None
