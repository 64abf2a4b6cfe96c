"""Run one suite in child processes; survive hangs and crashes of the engine under test."""

from __future__ import annotations

import functools
import json
import os
import signal
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.conformance.sources import DjangoSource
from tools.conformance.suites import Suite

REPOSITORY = Path(__file__).resolve().parents[2]
POLL_S = 0.2
# Each hang or crash costs one restart; an engine that breaks more often is measured well enough.
MAX_RESTARTS = 12
# Making databases and importing every test module takes longer than one test.
FIXTURE_FACTOR = 4


@dataclass(slots=True)
class Outcome:
    """What happened to one test."""

    kind: str
    detail: str = ""
    used: bool = False
    calls: int = 0
    wrong_calls: int = 0


@dataclass(slots=True)
class SuiteRun:
    """The outcomes of one suite.

    Attributes:
        outcomes: By test id.
        fixtures: Errors of class or module fixtures; their tests did not run.
        log: The end of what the processes printed.
    """

    outcomes: dict[str, Outcome] = field(default_factory=dict)
    fixtures: list[str] = field(default_factory=list)
    log: str = ""
    seconds: float = 0.0


@functools.cache
def has_module(python: str, name: str) -> bool:
    """Return whether this interpreter finds a top-level module without help."""
    code = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({name!r}) is None)"
    return subprocess.run([python, "-c", code], check=False).returncode == 0


@dataclass(frozen=True, slots=True)
class Runner:
    """Starts the child processes.

    Attributes:
        source: The unpacked Django.
        python: The interpreter for the children.
        backend: Dotted path of the ``TEMPLATES`` backend under test.
        hang_s: A test without an end after this time counts as hanging.
    """

    source: DjangoSource
    python: str
    backend: str
    hang_s: float

    def run(self, suite: Suite, labels: tuple[str, ...] = ()) -> SuiteRun:
        """Run ``suite``, or only ``labels`` of it, starting again after a hang or a crash."""
        begun = time.monotonic()
        run = SuiteRun()
        with tempfile.TemporaryDirectory(prefix="djust-conformance-") as folder:
            for _ in range(MAX_RESTARTS):
                if self._attempt(suite, labels or suite.labels, run, Path(folder)):
                    break
        run.seconds = time.monotonic() - begun
        return run

    def _environment(self, folder: Path) -> dict[str, str]:
        path = [self.source.root, self.source.tests, REPOSITORY]
        if not has_module(self.python, self.backend.partition(".")[0]):
            path.append(REPOSITORY / "packages" / "djust-templates" / "src")
        return {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(map(str, path)),
            "PYTHONHASHSEED": "0",
            "CONFORMANCE_JOURNAL": str(folder / "journal"),
            "CONFORMANCE_SKIP": str(folder / "done"),
            "TMPDIR": str(folder),
        }

    def _attempt(self, suite: Suite, labels: tuple[str, ...], run: SuiteRun, folder: Path) -> bool:
        """Run what is left; return whether the process came to its own end."""
        journal = folder / "journal"
        journal.write_text("", encoding="utf-8")
        done = [*run.outcomes, *(f"{label}." for label in suite.unrelated)]
        (folder / "done").write_text("\n".join(done), encoding="utf-8")
        command = [
            self.python,
            "-m",
            "tools.conformance.child",
            f"--runtests={self.source.tests / 'runtests.py'}",
            f"--backend={self.backend}",
        ]
        if suite.replay:
            command.append("--replay-filters")
        if suite.plain:
            command.append("--plain")
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [*command, *labels],
                cwd=self.source.tests,
                env=self._environment(folder),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            hung = self._wait(process, journal)
        printed = (folder / "log").read_text(encoding="utf-8", errors="replace")
        run.log = printed[-6000:]
        running = _read_journal(journal, run)
        if running is None:
            if hung or process.returncode < 0:
                run.fixtures.append(f"ended outside a test, exit {process.returncode}\n{run.log}")
            return True
        kind = "hang" if hung else "crash"
        run.outcomes[running] = Outcome(kind, f"{kind}, exit {process.returncode}\n{run.log}", True)
        return False

    def _wait(self, process: subprocess.Popen[bytes], journal: Path) -> bool:
        """Wait for the end; return whether it had to be forced."""
        while process.poll() is None:
            time.sleep(POLL_S)
            idle_s = time.time() - journal.stat().st_mtime
            allowed_s = self.hang_s if _unfinished(journal) else FIXTURE_FACTOR * self.hang_s
            if idle_s > allowed_s:
                process.send_signal(signal.SIGUSR1)  # the child prints where it is
                time.sleep(1)
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                return True
        return False


def _events(journal: Path) -> list[dict[str, Any]]:
    lines = journal.read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line.endswith("}")]


def _unfinished(journal: Path) -> bool:
    events = _events(journal)
    return bool(events) and events[-1]["event"] == "start"


def _read_journal(journal: Path, run: SuiteRun) -> str | None:
    """Add the journal's outcomes to ``run``; return the test that started and never ended."""
    running: str | None = None
    for event in _events(journal):
        if event["event"] == "start":
            running = event["id"]
        elif event["event"] == "fixture":
            run.fixtures.append(f"{event['id']}\n{event['detail']}")
        else:
            running = None
            run.outcomes[event["id"]] = Outcome(
                event["outcome"],
                event["detail"],
                event["used"],
                event["calls"],
                event["wrong_calls"],
            )
    return running
