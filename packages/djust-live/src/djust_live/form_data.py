"""What a form would post, as plain data: read from a form, taken from events, moved by rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from django.forms import BaseFormSet, BoundField, CheckboxInput
from django.forms.widgets import ChoiceWidget, FileInput, MultipleHiddenInput, Widget
from django.utils.datastructures import MultiValueDict

from djust_live.errors import BadParameter
from djust_live.events import WHOSE_FORM

# Names as in the page, with a text or a list of texts each.
Data = dict[str, Any]


def forms_of(form: Any) -> list[Any]:
    """Return the forms of a formset, or the one form."""
    return list(form.forms) if isinstance(form, BaseFormSet) else [form]


def fields_of(form: Any) -> Iterator[BoundField]:
    """Return the bound fields of a form, or of all forms of a formset."""
    for one in forms_of(form):
        yield from one


def field_named(form: Any, name: str) -> BoundField:
    """Return the field that owns the control called ``name``.

    Raises:
        BadParameter: No field does (``DJL202``).
    """
    owner: BoundField | None = None
    for field in fields_of(form):
        known = field.html_name
        if name == known:
            return field
        # Widgets of several controls add `_0`, `_year`, `-clear` to the name of their field, which
        # may begin like another one's.
        if name.startswith((f"{known}_", f"{known}-")):
            owner = field if owner is None or len(known) > len(owner.html_name) else owner
    if owner is not None:
        return owner
    raise BadParameter(f"The form has no field called {name[:80]!r}.")


def initial_data(form: Any) -> Data:
    """Return what a form that nobody touched would post, files and passwords apart."""
    data: Data = {}
    for field in fields_of(form):
        _read(field.field.widget, field.html_name, field.value(), data)
    if isinstance(form, BaseFormSet):
        data.update(initial_data(form.management_form))
    return data


def _read(widget: Widget, name: str, value: Any, data: Data) -> None:
    if isinstance(widget, FileInput):
        return
    if isinstance(widget, CheckboxInput):
        if widget.check_test(value):
            data[name] = "on"
        return
    if isinstance(widget, ChoiceWidget):
        _keep(data, name, widget.format_value(value), is_list=widget.allow_multiple_selected)
        return
    context = widget.get_context(name, value, {})["widget"]
    if "subwidgets" not in context:
        _keep(data, name, context["value"], is_list=False)
    for part in context.get("subwidgets", ()):
        _keep(data, part["name"], part["value"], is_list=isinstance(widget, MultipleHiddenInput))


def _keep(data: Data, name: str, value: Any, *, is_list: bool) -> None:
    values = value if isinstance(value, list) else [value]
    texts = [str(item) for item in values if item is not None]
    if is_list:
        data[name] = [*data.get(name, ()), *texts]
    elif texts:
        data[name] = texts[0]


def taken(name: str, value: Any) -> Any:
    """Return a value of an event as a form would have posted it; None: not at all.

    Raises:
        BadParameter: No control has such a value (``DJL202``).
    """
    if value is None or value is False:
        return None
    if value is True:
        return "on"
    if isinstance(value, str):
        return value
    if isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, list) and all(isinstance(item, (str, int, float)) for item in value):
        return [str(item) for item in value]
    raise BadParameter(f"{name[:80]}: a control holds text, not {type(value).__name__}.")


def with_value(data: Mapping[str, Any], field: BoundField, name: str, value: Any) -> Data:
    """Return ``data`` with what one control holds now."""
    widget = field.field.widget
    if isinstance(value, bool) and isinstance(widget, ChoiceWidget):
        # A group of one box says only whether that is checked.
        value = [str(choice) for choice, _ in widget.choices] if value else []
    now = {key: held for key, held in data.items() if key != name}
    held = taken(name, value)
    if held is not None and not isinstance(widget, FileInput):
        now[name] = held
    return now


def posted(data: Mapping[str, Any]) -> MultiValueDict[str, Any]:
    """Return data as Django's widgets read it."""
    return MultiValueDict(
        {name: value if isinstance(value, list) else [value] for name, value in data.items()}
    )


def from_post(post: Any) -> Data:
    """Return the fields of a plain POST."""
    return {
        name: values[0] if len(values) == 1 else values
        for name, values in post.lists()
        if name not in ("csrfmiddlewaretoken", WHOSE_FORM)
    }


def rearranged(
    names: Iterable[str], prefix: str, place_of: Callable[[int], int | None]
) -> dict[str, str]:
    """Return the new name of each name after rows of a formset moved.

    Names of rows that went are left out.
    """
    pattern = re.compile(rf"{re.escape(prefix)}-(\d+)-(.+)", re.DOTALL)
    new: dict[str, str] = {}
    for name in names:
        match = pattern.fullmatch(name)
        if match is None:
            new[name] = name
            continue
        place = place_of(int(match[1]))
        if place is not None:
            new[name] = f"{prefix}-{place}-{match[2]}"
    return new
