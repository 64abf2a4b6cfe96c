"""File uploads for djust live views: checked, resumable, into any Django storage."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from djust_uploads.consumed import ConsumedUpload
    from djust_uploads.entries import UploadConfig, UploadEntry
    from djust_uploads.errors import Refused, UploadError
    from djust_uploads.extension import UploadExtension
    from djust_uploads.mixin import UploadMixin
    from djust_uploads.writers import UploadWriter

__all__ = [
    "ConsumedUpload",
    "Refused",
    "UploadConfig",
    "UploadEntry",
    "UploadError",
    "UploadExtension",
    "UploadMixin",
    "UploadWriter",
    "__version__",
]

__version__ = "2.0.0a1"

# Django imports this package before its settings are complete, so names load on first use.
_HOMES = {
    "ConsumedUpload": "djust_uploads.consumed",
    "Refused": "djust_uploads.errors",
    "UploadConfig": "djust_uploads.entries",
    "UploadEntry": "djust_uploads.entries",
    "UploadError": "djust_uploads.errors",
    "UploadExtension": "djust_uploads.extension",
    "UploadMixin": "djust_uploads.mixin",
    "UploadWriter": "djust_uploads.writers",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
