"""The names of the package djust-streaming."""

from __future__ import annotations

from typing import Any

from djust._optional import require

_package = require("djust_streaming", "djust-streaming")


def __getattr__(name: str) -> Any:
    return getattr(_package, name)


def __dir__() -> list[str]:
    return dir(_package)
