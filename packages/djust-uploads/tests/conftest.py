"""Set-up of the tests of djust-uploads."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import django
import pytest

sys.path.insert(0, str(Path(__file__).parent))
os.environ["DJANGO_SETTINGS_MODULE"] = "uploads_project.settings"
django.setup()

from django.test import override_settings  # noqa: E402 - needs the settings
from djust_live import LiveView  # noqa: E402 - needs the settings
from djust_testing import LiveViewTestClient  # noqa: E402 - needs the settings

Open = Callable[..., LiveViewTestClient]


@pytest.fixture
def uploads(tmp_path: Path) -> Iterator[Path]:
    """The folder for files that are on their way; a test may not leave something there."""
    folder = tmp_path / "uploads"
    folder.mkdir(mode=0o700)
    with override_settings(DJUST={"UPLOAD_DIR": str(folder), "UPLOAD_MIN_FREE_BYTES": 0}):
        yield folder


@pytest.fixture
def open_page(uploads: Path) -> Iterator[Open]:
    """``open_page(View)``: a page that is mounted; all of them are closed at the end."""
    pages: list[LiveViewTestClient] = []

    def opener(view: type[LiveView], **options: Any) -> LiveViewTestClient:
        pages.append(LiveViewTestClient(view, **options))
        return pages[-1].mount()

    yield opener
    for page in pages:
        page.close()


def files(folder: Path) -> list[Path]:
    """Return all files below a folder."""
    return [path for path in folder.rglob("*") if path.is_file()]


def until(condition: Callable[[], bool], timeout_s: float = 60.0) -> None:
    """Wait until a condition holds."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "The condition never came true."
        time.sleep(0.005)
