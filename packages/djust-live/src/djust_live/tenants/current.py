"""The tenant of now: of the request that is answered, or of the view whose turn it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from urllib.parse import quote

_current: ContextVar[Any] = ContextVar("djust_live_tenant", default=None)


def current_tenant() -> Any:
    """Return the tenant that is active here; None without one."""
    return _current.get()


def activate(tenant: Any) -> None:
    """Make ``tenant`` the current one in this context."""
    _current.set(tenant)


@contextmanager
def activated(tenant: Any) -> Iterator[None]:
    """Make ``tenant`` the current one for a ``with`` block, in a task or a command for example."""
    before = _current.set(tenant)
    try:
        yield
    finally:
        _current.reset(before)


def tenant_key(tenant: Any) -> str:
    """Return the text that tells a tenant from all others; empty for None.

    A model is known by its label and primary key, anything else by its text.
    """
    if tenant is None:
        return ""
    meta = getattr(tenant, "_meta", None)
    return str(tenant) if meta is None else f"{meta.label_lower}:{tenant.pk}"


def scoped(key: str, topic: str) -> str:
    """Return the name of a topic inside a tenant; no two tenants, and no name without, share it."""
    return f"tenant:{quote(key, safe='')}:{topic}" if key else topic
