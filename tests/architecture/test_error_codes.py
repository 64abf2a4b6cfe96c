"""Error codes are unique, belong to their package, and are documented."""

from __future__ import annotations

import ast
import re
from collections import Counter

import pytest

from tests.architecture.sources import browser_modules, python_sources, rust_sources
from tools import error_reference, workspace

CODE = re.compile(r"\bDJ[A-Z]\d{3}\b")
HEADING = re.compile(r"(?m)^#+ (DJ[A-Z]\d{3})\b")
LETTER = {
    "djust-vdom": "V",
    "djust-templates": "T",
    "djust-live": "L",
    "djust-presence": "P",
    "djust-streaming": "S",
    "djust-uploads": "U",
}


def documented() -> list[str]:
    text = (workspace.ROOT / "docs/reference/errors.md").read_text(encoding="utf-8")
    return HEADING.findall(text)


def assigned() -> list[tuple[str, str, str]]:
    """Return code, package and place of every `code = "DJ…"` in the body of a class."""
    found = []
    for source in python_sources():
        package = source.path.relative_to(workspace.ROOT / "packages").parts[0]
        for owner in ast.walk(source.tree):
            if not isinstance(owner, ast.ClassDef):
                continue
            for statement in owner.body:
                target = (
                    statement.targets[0]
                    if isinstance(statement, ast.Assign)
                    else statement.target
                    if isinstance(statement, ast.AnnAssign)
                    else None
                )
                value = getattr(statement, "value", None)
                if (
                    isinstance(target, ast.Name)
                    and target.id == "code"
                    and isinstance(value, ast.Constant)
                    and CODE.fullmatch(str(value.value))
                ):
                    found.append((str(value.value), package, source.place(statement)))
    return found


def used() -> set[str]:
    """Return every code that stands anywhere in the sources."""
    texts = [source.text for source in python_sources()]
    texts += [text for _, text in (*rust_sources(), *browser_modules())]
    return {code for text in texts for code in CODE.findall(text)}


def test_no_code_is_assigned_twice() -> None:
    counts = Counter(code for code, _, _ in assigned())
    twice = {code for code, count in counts.items() if count > 1}
    assert [entry for entry in assigned() if entry[0] in twice] == []


def test_codes_carry_the_letter_of_their_package() -> None:
    assert [entry for entry in assigned() if entry[0][2] != LETTER.get(entry[1])] == []


def test_every_code_is_documented() -> None:
    assert sorted(used() - set(documented())) == []


def test_every_documented_code_exists() -> None:
    assert sorted(set(documented()) - used()) == []


def test_no_code_is_documented_twice() -> None:
    assert [code for code, count in Counter(documented()).items() if count > 1] == []


def test_the_page_is_written_from_the_classes_as_they_are_now() -> None:
    assert error_reference.PAGE.read_text(encoding="utf-8") == error_reference.page(), (
        "Run: ./dev nox -s reference"
    )


@pytest.mark.parametrize("code", sorted(used()))
def test_an_entry_says_what_to_do(code: str) -> None:
    text = (workspace.ROOT / "docs/reference/errors.md").read_text(encoding="utf-8")
    entry = re.search(rf"(?m)^#+ {code}\b.*\n([\s\S]*?)(?=^#|\Z)", text)
    assert entry is not None
    assert "**What to do:**" in entry[1]
