"""Snapshots of pages and patches, as files beside the tests."""

from __future__ import annotations

import difflib
import inspect
import json
import os
import re
import unittest
from pathlib import Path
from typing import Any

from djust_testing.page import Reply

UPDATE = "DJUST_UPDATE_SNAPSHOTS"
_FOLDER = "__snapshots__"
# What differs from run to run and means nothing: tokens and nonces, and the keys of nested views.
_CHANGING = re.compile(
    r"""(\b(?:nonce|data-djust(?:-view)?)=|name="csrfmiddlewaretoken"[^>]*?\bvalue=)"""
    r"""(?:"[^"]*"|'[^']*')"""
)
_NESTED = re.compile(r"<div\b[^>]*\bdata-djust-view=[^>]*>")
_KEY = re.compile(r"""(\bdj-key=)(?:"[^"]*"|'[^']*')""")


_WORD = re.compile(r"\w+")


class SnapshotMissing(AssertionError):
    """There is no snapshot yet; the test has to run once with the flag that writes it."""


class SnapshotTestMixin:
    """Compares pages and patches with files that are written when a flag is set.

    Snapshots that no test compares with any more fail the tests of their class; the flag removes
    them. The files are in ``__snapshots__`` beside the test, one a call, for review: an element
    a line, an op a line. They are written with ``pytest --snapshot-update`` or with
    ``DJUST_UPDATE_SNAPSHOTS=1`` in the environment, for ``manage.py test``.

    Example:
        >>> class CounterTest(SnapshotTestMixin, TestCase):
        ...     def test_first_page(self):
        ...         with LiveViewTestClient(CounterView) as page:
        ...             self.assert_html_snapshot(page.mount())
    """

    _snapshots_taken: dict[str, int] | None = None
    _snapshots_used: set[Path] | None = None

    @classmethod
    def tearDownClass(cls) -> None:
        """See that each snapshot belongs to a test that is there."""
        getattr(super(), "tearDownClass", bool)()
        _let_go(_orphans(cls))

    @classmethod
    def teardown_class(cls) -> None:
        """Do the same for classes of pytest."""
        if not issubclass(cls, unittest.TestCase):
            _let_go(_orphans(cls))

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
        self._use(path)
        if _is_updating():
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
        called = f"{_prefix(type(self))}{test}"
        if not name:
            taken[test] = taken.get(test, 0) + 1
            name = "" if taken[test] == 1 else str(taken[test])
        parts = [part for part in (called, name, ending) if part]
        file = re.sub(r"[^\w.\[\]-]", "_", ".".join(parts))
        return _folder(type(self)) / file

    def _use(self, path: Path) -> None:
        """Remember a snapshot, and look after the test for others that it has no more."""
        if self._snapshots_used is None:
            self._snapshots_used = set()
            if isinstance(self, unittest.TestCase):
                self.addCleanup(self._look_for_others)
        self._snapshots_used.add(path)

    def _look_for_others(self) -> None:
        # A test that failed half-way has not come to its other snapshots.
        if getattr(getattr(self, "_outcome", None), "success", False):
            test = str(getattr(self, "_testMethodName", ""))
            _let_go(_files_of(type(self), test) - (self._snapshots_used or set()))


def _is_updating() -> bool:
    return os.environ.get(UPDATE, "") not in ("", "0")


def _folder(cls: type) -> Path:
    return Path(inspect.getfile(cls)).parent / _FOLDER


def _prefix(cls: type) -> str:
    return f"{Path(inspect.getfile(cls)).stem}.{cls.__name__}."


def _files_of(cls: type, test: str = "") -> set[Path]:
    """Return the snapshots of a class, or of one of its tests."""
    folder, prefix = _folder(cls), _prefix(cls) + test
    files = folder.iterdir() if folder.is_dir() else ()
    return {
        file
        for file in files
        if file.name.startswith(prefix) and (not test or not _WORD.match(file.name[len(prefix) :]))
    }


def _orphans(cls: type) -> set[Path]:
    """Return the snapshots of tests that a class does not have."""
    named = {file: _WORD.match(file.name[len(_prefix(cls)) :]) for file in _files_of(cls)}
    return {file for file, test in named.items() if test and not hasattr(cls, test[0])}


def _let_go(files: set[Path]) -> None:
    """Remove snapshots that no test compares with; without the flag only say so."""
    if _is_updating():
        for file in files:
            file.unlink()
    elif files:
        names = ", ".join(sorted(file.name for file in files))
        raise AssertionError(
            f"No test compares with these snapshots any more: {names}. Remove them, or run once "
            f"with --snapshot-update or {UPDATE}=1."
        )


def lines_of(html: str) -> str:
    """Return HTML with a tag or text a line, without tokens that change from run to run."""
    steady = _NESTED.sub(lambda tag: _KEY.sub(r'\1"…"', tag[0]), html)
    steady = _CHANGING.sub(r'\1"…"', steady)
    parts = re.split(r"(<[^>]*>)", steady)
    return "\n".join(part.strip() for part in parts if part.strip()) + "\n"
