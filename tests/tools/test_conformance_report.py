from __future__ import annotations

from pathlib import Path

from tools.conformance.execution import Outcome, SuiteRun
from tools.conformance.report import Gates, SuiteResult, any_failed, cause, judge
from tools.conformance.suites import ALWAYS, SUITES, Suite, not_judging

PASSED = Outcome("passed", used=True)
SUITE = Suite("some", ("some",), 100.0)


def run(**outcomes: Outcome) -> SuiteRun:
    return SuiteRun(outcomes=outcomes)


def test_a_test_that_did_not_run_is_a_failure() -> None:
    result = judge(SUITE, run(), {"a": PASSED}, [])
    assert (result.passed, result.total) == (0, 1)
    assert result.failures["a"].kind == "missing"


def test_what_django_itself_fails_does_not_count() -> None:
    baseline = {"a": PASSED, "b": Outcome("failed", used=True)}
    result = judge(SUITE, run(a=PASSED, b=Outcome("failed")), baseline, [])
    assert (result.passed, result.total) == (1, 1)


def test_a_test_without_templates_does_not_count() -> None:
    result = judge(SUITE, run(a=PASSED), {"a": PASSED, "b": Outcome("passed")}, [])
    assert result.total == 1


def test_an_excluded_test_does_not_count() -> None:
    assert judge(SUITE, run(), {"a": PASSED}, ["a"]).total == 0


def test_a_hang_and_a_crash_are_failures() -> None:
    outcomes = run(a=Outcome("hang"), b=Outcome("crash"))
    assert judge(SUITE, outcomes, {"a": PASSED, "b": PASSED}, []).passed == 0


def test_a_run_without_a_failure_needs_no_other_engine() -> None:
    skipped, wrong = Outcome("skipped"), Outcome("failed", used=True)
    assert not any_failed(SUITE, run(a=PASSED, b=skipped, c=wrong), ["c"])
    assert any_failed(SUITE, run(a=PASSED, c=wrong), [])
    assert any_failed(SUITE, run(a=PASSED, c=Outcome("hang", used=True)), [])
    # A test without templates counts in the suites of the template language alone.
    assert not any_failed(SUITE, run(a=PASSED, c=Outcome("failed")), [])
    every = Suite("every", ("every",), 100.0, every_test=True)
    assert any_failed(every, run(a=PASSED, c=Outcome("failed")), [])
    assert any_failed(SUITE, SuiteRun(outcomes={"a": PASSED}, fixtures=["setUpClass"]), [])
    assert any_failed(SUITE, run(), [])


def test_gates_only_rise(tmp_path: Path) -> None:
    path = tmp_path / "gates.json"
    more, fewer = SuiteResult("some", 100.0, 9), SuiteResult("some", 100.0, 8)
    Gates(path).raise_to("5.2", [more])
    assert Gates(path).broken("5.2", [more]) == []
    assert len(Gates(path).broken("5.2", [fewer])) == 1
    Gates(path).raise_to("5.2", [fewer])
    assert len(Gates(path).broken("5.2", [fewer])) == 1


def test_a_suite_without_a_gate_is_a_failure(tmp_path: Path) -> None:
    (sentence,) = Gates(tmp_path / "gates.json").broken("5.2", [SuiteResult("some", 100.0, 9)])
    assert sentence == "some on Django 5.2 has no gate: write it with --raise-gates"


def test_every_suite_has_a_gate_for_every_release() -> None:
    reached = Gates()
    everything = [SuiteResult(suite.name, 0.0, 100_000) for suite in SUITES]
    for series in ("5.2", "6.1"):
        assert reached.broken(series, everything) == []
    # Between the oldest and the newest series the suites of the template language are enough.
    always = [result for result in everything if result.name in ALWAYS]
    assert reached.broken("6.0", always) == []


def test_every_excluded_test_has_a_reason() -> None:
    assert not_judging()
    assert all(not_judging().values())


def test_failures_of_one_cause_share_a_text() -> None:
    first, second = "KeyError: 'a' at 0x7f11", "KeyError: 'a' at 0x7f22"
    assert cause(f"Traceback\n{first}") == cause(f"Traceback\n{second}")
