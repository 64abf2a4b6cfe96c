"""The booking page's handlers: what is checked when, and what is shown of it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from pages.form import BookingView

from tests.test_booking import booking


@pytest.fixture
def view(mounted: Callable[[type[BookingView]], BookingView]) -> BookingView:
    return mounted(BookingView)


def test_an_untouched_form_is_silent(view: BookingView) -> None:
    assert view.field_errors == {}


def test_only_touched_fields_complain(view: BookingView) -> None:
    view.validate_field("name", "Ada")
    assert list(view.field_errors) == ["name"]
    view.validate_field("email", "ada")
    assert list(view.field_errors) == ["name", "email"]


def test_a_rejected_booking_shows_every_error_and_keeps_the_values(view: BookingView) -> None:
    view.submit_form(name="Ada Lovelace", desks="4")
    assert list(view.field_errors) == ["email", "first_day", "last_day", "terms", "note"]
    assert view.form_instance["name"].value() == "Ada Lovelace"
    assert view.booked == {}


def test_a_complete_booking_is_taken_and_the_form_begins_anew(view: BookingView) -> None:
    view.submit_form(**booking().data)
    assert view.booked["name"] == "Ada Lovelace"
    view.begin()
    assert view.booked == {}
    assert view.form_instance["name"].value() is None


@pytest.mark.django_db
def test_a_plain_post_is_taken(client: Client) -> None:
    text = client.post("/form/", {"name": "Ada"}).content.decode()
    assert "Please give your first and last name." in text
    assert '<div class="booked"' not in text
    text = client.post("/form/", booking().data).content.decode()
    assert "See you soon, Ada Lovelace" in text
