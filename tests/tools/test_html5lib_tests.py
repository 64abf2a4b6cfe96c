"""tools/html5lib_tests.py: tests that are missing are an error that says how to get them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import html5lib_tests


def test_all_files_are_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJUST_HTML5LIB_TESTS", str(tmp_path))
    scripted = tmp_path / "tree-construction" / "scripted"
    scripted.mkdir(parents=True)
    for file in (scripted / "b.dat", scripted.parent / "a.dat", scripted.parent / "README.md"):
        file.touch()
    assert html5lib_tests.tree_construction() == [scripted.parent / "a.dat", scripted / "b.dat"]


def test_missing_files_are_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJUST_HTML5LIB_TESTS", str(tmp_path))
    with pytest.raises(html5lib_tests.Missing, match=r"Get them with: \./dev nox -s html5lib"):
        html5lib_tests.tree_construction()
