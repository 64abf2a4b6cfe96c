"""tools/results.py: what the table and the closing lines say."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import results
from tools.results import Counts, Record


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(results, "FOLDER", tmp_path)
    return tmp_path


def test_pytest_counts_are_read_from_junit(tmp_path: Path) -> None:
    path = tmp_path / "report.xml"
    path.write_text(
        '<testsuites><testsuite name="pytest" errors="1" failures="2" skipped="3" tests="10"/>'
        "</testsuites>"
    )
    assert results.from_junit(path) == Counts(passed=4, failed=3, skipped=3)


def test_failed_tests_are_named_from_junit_with_their_reason(tmp_path: Path) -> None:
    path = tmp_path / "report.xml"
    path.write_text(
        '<testsuites><testsuite name="pytest">'
        '<testcase classname="tests.test_a" name="test_fine"/>'
        '<testcase classname="tests.test_a" name="test_late[slow]">'
        '<failure message="AssertionError: 1 != 2&#10;more">text</failure></testcase>'
        '<testcase classname="tests.test_a" name="test_silent"><error>text</error></testcase>'
        '<testcase classname="tests.test_a" name="test_passed_over"><skipped/></testcase>'
        "</testsuite></testsuites>"
    )
    assert list(results.failures_in_junit(path)) == [
        "tests.test_a::test_late[slow]: AssertionError: 1 != 2",
        "tests.test_a::test_silent",
    ]


def test_failed_tests_are_named_from_cargo() -> None:
    output = "test lexer::finds ... ok\ntest lexer::ends ... FAILED\n\nfailures:\n    lexer::ends\n"
    assert results.failures_in_cargo(output) == ["lexer::ends"]


@pytest.mark.parametrize(
    "output",
    [
        "✔ keeps the caret (1.5ms)\n✖ keeps the text (23.1ms)\n\n✖ failing tests:\n\n"
        "test at a.test.js:3:1\n✖ keeps the text (23.1ms)\n",
        "ok 1 - keeps the caret\nnot ok 2 - keeps the text\n  ---\n",
    ],
)
def test_failed_tests_are_named_from_node(output: str) -> None:
    assert results.failures_in_node(output) == ["keeps the text"]


def test_cargo_counts_are_summed_over_binaries() -> None:
    output = (
        "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out\n"
        "test result: FAILED. 5 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out\n"
    )
    assert results.from_cargo(output) == Counts(passed=8, failed=2, skipped=1)


@pytest.mark.parametrize("mark", ["#", "\u2139"])
def test_node_counts_are_read_in_both_forms(mark: str) -> None:
    lines = ["tests 7", "suites 0", "pass 5", "fail 2", "cancelled 0", "skipped 0", "todo 0"]
    output = "ok 1 - pass 3\n" + "".join(f"{mark} {line}\n" for line in lines)
    assert results.from_node(output) == Counts(passed=5, failed=2)


def test_records_come_back_in_the_planned_order() -> None:
    results.start(["lint", "tests-3.12(djust-vdom)"])
    named = ("tests.test_a::test_b",)
    results.save(Record("tests-3.12(djust-vdom)", False, 1.5, 1.0, Counts(3, 1), named))
    results.save(Record("lint", True, 2.0, 1.0, Counts(passed=1)))
    assert [record.session for record in results.load()] == ["lint", "tests-3.12(djust-vdom)"]
    assert results.load()[1].counts == Counts(3, 1)
    assert results.load()[1].failures == named


def test_a_session_that_never_ran_has_failed() -> None:
    results.start(["lint"])
    (record,) = results.load()
    assert not record.ok
    assert results.total([record]).failed == 1


def test_the_time_of_a_run_counts_from_its_start() -> None:
    results.start(["lint"])
    assert 0 <= results.elapsed_s() < 60


def test_earlier_runs_are_forgotten() -> None:
    results.start(["lint"])
    results.save(Record("lint", True, 1.0, 1.0, Counts(passed=1)))
    results.start(["lint"])
    assert not results.load()[0].ok


def test_a_session_that_broke_without_a_failed_test_counts_as_one_failure() -> None:
    records = [
        Record("build", False, 1.0, 1.0, Counts()),
        Record("rust", False, 1.0, 1.0, Counts(passed=4, failed=2)),
    ]
    assert results.total(records) == Counts(passed=4, failed=3)


def test_the_table_names_what_failed() -> None:
    text = results.table(
        [Record("lint", True, 1, 30, Counts(1)), Record("js", False, 59, 60, Counts(2, 1))],
        elapsed_s=60,
    )
    assert [line.split()[:2] for line in text.splitlines()[1:3]] == [
        ["lint", "ok"],
        ["js", "FAILED"],
    ]
    assert text.endswith("2 sessions in 1.0 minutes, cpu 1.5 minutes")


def test_the_closing_line_is_plain() -> None:
    assert results.closing_line(Counts(3, 0)) == "3 passed, 0 failed"
    assert results.closing_line(Counts(3, 1, 2)) == "3 passed, 1 failed, 2 skipped"


def test_what_failed_is_listed_by_name() -> None:
    records = [
        Record("lint", True, 1.0, 1.0, Counts(9)),
        Record("browser", False, 1.0, 1.0, Counts(3, 1), ("tests.test_a::test_b: too late",)),
        Record("build", False, 1.0, 1.0, Counts()),
    ]
    assert results.failure_list(records) == (
        "FAILED browser tests.test_a::test_b: too late\nFAILED build failed, and named no test\n"
    )


def test_a_long_list_of_failures_is_cut() -> None:
    names = tuple(f"test_{number}: {'x' * 300}" for number in range(40))
    lines = results.failure_list([Record("js", False, 1.0, 1.0, Counts(0, 40), names)]).splitlines()
    assert len(lines) == 31
    assert lines[-1] == "and 10 more"
    assert max(map(len, lines)) == 200
