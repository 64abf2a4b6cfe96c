"""From what a browser says of a file to an entry."""

from __future__ import annotations

import re

from djust_uploads import naming
from djust_uploads.entries import Upload, UploadEntry
from djust_uploads.frames import Announced

_PREVIEW = re.compile(r"blob:https?://[\w.:\[\]-]+/[\w-]{1,80}")


def entry_of(upload: str, each: Announced) -> UploadEntry:
    """Return the entry of a file that was announced."""
    return UploadEntry(
        ref=str(each.ref),
        upload=upload,
        client_name=each.name[: naming.MAX_CHARS],
        client_size=each.size,
        client_type=each.type[:255].lower(),
        modified_ms=each.modified_ms,
        preview=preview_of(each),
    )


def preview_of(each: Announced) -> str:
    """Return the address of a preview, when it is one that shows in the visitor's browser only."""
    is_image = each.type.startswith("image/") and "svg" not in each.type
    return each.preview if is_image and _PREVIEW.fullmatch(each.preview) else ""


def is_same(entry: UploadEntry, each: Announced, upload: Upload) -> bool:
    """Return whether a file is the one that was announced under its number before."""
    return entry.fingerprint == entry_of(upload.name, each).fingerprint


def readable(size: int) -> str:
    """Return a number of bytes as people write it.

    Example:
        >>> readable(10_000_000)
        '10 MB'
    """
    value = float(size)
    for unit in ("bytes", "kB", "MB"):
        if value < 1000:
            return f"{value:.4g} {unit}"
        value /= 1000
    return f"{value:.4g} GB"
