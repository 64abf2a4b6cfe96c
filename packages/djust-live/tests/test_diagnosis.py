from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.template import TemplateSyntaxError
from django.test import override_settings
from djust_live.diagnosis import described
from djust_live.errors import HandlerFailed, UnknownEvent


def failure() -> HandlerFailed:
    try:
        json.loads("{")
    except ValueError as cause:
        error = HandlerFailed("go raised")
        error.__cause__ = cause
        return error
    raise AssertionError


def test_outside_of_debug_only_the_code_is_told() -> None:
    assert described(failure()) == {"code": "DJL203", "text": ""}


@override_settings(DEBUG=True)
def test_in_debug_the_places_in_the_project_are_named() -> None:
    told = described(failure())
    assert told["message"] == "go raised"
    assert told["hint"] == HandlerFailed.hint
    [[place, line]] = told["where"]
    assert Path(place.partition(":")[0]).name == "test_diagnosis.py"
    assert place.endswith(", failure")
    assert line == 'json.loads("{")'


@override_settings(DEBUG=True)
def test_a_place_in_a_template_is_named() -> None:
    cause = TemplateSyntaxError("no")
    cause.template_debug = {"name": "page.html", "line": 7, "during": " {% nope %}\n"}
    error = HandlerFailed("render")
    error.__cause__ = cause
    assert described(error)["where"] == [["page.html:7", "{% nope %}"]]


@override_settings(DEBUG=True)
def test_an_error_without_a_cause_has_no_place() -> None:
    assert described(UnknownEvent("x"))["where"] == []


@pytest.mark.parametrize("debug", [True, False])
def test_all_of_it_is_data(debug: bool) -> None:
    with override_settings(DEBUG=debug):
        json.dumps(described(failure()))
