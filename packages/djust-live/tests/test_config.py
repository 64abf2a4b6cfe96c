from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import override_settings
from djust_live import config as config_module
from djust_live.checks.settings import check_settings
from djust_live.config import known_keys, register


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
