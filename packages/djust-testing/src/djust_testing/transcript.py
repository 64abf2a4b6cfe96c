"""What visitors did, as data, and the test that does it again."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

# What is longer says little to a reader of the test.
_MAX_CHARS = 200
_WIDTH = 88


@dataclass
class Step:
    """One thing that happened on a page.

    Attributes:
        event: The handler that the browser called; empty: background work came to its end.
        params: What it got.
        target: Id of a component; empty: the view.
        ref: The number of the event.
        code: Why it was refused or failed.
        state: The attributes that it changed, with their new values.
        events: Names and payloads that were pushed to the browser.
        flash: Levels and texts of messages.
        address: The address that the page got and stayed.
        redirect: Where the visitor was sent.
    """

    event: str
    params: dict[str, Any]
    target: str = ""
    ref: int = 0
    code: str = ""
    state: dict[str, Any] = field(default_factory=dict)
    events: list[tuple[str, Any]] = field(default_factory=list)
    flash: list[tuple[str, str]] = field(default_factory=list)
    address: str = ""
    redirect: str = ""


@dataclass
class Visit:
    """What happened on one page.

    Attributes:
        module: Where the class of the view is.
        view: Its name.
        path: Of the page.
        query: Of its address.
        kwargs: What the URL gave the view.
        user: The name of who was logged in; empty: nobody.
        steps: What happened, in order.
        left_out: Extensions whose modules sent what is not written down.
    """

    module: str
    view: str
    path: str
    query: dict[str, str] = field(default_factory=dict)
    kwargs: dict[str, Any] = field(default_factory=dict)
    user: str = ""
    steps: list[Step] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)


def is_plain(value: Any) -> bool:
    """Return whether a value is data that source text can hold and a reader can take in."""
    if isinstance(value, (list, tuple)):
        return all(is_plain(one) for one in value) and len(repr(value)) <= _MAX_CHARS
    if isinstance(value, dict):
        return all(is_plain(one) for pair in value.items() for one in pair) and (
            len(repr(value)) <= _MAX_CHARS
        )
    return type(value) in (bool, int, str, type(None)) and len(repr(value)) <= _MAX_CHARS


def as_pytest(visits: Sequence[Visit], *, has_database: bool = True) -> str:
    """Return a test module that does what was done, and checks what came of it.

    Args:
        visits: What was done; pages on which nothing happened are left out.
        has_database: Mark the tests with ``django_db`` of pytest-django.
    """
    told = [visit for visit in visits if visit.steps]
    names = _names(told)
    tests = [_test(name, visit, has_database) for name, visit in zip(names, told, strict=True)]
    has_failures = any(step.code for visit in told for step in visit.steps)
    lines = ['"""What visitors did, recorded with djust_record."""', ""]
    lines += ["from __future__ import annotations", ""]
    lines += ["import pytest"] if has_database or has_failures else []
    if any(visit.user for visit in told):
        lines.append("from django.contrib.auth import get_user_model")
    clients = "EventFailed, LiveViewTestClient" if has_failures else "LiveViewTestClient"
    imports = {f"from {visit.module} import {visit.view.partition('.')[0]}" for visit in told}
    lines += sorted([f"from djust_testing import {clients}", *imports])
    return "\n".join(lines) + "\n" + "".join(f"\n\n{test}\n" for test in tests)


def _names(visits: Sequence[Visit]) -> list[str]:
    names: list[str] = []
    for visit in visits:
        words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", visit.view.rpartition(".")[2]).lower()
        same = sum(re.fullmatch(rf"test_{words}(_\d+)?", name) is not None for name in names)
        names.append(f"test_{words}" + (f"_{same + 1}" if same else ""))
    return names


def _test(name: str, visit: Visit, has_database: bool) -> str:
    lines = ["@pytest.mark.django_db"] if has_database else []
    lines.append(f"def {name}() -> None:")
    options = []
    if visit.user:
        known = "{user_model.USERNAME_FIELD: " + repr(visit.user) + "}"
        lines.append("    user_model = get_user_model()")
        lines.append(f"    visitor = user_model._default_manager.create(**{known})")
        options.append("visitor")
    options.append(f"path={visit.path!r}")
    options += [f"query={visit.query!r}"] if visit.query else []
    lines += _call("    ", "with LiveViewTestClient", [visit.view, *options], " as page:")
    lines += [
        f"        # Not recorded: what the module of {namespace!r} sent."
        for namespace in visit.left_out
    ]
    lines += _call("        ", "page.mount", _arguments(visit.kwargs))
    for step in visit.steps:
        lines += _step(step)
    return "\n".join(lines)


def _step(step: Step) -> Iterator[str]:
    call = _calls(step)
    if step.code:
        yield f'        with pytest.raises(EventFailed, match="{step.code}"):'
        yield from _call("            ", *call)
    else:
        yield from _call("        ", *call)
    if step.state:
        yield from _call("        ", "page.assert_state", _arguments(step.state))
    for name, payload in step.events:
        yield from _call("        ", "page.assert_push_event", [repr(name), repr(payload)])
    for level, text in step.flash:
        yield from _call("        ", "page.assert_flash", [repr(text), repr(level)])
    if step.address:
        yield from _call("        ", "page.assert_patch", [repr(step.address)])
    if step.redirect:
        yield from _call("        ", "page.assert_redirect", [repr(step.redirect)])


def _calls(step: Step) -> tuple[str, list[str]]:
    if not step.event:
        return "page.render_async", []
    if step.target:
        given = [repr(step.target), repr(step.event), *_arguments(step.params)]
        return "page.send_event_to", given
    return "page.send_event", [repr(step.event), *_arguments(step.params)]


def _arguments(values: dict[str, Any]) -> list[str]:
    """Return keyword arguments; all in one dict when a name is no Python name."""
    if all(name.isidentifier() and not keyword.iskeyword(name) for name in values):
        return [f"{name}={value!r}" for name, value in values.items()]
    return [f"**{values!r}"]


def _call(indent: str, function: str, arguments: list[str], end: str = "") -> list[str]:
    line = f"{indent}{function}({', '.join(arguments)}){end}"
    if len(line) <= _WIDTH:
        return [line]
    inner = [f"{indent}    {argument}," for argument in arguments]
    return [f"{indent}{function}(", *inner, f"{indent}){end}"]
