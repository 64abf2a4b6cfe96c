"""What the sessions of one test run did: collected as files, shown as one table.

Every session leaves one JSON file, whatever way it ends, so that a session that never came to run
is seen as missing and counted as failed.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from xml.etree import ElementTree

from tools.workspace import ROOT

FOLDER = ROOT / ".run" / "results"
# Of the failures of a run, so many are named at its end, each on a line of at most this length.
SHOWN_FAILURES = 30
MAX_LINE_CHARS = 200


@dataclass(frozen=True, slots=True)
class Counts:
    """How many tests of a run passed and did not."""

    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.passed + other.passed, self.failed + other.failed, self.skipped + other.skipped
        )


@dataclass(frozen=True, slots=True)
class Record:
    """The outcome of one session.

    Attributes:
        session: Its name.
        ok: Whether it succeeded.
        seconds: How long it took.
        cpu_seconds: What its processes used of the processors; tells a slow session from a busy
            machine.
        counts: Its tests.
        failures: What failed in it, by name, with the first line of the reason where there is one.
    """

    session: str
    ok: bool
    seconds: float
    cpu_seconds: float
    counts: Counts
    failures: tuple[str, ...] = ()


def from_junit(path: Path) -> Counts:
    """Return the counts of a JUnit XML file, as pytest and cargo-nextest write it."""
    total = Counts()
    for suite in ElementTree.parse(path).getroot().iter("testsuite"):  # noqa: S314 - our own file
        tests = int(suite.get("tests", 0))
        failed = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
        skipped = int(suite.get("skipped", 0)) + int(suite.get("disabled", 0))
        total += Counts(tests - failed - skipped, failed, skipped)
    return total


def failures_in_junit(path: Path) -> Iterator[str]:
    """Yield the tests of a JUnit XML file that failed, each with the first line of the reason."""
    for case in ElementTree.parse(path).getroot().iter("testcase"):  # noqa: S314 - our own file
        reasons = [child for child in case if child.tag in {"failure", "error"}]
        if reasons:
            name = f"{case.get('classname', '')}::{case.get('name', '')}"
            reason = reasons[0].get("message", "").strip().partition("\n")[0]
            yield f"{name}: {reason}" if reason else name


def from_cargo(output: str) -> Counts:
    """Return the counts in the output of `cargo test`, one line for each test binary."""
    total = Counts()
    pattern = r"test result: \w+\. (\d+) passed; (\d+) failed; (\d+) ignored"
    for passed, failed, ignored in re.findall(pattern, output):
        total += Counts(int(passed), int(failed), int(ignored))
    return total


def failures_in_cargo(output: str) -> list[str]:
    """Return the names of the tests that failed in the output of `cargo test`."""
    return re.findall(r"(?m)^test (.+) \.\.\. FAILED$", output)


def failures_in_node(output: str) -> list[str]:
    """Return the names of the tests that failed in the output of `node --test`, each once."""
    # A cross in the form for terminals, which repeats all failures at its end; `not ok` in TAP.
    found = re.findall(r"(?m)^\s*(?:\u2716|not ok \d+ -) (.+?)(?: \([\d.]+ms\))?\s*$", output)
    return list(dict.fromkeys(name for name in found if name != "failing tests:"))


def from_node(output: str) -> Counts:
    """Return the counts in the closing lines of `node --test`, in its spec or TAP form."""
    found = {
        word: int(number)
        # TAP starts these lines with a hash, the reporter for terminals with an information sign.
        for word, number in re.findall(r"(?m)^(?:#|\u2139) (\w+) (\d+)\s*$", output)
    }
    return Counts(found.get("pass", 0), found.get("fail", 0), found.get("skipped", 0))


def file_of(session: str) -> Path:
    """Return where the record of a session is kept."""
    return FOLDER / (re.sub(r"[^\w.-]+", "_", session) + ".json")


def start(sessions: list[str]) -> None:
    """Forget earlier records and remember which sessions this run consists of."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for path in FOLDER.glob("*.json"):
        path.unlink()
    (FOLDER / "planned.json").write_text(json.dumps(sessions), encoding="utf-8")


def save(record: Record) -> None:
    """Keep the record of a session."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    file_of(record.session).write_text(json.dumps(asdict(record)), encoding="utf-8")


def load() -> list[Record]:
    """Return the records of the last run, in its order; what did not run counts as failed."""
    records = []
    for session in json.loads((FOLDER / "planned.json").read_text(encoding="utf-8")):
        path = file_of(session)
        if path.exists():
            fields = json.loads(path.read_text(encoding="utf-8"))
            fields["counts"] = Counts(**fields["counts"])
            fields["failures"] = tuple(fields["failures"])
            records.append(Record(**fields))
        else:
            records.append(Record(session, False, 0.0, 0.0, Counts(failed=1)))
    return records


def total(records: list[Record]) -> Counts:
    """Return the sum of the sessions' counts; a failed session counts as at least one failure."""
    counts = Counts()
    for record in records:
        counts += record.counts
        if not record.ok and record.counts.failed == 0:
            counts += Counts(failed=1)
    return counts


def elapsed_s() -> float:
    """Return how many seconds ago the last run was started."""
    return time.time() - (FOLDER / "planned.json").stat().st_mtime


def table(records: list[Record], elapsed_s: float) -> str:
    """Return the records as a table for a terminal.

    Args:
        records: What the sessions did.
        elapsed_s: How long all of it took; less than the sum when sessions ran side by side.
    """
    width = max((len(record.session) for record in records), default=7)
    lines = [f"{'session':<{width}}  result  seconds      cpu  passed  failed  skipped"]
    for record in records:
        counts = record.counts
        lines.append(
            f"{record.session:<{width}}  {'ok' if record.ok else 'FAILED':<6}"
            f"  {record.seconds:>7.1f}  {record.cpu_seconds:>7.1f}"
            f"  {counts.passed:>6}  {counts.failed:>6}  {counts.skipped:>7}"
        )
    cpu = sum(record.cpu_seconds for record in records)
    lines.append(
        f"{len(records)} sessions in {elapsed_s / 60:.1f} minutes, cpu {cpu / 60:.1f} minutes"
    )
    return "\n".join(lines)


def failure_list(records: list[Record]) -> str:
    """Return what failed in a run, a line each, not more than one reads; empty when all is well.

    Of a long run only the end may be kept, so this is shown there.
    """
    lines = []
    for record in records:
        if record.ok:
            continue
        found = record.failures or ("failed, and named no test",)
        lines += [f"FAILED {record.session} {name}"[:MAX_LINE_CHARS] for name in found]
    if len(lines) > SHOWN_FAILURES:
        lines[SHOWN_FAILURES:] = [f"and {len(lines) - SHOWN_FAILURES} more"]
    return "".join(f"{line}\n" for line in lines)


def closing_line(counts: Counts) -> str:
    """Return the last line of a run, in the form that test reporters read."""
    line = f"{counts.passed} passed, {counts.failed} failed"
    return line + (f", {counts.skipped} skipped" if counts.skipped else "")
