"""What ``djust_doctor`` says of an environment that is well, and of one that is not."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import override_settings
from djust_live.checks import surroundings
from djust_live.checks.surroundings import examine

IN_MEMORY = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}


def levels(**settings: Any) -> dict[str, str]:
    with override_settings(**settings):
        return {one.name: one.level for one in examine()}


def test_a_sound_environment_has_nothing_bad() -> None:
    found = levels(
        CHANNEL_LAYERS=IN_MEMORY,
        DEBUG=False,
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
