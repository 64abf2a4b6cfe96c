from __future__ import annotations

import inspect
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
