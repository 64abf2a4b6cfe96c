"""Checks of the elements in templates: keys, tables, modifiers, names for people, scripts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage

from djust_live.checks.messages import unsilenced, warning
from djust_live.checks.places import is_installed
from djust_live.checks.shown import shown
from djust_live.checks.template_sources import TAG, TemplateText, included_in, texts_of

Found = Iterator[tuple[int, CheckMessage]]

_LOOP = re.compile(r"\{%-?\s*(end)?for\b.*?%\}", re.DOTALL)
_TABLE = frozenset("caption col colgroup tbody td tfoot th thead tr".split())
_KEYS = "enter|escape|esc|tab|space|up|down|left|right|backspace|delete|home|end"
_MODIFIER = re.compile(
    rf"""\s(dj-(?!key|window-key|document-key)[a-z-]+)\.({_KEYS})(?=[\s=.>/])""", re.IGNORECASE
)
_ELEMENT_NAME = re.compile(r"<([a-zA-Z][\w-]*)")
_NAMED = re.compile(r"\s(?:aria-label|aria-labelledby|title)\s*=", re.IGNORECASE)
_TYPE = re.compile(r"""\stype\s*=\s*["']?(\w+)""", re.IGNORECASE)
_ID = re.compile(r"""\sid\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_FOR = re.compile(r"""\sfor\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_LABEL = re.compile(r"<label\b.*?</label\s*>", re.DOTALL | re.IGNORECASE)
_SCRIPT = re.compile(r"<script\b(?P<head>[^>]*)>(?P<body>.*?)</script\s*>", re.DOTALL | re.I)
_DATA_SCRIPT = re.compile(
    r"""\stype\s*=\s*["']?(?:application/(?:ld\+)?json|text/template)""", re.I
)
_CONSOLE = re.compile(r"\bconsole\s*\.\s*(?:log|debug|info)\s*\(")
_RAW_NAME = re.compile(r"\{\{[^{}]*\bclient_name\s*\|\s*safe\b[^{}]*\}\}")
_TABINDEX = re.compile(
    r"""\stabindex\s*=\s*(["']?)(?P<order>[1-9]\d*)\1|"[^"]*"|'[^']*'""", re.IGNORECASE
)
_UNLABELLED = frozenset({"hidden", "submit", "button", "reset", "image"})


def check_markup(**kwargs: Any) -> list[CheckMessage]:
    """Look through the templates of the live views that URLs lead to, each file once."""
    found: list[CheckMessage] = []
    seen = set()
    for owner in shown():
        for number, text in enumerate(texts_of(owner)):
            if (text.name, text.source) in seen:
                continue
            seen.add((text.name, text.source))
            if is_installed(text.file):
                continue
            found += remarks(text, is_root=number == 0)
    return unsilenced(found)


def remarks(text: TemplateText, *, is_root: bool = False) -> list[CheckMessage]:
    """Return what is said of one template.

    Args:
        text: The template.
        is_root: It is a view's own template, not one that is included.
    """
    looks: list[Callable[[TemplateText], Found]] = [
        _loops,
        _modifiers,
        _raw_names,
        _scripts,
        _images,
        _labels,
        _names,
        _tab_order,
    ]
    if is_root:
        looks.append(_root)
    return [
        message for look in looks for offset, message in look(text) if text.keeps(offset, message)
    ]


def _loops(text: TemplateText) -> Found:
    opened: list[int] = []
    for loop in _LOOP.finditer(text.visible):
        if not loop[1]:
            opened.append(loop.end())
        elif opened:
            start = opened.pop()
            body = text.visible[start : loop.start()]
            bodies = [body, *(one.visible for one in included_in(body))]
            tags = [tag[0] for each in bodies for tag in TAG.finditer(each)]
            names = {_name(tag) for tag in tags if _type(tag) != "hidden"}
            has_key = any(re.search(r"\s(?:dj-key|id)\s*=", tag) for tag in tags)
            if names & {"input", "textarea", "select"} and not has_key and "option" not in names:
                yield (
                    start,
                    warning(
                        "T006",
                        f"{text.name} repeats form controls without keys.",
                        'Give the repeated element dj-key="{{ item.pk }}", so that typed text '
                        "moves with its row.",
                        text.place(start),
                    ),
                )


def _root(text: TemplateText) -> Found:
    first = next(text.tags(), None)
    if first is None or "{% extends" in text.visible[: first.start()]:
        return
    name = _name(first[0])
    if name in _TABLE:
        yield (
            first.start(),
            warning(
                "T007",
                f"The root of {text.name} is <{name}>, which a browser drops outside of a table.",
                "Put the whole <table> into the template.",
                text.place(first.start()),
            ),
        )


def _modifiers(text: TemplateText) -> Found:
    for tag in text.tags():
        for match in _MODIFIER.finditer(tag[0]):
            offset = tag.start() + match.start()
            yield (
                offset,
                warning(
                    "T008",
                    f"{text.name}: .{match[2]} names a key, and {match[1]} hears none.",
                    f"Use dj-keydown.{match[2]}, or leave the modifier out.",
                    text.place(offset),
                ),
            )


def _raw_names(text: TemplateText) -> Found:
    for match in raw_names(text):
        yield (
            match.start(),
            warning(
                "S006",
                f"{text.name} shows the name of an uploaded file without escaping it.",
                "Remove |safe: the visitor chose this text.",
                text.place(match.start()),
            ),
        )


def _scripts(text: TemplateText) -> Found:
    for script in _SCRIPT.finditer(text.visible):
        if _DATA_SCRIPT.search(script["head"]) or not script["body"].strip():
            continue
        if _has_policy() and "nonce" not in script["head"]:
            yield (
                script.start(),
                warning(
                    "S007",
                    f"{text.name} has an inline script without a nonce; the policy blocks it.",
                    'Write <script nonce="{{ csp_nonce }}">, or move it into a file.',
                    text.place(script.start()),
                ),
            )
        for call in _CONSOLE.finditer(script["body"]):
            offset = script.start("body") + call.start()
            yield (
                offset,
                warning(
                    "Q003",
                    f"{text.name} logs to the console of every visitor.",
                    "Remove it.",
                    text.place(offset),
                ),
            )


def _has_policy() -> bool:
    named = (getattr(settings, name, None) for name in ("SECURE_CSP", "CONTENT_SECURITY_POLICY"))
    return any(named) or any("csp" in one.lower() for one in getattr(settings, "MIDDLEWARE", ()))


def _images(text: TemplateText) -> Found:
    for tag in text.tags():
        if _name(tag[0]) == "img" and not re.search(r"\salt\b|\{%|aria-hidden", tag[0]):
            yield (
                tag.start(),
                warning(
                    "Q004",
                    f"{text.name} has an image without alt.",
                    'Say what it shows; alt="" when it is decoration.',
                    text.place(tag.start()),
                ),
            )


def _labels(text: TemplateText) -> Found:
    labelled = {match[1] or match[2] for match in _FOR.finditer(text.visible)}
    inside = [match.span() for match in _LABEL.finditer(text.visible)]
    for tag in text.tags():
        if _name(tag[0]) not in ("input", "select", "textarea") or _type(tag[0]) in _UNLABELLED:
            continue
        own = _ID.search(tag[0])
        is_labelled = (
            _NAMED.search(tag[0])
            or "{%" in tag[0]
            or (own and (own[1] or own[2]) in labelled)
            or any(start < tag.start() < end for start, end in inside)
        )
        if not is_labelled:
            yield (
                tag.start(),
                warning(
                    "Q005",
                    f"{text.name} has a control without a label.",
                    "Put it into a <label>, or give it aria-label; a placeholder is no name.",
                    text.place(tag.start()),
                ),
            )


def _names(text: TemplateText) -> Found:
    for tag in text.tags():
        name = _name(tag[0])
        is_link = name == "a" and re.search(r"\shref\b", tag[0])
        if not (name == "button" or is_link) or _NAMED.search(tag[0]) or "{%" in tag[0]:
            continue
        end = text.visible.find(f"</{name}", tag.end())
        body = text.visible[tag.end() : end if end >= 0 else tag.end()]
        says = re.sub(r"<svg\b.*?</svg\s*>", "", body, flags=re.DOTALL)
        says = TAG.sub(lambda inner: "x" if _speaks(inner[0]) else "", says)
        if end >= 0 and not re.sub(r"</[\w-]+\s*>", "", says).strip() and "<title" not in body:
            yield (
                tag.start(),
                warning(
                    "Q006",
                    f"{text.name} has a <{name}> that says nothing to a screen reader.",
                    "Give it text or aria-label.",
                    text.place(tag.start()),
                ),
            )


def _speaks(tag: str) -> bool:
    has_alt = re.search(r"""\salt\s*=\s*(?:"[^"]+"|'[^']+')""", tag)
    return bool(_NAMED.search(tag) or has_alt)


def _tab_order(text: TemplateText) -> Found:
    for tag in text.tags():
        if any(positive_orders(tag[0])):
            yield (
                tag.start(),
                warning(
                    "Q007",
                    f"{text.name} has a positive tabindex, which comes before everything else.",
                    "Use 0 or -1, and put elements into the order in which they are read.",
                    text.place(tag.start()),
                ),
            )


def positive_orders(tag: str) -> Iterator[re.Match[str]]:
    """Yield where a start tag has a ``tabindex`` above 0; what stands in other values is text."""
    return (match for match in _TABINDEX.finditer(tag) if match["order"])


def raw_names(text: TemplateText) -> Iterator[re.Match[str]]:
    """Yield where a template prints the name of an uploaded file as it is."""
    return _RAW_NAME.finditer(text.visible)


def _name(tag: str) -> str:
    found = _ELEMENT_NAME.match(tag)
    return found[1].lower() if found else ""


def _type(tag: str) -> str:
    found = _TYPE.search(tag)
    return found[1].lower() if found else ""
