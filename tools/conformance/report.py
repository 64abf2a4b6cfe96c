"""Tables, failure listings and gates over the results of suites."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.conformance.execution import Outcome, SuiteRun
from tools.conformance.suites import Suite

GATES = Path(__file__).parent / "gates.json"
# Of a cause with many failing tests, so many are shown in full.
SHOWN_PER_CAUSE = 3
MAX_DETAIL_LINES = 40


@dataclass(slots=True)
class SuiteResult:
    """One suite of one Django release, judged against what Django's own engine passes.

    Attributes:
        total: Tests that count.
        failures: Test id to outcome, for every counted test that did not pass.
        calls: Replayed filter calls.
        wrong_calls: Replayed filter calls with a difference.
    """

    name: str
    bar_percent: float
    total: int = 0
    failures: dict[str, Outcome] = field(default_factory=dict)
    fixtures: list[str] = field(default_factory=list)
    calls: int = 0
    wrong_calls: int = 0
    seconds: float = 0.0

    @property
    def passed(self) -> int:
        """The number of counted tests that passed."""
        return self.total - len(self.failures)

    @property
    def percent(self) -> float:
        """The share that passed."""
        return 100.0 * self.passed / self.total if self.total else 0.0

    def as_json(self) -> dict[str, Any]:
        """Return plain data with every failing id."""
        return {
            "suite": self.name,
            "passed": self.passed,
            "total": self.total,
            "percent": round(self.percent, 3),
            "bar_percent": self.bar_percent,
            "calls": self.calls,
            "wrong_calls": self.wrong_calls,
            "seconds": round(self.seconds, 1),
            "failures": {id: outcome.kind for id, outcome in sorted(self.failures.items())},
        }


def any_failed(suite: Suite, run: SuiteRun, excluded: Iterable[str]) -> bool:
    """Return whether anything that may count failed in a run, or nothing ran.

    Args:
        suite: The suite.
        run: Its run with the engine under test.
        excluded: Ids of tests that judge neither output nor errors.
    """
    skip = set(excluded)
    kinds = {
        outcome.kind
        for id, outcome in run.outcomes.items()
        if id not in skip and (outcome.used or outcome.calls or suite.every_test)
    }
    return bool(run.fixtures) or not kinds or not kinds <= {"passed", "skipped"}


def judge(
    suite: Suite,
    run: SuiteRun,
    baseline: Mapping[str, Outcome],
    excluded: Iterable[str],
) -> SuiteResult:
    """Compare a run with what Django's own engine passed.

    Args:
        suite: The suite.
        run: Its run with the engine under test.
        baseline: Outcomes with Django's own engine, by test id.
        excluded: Ids of tests that judge neither output nor errors.
    """
    skip = set(excluded)
    counted = [
        id
        for id, outcome in baseline.items()
        if outcome.kind == "passed"
        and id not in skip
        and (outcome.used or outcome.calls or (suite.every_test and not suite.replay))
        and not (not suite.replay and suite.every_test and ".FunctionTests." in id)
    ]
    result = SuiteResult(suite.name, suite.bar_percent, len(counted), seconds=run.seconds)
    for id in counted:
        outcome = run.outcomes.get(id, Outcome("missing", "did not run"))
        result.calls += outcome.calls
        result.wrong_calls += outcome.wrong_calls
        if outcome.kind != "passed":
            result.failures[id] = outcome
    result.fixtures = run.fixtures
    if not run.outcomes:
        result.fixtures = [*run.fixtures, run.log]
    return result


def table(results: Iterable[SuiteResult]) -> str:
    """Return a table with one line a suite."""
    rows = [f"{'suite':<16} {'passed':>7} {'total':>6} {'percent':>8} {'bar':>7}  {'':5} seconds"]
    for result in results:
        held = "held" if result.percent >= result.bar_percent else "BELOW"
        calls = f"  ({result.calls - result.wrong_calls}/{result.calls} calls)"
        rows.append(
            f"{result.name:<16} {result.passed:>7} {result.total:>6} {result.percent:>8.2f} "
            f"{result.bar_percent:>7.2f}  {held:5} {result.seconds:7.1f}"
            + (calls if result.calls else "")
        )
    return "\n".join(rows)


def cause(detail: str) -> str:
    """Return a short text that failures of one likely cause share."""
    lines = [line for line in detail.strip().splitlines() if line.strip()]
    errors = [line for line in lines if re.match(r"[\w.]+(Error|Exception|DoesNotExist)\b", line)]
    text = errors[-1] if errors else (lines[-1] if lines else "no detail")
    text = re.sub(r"0x[0-9a-f]+|\d+", "N", text)
    return text[:110]


def failures(results: Iterable[SuiteResult]) -> str:
    """Return every failing test, grouped by likely cause, the most frequent cause first."""
    groups: dict[str, list[tuple[str, Outcome]]] = defaultdict(list)
    fixtures: list[str] = []
    for result in results:
        fixtures += [f"[{result.name}] {text}" for text in result.fixtures]
        for id, outcome in result.failures.items():
            groups[f"{outcome.kind}: {cause(outcome.detail)}"].append((id, outcome))
    parts = [f"FIXTURE OR PROCESS FAILED {text}" for text in fixtures]
    for name, members in sorted(groups.items(), key=lambda item: -len(item[1])):
        parts.append(f"{'=' * 100}\n{len(members)} x {name}")
        for index, (id, outcome) in enumerate(members):
            parts.append(f"--- {id}")
            if index < SHOWN_PER_CAUSE:
                parts.append("\n".join(outcome.detail.strip().splitlines()[-MAX_DETAIL_LINES:]))
    return "\n".join(parts)


class Gates:
    """The committed numbers that each suite has reached; they only rise."""

    def __init__(self, path: Path = GATES) -> None:
        self._path = path
        text = path.read_text(encoding="utf-8") if path.exists() else "{}"
        self._reached: dict[str, dict[str, dict[str, int]]] = json.loads(text)

    def broken(self, series: str, results: Iterable[SuiteResult]) -> list[str]:
        """Return one sentence for each suite that fell below its gate, or has none."""
        sentences = []
        for result in results:
            gate = self._reached.get(series, {}).get(result.name)
            if gate is None:
                sentences.append(
                    f"{result.name} on Django {series} has no gate: write it with --raise-gates"
                )
            elif result.passed < gate["passed"]:
                sentences.append(
                    f"{result.name} on Django {series}: {result.passed} tests pass, "
                    f"{gate['passed']} of {gate['total']} did before"
                )
        return sentences

    def raise_to(self, series: str, results: Iterable[SuiteResult]) -> None:
        """Write the numbers that are higher than the committed ones."""
        reached = self._reached.setdefault(series, {})
        for result in results:
            if result.passed >= reached.get(result.name, {"passed": 0})["passed"]:
                reached[result.name] = {"passed": result.passed, "total": result.total}
        self._path.write_text(
            json.dumps(self._reached, indent=2, sort_keys=True) + "\n", encoding="utf-8"
        )
