"""How many instructions an event takes, and where they go: counted by callgrind, not timed.

``python -m benchmarks.live.instructions`` compiles the native module of djust-templates with its
symbols, answers events of one page under valgrind, and prints a table. Runs of n and of 2n events
are subtracted, so that nothing but events counts. What was counted is kept as JSON lines in
``benchmarks/results/instructions.jsonl``. ``--profile`` prints the functions of each case, too.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from benchmarks.live import callgrind
from benchmarks.live.callgrind import Counts

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / "benchmarks" / "results" / "instructions.jsonl"
# A folder of its own: maturin compiles the same crates with other options.
TARGET = ROOT / "target" / "instructions"
NATIVE = TARGET / "release" / "libdjust_templates_native.so"
# The two calls of the native module for each update, as PyO3 names them.
PRINT, COMPARE = "LiveTemplate::__pymethod_render_", "LivePage::__pymethod_update__"


@dataclass(frozen=True)
class Case:
    """One event of one page of ``benchmarks.live.server``; ``#`` is the number of the event."""

    name: str
    path: str
    event: str
    events: int
    parameters: str = "{}"


FIELD = '{"field_name": "field_3", "value": "x#"}'
CASES = [
    Case("counter", "/counter/", "increment_async", 100),
    Case("one cell of 1,000 rows", "/table/1000/", "cell", 10),
    Case("one cell of 10,000 rows", "/table/10000/", "cell", 3),
    Case("another value, 10,000 rows", "/table/10000/", "other", 3),
    Case("another value, 10,000 frozen rows", "/frozen/10000/", "other", 20),
    Case("append to 1,000 rows", "/table/1000/", "append", 10),
    Case("move in 1,000 rows", "/table/1000/", "move", 10),
    Case("delete from 1,000 rows", "/table/1000/", "delete", 10),
    Case("form field of 20", "/form/", "validate_field", 20, FIELD),
    Case("FormMixin, field of 20", "/mixed/", "validate_field", 20, FIELD),
    Case("validation of 20, not shown", "/validation/", "validate_field", 20, FIELD),
]


def compile_native() -> None:
    """Compile the native module as releases are, but with the names of its functions."""
    manifest = ROOT / "packages" / "djust-templates" / "rust" / "Cargo.toml"
    command = ["cargo", "build", "--release", "--locked", "--quiet"]
    where = ["--manifest-path", str(manifest), "--target-dir", str(TARGET)]
    subprocess.run([*command, *where], check=True)


class Counted:
    """A process under callgrind that answers events; counting starts when it is ready.

    Args:
        case: Its page and event.
        folder: Where the counts are written.
    """

    def __init__(self, case: Case, folder: Path) -> None:
        self._folder = folder
        self._dumps = 0
        out = f"--callgrind-out-file={folder / 'counts'}"
        tool = ["--tool=callgrind", "--quiet", "--instr-atstart=no", "--separate-recs=2", out]
        program = ["benchmarks.live.counted", case.path, case.event, case.parameters, str(NATIVE)]
        self._process = subprocess.Popen(
            ["valgrind", *tool, sys.executable, "-m", *program],
            cwd=ROOT,
            # The order in which hashes put things would differ from run to run.
            env={**os.environ, "PYTHONHASHSEED": "0"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Counted:
        self._expect("ready")
        self._control("--instr=on")
        return self

    def __exit__(self, *error: object) -> None:
        self._process.kill()
        self._process.communicate()

    def count(self, events: int) -> Counts:
        """Return what so many events took, and a little for saying so."""
        if self._process.stdin is None:
            raise RuntimeError("the counted process has no input")
        self._process.stdin.write(f"{events}\n")
        self._process.stdin.flush()
        self._expect("done")
        self._control(f"--dump={events}")
        self._dumps += 1
        with (self._folder / f"counts.{self._dumps}").open(encoding="utf-8") as lines:
            return callgrind.read(lines)

    def _expect(self, word: str) -> None:
        line = self._process.stdout.readline() if self._process.stdout else ""
        if line.strip() != word:
            raise RuntimeError(f"the counted process should say {word!r} and says {line!r}")

    def _control(self, command: str) -> None:
        subprocess.run(
            ["callgrind_control", command, str(self._process.pid)], check=True, capture_output=True
        )


def measure(case: Case) -> Counts:
    """Return what one event of a case takes."""
    with tempfile.TemporaryDirectory() as folder:
        with Counted(case, Path(folder)) as counted:
            # What is done once, as filling caches, is done here.
            counted.count(case.events)
            fewer = counted.count(case.events)
            more = counted.count(2 * case.events)
    return more.per_event(fewer, case.events)


def report(case: Case, counts: Counts) -> str:
    """Return one row of the table."""
    native = counts.within(PRINT), counts.within(COMPARE)
    rest = counts.total - sum(native)
    cells = "".join(f"{count:>14,}" for count in (counts.total, *native, rest))
    return f"{case.name:36}{cells}"


def profile(counts: Counts, top: int) -> str:
    """Return shares by library, and the functions with the most instructions."""
    parts = {
        "by library": counts.objects.most_common(5),
        "with what they call, of the native module": _native(counts.inclusive).most_common(top),
        "alone": counts.alone.most_common(top),
    }
    lines = []
    for title, found in parts.items():
        lines.append(f"  {title}")
        for name, count in found:
            lines.append(f"  {count / counts.total:8.1%}{count:>14,}  {name}")
    return "\n".join(lines)


def _native(found: Counter[str]) -> Counter[str]:
    return Counter({name: count for name, count in found.items() if "djust" in name})


def record(case: Case, counts: Counts, top: int) -> str:
    """Return one line for the results."""
    return json.dumps(
        {
            "case": case.name,
            "instructions": counts.total,
            "print": counts.within(PRINT),
            "compare": counts.within(COMPARE),
            "objects": dict(counts.objects.most_common()),
            "inclusive": dict(counts.inclusive.most_common(top)),
            "alone": dict(counts.alone.most_common(top)),
        }
    )


def main() -> None:
    """Count, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="cases with this in their names")
    parser.add_argument("--profile", action="store_true", help="print functions, too")
    parser.add_argument("--top", type=int, default=15, help="how many functions")
    options = parser.parse_args()
    if shutil.which("valgrind") is None:
        parser.error("valgrind is missing. Install it with: sudo apt-get install -y valgrind")
    compile_native()
    RESULTS.parent.mkdir(exist_ok=True)
    columns = "".join(f"{name:>14}" for name in ("all", "print", "compare", "rest"))
    print(f"{'instructions an event':36}{columns}")
    with RESULTS.open("a", encoding="utf-8") as results:
        for case in CASES:
            if options.only in case.name:
                counts = measure(case)
                print(report(case, counts), flush=True)
                results.write(record(case, counts, 200) + "\n")
                if options.profile:
                    print(profile(counts, options.top), flush=True)


if __name__ == "__main__":
    main()
