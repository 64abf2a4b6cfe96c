"""What a developer is told of an error: what happened, where, and what to do."""

from __future__ import annotations

import linecache
import re
import sysconfig
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

from djust_live.errors import LiveError

_MAX_PLACES = 4
_ELSEWHERE = tuple({sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib")})
_OURS = re.compile("djust(_[a-z]+)?")


def described(error: LiveError) -> dict[str, Any]:
    """Return what the browser is told: the code; in DEBUG also text, hint and places.

    The places are those in the project's own code, the innermost last, each as ``file:line`` with
    the line itself.
    """
    if not settings.DEBUG:
        return {"code": error.code, "text": ""}
    told = {"code": error.code, "text": f"{error} {error.hint}", "message": str(error)}
    cause = error.__cause__
    places = list(_places(cause)) if cause is not None else []
    return {**told, "hint": error.hint, "where": places[-_MAX_PLACES:]}


def _places(error: BaseException) -> Iterator[list[str]]:
    for frame, line in traceback.walk_tb(error.__traceback__):
        path = frame.f_code.co_filename
        package = str(frame.f_globals.get("__name__", "")).partition(".")[0]
        if not path.startswith((*_ELSEWHERE, "<")) and not _OURS.fullmatch(package):
            source = linecache.getline(path, line).strip()
            yield [f"{_short(path)}:{line}, {frame.f_code.co_name}", source]
    # Django's engine notes where in a template it was.
    found = getattr(error, "template_debug", None)
    if found:
        yield [f"{_short(str(found['name']))}:{found['line']}", str(found["during"]).strip()]


def _short(path: str) -> str:
    try:
        return str(Path(path).relative_to(Path.cwd()))
    except ValueError:
        return path
