"""Checks of what is to outlive the process."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage
from django.core.exceptions import ImproperlyConfigured

from djust_live.checks.messages import unsilenced, warning
from djust_live.checks.shown import shown_views
from djust_live.config import Config, config
from djust_live.live_view import LiveView

_LOCAL_CACHES = ("locmem.LocMemCache", "dummy.DummyCache", "filebased.FileBasedCache")
# Calls whose results do not travel, by the last part of the name.
_STAYING = frozenset(
    {
        "Barrier",
        "Condition",
        "Event",
        "Lock",
        "Popen",
        "RLock",
        "Semaphore",
        "Thread",
        "ThreadPoolExecutor",
        "connect",
        "open",
        "partial",
        "socket",
        "urlopen",
    }
)


def check_state_cache(**kwargs: Any) -> list[CheckMessage]:
    """Name a cache that other processes do not see."""
    current = _current()
    if current.STATE_BACKEND != "cache":
        return []
    cache = settings.CACHES.get(current.STATE_CACHE, {})
    backend = str(cache.get("BACKEND", ""))
    if not backend.endswith(_LOCAL_CACHES):
        return []
    return unsilenced(
        [
            warning(
                "C005",
                f"STATE_BACKEND is 'cache', and the cache {current.STATE_CACHE!r} is {backend}.",
                "Other workers do not see it, or it cannot count atomically. Use Redis or "
                "Memcached.",
            )
        ]
    )


def check_view_state(**kwargs: Any) -> list[CheckMessage]:
    """Name attributes that ``mount`` sets to what does not travel, where nothing makes it again."""
    if _current().STATE_BACKEND == "memory":
        return []
    views = (view for view in shown_views() if view.resumable)
    return unsilenced([message for view in views for message in _staying(view)])


def _current() -> Config:
    try:
        return config()
    except ImproperlyConfigured:
        return Config()  # djust.C001 says so


def _staying(view: type[LiveView]) -> Iterator[CheckMessage]:
    if _defines(view, "restore") or not _defines(view, "mount"):
        return
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(view.mount)))
    except (OSError, SyntaxError, TypeError):
        return  # made at run time: there is no source to look at
    for name, kind in _assigned(tree):
        yield warning(
            "V005",
            f"{view.__qualname__}.mount sets self.{name} to {kind}, which cannot be saved.",
            "Make it in restore() too.",
            view,
        )


def _assigned(tree: ast.AST) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if not isinstance(node, (ast.Assign, ast.AnnAssign)):
            continue
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        kind = _kind(node.value)
        for target in targets:
            is_own = (
                isinstance(target, ast.Attribute)
                and isinstance(target.value, ast.Name)
                and target.value.id == "self"
            )
            if kind and is_own and isinstance(target, ast.Attribute):
                yield target.attr, kind


def _kind(value: ast.expr | None) -> str:
    """Return what an expression makes, when that stays in its process; else nothing."""
    if isinstance(value, ast.Lambda):
        return "a lambda"
    if isinstance(value, ast.GeneratorExp):
        return "a generator"
    if isinstance(value, ast.Call):
        name = value.func.attr if isinstance(value.func, ast.Attribute) else ""
        if isinstance(value.func, ast.Name):
            name = value.func.id
        if name in _STAYING:
            return f"the result of {name}()"
    return ""


def _defines(cls: type, name: str) -> bool:
    found = getattr(cls, name)
    return str(found.__module__) != "djust_live.live_view"
