"""Snapshots of pages and patches, as files beside the tests."""

from __future__ import annotations

import difflib
import inspect
import json
import os
import re
from pathlib import Path
from typing import Any

from djust_testing.page import Reply

UPDATE = "DJUST_UPDATE_SNAPSHOTS"
_FOLDER = "__snapshots__"
# What differs from run to run and means nothing: tokens and nonces.
_CHANGING = re.compile(
    r"""(\b(?:nonce|data-djust)=|name="csrfmiddlewaretoken"[^>]*?\bvalue=)(?:"[^"]*"|'[^']*')"""
)


class SnapshotMissing(AssertionError):
    """There is no snapshot yet; the test has to run once with the flag that writes it."""


class SnapshotTestMixin:
    """Compares pages and patches with files that are written when a flag is set.

    The files are in ``__snapshots__`` beside the test, one a call, and are made to be reviewed: an
    element a line, an op a line. They are written with ``pytest --snapshot-update`` or with
    ``DJUST_UPDATE_SNAPSHOTS=1`` in the environment, for ``manage.py test``.

    Example:
        >>> class CounterTest(SnapshotTestMixin, TestCase):
        ...     def test_first_page(self):
        ...         with LiveViewTestClient(CounterView) as page:
        ...             self.assert_html_snapshot(page.mount())
    """

    _snapshots_taken: dict[str, int] | None = None

    def assert_html_snapshot(self, page: Any, name: str = "") -> None:
        """Compare HTML with its snapshot.

        Args:
            page: A client, or HTML.
            name: What the snapshot is called beside the test; numbers by default.

        Raises:
            SnapshotMissing: It was never written.
            AssertionError: It differs; the text has the difference.
        """
        html = page if isinstance(page, str) else page.html
        self._compare(lines_of(html), name, "html")

    def assert_patch_snapshot(self, reply: Reply, name: str = "") -> None:
        """Compare the ops of a reply with their snapshot, as :meth:`assert_html_snapshot` does."""
        ops = [json.dumps(op, ensure_ascii=False) for op in json.loads(reply.ops)]
        self._compare("\n".join(ops) + "\n", name, "ops.json")

    def _compare(self, actual: str, name: str, ending: str) -> None:
        path = self._path(name, ending)
        if os.environ.get(UPDATE, "") not in ("", "0"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(actual, encoding="utf-8")
            return
        if not path.is_file():
            raise SnapshotMissing(
                f"There is no snapshot {path.name}: look at what the page is now, then run once "
                f"with --snapshot-update or {UPDATE}=1.\n{actual}"
            )
        expected = path.read_text(encoding="utf-8")
        if actual == expected:
            return
        lines = difflib.unified_diff(
            expected.splitlines(), actual.splitlines(), path.name, "now", lineterm=""
        )
        raise AssertionError("The snapshot differs:\n" + "\n".join(lines))

    def _path(self, name: str, ending: str) -> Path:
        test = (
            getattr(self, "_testMethodName", None)
            or os.environ.get("PYTEST_CURRENT_TEST", "test").rpartition("::")[2].partition(" ")[0]
        )
        taken = self._snapshots_taken
        if taken is None:
            taken = self._snapshots_taken = {}
        called = f"{type(self).__name__}.{test}"
        if not name:
            taken[test] = taken.get(test, 0) + 1
            name = "" if taken[test] == 1 else str(taken[test])
        parts = [part for part in (called, name, ending) if part]
        file = re.sub(r"[^\w.\[\]-]", "_", ".".join(parts))
        return Path(inspect.getfile(type(self))).parent / _FOLDER / file


def lines_of(html: str) -> str:
    """Return HTML with a tag or text a line, without tokens that change from run to run."""
    steady = _CHANGING.sub(r'\1"…"', html)
    parts = re.split(r"(<[^>]*>)", steady)
    return "\n".join(part.strip() for part in parts if part.strip()) + "\n"
