"""The rules of the booking form."""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone
from pages.booking import BookingForm


def next_monday() -> datetime.date:
    today = timezone.localdate()
    return today + datetime.timedelta(days=7 - today.weekday())


def booking(**changes: str) -> BookingForm:
    monday = next_monday()
    data = {
        "name": "Ada Lovelace",
        "email": "ada@example.org",
        "first_day": str(monday),
        "last_day": str(monday + datetime.timedelta(days=2)),
        "desks": "1",
        "terms": "on",
    }
    return BookingForm(data | changes)


def test_a_complete_booking_is_valid() -> None:
    assert booking().errors == {}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", "Ada"),
        ("email", "ada"),
        ("first_day", str(timezone.localdate() - datetime.timedelta(days=1))),
        ("first_day", str(next_monday() + datetime.timedelta(days=6))),
        ("last_day", str(next_monday() - datetime.timedelta(days=1))),
        ("last_day", str(next_monday() + datetime.timedelta(days=10))),
        ("desks", "9"),
        ("terms", ""),
    ],
)
def test_each_rule_marks_its_own_field(field: str, value: str) -> None:
    assert list(booking(**{field: value}).errors) == [field]


def test_many_desks_need_a_note() -> None:
    assert list(booking(desks="4").errors) == ["note"]
    assert booking(desks="4", note="The quiet corner").is_valid()
