"""Names of files: what visitors call them, and what may stand on a disk."""

from __future__ import annotations

import re
import unicodedata

from djust_uploads.errors import UnsafeName

MAX_CHARS = 255
_SAFE_CHARS = 100
_EXTENSION_CHARS = 16
# Control and format characters, surrogates, private use; among them those that turn text around.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_UNSAFE = re.compile(r"[^\w.+-]+")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)


def check(name: str) -> str:
    """Return the name of a file as a browser sends it.

    Raises:
        UnsafeName: It has a path or control characters in it, or is none (``DJU103``).
    """
    if not name or len(name) > MAX_CHARS:
        raise UnsafeName("The name of the file is empty or too long.")
    if "/" in name or "\\" in name or name.strip(". ") == "":
        raise UnsafeName("The name of the file is a path.")
    if any(unicodedata.category(character) in _HIDDEN for character in name):
        raise UnsafeName("The name of the file has characters in it that cannot be seen.")
    return name


def extension(name: str) -> str:
    """Return the extension in lower case with its dot; empty when there is none.

    Example:
        >>> extension("Holiday.JPG")
        '.jpg'
    """
    stem, dot, last = name.rstrip(". ").rpartition(".")
    return f".{last.strip().lower()}" if dot and stem and last else ""


def safe(name: str) -> str:
    """Return a name that may stand on any disk and in any URL.

    Letters and digits of all scripts stay; the extension too.

    Example:
        >>> safe("my holiday (1).JPG")
        'my_holiday_1.jpg'
    """
    name = unicodedata.normalize("NFKC", name).replace("\\", "/").rpartition("/")[2]
    ending = extension(name)
    stem = name.rstrip(". ")[: -len(ending) or None] if ending else name
    ending = _UNSAFE.sub("", ending)[:_EXTENSION_CHARS]
    stem = _UNSAFE.sub("_", stem).strip("._-+")[: _SAFE_CHARS - len(ending)].strip("._-+")
    if not stem or _RESERVED.match(stem):
        stem = f"file_{stem}".rstrip("_")
    return stem + (ending if len(ending) > 1 else "")
