"""Corrections that need no choice: the meaning stays, the finding goes."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from pathlib import Path

from django.template import engines

from djust_live.checks.markup import positive_orders, raw_names
from djust_live.checks.shown import shown
from djust_live.checks.template_sources import TemplateText, texts_of

_SAFE = re.compile(r"(\bclient_name)\s*\|\s*safe\b")
_INSTALLED = frozenset({"site-packages", "dist-packages"})
_LETTER_OF = {"S006": "S", "Q007": "Q"}


def fix(letters: Collection[str]) -> Iterator[str]:
    """Correct the template files of live views, and yield a line for each file.

    ``|safe`` behind the name of an uploaded file is removed (``S006``), and a positive ``tabindex``
    becomes 0 (``Q007``). Lines with a matching ``noqa`` stay, and so do installed packages.
    """
    for file, text in _files().items():
        done = []
        source = text.source
        # From the end, so that places before it stay where they are.
        for start, end, new, number in sorted(_edits(text), reverse=True):
            line = text.line_of(start)
            if _LETTER_OF[number] in letters and f"djust.{number}" not in text.silenced(line):
                source = source[:start] + new + source[end:]
                done.append(f"djust.{number} on line {line}")
        if done:
            _write(file, source)
            yield f"{file}: corrected {', '.join(reversed(done))}."
    _forget_templates()


def _write(file: Path, source: str) -> None:
    """Write a template with the ends of lines that it had."""
    is_dos = b"\r\n" in file.read_bytes()
    file.write_bytes((source.replace("\n", "\r\n") if is_dos else source).encode())


def _forget_templates() -> None:
    """Let what is checked next be what was written."""
    for backend in engines.all():
        for loader in getattr(getattr(backend, "engine", None), "template_loaders", ()):
            loader.reset()


def _edits(text: TemplateText) -> Iterator[tuple[int, int, str, str]]:
    """Yield from where to where a template gets other text, the text, and the check."""
    for name in raw_names(text):
        yield name.start(), name.end(), _SAFE.sub(r"\1", name[0]), "S006"
    for tag in text.tags():
        for order in positive_orders(tag[0]):
            yield tag.start() + order.start("order"), tag.start() + order.end("order"), "0", "Q007"


def _files() -> dict[Path, TemplateText]:
    owners = shown()
    texts = (text for owner in owners for text in texts_of(owner) if text.file)
    return {
        Path(text.file): text
        for text in texts
        if not _INSTALLED.intersection(Path(text.file).parts)
    }
