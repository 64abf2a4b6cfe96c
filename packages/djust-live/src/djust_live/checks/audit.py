"""What every live view offers to the browser, and code in it that trusts too much."""

from __future__ import annotations

import dis
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from django.core.checks import CheckMessage

from djust_live.checks.catalogue import CATALOGUE
from djust_live.checks.messages import unsilenced
from djust_live.checks.python_sources import project_sources
from djust_live.checks.routes import callbacks, is_decorated, routed_views, routes
from djust_live.checks.security import findings
from djust_live.checks.shown import parts_of
from djust_live.checks.template_sources import Owner
from djust_live.checks.trust import suspicions
from djust_live.component import LiveComponent
from djust_live.events import Handler
from djust_live.live_view import LiveView

TITLES = {
    **CATALOGUE,
    "A001": "An object is fetched by what the visitor says, without asking whose it is",
    "A002": "A handler of a view without access rules writes to the database",
    "A003": "SQL is put together from values",
}


@dataclass(frozen=True)
class HandlerEntry:
    """One method that the browser may call.

    Attributes:
        name: Of the method.
        parameters: Names with what each expects.
        permissions: All of them are needed.
        decorators: What else its decorators say.
    """

    name: str
    parameters: dict[str, str]
    permissions: tuple[str, ...]
    decorators: tuple[str, ...]


@dataclass(frozen=True)
class ViewEntry:
    """One live view.

    Attributes:
        view: Its dotted name.
        url: The route that leads to it.
        access: The rules that a visitor has to meet; empty: anybody may see it.
        state: Names of what templates may show and the browser may be told.
        handlers: What the browser may call.
    """

    view: str
    url: str
    access: tuple[str, ...]
    state: tuple[str, ...]
    handlers: tuple[HandlerEntry, ...]

    def as_data(self) -> dict[str, Any]:
        """Return it as it stands in JSON."""
        return asdict(self)


def entries() -> list[ViewEntry]:
    """Return every live view of the URLconf, in the order of the patterns, then their parts."""
    routed = [_entry(view, callback, url) for view, callback, url in routes()]
    around: dict[Owner, list[str]] = {}
    for view in routed_views():
        for part in parts_of(view):
            around.setdefault(part, []).append(view.__qualname__)
    return routed + [_part(part, views) for part, views in around.items()]


def _part(part: Owner, views: list[str]) -> ViewEntry:
    """Return a component or a nested view; it is as guarded as the views around it."""
    inside = f"inside {', '.join(dict.fromkeys(views))}"
    if not issubclass(part, LiveComponent):
        return _entry(part, None, inside)
    state = {*part._defaults, *part._properties, *_assigned(part)}
    return ViewEntry(
        view=f"{part.__module__}.{part.__qualname__}",
        url=inside,
        access=(),
        state=tuple(sorted(state)),
        handlers=tuple(_handler(one) for one in part._handlers.values()),
    )


def trusting() -> list[CheckMessage]:
    """Return what the security checks and the audit's own rules find in the project's code."""
    guarded, open_ = _guarded()
    found: list[CheckMessage] = []
    for source in project_sources():
        found += findings(source)
        for node, message in suspicions(source, guarded, open_):
            if not source.is_silenced(node, str(message.id).removeprefix("djust.")):
                found.append(message)
    return unsilenced(found)


def _guarded() -> tuple[set[str], set[str]]:
    """Return the classes that nobody reaches without meeting a rule, and those of other views."""
    behind: dict[bool, set[str]] = {True: set(), False: set()}
    for view, callback in callbacks():
        names = {cls.__qualname__ for cls in view.__mro__}
        names |= {cls.__qualname__ for part in parts_of(view) for cls in part.__mro__}
        behind[bool(_access(view, callback))].update(names)
    return behind[True] - behind[False], behind[False]


def _entry(view: type[LiveView], callback: Any, url: str) -> ViewEntry:
    known = view._djust_class
    assigned = _assigned(view)
    return ViewEntry(
        view=f"{view.__module__}.{view.__qualname__}",
        url=url,
        access=_access(view, callback),
        state=tuple(sorted({*known.defaults, *known.properties, *assigned} - {"connected"})),
        handlers=tuple(_handler(one) for one in view.event_handlers().values()),
    )


def _handler(handler: Handler) -> HandlerEntry:
    marks = handler.marks
    said = {
        "background": marks.is_background,
        "action": marks.is_action,
        "debounce": marks.debounce_ms is not None,
        "throttle": marks.throttle_ms is not None,
        "rate_limit": marks.rate is not None,
        "client_state": bool(marks.published),
        "cache": marks.cache is not None,
        "optimistic": bool(marks.optimistic),
    }
    given = {one.name: one.expected for one in handler.parameters}
    if handler.accepts_extra:
        given["**"] = "any value"
    return HandlerEntry(
        handler.name,
        given,
        tuple(marks.permissions),
        tuple(name for name, on in said.items() if on),
    )


def _access(view: type[LiveView], callback: Any) -> tuple[str, ...]:
    rules = []
    if view.login_required:
        rules.append("login_required")
    if view.permission_required:
        rules.append(f"permission_required={view.permission_required}")
    for name in ("check_permissions", "has_object_permission", "dispatch"):
        if getattr(view, name) is not getattr(LiveView, name):
            rules.append(name)
    if view.on_mount:
        rules.append("on_mount")
    # Django asks no mixin that stands behind LiveView.
    asked = view.__mro__[: view.__mro__.index(LiveView)]
    rules += [base.__name__ for base in asked if base.__name__ in _MIXINS]
    enclosure = getattr(callback, "_djust_enclosure", None)
    if enclosure is not None:
        rules += [f"live_session: {name}" for name in _ENCLOSING if getattr(enclosure, name)]
    if is_decorated(callback):
        rules.append("decorator of django.contrib.auth")
    return tuple(rules)


_ENCLOSING = ("login_required", "on_mount")
_MIXINS = frozenset({"LoginRequiredMixin", "PermissionRequiredMixin", "UserPassesTestMixin"})


def _assigned(owner: Owner) -> set[str]:
    """Return the public names that the methods of a view or a component assign to ``self``."""
    ours = (*LiveView.__mro__, *LiveComponent.__mro__)
    code = [vars(cls) for cls in owner.__mro__ if cls not in ours]
    names: set[str] = set()
    for members in code:
        for member in members.values():
            function = getattr(member, "__code__", None)
            if function is not None and function.co_varnames[:1] == ("self",):
                names |= set(_stored(function))
    return {name for name in names if not name.startswith("_")}


def _stored(code: Any) -> Iterator[str]:
    before: Any = None
    for instruction in dis.get_instructions(code):
        if instruction.opname == "STORE_ATTR" and before == "self":
            yield str(instruction.argval)
        loaded = instruction.argval
        # Newer versions of Python load two names at once.
        before = loaded[-1] if isinstance(loaded, tuple) and loaded else loaded
