"""The booking page's handlers: what is checked when, and what is shown of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pages.form import BookingView

from tests.test_booking import booking


@pytest.fixture
def view(mounted: Callable[[type[BookingView]], BookingView]) -> BookingView:
    return mounted(BookingView)


def errors(view: BookingView) -> list[str]:
    return list(view.get_context_data()["form"].errors)


def test_an_untouched_form_is_silent(view: BookingView) -> None:
    assert errors(view) == []


def test_only_touched_fields_complain(view: BookingView) -> None:
    view.validate(field_name="name", name="Ada", email="", desks="1")
    assert errors(view) == ["name"]
    view.validate(field_name="email", name="Ada", email="ada", desks="1")
    assert errors(view) == ["name", "email"]


def test_a_rejected_booking_shows_every_error_and_keeps_the_values(view: BookingView) -> None:
    view.submit(name="Ada Lovelace", desks="4")
    assert errors(view) == ["email", "first_day", "last_day", "terms", "note"]
    assert view.get_context_data()["form"]["name"].value() == "Ada Lovelace"
    assert view.booked == {}


def test_a_complete_booking_is_taken_and_the_form_begins_anew(view: BookingView) -> None:
    view.submit(**booking().data)
    assert view.booked["name"] == "Ada Lovelace"
    view.begin()
    assert view.booked == {}
    assert view.get_context_data()["form"]["name"].value() is None
