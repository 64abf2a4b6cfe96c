"""Set-up of the tests of djust-presence."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import django
import pytest

sys.path.insert(0, str(Path(__file__).parent))
os.environ["DJANGO_SETTINGS_MODULE"] = "presence_project.settings"
django.setup()

from djust_presence.worker import worker  # noqa: E402 - needs the settings
from djust_testing.connection import all_ended  # noqa: E402 - needs the settings
from presence_project.browser import Browser  # noqa: E402 - needs the settings

OpenTab = Callable[..., Awaitable[Browser]]


class RedisServer:
    """A redis-server of this test run, on a free port of the loopback interface."""

    def __init__(self, folder: Path) -> None:
        program = shutil.which("redis-server")
        if program is None:
            raise RuntimeError("redis-server is missing: apt-get install redis-server")
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port = listener.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._command = [program, "--port", str(self.port), "--bind", "127.0.0.1", "--save", ""]
        self._command += ["--dir", str(folder)]
        self.start()

    def start(self) -> None:
        """Start, empty."""
        self.process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.02)
            else:
                return

    def stop(self) -> None:
        """Stop; what it held is gone."""
        self.process.terminate()
        self.process.wait(10)


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    """A server for all tests."""
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    yield server
    server.stop()


@pytest.fixture
async def open_tab() -> AsyncIterator[OpenTab]:
    """``await open_tab(path, user=…)``: a tab; all of them end with the test."""
    tabs: list[Browser] = []

    async def opener(path: str, client: Any = None, **query: str) -> Browser:
        tabs.append(Browser(path, client, **query))
        return await tabs[-1].open()

    yield opener
    for tab in tabs:
        await tab.drop()
    await all_ended()
    worker.stop()
