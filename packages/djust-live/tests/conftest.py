"""Set-up of the tests of djust-live."""

from __future__ import annotations

import os
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import django
import pytest
from hypothesis import HealthCheck, settings

# How long an example takes says more about the machine than about the code.
settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")

# The project that the tests serve lies beside them.
sys.path.insert(0, str(Path(__file__).parent))
os.environ["DJANGO_SETTINGS_MODULE"] = "live_project.settings"
django.setup()

from djust_live.adoption import waiting_room  # noqa: E402 - needs the settings
from djust_live.config import config as live_config  # noqa: E402 - needs the settings
from djust_live.joining import sessions  # noqa: E402 - needs the settings
from djust_live.workers import pools  # noqa: E402 - needs the settings
from djust_testing.event_loop import EngineLoop  # noqa: E402 - needs the settings
from live_project.browser import Browser, end  # noqa: E402 - needs the settings


@pytest.fixture(autouse=True)
def _clean_process() -> Iterator[None]:
    """Leave no waiting views, no read settings and no open test client to the next test."""
    live_config.reset()
    yield
    assert not EngineLoop.is_in_use(), "The test has to close its LiveViewTestClient."
    waiting_room.clear()
    pools.stop()  # its threads hold connections of this test's database
    live_config.reset()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A browser; all sessions end with the test."""
    made = Browser()
    yield made
    await made.drop()
    for session in [*sessions, *sessions.ending]:
        await end(session)
