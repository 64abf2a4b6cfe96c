"""A Django test runner that writes one line of JSON per event, as it happens."""

from __future__ import annotations

import json
import os
import sys
import traceback
import unittest
from collections.abc import Iterator
from typing import Any

from django.test.runner import DiscoverRunner
from django.test.utils import iter_test_cases  # type: ignore[attr-defined]
from django.utils import translation

from tools.conformance.swap import usage

# Enough for the assertion with its diff; a traceback's head is rarely what matters.
MAX_DETAIL_CHARS = 6000


class Journal:
    """The file of events that the parent process reads, also after a crash or a hang."""

    def __init__(self, path: str) -> None:
        self._file = open(path, "a", encoding="utf-8")

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def write(self, **event: Any) -> None:
        """Append one event and hand it to the operating system."""
        self._file.write(json.dumps(event) + "\n")
        self._file.flush()


class RecordingResult(unittest.TextTestResult):
    """Writes start and outcome of every test."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._journal = Journal(os.environ["CONFORMANCE_JOURNAL"])
        self._outcome: tuple[str, str] = ("passed", "")

    def stopTestRun(self) -> None:
        super().stopTestRun()
        self._journal.close()

    def startTest(self, test: unittest.TestCase) -> None:
        super().startTest(test)
        usage.reset()
        self._outcome = ("passed", "")
        self._journal.write(event="start", id=test.id())

    def stopTest(self, test: unittest.TestCase) -> None:
        super().stopTest(test)
        outcome, detail = self._outcome
        if usage.differences:
            outcome, detail = "failed", "\n".join(usage.differences) + "\n" + detail
        self._journal.write(
            event="stop",
            id=test.id(),
            outcome=outcome,
            detail=detail[:MAX_DETAIL_CHARS],
            used=usage.seen,
            calls=usage.calls,
            wrong_calls=len(usage.differences),
        )

    def _fail(self, test: Any, error: Any, kind: str) -> None:
        detail = "".join(traceback.format_exception(*error))[-MAX_DETAIL_CHARS:]
        if not isinstance(test, unittest.TestCase):
            self._journal.write(event="fixture", id=test.id(), detail=detail)
            return
        seen = self._outcome[1]
        self._outcome = (kind, seen + detail if len(seen) < MAX_DETAIL_CHARS else seen)

    def addFailure(self, test: Any, err: Any) -> None:
        super().addFailure(test, err)
        self._fail(test, err, "failed")

    def addError(self, test: Any, err: Any) -> None:
        super().addError(test, err)
        self._fail(test, err, "error")

    def addSubTest(self, test: Any, subtest: Any, err: Any) -> None:
        super().addSubTest(test, subtest, err)
        if err is not None:
            self._fail(test, err, "failed")

    def addSkip(self, test: Any, reason: str) -> None:
        super().addSkip(test, reason)
        self._outcome = ("skipped", reason)

    def addExpectedFailure(self, test: Any, err: Any) -> None:
        super().addExpectedFailure(test, err)
        self._outcome = ("skipped", "expected failure")

    def addUnexpectedSuccess(self, test: Any) -> None:
        super().addUnexpectedSuccess(test)
        self._outcome = ("failed", "unexpected success")


class RecordingRunner(DiscoverRunner):
    """Django's runner with a journal, without the tests that are already done."""

    def get_resultclass(self) -> type[RecordingResult]:
        return RecordingResult

    def build_suite(self, *args: Any, **kwargs: Any) -> Any:
        suite = super().build_suite(*args, **kwargs)
        tests = [*iter_test_cases(suite), *hidden_tests()]
        with open(os.environ["CONFORMANCE_SKIP"], encoding="utf-8") as lines:
            done = {line.strip() for line in lines}
        unrelated = tuple(line for line in done if line.endswith("."))
        left = [t for t in tests if t.id() not in done and not t.id().startswith(unrelated)]
        return type(suite)(left)


def hidden_tests() -> Iterator[unittest.TestCase]:
    """Yield tests that discovery misses in the test modules of the installed applications.

    ``@translation.override(None)`` above a class, as in ``timezones``, makes it a function.
    """
    for name, module in list(sys.modules.items()):
        if not name.endswith("timezones.tests"):
            continue
        for function in list(vars(module).values()):
            hidden = getattr(function, "__wrapped__", None)
            if isinstance(hidden, type) and issubclass(hidden, unittest.TestCase):
                suite = unittest.defaultTestLoader.loadTestsFromTestCase(untranslated(hidden))
                yield from iter_test_cases(suite)


def untranslated(case: type[unittest.TestCase]) -> type[unittest.TestCase]:
    """Return ``case`` with every test run without a translation."""

    def run(self: unittest.TestCase, result: Any = None) -> Any:
        with translation.override(None):
            return case.run(self, result)

    body = {"run": run, "__module__": case.__module__, "__qualname__": case.__qualname__}
    return type(case.__name__, (case,), body)
