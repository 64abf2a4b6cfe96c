"""Corrections that need no choice: the meaning stays, the finding goes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path

from djust_live.checks.markup import remarks
from djust_live.checks.places import Place
from djust_live.checks.shown import shown
from djust_live.checks.template_sources import TAG, TemplateText, texts_of

_TABINDEX = re.compile(r"""(\stabindex\s*=\s*)(["']?)[1-9]\d*\2""", re.IGNORECASE)
_RAW_NAME = re.compile(r"(\{\{[^{}]*\bclient_name)\s*\|\s*safe\b")
_INSTALLED = frozenset({"site-packages", "dist-packages"})
_LETTER_OF = {"S006": "S", "Q007": "Q"}


def fix(letters: Collection[str]) -> Iterator[str]:
    """Correct the template files of live views, and yield a line for each file.

    ``|safe`` behind the name of an uploaded file is removed (``S006``), and a positive ``tabindex``
    becomes 0 (``Q007``). Lines with a matching ``noqa`` stay, and so do installed packages.
    """
    for file, text in _files().items():
        found = remarks(text)
        lines = text.source.splitlines(keepends=True)
        done = []
        for message in found:
            number = str(message.id).removeprefix("djust.")
            place = message.obj
            if _LETTER_OF.get(number) not in letters or not isinstance(place, Place):
                continue
            before = lines[place.line - 1]
            lines[place.line - 1] = _corrected(before, number)
            if lines[place.line - 1] != before:
                done.append(f"{message.id} on line {place.line}")
        if done:
            file.write_text("".join(lines), encoding="utf-8")
            yield f"{file}: corrected {', '.join(done)}."


def _corrected(line: str, number: str) -> str:
    if number == "S006":
        return _RAW_NAME.sub(r"\1", line)
    return TAG.sub(lambda tag: _TABINDEX.sub(r"\g<1>\g<2>0\g<2>", tag[0]), line)


def _files() -> dict[Path, TemplateText]:
    owners = shown()
    texts = (text for owner in owners for text in texts_of(owner) if text.file)
    return {
        Path(text.file): text
        for text in texts
        if not _INSTALLED.intersection(Path(text.file).parts)
    }
