from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings
from djust_live import config as config_module
from djust_live.checks.settings import check_settings
from djust_live.config import known_keys, register
from djust_live.errors import SettingInvalid


@pytest.fixture(autouse=True)
def _forget_sections(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config_module, "_sections", list(config_module._sections))


@dataclass(frozen=True)
class Weather:
    """Settings of some extension."""

    WEATHER_URL: str = "http://example.org"


def test_an_extension_has_settings_of_its_own() -> None:
    weather = register(Weather)
    assert weather.WEATHER_URL == "http://example.org"
    with override_settings(DJUST={"WEATHER_URL": "other", "GRACE_S": 5}):
        assert weather.WEATHER_URL == "other"
        assert config_module.config.GRACE_S == 5
        assert check_settings() == []
    assert weather.WEATHER_URL == "http://example.org"


def test_unregistered_settings_are_unknown() -> None:
    assert "WEATHER_URL" not in known_keys()
    with override_settings(DJUST={"WEATHER_URL": "other"}):
        assert [each.id for each in check_settings()] == ["djust.C002"]


def test_two_sections_cannot_have_one_key() -> None:
    register(Weather)
    with pytest.raises(ImproperlyConfigured, match="WEATHER_URL is a setting already"):
        register(Weather)


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"GRACE_S": "60"}, "'GRACE_S'] has to be a number of 0 or more, not '60'"),
        ({"GRACE_S": -5}, "a number of 0 or more, not -5"),
        ({"WORKER_THREADS": 0}, "a whole number of 1 or more, not 0"),
        ({"MAX_FRAME_BYTES": 1.5}, "a whole number of 1 or more, not 1.5"),
        ({"EVENT_BURST": True}, "a whole number of 1 or more, not True"),
        ({"LIVE_TEMPLATES": "no"}, "True or False, not 'no'"),
        ({"SUPPRESS_CHECKS": "djust.C003"}, "a list of texts, not 'djust.C003'"),
        ({"SUPPRESS_CHECKS": [3]}, "a list of texts"),
        ({"TENANT_RESOLVER": 5}, "text, or a list of texts, not 5"),
        ({"REDIS_URL": None}, "text, not None"),
        (["GRACE_S"], "DJUST is a list, not a dict"),
    ],
)
def test_a_value_that_means_nothing_is_an_error_with_a_code(given: Any, text: str) -> None:
    with override_settings(DJUST=given):
        with pytest.raises(SettingInvalid, match=re.escape(text)) as error:
            config_module.config()
        found = check_settings()
    assert isinstance(error.value, ImproperlyConfigured)
    assert error.value.code == "DJL508"
    assert [one.id for one in found] == ["djust.C011" if isinstance(given, dict) else "djust.C001"]


@pytest.mark.parametrize(
    "given",
    [
        {"GRACE_S": 5, "EVENT_RATE": 1, "DRAIN_SPREAD_S": 0.5},
        {"STATE_BACKEND": "my.own.Backend", "VERIFY": "", "TENANT_RESOLVER": ["path:2", "session"]},
        {"SUPPRESS_CHECKS": ["djust.C003"], "REDIS_PREFIX": Path("x")},
        {"SUPPRESS_CHECKS": ("djust.C003",)},
        None,
    ],
)
def test_values_that_fit_are_taken(given: Any) -> None:
    with override_settings(DJUST=given):
        assert check_settings() == []
        assert config_module.config()


@pytest.mark.parametrize("resolver", ["subdomian", ["path", "path:x"], "no.such.module"])
def test_a_resolver_that_is_none_is_named(resolver: Any) -> None:
    with override_settings(DJUST={"TENANT_RESOLVER": resolver}):
        (message,) = check_settings()
    assert message.id == "djust.C011"
    assert "TENANT_RESOLVER" in message.msg


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"STATE_BACKEND": "redsi"}, "or a dotted path (did you mean 'redis'?), not 'redsi'"),
        ({"VERIFY": "sometimes"}, "one of '', 'always', 'sampled', 'never', not 'sometimes'"),
    ],
)
def test_a_name_that_means_nothing_is_found_by_the_check(given: Any, text: str) -> None:
    with override_settings(DJUST=given):
        (message,) = check_settings()
    assert message.id == "djust.C011"
    assert text in message.msg
