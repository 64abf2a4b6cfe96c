"""Whether people who do not see or click can use a page: rules of markup, and axe in a browser."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from bs4 import BeautifulSoup, Tag

_UNLABELLED = frozenset({"hidden", "submit", "button", "reset", "image"})


@dataclass(frozen=True)
class Barrier:
    """One thing that keeps somebody out.

    Attributes:
        rule: The rule, by the name that axe has for it.
        element: The start of the element.
        text: What is wrong and what to do.
    """

    rule: str
    element: str
    text: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.text} {self.element}"


def assert_accessible(page: Any, *, ignore: Iterable[str] = ()) -> None:
    """Check the markup of a page: names, labels, alt, order of headings and tabs, ids.

    Args:
        page: A client, or HTML.
        ignore: Rules to leave out.

    Raises:
        AssertionError: There are barriers; the text lists them.
    """
    left_out = set(ignore)
    html = page if isinstance(page, str) else page.html
    found = [barrier for barrier in barriers(html) if barrier.rule not in left_out]
    _raise(found)


def assert_axe(page: Any, *, ignore: Iterable[str] = ()) -> None:
    """Check what a browser shows with axe-core; needs ``djust-testing[axe]``.

    Args:
        page: A page of Playwright's sync API.
        ignore: Rules to leave out.

    Raises:
        AssertionError: axe found violations; the text lists them.
    """
    axe = import_module("axe_playwright_python.sync_playwright").Axe()
    left_out = set(ignore)
    violations = axe.run(page).response["violations"]
    _raise(
        [
            Barrier(one["id"], node["html"][:120], one["help"])
            for one in violations
            if one["id"] not in left_out
            for node in one["nodes"]
        ]
    )


def barriers(html: str) -> list[Barrier]:
    """Return what the rules of markup find in HTML."""
    soup = BeautifulSoup(html, "html.parser")
    rules: list[Callable[[BeautifulSoup], Iterator[Barrier]]] = [
        _images,
        _labels,
        _names,
        _tab_order,
        _ids,
        _headings,
    ]
    return [barrier for rule in rules for barrier in rule(soup)]


def _raise(found: list[Barrier]) -> None:
    if found:
        lines = "\n".join(str(barrier) for barrier in found)
        raise AssertionError(f"{len(found)} barriers:\n{lines}")


def _images(soup: BeautifulSoup) -> Iterator[Barrier]:
    for image in soup.find_all("img"):
        if image.get("alt") is None and image.get("aria-hidden") != "true":
            yield Barrier("image-alt", _start(image), "An image needs alt, empty if it decorates.")


def _labels(soup: BeautifulSoup) -> Iterator[Barrier]:
    labelled = {str(label.get("for")) for label in soup.find_all("label")}
    for control in soup.find_all(["input", "select", "textarea"]):
        if control.name == "input" and control.get("type") in _UNLABELLED:
            continue
        has_label = str(control.get("id", "")) in labelled or control.find_parent("label")
        if not has_label and not _is_named(control):
            yield Barrier("label", _start(control), "A control needs a label.")


def _names(soup: BeautifulSoup) -> Iterator[Barrier]:
    for element in soup.find_all(["button", "a"]):
        if element.name == "a" and element.get("href") is None:
            continue
        says = element.get_text(strip=True) or any(
            one.get("alt") or _is_named(one) for one in element.find_all(True)
        )
        if not says and not _is_named(element):
            rule = "button-name" if element.name == "button" else "link-name"
            yield Barrier(rule, _start(element), "It needs text or aria-label.")


def _tab_order(soup: BeautifulSoup) -> Iterator[Barrier]:
    for element in soup.find_all(True):
        order = str(element.get("tabindex", "0"))
        if re.fullmatch(r"\s*[1-9]\d*\s*", order):
            yield Barrier("tabindex", _start(element), "Use 0 or -1.")


def _ids(soup: BeautifulSoup) -> Iterator[Barrier]:
    ids = Counter(str(element["id"]) for element in soup.find_all(True) if element.get("id"))
    for name, number in ids.items():
        if number > 1:
            yield Barrier("duplicate-id", f"id={name!r}", f"{number} elements have this id.")


def _headings(soup: BeautifulSoup) -> Iterator[Barrier]:
    level = 0
    for heading in soup.find_all(re.compile(r"^h[1-6]$")):
        own = int(heading.name[1])
        if level and own > level + 1:
            yield Barrier(
                "heading-order", _start(heading), f"h{level} is followed by h{own}; leave none out."
            )
        level = own


def _is_named(element: Tag) -> bool:
    return any(element.get(name) for name in ("aria-label", "aria-labelledby", "title"))


def _start(element: Tag) -> str:
    return str(element).partition(">")[0][:120] + ">"
