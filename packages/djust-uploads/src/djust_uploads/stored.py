"""What outlives the process: what is allowed, and what was announced. The bytes are on disk."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Callable, Iterable
from importlib import import_module
from typing import TYPE_CHECKING, Any

from djust_uploads.entries import Accept, State, Upload, UploadConfig, UploadEntry

if TYPE_CHECKING:
    from djust_live.live_view import LiveView

_CONFIG = [field.name for field in dataclasses.fields(UploadConfig)]
_ENTRY = (
    "ref",
    "upload",
    "client_name",
    "client_size",
    "client_type",
    "modified_ms",
    "preview",
    "content_type",
    "received",
)
Restored = tuple[int, list[tuple[Any, ...]], list[UploadEntry]]


def dump(
    view: LiveView, last_ref: int, uploads: dict[str, Upload], entries: Iterable[UploadEntry]
) -> Any:
    """Return plain data for a checkpoint."""
    return {
        "last_ref": last_ref,
        "uploads": [
            {
                "config": {
                    name: list(value) if isinstance(value, Accept) else value
                    for name in _CONFIG
                    for value in [getattr(each.config, name)]
                },
                "callables": [
                    _place(view, function)
                    for function in (each.writer, each.external, each.progress)
                ],
            }
            for each in uploads.values()
        ],
        "entries": [
            [*(getattr(entry, name) for name in _ENTRY), entry.done, _plain(entry)]
            for entry in entries
        ],
    }


def restored(view: LiveView, data: Any) -> Restored:
    """Return what :func:`dump` took: the last number, uploads with their callables, entries."""
    uploads = []
    for each in data["uploads"]:
        options = dict(each["config"])
        options["accept"] = Accept(options["accept"])
        callables = [_callable(view, place) for place in each["callables"]]
        uploads.append((UploadConfig(**options), *callables))
    entries = []
    for *values, is_done, meta in data["entries"]:
        entry = UploadEntry(**dict(zip(_ENTRY, values, strict=True)))
        entry.state = State.DONE if is_done else State.WAITING
        entry.meta, entry.result = meta
        entries.append(entry)
    return data["last_ref"], uploads, entries


def _plain(entry: UploadEntry) -> list[Any]:
    """Return what others said of a file, where it is plain."""
    meta = {str(key): value for key, value in entry.meta.items() if _is_data(value)}
    return [meta, entry.result if _is_data(entry.result) else None]


def _is_data(value: Any) -> bool:
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_data(each) for key, each in value.items())
    if isinstance(value, (list, tuple)):
        return all(map(_is_data, value))
    return isinstance(value, (str, int, float, bool, type(None)))


def _place(view: LiveView, function: Callable[..., Any] | None) -> list[str] | None:
    """Return where a callable can be found again; a local one has to be given in ``restore``."""
    if function is None:
        return None
    name = getattr(function, "__qualname__", "")
    if inspect.ismethod(function) and function.__self__ is view:
        return ["", function.__name__]
    module = getattr(function, "__module__", None)
    if module and name and "<" not in name:
        return [module, name]
    return None


def _callable(view: LiveView, place: list[str] | None) -> Any:
    if place is None:
        return None
    module, name = place
    found: Any = import_module(module) if module else view
    for part in name.split("."):
        found = getattr(found, part)
    return found
