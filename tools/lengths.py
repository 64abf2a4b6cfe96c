"""Report the longest source files and Python functions: a question for the reader, not a limit.

Usage:
    python -m tools.lengths
"""

from __future__ import annotations

import ast
import statistics
import subprocess
import sys
from pathlib import Path

from tools.workspace import ROOT

SUFFIXES = {".py", ".rs", ".js"}
FILE_LINES = 600
FUNCTION_LINES = 60


def source_files() -> list[Path]:
    """Return the source files that git tracks."""
    answer = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    paths = (ROOT / name for name in answer.stdout.splitlines())
    return [path for path in paths if path.suffix in SUFFIXES and path.is_file()]


def long_functions(path: Path) -> list[tuple[int, str]]:
    """Return length and place of the functions of a Python file that do not fit a screen."""
    found = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION_LINES:
                found.append((lines, f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"))
    return found


def main() -> int:
    """Write the report; return the exit status, which is always that of success."""
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in source_files()}
    functions = [
        entry for path in lengths if path.suffix == ".py" for entry in long_functions(path)
    ]
    sys.stdout.write(
        f"{len(lengths)} source files, median {statistics.median(lengths.values()):.0f} lines\n"
    )
    for path, lines in sorted(lengths.items(), key=lambda item: -item[1]):
        if lines > FILE_LINES:
            sys.stdout.write(f"{lines:>5} lines  {path.relative_to(ROOT)}\n")
    for lines, place in sorted(functions, reverse=True):
        sys.stdout.write(f"{lines:>5} lines  {place}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
