"""Checks of what is to outlive the process."""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning

from djust_live.config import config
from djust_live.registry import ViewClass, registered

_GUIDE = "See docs/guides/state-and-resume.md"
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
    if config.STATE_BACKEND != "cache":
        return []
    cache = settings.CACHES.get(config.STATE_CACHE, {})
    backend = str(cache.get("BACKEND", ""))
    if not backend.endswith(_LOCAL_CACHES):
        return []
    return _kept(
        Warning(
            f"STATE_BACKEND is 'cache', and the cache {config.STATE_CACHE!r} is {backend}.",
            hint="Other workers do not see it, or it cannot count atomically. "
            f"Use Redis or Memcached. {_GUIDE}#choose-a-backend",
            id="djust.C020",
        )
    )


def check_view_state(**kwargs: Any) -> list[CheckMessage]:
    """Name attributes that ``mount`` sets to what does not travel, where nothing makes it again."""
    if config.STATE_BACKEND == "memory":
        return []
    found: list[CheckMessage] = []
    for view_class in registered():
        cls: Any = view_class.cls
        if cls.resumable:
            found += _staying(view_class)
    return _kept(*found)


def _staying(view_class: ViewClass) -> Iterator[CheckMessage]:
    cls: Any = view_class.cls
    if _defines(cls, "restore") or not _defines(cls, "mount"):
        return
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(cls.mount)))
    except (OSError, SyntaxError, TypeError):
        return  # made at run time: there is no source to look at
    for name, kind in _assigned(tree):
        yield Warning(
            f"{cls.__qualname__}.mount sets self.{name} to {kind}, which cannot be saved.",
            hint=f"Make it in restore() too. {_GUIDE}#what-does-not-travel",
            obj=cls,
            id="djust.V020",
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


def _kept(*messages: CheckMessage) -> list[CheckMessage]:
    return [message for message in messages if message.id not in config.SUPPRESS_CHECKS]
