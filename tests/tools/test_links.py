"""tools/links.py: which links are broken."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import links


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(links, "ROOT", tmp_path)
    (tmp_path / "other.md").write_text("# One `two`: three\n\n```\n# no heading\n```\n")
    return tmp_path


def broken(root: Path, text: str) -> list[str]:
    path = root / "page.md"
    path.write_text(text)
    return list(links.broken(path))


@pytest.mark.parametrize(
    "text",
    [
        "[a](other.md)",
        "[a](other.md#one-two-three)",
        "# Here\n[a](#here)",
        "[a](https://example.com/x)",
        "`[a](missing.md)`",
        "```\n[a](missing.md)\n```",
    ],
)
def test_good_links_pass(root: Path, text: str) -> None:
    assert broken(root, text) == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x\n[a](missing.md)", "page.md:2: missing.md does not exist"),
        ("[a `b`](missing.md)", "page.md:1: missing.md does not exist"),
        ("![a](missing.png)", "page.md:1: missing.png does not exist"),
        ("[a](other.md#four)", "page.md:1: other.md has no heading #four"),
        ("[a](other.md#no-heading)", "page.md:1: other.md has no heading #no-heading"),
        ("[a](#there)", "page.md:1: page.md has no heading #there"),
        ("[a](../..)", "page.md:1: ../.. leads out of the workspace"),
    ],
)
def test_broken_links_are_named(root: Path, text: str, message: str) -> None:
    assert broken(root, text) == [message]


def test_this_workspace_has_no_broken_links() -> None:
    assert [problem for path in links.markdown_files() for problem in links.broken(path)] == []
