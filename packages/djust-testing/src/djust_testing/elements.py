"""What a visitor can do with an element, and what the browser then sends."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bs4 import BeautifulSoup, Tag

from djust_testing.nests import VIEW
from djust_testing.reach import Impossible as Impossible
from djust_testing.reach import check_reach, is_disabled, open_tag

_CALL = re.compile(r"\s*([^(]*?)\s*\((.*)\)\s*", re.DOTALL)
_LITERALS = re.compile(
    r"""'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*"|\b(?:true|false|null)\b""", re.DOTALL
)
_PYTHON = {"true": "True", "false": "False", "null": "None"}
_BUTTONS = ("submit", "button", "reset", "image")
_CONTROLS = ("input", "select", "textarea")
# Events that no element around hears.
_ALONE = frozenset({"focus", "blur", "mouseenter", "mouseleave"})
_NONE: Mapping[str, str] = {}


@dataclass(frozen=True)
class Call:
    """What an element sends.

    Attributes:
        name: Of the handler.
        params: What it gets.
        target: Id of the component that the element is in; empty: the view.
        owner: Token of the nested view that the element is in; empty: the view of the page.
    """

    name: str
    params: dict[str, Any]
    target: str = ""
    owner: str = ""


@dataclass
class Typed:
    """What a visitor entered into a control, and what the server had rendered there then."""

    value: Any
    rendered: Any


class Elements:
    """The elements of a page, with what a visitor entered into them.

    Args:
        html: The page.
        typed: What was entered so far, by :meth:`key`; shared between the pages of one visit.
        files: Names of files that inputs hold, by selector.
    """

    def __init__(
        self, html: str, typed: dict[tuple[str, ...], Typed], files: Mapping[str, str] = _NONE
    ) -> None:
        self.soup = BeautifulSoup(html, "html.parser")
        for template in self.soup.find_all("template"):
            template.clear()  # what is in it is no part of the page; only some parsers know
        self._typed = typed
        self._files = files

    def one(self, selector: str) -> Tag:
        """Return the only element that matches a CSS selector.

        Raises:
            Impossible: None matches, or several do.
        """
        found = self.soup.select(selector)
        if len(found) != 1:
            count = "No element matches" if not found else f"{len(found)} elements match"
            raise Impossible(f"{count} {selector!r} in:\n{self.soup}")
        return found[0]

    # What controls hold

    def key(self, control: Tag) -> tuple[str, ...]:
        """Return what names a control from one version of the page to the next."""
        form = self.form_of(control)
        forms = self.soup.find_all("form")
        place = str(next((at for at, one in enumerate(forms) if one is form), ""))
        choice = _text(control, "value") if _is_box(control) else ""
        return place, control.name, _text(control, "name"), _text(control, "id"), choice

    def rendered(self, control: Tag) -> Any:
        """Return what a control holds when nobody has touched it."""
        if _is_box(control):
            return control.has_attr("checked")
        if control.name == "select":
            options = control.find_all("option")
            chosen = [_value_of_option(one) for one in options if one.has_attr("selected")]
            if control.has_attr("multiple"):
                return chosen
            enabled = [_value_of_option(one) for one in options if not is_disabled(one)]
            return (chosen or enabled[:1] or [""])[-1]
        if control.name == "textarea":
            return control.get_text()
        return _text(control, "value")

    def held(self, control: Tag) -> Any:
        """Return what a control holds: what was entered, unless the server has changed it since."""
        if _text(control, "type") == "file":
            chosen = (self._files[one] for one in self._files if control in self.soup.select(one))
            return next(filter(None, chosen), "")
        typed = self._typed.get(self.key(control))
        rendered = self.rendered(control)
        return rendered if typed is None or typed.rendered != rendered else typed.value

    def enter(self, control: Tag, value: Any) -> None:
        """Enter something into a control.

        Raises:
            Impossible: It is no control, it is disabled or read-only, or has no such choice.
        """
        if control.name not in _CONTROLS:
            raise Impossible(f"Nothing can be entered into {open_tag(control)}.")
        check_reach(control)
        if control.has_attr("readonly"):
            raise Impossible(f"{open_tag(control)} is read-only.")
        if _is_box(control) and not isinstance(value, bool):
            raise Impossible(f"{open_tag(control)} is ticked or not: use True or False.")
        if _text(control, "type") == "file":
            raise Impossible(f"{open_tag(control)} takes a file: use upload().")
        if control.name == "select":
            known = [
                _value_of_option(one) for one in control.find_all("option") if not is_disabled(one)
            ]
            wanted = value if isinstance(value, list) else [value]
            unknown = [one for one in wanted if str(one) not in known]
            if unknown:
                raise Impossible(f"{open_tag(control)} has no choice {unknown[0]!r}: {known}.")
            value = [str(one) for one in wanted] if isinstance(value, list) else str(value)
        elif not isinstance(value, bool):
            value = str(value)
        if _text(control, "type") == "radio" and value:
            form = self.form_of(control)
            for other in self.controls(self.soup if form is None else form):
                if self.form_of(other) is form and _text(other, "name") == _text(control, "name"):
                    self._typed[self.key(other)] = Typed(False, self.rendered(other))
        self._typed[self.key(control)] = Typed(value, self.rendered(control))

    def toggle(self, box: Tag) -> None:
        """Click a box: a tick comes or goes, and a radio button is chosen."""
        self.enter(box, _text(box, "type").lower() == "radio" or not self.held(box))

    def by_key(self, key: tuple[str, ...]) -> Tag | None:
        """Return the control that :meth:`key` names, in this version of the page."""
        return next((one for one in self.controls(self.soup) if self.key(one) == key), None)

    def settle(self) -> None:
        """Forget what was entered into controls that the server has changed since."""
        for control in self.controls(self.soup) if self._typed else ():
            typed = self._typed.get(self.key(control))
            if typed is not None and typed.rendered != self.rendered(control):
                del self._typed[self.key(control)]

    def forget(self, form: Tag) -> None:
        """Show what the server rendered in all controls of a form."""
        for control in self.controls(form):
            self._typed.pop(self.key(control), None)

    def controls(self, inside: Tag) -> Iterator[Tag]:
        """Yield the controls of a form, buttons apart."""
        for control in self.soup.find_all(_CONTROLS):
            is_inside = inside is self.soup or self.form_of(control) is inside
            if is_inside and _text(control, "type") not in _BUTTONS:
                yield control

    def form_of(self, control: Tag) -> Tag | None:
        """Return the form that a control belongs to: the one that it names, or that it is in."""
        if control.has_attr("form"):
            named = self.soup.find("form", id=_text(control, "form"))
            return named if isinstance(named, Tag) else None
        return control.find_parent("form")

    def labelled(self, label: Tag) -> Tag | None:
        """Return the control that a label is for."""
        if label.has_attr("for"):
            named = self.soup.find(id=_text(label, "for"))
            return named if isinstance(named, Tag) else None
        inner = label.find([*_CONTROLS, "button"])
        return inner if isinstance(inner, Tag) else None

    def fields(self, form: Tag, submitter: Tag | None = None) -> dict[str, Any]:
        """Return what a form sends: a list for each name that can have several values."""
        fields: dict[str, Any] = {}
        controls = list(self.controls(form))
        for control in controls:
            name = _text(control, "name")
            if not name or name == "csrfmiddlewaretoken" or is_disabled(control):
                continue
            if _text(control, "type") == "file":
                continue
            held = self.held(control)
            if _is_box(control):
                values = [_text(control, "value") or "on"] if held else []
            else:
                values = held if isinstance(held, list) else [held]
            group = [one for one in controls if _text(one, "name") == name]
            several = control.has_attr("multiple") or (
                _text(control, "type") == "checkbox" and len(group) > 1
            )
            for value in values:
                if name in fields:
                    old = fields[name]
                    fields[name] = [*(old if isinstance(old, list) else [old]), value]
                else:
                    fields[name] = [value] if several else value
        if submitter is not None and _text(submitter, "name"):
            fields[_text(submitter, "name")] = _text(submitter, "value")
        return fields

    # What visitors can do

    def bound(self, element: Tag, event: str, key: str = "") -> tuple[Tag, str] | None:
        """Return the element that handles an event of ``element``, and the value of its binding."""
        for outer in [element] if event in _ALONE else [element, *element.parents]:
            for name, value in outer.attrs.items():
                base, *filters = name.split(".")
                if base == f"dj-{event}" and value and _passes(filters, key):
                    return outer, str(value)
        return None

    def call(self, element: Tag, binding: str, target: Tag, key: str = "") -> Call:
        """Return what ``element`` sends for an event that began at ``target``."""
        own: dict[str, Any] = {}
        params: dict[str, Any] = {}
        for attribute, value in element.attrs.items():
            for prefix, into in (("data-", own), ("dj-value-", params)):
                if attribute.startswith(prefix):
                    into[attribute.removeprefix(prefix).replace("-", "_")] = str(value)
        name = binding
        parsed = _CALL.fullmatch(binding)
        if parsed is not None and parsed[1]:
            name = parsed[1]
            if args := _literals(parsed[2]):
                params["_args"] = args
        is_form = element.name == "form"
        if is_form:
            params = {**self.fields(element), **params}
        control = target if is_form else element
        is_control = control.name in (*_CONTROLS, "button")
        if is_control and (control.name != "button" or _text(control, "value")):
            own["value"] = self._value(control)
            if _text(control, "name"):
                own["name"] = own["field_name"] = _text(control, "name")
        if key:
            own["key"] = key
        extra = [one for one in own if one not in params]
        given = {**own, **params, **({"_extra": extra} if extra else {})}
        return Call(name, given, _component_of(element), _view_of(element))

    def model(self, control: Tag) -> Call | None:
        """Return what ``dj-model`` sends for a control."""
        for name, value in control.attrs.items():
            if name.split(".")[0] == "dj-model":
                params = {"field": str(value), "value": self._value(control)}
                if _text(control, "type") == "checkbox":
                    params["chosen"] = self._chosen(str(value), _view_of(control))
                return Call("dj-model", params, _component_of(control), _view_of(control))
        return None

    def _chosen(self, field: str, view: str) -> list[str]:
        """Return what is checked of the boxes that bind an attribute."""
        return [
            _text(box, "value") or "on"
            for box in self.controls(self.soup)
            if _text(box, "type") == "checkbox" and self.held(box) and _view_of(box) == view
            for name, value in box.attrs.items()
            if name.split(".")[0] == "dj-model" and str(value) == field
        ]

    def submits(self, button: Tag, form: Tag) -> bool:
        """Return whether an element is a button that submits this form."""
        kind = _text(button, "type").lower()
        is_button = button.name == "button" and kind not in ("button", "reset")
        is_submit = is_button or (button.name == "input" and kind in ("submit", "image"))
        return is_submit and self.form_of(button) is form

    def _value(self, control: Tag) -> Any:
        held = self.held(control)
        if control.name in ("select", "textarea") or not _is_box(control):
            return held
        if _text(control, "type") == "radio":
            return _text(control, "value") or "on"
        form = self.form_of(control)
        if form is not None and _text(control, "name"):
            name = _text(control, "name")
            group = [one for one in self.controls(form) if _text(one, "name") == name]
            if len(group) > 1:
                return [_text(one, "value") or "on" for one in group if self.held(one)]
        return held

    def check_valid(self, form: Tag, submitter: Tag | None = None) -> None:
        """Return when a browser would submit the form.

        Raises:
            Impossible: A required field is empty, or all buttons that would submit it are disabled.
        """
        buttons = [
            one for one in self.soup.find_all(["button", "input"]) if self.submits(one, form)
        ]
        if buttons and all(is_disabled(one) for one in buttons):
            raise Impossible(f"{open_tag(buttons[0])} is disabled, so nothing submits the form.")
        if form.has_attr("novalidate"):
            return
        if submitter is not None and submitter.has_attr("formnovalidate"):
            return
        for control in self.controls(form):
            if not control.has_attr("required") or is_disabled(control):
                continue
            held = self.held(control)
            if _text(control, "type") == "radio":
                name = _text(control, "name")
                held = any(
                    self.held(one) for one in self.controls(form) if _text(one, "name") == name
                )
            if held in ("", False, []):
                raise Impossible(
                    f"A browser would not submit the form: {open_tag(control)} is empty."
                )


def _text(element: Tag, name: str) -> str:
    value = element.get(name)
    return " ".join(value) if isinstance(value, list) else (value or "")


def _is_box(control: Tag) -> bool:
    return control.name == "input" and _text(control, "type").lower() in ("checkbox", "radio")


def _value_of_option(option: Tag) -> str:
    return _text(option, "value") if option.has_attr("value") else option.get_text(strip=True)


def _passes(filters: list[str], key: str) -> bool:
    names = {"esc": "escape", "space": " ", "del": "delete"}
    *modifiers, pressed = key.lower().split("+") if key and key != "+" else [key]
    return all(
        one in modifiers
        if one in ("ctrl", "shift", "alt", "meta")
        else pressed in (one, f"arrow{one}", names.get(one))
        for one in filters
    )


def _literals(text: str) -> list[Any]:
    """Return literals such as ``3, 'x', true``; what is none of them is a list of words."""
    python = _LITERALS.sub(lambda match: _PYTHON.get(match[0], match[0]), text)
    try:
        return list(ast.literal_eval(f"[{python}]"))
    except (ValueError, SyntaxError):
        return [word.strip() for word in text.split(",")]


def _component_of(element: Tag) -> str:
    around = [element, *element.parents]
    return next((_text(one, "dj-target") for one in around if one.has_attr("dj-target")), "")


def _view_of(element: Tag) -> str:
    around = [element, *element.parents]
    return next((_text(one, VIEW) for one in around if one.has_attr(VIEW)), "")
