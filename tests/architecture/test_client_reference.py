"""The page on the browser client names all that the client knows, and nothing else."""

from __future__ import annotations

import re

import pytest

from tools.workspace import ROOT

NAME = re.compile(r"(?<![\w-])dj-[a-z]+(?:-[a-z]+)*")
SOURCES = sorted(ROOT.glob("packages/*/src/*/static/djust/src/**/*.js"))
KNOWN = sorted({name for path in SOURCES for name in NAME.findall(path.read_text("utf-8"))})
DESCRIBED = sorted(
    set(NAME.findall((ROOT / "docs" / "reference" / "client.md").read_text(encoding="utf-8")))
)
# Names that end in what a page says: `dj-value-todo-id`, `dj-window-keydown`.
OPEN = ("dj-value", "dj-window", "dj-document", "dj-flash")
# The client makes these names from the events that browsers have; its tests name them.
TESTS = sorted([*ROOT.glob("packages/*/tests/js/**/*.js"), *ROOT.glob("tests/browser/**/*.py")])


@pytest.mark.parametrize("name", KNOWN)
def test_what_the_client_knows_is_described(name: str) -> None:
    is_part = name in OPEN and any(other.startswith(f"{name}-") for other in DESCRIBED)
    assert name in DESCRIBED or is_part


@pytest.mark.parametrize("name", DESCRIBED)
def test_what_is_described_is_known(name: str) -> None:
    if name in KNOWN or any(name.startswith(f"{one}-") for one in OPEN if one in KNOWN):
        return
    word = re.compile(rf"(?<![\w-]){name}(?![\w-])")
    assert any(word.search(path.read_text(encoding="utf-8")) for path in TESTS)
