"""Measure what tests notice, and compare it with the floors of the root ``pyproject.toml``.

What nobody noticed is listed in ``.run/mutation/TARGET.txt``.

Usage:
    python -m tools.mutation             all targets
    python -m tools.mutation coercion    the ones named
"""

from __future__ import annotations

import argparse
import shutil

from tools.mutation import client, python, rust
from tools.mutation.targets import RUN, Measure, Score, Target, targets

_TOOLS: dict[str, Measure] = {
    ".py": python.measure,
    ".rs": rust.measure,
    ".js": client.measure,
}


def measure(name: str, target: Target) -> Score:
    """Return the score of one target, and write down what survived."""
    folder = RUN / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    score = _TOOLS[target.language](target, folder)
    (RUN / f"{name}.txt").write_text("\n".join([*score.survivors, ""]), encoding="utf-8")
    return score


def main() -> int:
    """Measure, print a line for each target, and return whether one is below its floor."""
    known = targets()
    parser = argparse.ArgumentParser(description=str(__doc__).partition("\n")[0])
    parser.add_argument("names", nargs="*", choices=[*known, []], help="targets; all by default")
    below = False
    for name in parser.parse_args().names or known:
        target = known[name]
        score = measure(name, target)
        below |= score.percent < target.floor
        print(
            f"{name:<12}{score.noticed:>6} of {score.tried:>5} changes noticed"
            f"{score.percent:>8.1f} %   floor {target.floor} %   of {score.known} in all",
            flush=True,
        )
    return int(below)


if __name__ == "__main__":
    raise SystemExit(main())
