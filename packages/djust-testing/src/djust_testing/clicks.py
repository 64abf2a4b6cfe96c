"""What a browser does by itself when something is clicked, after what is bound was called."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from bs4 import Tag

from djust_testing.elements import Call, Elements


@dataclass(frozen=True)
class Submit:
    """It submits a form."""

    form: Tag
    button: Tag


@dataclass(frozen=True)
class Toggle:
    """It ticks a box, or takes the tick away."""

    control: Tag


@dataclass(frozen=True)
class Go:
    """It goes to another address: of the same view, or of another page."""

    url: str
    is_patch: bool = False


Deed = Submit | Toggle | Go


def deed(elements: Elements, element: Tag) -> Deed | None:
    """Return what a browser does when an element is clicked; None when that is nothing."""
    link = _link(element)
    if link is not None:
        return link
    for outer in (element, *element.parents):
        found = _own(elements, outer)
        if found is not None:
            return found
        if outer.name == "label":
            control = elements.labelled(outer)
            return None if control is None or control is element else _own(elements, control)
    return None


def prevents(bound: Tag) -> bool:
    """Return whether the browser does nothing by itself once a binding was called."""
    return bound.name == "a" or (bound.name == "button" and bound.get("type") != "submit")


def commanded(call: Call) -> list[Call | Go] | None:
    """Return what commands for the browser lead to; None when a call names a handler.

    What commands change in the page, such as what they show, is not followed.
    """
    if not call.name.startswith("["):
        return None
    done: list[Call | Go] = []
    for command, *rest in json.loads(call.name):
        options: dict[str, Any] = rest[0] if rest else {}
        if command == "push":
            given = options.get("value") or {}
            extra = [one for one in call.params.get("_extra", ()) if one not in given]
            params = {key: one for key, one in call.params.items() if key != "_extra"} | given
            params |= {"_extra": extra} if extra else {}
            done.append(
                Call(options["event"], params, options.get("target") or call.target, call.owner)
            )
        elif command == "navigate":
            done.append(Go(options["href"]))
    return done


def _own(elements: Elements, element: Tag) -> Submit | Toggle | None:
    kind = str(element.get("type") or "").lower()
    if element.name == "input" and kind in ("checkbox", "radio"):
        return Toggle(element)
    form = elements.form_of(element)
    if form is None or not elements.submits(element, form):
        return None
    return Submit(form, element)


def _link(element: Tag) -> Go | None:
    around = [element, *element.parents]
    ours = next(
        (one for one in around if one.has_attr("dj-patch") or one.has_attr("dj-navigate")), None
    )
    if ours is not None:
        is_patch = ours.has_attr("dj-patch")
        url = ours.get("dj-patch" if is_patch else "dj-navigate") or ours.get("href")
        return Go(str(url), is_patch) if url else None
    plain = next((one for one in around if one.name == "a" and one.get("href")), None)
    return None if plain is None else Go(str(plain["href"]))
