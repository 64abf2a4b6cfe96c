from __future__ import annotations

import inspect
import unittest
from pathlib import Path
from typing import Any

import pytest
from djust_live import LiveView
from djust_live.decorators import event_handler
from djust_testing import SnapshotMissing, SnapshotTestMixin


class Counter(LiveView):
    count = 0
    template = """<main><p>{{ count }}</p><script nonce="{{ request }}"></script>
        <button dj-click="add">+</button></main>"""

    @event_handler
    def add(self) -> None:
        self.count += 1


class Case(SnapshotTestMixin):
    pass


@pytest.fixture
def case(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Case:
    monkeypatch.setattr(inspect, "getfile", lambda cls: str(tmp_path / "test_pages.py"))
    return Case()


def test_a_snapshot_is_written_with_the_flag_and_compared_without(
    case: Case, tmp_path: Path, live_client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = live_client(Counter)
    with pytest.raises(SnapshotMissing, match="--snapshot-update"):
        case.assert_html_snapshot(page, "page")
    with monkeypatch.context() as flag:
        flag.setenv("DJUST_UPDATE_SNAPSHOTS", "1")
        case.assert_html_snapshot(page, "page")
        case.assert_patch_snapshot(page.click("button"), "patch")

    with pytest.raises(AssertionError, match=r"(?s)-0.*\+1"):
        case.assert_html_snapshot(page, "page")
    with pytest.raises(AssertionError, match="differs"):
        case.assert_patch_snapshot(page.click("button"), "patch")
    files = sorted((tmp_path / "__snapshots__").iterdir())
    assert [file.name.rpartition("compared_without.")[2] for file in files] == [
        "page.html",
        "patch.ops.json",
    ]
    assert 'nonce="…"' in files[0].read_text()


def test_snapshots_without_names_are_numbered(
    case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DJUST_UPDATE_SNAPSHOTS", "1")
    case.assert_html_snapshot("<p>1</p>")
    case.assert_html_snapshot("<p>2</p>")

    names = [file.name.partition("numbered")[2] for file in (tmp_path / "__snapshots__").iterdir()]
    assert sorted(names) == [".2.html", ".html"]


def outcome(*tests: str) -> unittest.TestResult:
    """Run tests of a class whose second test takes as many snapshots as it is told."""

    class Steps(SnapshotTestMixin, unittest.TestCase):
        steps = 2

        def test_one(self) -> None:
            self.assert_html_snapshot("<p>1</p>")

        def test_more(self) -> None:
            for step in range(self.steps):
                self.assert_html_snapshot(f"<p>{step}</p>", f"step {step}")

        def test_more_of_it(self) -> None:
            self.assert_html_snapshot("<p>more</p>")

    Steps.steps = 1 if "fewer" in tests else 2
    if "gone" in tests:
        del Steps.test_one
    suite = unittest.defaultTestLoader.loadTestsFromTestCase(Steps)
    result = unittest.TestResult()
    suite.run(result)
    return result


@pytest.mark.parametrize(
    ("change", "name"), [("gone", "Steps.test_one.html"), ("fewer", "Steps.test_more.step_1.html")]
)
def test_snapshots_that_no_test_compares_with_are_named_and_removed_with_the_flag(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: str, name: str
) -> None:
    monkeypatch.setattr(inspect, "getfile", lambda cls: str(tmp_path / "test_pages.py"))
    file = tmp_path / "__snapshots__" / f"test_pages.{name}"
    with monkeypatch.context() as flag:
        flag.setenv("DJUST_UPDATE_SNAPSHOTS", "1")
        assert outcome().wasSuccessful()
    assert file.is_file()
    assert outcome().wasSuccessful()

    (_, text) = (lambda result: [*result.failures, *result.errors][0])(outcome(change))
    assert f"any more: test_pages.{name}." in text
    assert file.is_file()

    with monkeypatch.context() as flag:
        flag.setenv("DJUST_UPDATE_SNAPSHOTS", "1")
        assert outcome(change).wasSuccessful()
    assert not file.exists()
    assert outcome(change).wasSuccessful()


def test_classes_of_pytest_name_them_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inspect, "getfile", lambda cls: str(tmp_path / "test_pages.py"))
    (tmp_path / "__snapshots__").mkdir()
    (tmp_path / "__snapshots__" / "test_pages.Case.test_old[1.5].html").write_text("")
    (tmp_path / "__snapshots__" / "test_others.Case.test_old.html").write_text("")

    with pytest.raises(AssertionError, match=r"any more: test_pages.Case.test_old\[1.5\].html"):
        Case.teardown_class()
