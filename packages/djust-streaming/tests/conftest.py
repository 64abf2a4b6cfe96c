"""Set-up of the tests of djust-streaming."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import django
import pytest

sys.path.insert(0, str(Path(__file__).parent))
os.environ["DJANGO_SETTINGS_MODULE"] = "streaming_project.settings"
django.setup()

from djust_live.adoption import waiting_room  # noqa: E402 - needs the settings
from djust_live.workers import pools  # noqa: E402 - needs the settings
from djust_testing.connection import all_ended  # noqa: E402 - needs the settings
from streaming_project.browser import Browser  # noqa: E402 - needs the settings


@pytest.fixture(autouse=True)
def _clean_process() -> Iterator[None]:
    yield
    waiting_room.clear()
    pools.stop()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A browser; all sessions end with the test."""
    made = Browser()
    yield made
    await made.drop()
    await all_ended()
