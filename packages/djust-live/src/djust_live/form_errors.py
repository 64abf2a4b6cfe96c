"""Errors that a view adds to a form that was checked: kept, since the form is made anew."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from djust_live.form_data import forms_of

# Messages by name of the field, by prefix of the form.
Errors = Mapping[str, Mapping[str, list[str]]]


def errors_of(form: Any) -> Errors:
    """Return all errors of a form, or of the forms of a formset."""
    return {
        one.prefix or "": {name: [str(each) for each in errors] for name, errors in found.items()}
        for one in forms_of(form)
        if (found := one.errors)
    }


def added(before: Errors, after: Errors) -> Errors:
    """Return the errors that came between two looks at a form."""
    new: dict[str, dict[str, list[str]]] = {}
    for prefix, found in after.items():
        known = before.get(prefix, {})
        more = {name: errors[len(known.get(name, ())) :] for name, errors in found.items()}
        more = {name: errors for name, errors in more.items() if errors}
        if more:
            new[prefix] = more
    return new


def add(form: Any, errors: Errors) -> None:
    """Add errors to a form that has just been checked."""
    for one in forms_of(form):
        for name, messages in errors.get(one.prefix or "", {}).items():
            one.add_error(name if name in one.fields else None, messages)


def without(errors: Errors, prefix: str, names: Iterable[str]) -> Errors:
    """Return errors without those of some fields of a form."""
    gone = set(names)
    kept = {
        key: {name: found[name] for name in found if key != prefix or name not in gone}
        for key, found in errors.items()
    }
    return {key: found for key, found in kept.items() if found}
