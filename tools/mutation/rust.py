"""Changes of Rust, made by cargo-mutants."""

from __future__ import annotations

import json
import os
import re
import resource
import shutil
import subprocess
from pathlib import Path

from tools.mutation.targets import Score, Target
from tools.workspace import ROOT

PROGRAM = ROOT / ".tools" / "bin" / "cargo-mutants"
_TEST_TIMEOUT_S = 60
_BUILD_TIMEOUT_S = 600
# A change that allocates without end is to hurt itself alone.
_MAX_BYTES = 6 * 1024**3
# All noticed; some not noticed; some that ended no more.
_MEASURED = (0, 2, 3)


def measure(target: Target, folder: Path) -> Score:
    """Change the modules in a copy of the workspace, run the tests of their crate, and count.

    Raises:
        RuntimeError: cargo-mutants could not do its work.
    """
    files = [part for module in target.modules for part in ("--file", f"{target.folder}/{module}")]
    known = _cargo_mutants("--list", *files).splitlines()
    chosen = target.chosen(known)
    # cargo-mutants takes a pattern, and the names are full of what means something in patterns.
    pattern = "|".join(f"^{re.escape(name)}$" for name in chosen)
    _cargo_mutants(
        *files,
        *(("--re", pattern) if len(chosen) < len(known) else ()),
        *("--timeout", str(_TEST_TIMEOUT_S), "--build-timeout", str(_BUILD_TIMEOUT_S)),
        *("--output", str(folder)),
    )
    return read(folder / "mutants.out", len(known))


def read(folder: Path, known: int) -> Score:
    """Return the score that cargo-mutants wrote; what does not compile is no change."""
    counts = json.loads((folder / "outcomes.json").read_text(encoding="utf-8"))
    noticed = counts["caught"] + counts["timeout"]
    survivors = (folder / "missed.txt").read_text(encoding="utf-8").splitlines()
    return Score(noticed, noticed + counts["missed"], known, tuple(survivors))


def _cargo_mutants(*arguments: str) -> str:
    program = shutil.which("cargo-mutants") or str(PROGRAM)
    answer = subprocess.run(
        [program, "mutants", "--no-shuffle", "--colors=never", *arguments],
        cwd=ROOT,
        env={**os.environ, "CARGO_TERM_COLOR": "never"},
        preexec_fn=_limit_memory,
        capture_output=True,
        text=True,
        check=False,
    )
    if answer.returncode not in _MEASURED:
        raise RuntimeError(f"cargo-mutants failed:\n{answer.stdout[-4000:]}{answer.stderr[-4000:]}")
    return answer.stdout


def _limit_memory() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MAX_BYTES, _MAX_BYTES))
