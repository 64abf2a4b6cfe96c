"""Errors that a view adds to a form that was checked: kept, since the form is made anew."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.forms import BaseFormSet

from djust_live.form_data import forms_of

# Messages by name of the field, by prefix of the form, or of the formset for its own.
Errors = Mapping[str, Mapping[str, list[str]]]


def errors_of(form: Any) -> Errors:
    """Return all errors of a form, or of a formset and its forms."""
    found = {one.prefix or "": _texts(one.errors) for one in forms_of(form)}
    if isinstance(form, BaseFormSet):
        found[form.prefix or ""] = _texts({NON_FIELD_ERRORS: form.non_form_errors()})
    return found


def added(before: Errors, after: Errors) -> Errors:
    """Return the errors that came between two looks at a form."""
    new: dict[str, dict[str, list[str]]] = {}
    for prefix, found in after.items():
        known = before.get(prefix, {})
        more = {name: _more(known.get(name, ()), errors) for name, errors in found.items()}
        more = {name: errors for name, errors in more.items() if errors}
        if more:
            new[prefix] = more
    return new


def add(form: Any, errors: Errors) -> None:
    """Add errors to a form that has just been checked."""
    for one in forms_of(form):
        for name, messages in errors.get(one.prefix or "", {}).items():
            one.add_error(name if name in one.fields else None, messages)
    if isinstance(form, BaseFormSet):
        for messages in errors.get(form.prefix or "", {}).values():
            form.non_form_errors().extend(messages)


def without(errors: Errors, prefix: str, names: Iterable[str] = (NON_FIELD_ERRORS,)) -> Errors:
    """Return errors without those of some fields of a form, or those of it as a whole."""
    gone = set(names)
    kept = {
        key: {name: found[name] for name in found if key != prefix or name not in gone}
        for key, found in errors.items()
    }
    return {key: found for key, found in kept.items() if found}


def with_one(errors: Errors, prefix: str, name: str, error: Any) -> Errors:
    """Return errors with one more, of a field of a form or of the form as a whole."""
    texts = (error if isinstance(error, ValidationError) else ValidationError(error)).messages
    found = errors.get(prefix, {})
    return {**errors, prefix: {**found, name: [*found.get(name, ()), *map(str, texts)]}}


def moved(errors: Errors, prefix: str, place_of: Callable[[int], int | None]) -> Errors:
    """Return the errors of a formset after its rows moved; those of rows that went are left out."""
    kept: dict[str, Mapping[str, list[str]]] = {}
    for key, found in errors.items():
        row = key.removeprefix(f"{prefix}-")
        place = place_of(int(row)) if row != key and row.isdecimal() else None
        if place is not None:
            kept[f"{prefix}-{place}"] = found
    return kept


def _texts(errors: Mapping[str, Iterable[Any]]) -> dict[str, list[str]]:
    return {name: [str(each) for each in found] for name, found in errors.items()}


def _more(known: Iterable[str], errors: list[str]) -> list[str]:
    """Return the messages that are not among those that were known, each as often as it is new."""
    old = Counter(known)
    new = []
    for message in errors:
        if old[message]:
            old[message] -= 1
        else:
            new.append(message)
    return new
