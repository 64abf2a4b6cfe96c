"""What Django's own engine passes, through the same replacement; recorded once a release."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterable
from pathlib import Path

from tools.conformance.execution import Outcome, Runner, SuiteRun
from tools.conformance.sources import DjangoSource, cache_directory
from tools.conformance.suites import Suite
from tools.conformance.swap import DJANGO_BACKEND


class Baseline:
    """Outcomes with Django's engine, kept in the cache by release and Python version."""

    def __init__(self, source: DjangoSource, python: str) -> None:
        self._source = source
        self._python = python
        tag = subprocess.run(
            [python, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()
        self._folder: Path = cache_directory() / f"baseline-{source.version}-py{tag}"
        self._folder.mkdir(exist_ok=True)

    def of(self, suite: Suite, hang_s: float, *, fresh: bool = False) -> dict[str, Outcome]:
        """Return Django's outcomes of ``suite`` by test id.

        Args:
            suite: The suite.
            hang_s: See ``Runner``.
            fresh: Run again although a recording exists.
        """
        path = self._folder / f"{suite.name}.json"
        if path.exists() and not fresh:
            kept = json.loads(path.read_text(encoding="utf-8"))
            if tuple(kept["labels"]) == suite.labels:
                return {id: Outcome(**outcome) for id, outcome in kept["outcomes"].items()}
        run = Runner(self._source, self._python, DJANGO_BACKEND, hang_s).run(suite)
        self._check(suite, run)
        outcomes = {
            id: {
                "kind": outcome.kind,
                "detail": outcome.detail[-2000:],
                "used": outcome.used,
                "calls": outcome.calls,
            }
            for id, outcome in run.outcomes.items()
        }
        path.write_text(json.dumps({"labels": suite.labels, "outcomes": outcomes}))
        return run.outcomes

    @staticmethod
    def _check(suite: Suite, run: SuiteRun) -> None:
        if not run.outcomes:
            raise RuntimeError(f"{suite.name}: Django's own tests did not run\n{run.log}")


def own_failures(baseline: dict[str, Outcome], excluded: Iterable[str]) -> dict[str, Outcome]:
    """Return the judging tests that fail with Django's own engine: the adapter's own faults."""
    skip = set(excluded)
    return {
        id: outcome
        for id, outcome in baseline.items()
        if outcome.kind not in {"passed", "skipped"}
        and id not in skip
        and (outcome.used or outcome.calls)
    }
