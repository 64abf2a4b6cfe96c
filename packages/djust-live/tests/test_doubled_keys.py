"""Rows with the same key: the page is right, and the log says where to look, once."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import override_settings
from djust_live import LiveView, doubled_keys, event_handler
from djust_live.doubled_keys import forget_doubled_keys
from djust_live.live_templates import providers
from djust_testing import LiveViewTestClient

LOGGER = doubled_keys.logger.name


class Cart(LiveView):
    template = (
        "<h1>{{ title }}</h1>\n"
        '<ul>{% for line in lines %}<li dj-key="{{ line }}">{{ line }}</li>{% endfor %}</ul>'
    )

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.title = "Cart"
        self.lines = ["pear", "plum"]

    @event_handler
    def add(self, name: str) -> None:
        self.lines.append(name)


@pytest.fixture(autouse=True)
def _nothing_told() -> Iterator[None]:
    forget_doubled_keys()
    yield
    forget_doubled_keys()


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.WARNING, LOGGER)
    return caplog


def add_again(cart: LiveViewTestClient, name: str) -> None:
    # The test client itself refuses such a page, once it has it.
    with pytest.raises(AssertionError, match="dj-key"):
        cart.send_event("add", name=name)


# A page that is parsed has no loops any more; without djust-templates all are.
PARSED = "Elements in <ul> of <unknown source> have the same key"
ROWS = "Rows of {% for line in lines %} (line 2 of <unknown source>) have the same key"


@pytest.mark.parametrize("live", [True, False])
def test_a_doubled_key_is_told_once(told: pytest.LogCaptureFixture, live: bool) -> None:
    where = ROWS if live and providers() else PARSED
    with override_settings(DJUST={"LIVE_TEMPLATES": live}):
        for _ in range(2):
            with LiveViewTestClient(Cart) as cart:
                cart.mount()
                cart.send_event("add", name="fig")
                add_again(cart, "plum")
                add_again(cart, "fig")
    (record,) = told.records
    assert record.levelno == logging.WARNING
    assert record.message.startswith(f"DJL507 {where} 'plum'")
    assert 'dj-key="{{ row.pk }}"' in record.message


@pytest.mark.parametrize("live", [True, False])
def test_keys_of_their_own_are_not_told(told: pytest.LogCaptureFixture, live: bool) -> None:
    with (
        override_settings(DJUST={"LIVE_TEMPLATES": live}),
        LiveViewTestClient(Cart) as cart,
    ):
        cart.mount()
        cart.send_event("add", name="fig")
        cart.send_event("add", name="kiwi")
    assert told.records == []


def test_the_log_is_not_flooded(
    told: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doubled_keys, "MAX_PLACES", 3)
    for number in range(9):
        template = "\n" * number + Cart.template.replace("ul>", f"ul-{number}>")
        shop = type("Shop", (Cart,), {"template": template})
        with LiveViewTestClient(shop) as cart:
            cart.mount()
            add_again(cart, "plum")
    assert len(told.records) == 3
