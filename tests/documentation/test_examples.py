"""The code in the documents is code: it parses, and what it imports from djust exists."""

from __future__ import annotations

import ast
import doctest
import importlib
import json
import re
from pathlib import Path

import pytest

from tools import links, workspace

BLOCK = re.compile(r"(?ms)^```(?P<language>\w+)\n(?P<code>.*?)^```$")
DOCTESTED = ("djust_vdom", "tools.versions", "tools.workspace", "tools.links")


def blocks(language: str) -> list[object]:
    found: list[object] = []
    for path in links.markdown_files():
        text = path.read_text(encoding="utf-8")
        for number, match in enumerate(BLOCK.finditer(text), start=1):
            if match["language"] == language:
                name = f"{path.relative_to(workspace.ROOT)}#{number}"
                found.append(pytest.param(match["code"], id=name))
    return found


@pytest.mark.parametrize("code", blocks("python"))
def test_python_parses_and_its_imports_exist(code: str) -> None:
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0].startswith(
            "djust"
        ):
            module = importlib.import_module(str(node.module))
            for alias in node.names:
                if not hasattr(module, alias.name):
                    importlib.import_module(f"{node.module}.{alias.name}")


def test_json_parses() -> None:
    for block in blocks("json"):
        json.loads(str(block))


@pytest.mark.parametrize("name", DOCTESTED)
def test_examples_in_docstrings_are_true(name: str) -> None:
    module = importlib.import_module(name)
    result = doctest.testmod(module)
    assert result.attempted > 0
    assert result.failed == 0


def test_every_document_can_be_reached_from_the_root() -> None:
    start = [workspace.ROOT / "README.md", workspace.ROOT / "CONTRIBUTING.md"]
    seen: set[Path] = set()
    waiting = [path.resolve() for path in start]
    while waiting:
        path = waiting.pop()
        if path in seen or not path.is_file():
            continue
        seen.add(path)
        if path.suffix == ".md":
            for _, target in links.targets(path.read_text(encoding="utf-8")):
                name = target.partition("#")[0]
                if name and not links.ELSEWHERE.match(name):
                    waiting.append((path.parent / name).resolve())
    documents = {p for p in links.markdown_files() if p.is_relative_to(workspace.ROOT / "docs")}
    assert sorted(str(p) for p in documents - seen) == []
