"""What ``djust_doctor`` says of an environment that is well, and of one that is not."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import override_settings
from djust_live.checks import surroundings
from djust_live.checks.state import check_state_cache
from djust_live.checks.surroundings import examine

IN_MEMORY = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}


def levels(**settings: Any) -> dict[str, str]:
    with override_settings(**settings):
        return {one.name: one.level for one in examine()}


def test_a_sound_environment_has_nothing_bad() -> None:
    found = levels(
        CHANNEL_LAYERS=IN_MEMORY,
        DEBUG=False,
        DJUST={"SUPPRESS_CHECKS": ["djust.C003"]},  # one process is all there is
        SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https"),
    )

    assert found == {
        "versions": "ok",
        "packages": "ok",
        "server": "ok",
        "channel layer": "ok",
        "state backend": "note",
        "proxy": "ok",
    }


def test_a_redis_that_does_not_answer_is_named() -> None:
    nowhere = "redis://127.0.0.1:1/0"
    layer = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [nowhere]},
        }
    }

    found = levels(CHANNEL_LAYERS=layer, DJUST={"STATE_BACKEND": "redis", "REDIS_URL": nowhere})

    assert found["channel layer"] == "bad"
    assert found["state backend"] == "bad"


@pytest.mark.parametrize(
    "settings",
    [
        {
            "DJUST": {"STATE_BACKEND": "cache"},
            "CACHES": {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
        },
        {
            "DJUST": {"STATE_BACKEND": "cache", "STATE_CACHE": "pages"},
            "CACHES": {
                "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
                "pages": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"},
            },
        },
    ],
)
def test_a_cache_that_others_do_not_see_is_bad_as_the_check_says(settings: dict[str, Any]) -> None:
    with override_settings(**settings):
        (symptom,) = [one for one in examine() if one.name == "state backend"]
        (message,) = check_state_cache()
        settings["DJUST"]["SUPPRESS_CHECKS"] = ["djust.C005"]

    assert symptom.level == "bad"
    assert str(message.msg) in symptom.text
    assert levels(**settings)["state backend"] == "ok"


def test_a_layer_that_a_check_objects_to_is_noted() -> None:
    assert levels(CHANNEL_LAYERS=IN_MEMORY, DEBUG=False)["channel layer"] == "note"
    assert levels(CHANNEL_LAYERS=IN_MEMORY, DEBUG=True)["channel layer"] == "ok"


def test_versions_that_do_not_belong_together_are_bad(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"djust-live": "2.0", "djust-vdom": "1.9", "uvicorn": "1.0"}
    monkeypatch.setattr(surroundings, "_version", lambda name: given.get(name, ""))

    found = levels()

    assert (found["packages"], found["server"]) == ("bad", "bad")
    given.clear()
    assert levels()["server"] == "bad"


def test_without_a_layer_or_a_proxy_there_is_a_note() -> None:
    found = levels(DEBUG=False)

    assert (found["channel layer"], found["proxy"]) == ("note", "note")
    assert levels(DEBUG=True)["proxy"] == "note"


def test_the_command_fails_when_something_is_bad() -> None:
    out = StringIO()
    call_command("djust_doctor", stdout=out)
    assert "  ok  versions: Python" in out.getvalue()

    broken = {"STATE_BACKEND": "no.such.Backend"}
    with override_settings(DJUST=broken), pytest.raises(SystemExit):
        call_command("djust_doctor", stdout=StringIO())
