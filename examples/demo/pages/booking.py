"""An ordinary Django form: rules for fields and between fields."""

from __future__ import annotations

import datetime
from typing import Any

from django import forms
from django.utils import timezone

MAX_DAYS = 10
LARGE_GROUP = 4


class DayInput(forms.DateInput):
    """The browser's own calendar, which speaks ISO dates in every language."""

    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class BookingForm(forms.Form):
    """Desks in a shared workshop, for some days."""

    name = forms.CharField(label="Your name", max_length=80)
    email = forms.EmailField(label="E-mail", help_text="Your confirmation goes here.")
    first_day = forms.DateField(label="First day", widget=DayInput())
    last_day = forms.DateField(
        label="Last day", widget=DayInput(), help_text=f"At most {MAX_DAYS} days in all."
    )
    desks = forms.IntegerField(label="Desks", min_value=1, max_value=8, initial=1)
    note = forms.CharField(
        label="Note",
        required=False,
        max_length=400,
        help_text=f"For {LARGE_GROUP} desks and more: who will sit where?",
    )
    terms = forms.BooleanField(label="I leave the desk as I found it.")

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if len(name.split()) < 2:
            raise forms.ValidationError("Please give your first and last name.")
        return name

    def clean_first_day(self) -> datetime.date:
        day: datetime.date = self.cleaned_data["first_day"]
        if day < timezone.localdate():
            raise forms.ValidationError("That day is over.")
        if day.isoweekday() == 7:
            raise forms.ValidationError("The workshop is closed on Sundays.")
        return day

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        first, last = data.get("first_day"), data.get("last_day")
        if first and last and last < first:
            self.add_error("last_day", "The last day is before the first.")
        elif first and last and (last - first).days >= MAX_DAYS:
            self.add_error("last_day", f"That is more than {MAX_DAYS} days.")
        if (data.get("desks") or 0) >= LARGE_GROUP and not data.get("note"):
            self.add_error("note", "Please tell us who will sit where.")
        return data
