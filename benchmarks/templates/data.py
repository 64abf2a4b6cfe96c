"""The values that the measured templates print."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

import django
from django import forms
from django.conf import settings

if not settings.configured:
    settings.configure(
        SECRET_KEY="benchmark",  # pragma: allowlist secret
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.humanize"],
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        FORMS_URLFIELD_ASSUME_HTTPS=True,
        STATIC_URL="/static/",
        USE_TZ=True,
        LANGUAGE_CODE="de",
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    )
    django.setup()

from django.db import models

NAMES = ("Ada & Eve", "Grace Hopper", "Linus <3", "Guido", "Margaret Hamilton", "Edsger Dijkstra")
CITIES = ("Berlin", "", "Zürich", "São Paulo", "Oslo")


@dataclass
class Row:
    """A row as a dataclass."""

    id: int
    name: str
    email: str
    city: str
    score: int
    active: bool


class Person(models.Model):
    """A row as a model instance, which is never saved."""

    name = models.CharField(max_length=50)
    email = models.CharField(max_length=50)
    city = models.CharField(max_length=50)
    score = models.IntegerField()
    active = models.BooleanField()

    class Meta:
        app_label = "contenttypes"


def fields(index: int) -> dict[str, Any]:
    """Return the six values of a row."""
    return {
        "id": index,
        "name": NAMES[index % len(NAMES)],
        "email": f"Person{index}@Example.COM",
        "city": CITIES[index % len(CITIES)],
        "score": index * 37 % 1000,
        "active": index % 3 != 0,
    }


def rows(kind: str, count: int) -> list[Any]:
    """Return ``count`` rows of one kind: dict, dataclass or model."""
    make: dict[str, Any] = {
        "dict": lambda values: values,
        "dataclass": lambda values: Row(**values),
        "model": lambda values: Person(**values),
    }
    return [make[kind](fields(index)) for index in range(count)]


def filter_rows(count: int) -> list[dict[str, Any]]:
    """Return rows for the case with eleven filters."""
    text = "See http://example.com/page?a=1&b=2 for <more> about this, and tell us what you think"
    return [
        {
            "when": datetime.datetime(2026, 1 + index % 12, 1 + index % 28, index % 24, 5),
            "text": f"{index} {text}",
            "number": index * 1.37,
            "size": index * 4711,
            "items": ["a", "b & c", str(index)],
            "flag": index % 3 == 0,
        }
        for index in range(count)
    ]


class Order(forms.Form):
    """A form with twelve fields and as many kinds of widgets as there are."""

    name = forms.CharField(max_length=50)
    email = forms.EmailField(help_text="We never share it.")
    site = forms.URLField(required=False)
    count = forms.IntegerField(min_value=1, max_value=100)
    price = forms.DecimalField(max_digits=8, decimal_places=2)
    day = forms.DateField()
    at = forms.TimeField(required=False)
    colour = forms.ChoiceField(choices=[(str(i), f"Colour {i}") for i in range(8)])
    extras = forms.MultipleChoiceField(
        choices=[(str(i), f"Extra {i}") for i in range(5)],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    speed = forms.ChoiceField(choices=[("a", "Fast"), ("b", "Slow")], widget=forms.RadioSelect)
    note = forms.CharField(widget=forms.Textarea, required=False)
    agreed = forms.BooleanField()


FORM_DATA = {
    "name": "Ada",
    "email": "not an address",
    "count": "1000",
    "price": "12.50",
    "day": "2026-02-03",
    "colour": "3",
    "extras": ["1", "2"],
    "speed": "a",
    "note": "<b>Thanks</b>",
}
