"""The table of what works of Django: every test that it names exists, every row names one."""

from __future__ import annotations

import ast
import re

import pytest

from tools.workspace import ROOT

PAGE = ROOT / "docs" / "reference" / "django.md"
TEXT = PAGE.read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`([\w./-]+\.py::(?:test_\w+|\*))`", TEXT)))
ROWS = [
    line
    for line in TEXT.splitlines()
    if line.startswith("| ") and not line.startswith(("| of Django", "| | |", "| ---"))
]


@pytest.mark.parametrize("name", NAMED)
def test_a_named_test_exists(name: str) -> None:
    path, _, test = name.partition("::")
    tree = ast.parse((ROOT / path).read_text(encoding="utf-8"))
    tests = {
        node.name
        for node in tree.body
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and node.name.startswith("test_")
    }
    assert tests if test == "*" else test in tests


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.split("|")[1].strip())
def test_a_row_names_its_proof(row: str) -> None:
    proof = row.rstrip("| ").rpartition("|")[2]
    assert re.fullmatch(r"(\s*`[\w./-]+\.py::(?:test_\w+|\*)`)+\s*", proof)
