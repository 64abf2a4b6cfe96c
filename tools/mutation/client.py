"""Changes of the browser client, made by ``tools/client/mutants.js``."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import Any

from tools.mutation.targets import Score, Target
from tools.workspace import ROOT

_LISTING = ROOT / "tools" / "client" / "mutants.js"
_TIMEOUT_S = 60


def measure(target: Target, folder: Path) -> Score:
    """Change a copy of the modules again and again, and count.

    Raises:
        RuntimeError: The tests fail before anything was changed.
    """
    for part in ("src", "tests"):
        shutil.copytree(target.path / part, folder / part)
    if _is_noticed(folder, target.tests):
        raise RuntimeError(f"The tests fail without a change: {', '.join(target.tests)}")
    known = [line for module in target.modules for line in _changes(folder, module)]
    chosen = target.chosen(known)
    survivors = []
    for line in chosen:
        change = json.loads(line)
        path = folder / change["module"]
        original = path.read_bytes()
        path.write_bytes(apply(original, change))
        if not _is_noticed(folder, target.tests):
            survivors.append("{module}:{line}: {old} becomes {text}".format(**change))
        path.write_bytes(original)
    return Score(len(chosen) - len(survivors), len(chosen), len(known), tuple(survivors))


def apply(source: bytes, change: dict[str, Any]) -> bytes:
    """Return the source with one change; positions count the units of UTF-16, as in JavaScript."""
    text = source.decode().encode("utf-16-le")
    start, end = 2 * change["start"], 2 * change["end"]
    changed: bytes = text[:start] + change["text"].encode("utf-16-le") + text[end:]
    return changed.decode("utf-16-le").encode()


def _changes(folder: Path, module: str) -> list[str]:
    answer = subprocess.run(
        ["node", str(_LISTING), str(folder / module)], capture_output=True, text=True, check=True
    )
    return [
        json.dumps({**json.loads(line), "module": module}) for line in answer.stdout.splitlines()
    ]


def _is_noticed(folder: Path, tests: tuple[str, ...]) -> bool:
    """Return whether a test fails, or ends no more."""
    return any(_fails(folder, test) for test in tests)


def _fails(folder: Path, test: str) -> bool:
    # The test runner starts processes of its own, which must end with it.
    with subprocess.Popen(
        ["node", "--test-force-exit", test],
        cwd=folder,
        env={**os.environ, "NODE_OPTIONS": ""},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        try:
            return process.wait(_TIMEOUT_S) != 0
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return True
