from __future__ import annotations

from typing import Any, ClassVar

import pytest
from djust_live import LiveComponent, LiveView, event_handler
from djust_live.fleeting import fleeting
from djust_live.state import dump
from djust_testing import LiveViewTestClient


class Counting:
    """A mixin that works something out; its place among the base classes does not matter."""

    number: int
    worked: ClassVar[list[int]] = []

    @fleeting
    def double(self) -> int:
        self.worked.append(self.number)
        return self.number * 2


class CountingView(LiveView, Counting):
    template = "<main>{{ double }} {{ double }}</main>"

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.number = 1

    @event_handler
    def grow(self) -> None:
        self.worked.clear()
        self.read = self.double, self.double, len(self.worked)
        self.number += 1


class CountingPart(LiveComponent, Counting):
    template = "<p>{{ double }} {{ double }}</p>"
    number = 1

    @event_handler
    def grow(self) -> None:
        self.worked.clear()
        self.read = self.double, self.double, len(self.worked)
        self.number += 1


class PartView(LiveView):
    template = (
        f"{{% load djust %}}<main>{{% live_component '{__name__}.CountingPart' id='part' %}}"
        "{% endlive_component %}</main>"
    )


@pytest.mark.parametrize(("view", "part"), [(CountingView, ""), (PartView, "part")])
def test_a_fleeting_property_lasts_for_an_event_or_a_render(view: Any, part: str) -> None:
    with LiveViewTestClient(view) as page:
        page.mount()
        owner = page.view._djust_components[part] if part else page.view
        for _ in range(2):
            read = owner.number * 2
            page.send_event_to(part, "grow") if part else page.send_event("grow")
            assert owner.read == (read, read, 1)
            assert vars(owner)["double"] == read + 2
        assert dump(page.view).missing == []
