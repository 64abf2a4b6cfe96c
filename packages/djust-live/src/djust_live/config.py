"""The ``DJUST`` setting: one typed dataclass with every key and its default."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Generic, TypeVar, cast, get_type_hints

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.signals import setting_changed

from djust_live.errors import SettingInvalid


def one_of(*names: str, default: str, or_path: bool = False) -> Any:
    """Return the field of a setting that takes one of some names, or a dotted path.

    Args:
        *names: What it may be.
        default: What it is otherwise.
        or_path: A dotted path is welcome, too.
    """
    return field(default=default, metadata={"names": names, "or_path": or_path})


def at_least(least: float, default: Any) -> Any:
    """Return the field of a setting that is a number and not smaller than another."""
    return field(default=default, metadata={"least": least})


@dataclass(frozen=True)
class Config:
    """Every key of ``settings.DJUST`` with its default.

    Attributes:
        SOCKET_PATH: Where the WebSocket listens.
        TOKEN_TTL_S: Seconds a page may stay open before its first attach or a later re-attach.
        ADOPTION_TTL_S: Seconds a view that a GET mounted waits for its socket.
        ADOPTION_MAX_VIEWS: How many views may wait at once in one process.
        ADOPTION_MAX_BYTES: How many bytes of rendered pages may wait at once.
        GRACE_S: Seconds a view is kept in memory after its socket dropped.
        REST_S: Seconds without a change after which a page that stays attached gives memory back;
            0: never.
        MAX_FRAME_BYTES: Longest text frame from a browser.
        MAX_BINARY_BYTES: Longest binary frame from a browser.
        MAX_QUEUE: Events of one session that may wait; the socket is not read beyond that.
        MAX_HISTORY_FRAMES: Frames kept for a page that comes back.
        MAX_HISTORY_BYTES: Bytes of frames kept for a page that comes back.
        EVENT_RATE: Frames a second that one socket may send in the long run.
        EVENT_BURST: Frames that one socket may send at once before it is slowed down.
        HANDLER_TIMEOUT_S: Seconds after which a handler's caller is answered with an error.
        WORKER_THREADS: Threads that run sync handlers and renders.
        AUTH_RECHECK_S: Seconds after which an event looks at the session again.
        BACKGROUND_THREADS: Threads that run sync background work.
        EXTENSION_THREADS: Threads in which extensions wait for files and networks.
        MAX_BACKGROUND_TASKS: Background tasks that one session may run at once.
        BACKGROUND_TIMEOUT_S: Seconds after which background work is cancelled; 0 never.
        STATE_BACKEND: ``memory``, ``redis``, ``cache``, ``db`` or a dotted path.
        STATE_TTL_S: Seconds a checkpoint is kept.
        MAX_STATE_BYTES: Longest checkpoint.
        MEMORY_STATE_BYTES: Bytes of checkpoints that the ``memory`` backend keeps.
        CHECKPOINT_INTERVAL_S: Seconds within which changes that no event asked for are saved;
            replies to events always wait until what the event did is saved.
        STATE_CACHE: Alias of the Django cache that the ``cache`` backend uses.
        REDIS_URL: Redis server for backends that need one.
        REDIS_PREFIX: First part of every key in Redis.
        DRAIN_SPREAD_S: Seconds over which clients come back after a server stopped.
        DRAIN_TIMEOUT_S: Longest time that stopping waits for running turns.
        TENANT_RESOLVER: ``subdomain``, ``path``, ``header`` or ``session``, each with an argument
            after a colon if need be, or a dotted path; several are asked in order.
        LIVE_TEMPLATES: Find changes without parsing the page where the template allows it; needs
            djust-templates.
        FETCH_PRINTED: Let querysets that are not evaluated yet fetch the relations that the page
            prints, as ``select_related`` and ``prefetch_related`` do; needs djust-templates.
        VERIFY: Compare each page that was not parsed with one that was: ``always``, ``sampled``
            (one session of twenty) or ``never``; empty for ``always`` in tests, ``sampled`` in
            DEBUG, else ``never``.
        DEBUG_PANEL: In DEBUG, let pages show what their turns do.
        HOT_RELOAD: In DEBUG, let open pages follow changes of code and templates.
        SUPPRESS_CHECKS: Ids of system checks to leave out.
    """

    SOCKET_PATH: str = "/ws/djust/"
    TOKEN_TTL_S: int = 86_400
    ADOPTION_TTL_S: float = 30.0
    ADOPTION_MAX_VIEWS: int = 10_000
    ADOPTION_MAX_BYTES: int = 128 * 1024 * 1024
    GRACE_S: float = 60.0
    REST_S: float = 60.0
    MAX_FRAME_BYTES: int = at_least(1, 262_144)
    MAX_BINARY_BYTES: int = at_least(1, 1_048_576)
    MAX_QUEUE: int = at_least(1, 256)
    MAX_HISTORY_FRAMES: int = 512
    MAX_HISTORY_BYTES: int = 1_048_576
    EVENT_RATE: float = 5_000.0
    EVENT_BURST: int = at_least(1, 10_000)
    HANDLER_TIMEOUT_S: float = 30.0
    WORKER_THREADS: int = at_least(1, 32)
    AUTH_RECHECK_S: float = 30.0
    BACKGROUND_THREADS: int = at_least(1, 32)
    EXTENSION_THREADS: int = at_least(1, 8)
    MAX_BACKGROUND_TASKS: int = 16
    BACKGROUND_TIMEOUT_S: float = 0.0
    STATE_BACKEND: str = one_of("memory", "redis", "cache", "db", default="memory", or_path=True)
    STATE_TTL_S: int = 3_600
    MAX_STATE_BYTES: int = at_least(1, 1_048_576)
    MEMORY_STATE_BYTES: int = 67_108_864
    CHECKPOINT_INTERVAL_S: float = 0.25
    STATE_CACHE: str = "default"
    REDIS_URL: str = "redis://127.0.0.1:6379/0"
    REDIS_PREFIX: str = "djust"
    DRAIN_SPREAD_S: float = 5.0
    DRAIN_TIMEOUT_S: float = 20.0
    TENANT_RESOLVER: str | tuple[str, ...] = ""
    LIVE_TEMPLATES: bool = True
    FETCH_PRINTED: bool = True
    VERIFY: str = one_of("", "always", "sampled", "never", default="")
    DEBUG_PANEL: bool = False
    HOT_RELOAD: bool = True
    SUPPRESS_CHECKS: tuple[str, ...] = field(default_factory=tuple)


Section = TypeVar("Section")


class LazyConfig(Generic[Section]):
    """The current values of one section; read on first use, again when the settings change.

    Args:
        section: A dataclass whose fields are keys of ``DJUST``, each with its default.
    """

    def __init__(self, section: type[Section]) -> None:
        self._section = section
        self.keys = frozenset(item.name for item in fields(cast(Any, section)))
        self._current: Section | None = None

    def __call__(self) -> Section:
        """Return the current values."""
        current = self._current
        if current is None:
            current = self._current = self._read()
        return current

    def __getattr__(self, name: str) -> Any:
        return getattr(self(), name)

    def reset(self) -> None:
        """Forget what was read, so that the next use reads the settings again."""
        self._current = None

    def _read(self) -> Section:
        given = getattr(settings, "DJUST", None) or {}
        if not isinstance(given, dict):
            raise SettingInvalid(f"DJUST is a {type(given).__name__}, not a dict.")
        problems = self.problems(given)
        if problems:
            raise SettingInvalid(" ".join(problems.values()))
        items = fields(cast(Any, self._section))
        return self._section(
            **{item.name: _held(given[item.name]) for item in items if item.name in given}
        )

    def problems(self, given: dict[Any, Any], *, is_named: bool = False) -> dict[str, str]:
        """Return what is wrong with the values of this section's keys, by key.

        Args:
            given: The setting.
            is_named: Names are looked at, too; what reads them has an error of its own.
        """
        hints = get_type_hints(self._section)
        found = {}
        for item in fields(cast(Any, self._section)):
            if item.name in given:
                value = given[item.name]
                wanted = _misfit(value, hints[item.name], item)
                if not wanted and is_named and item.metadata.get("names"):
                    wanted = _unnamed(value, item.metadata)
                if wanted:
                    found[item.name] = f"DJUST[{item.name!r}] has to be {wanted}, not {value!r}."
        return found


def _held(value: Any) -> Any:
    if isinstance(value, os.PathLike):
        return os.fspath(value)
    return tuple(value) if isinstance(value, list) else value


def _misfit(value: Any, kind: Any, item: Any) -> str:
    """Return what a value would have to be; empty when it is that."""
    held = _held(value)
    if kind is bool:
        return "" if isinstance(held, bool) else "True or False"
    if kind in (int, float):
        least = item.metadata.get("least", 0)
        is_number = isinstance(held, int if kind is int else (int, float))
        fits = is_number and not isinstance(held, bool) and held >= least
        number = "a whole number" if kind is int else "a number"
        return "" if fits else f"{number} of {least:g} or more"
    may_be_text, may_be_several = kind is str or kind == str | tuple[str, ...], kind is not str
    if may_be_text and isinstance(held, str):
        return ""
    if may_be_several and isinstance(held, tuple) and all(isinstance(one, str) for one in held):
        return ""
    if may_be_text:
        return "text, or a list of texts" if may_be_several else "text"
    return "a list of texts"


def _unnamed(value: str, metadata: Mapping[str, Any]) -> str:
    names = metadata["names"]
    if value in names or (metadata["or_path"] and "." in value):
        return ""
    close = difflib.get_close_matches(value, names, n=1)
    shown = ", ".join(repr(name) for name in names)
    wanted = f"one of {shown}" + (" or a dotted path" if metadata["or_path"] else "")
    return wanted + (f" (did you mean {close[0]!r}?)" if close else "")


config = LazyConfig(Config)
_sections: list[LazyConfig[Any]] = [config]


def register(section: type[Section]) -> LazyConfig[Section]:
    """Make the fields of a dataclass keys of ``DJUST``: the settings of an extension.

    Every field has a default, and its meaning stands in the docstring as in :class:`Config`.

    Returns:
        Where the current values are read.

    Raises:
        ImproperlyConfigured: Another section has a key of that name.
    """
    made = LazyConfig(section)
    taken = made.keys & known_keys()
    if taken:
        raise ImproperlyConfigured(f"{section.__qualname__}: {min(taken)} is a setting already.")
    _sections.append(made)
    return made


def invalid_settings(given: dict[Any, Any]) -> dict[str, str]:
    """Return what is wrong with values of ``DJUST``, by key."""
    return {
        key: text for each in _sections for key, text in each.problems(given, is_named=True).items()
    }


def known_keys() -> frozenset[str]:
    """Return every key that ``DJUST`` may have, those of extensions included."""
    return frozenset().union(*(each.keys for each in _sections))


def _on_setting_changed(*, setting: str, **kwargs: Any) -> None:
    if setting == "DJUST":
        for each in _sections:
            each.reset()


setting_changed.connect(_on_setting_changed, dispatch_uid="djust_live.config")
