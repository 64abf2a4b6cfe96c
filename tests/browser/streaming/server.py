"""The test project of djust-streaming under uvicorn; tests may kill and restart it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

PROJECT = Path(__file__).resolve().parents[3] / "packages" / "djust-streaming" / "tests"
START_TIMEOUT_S = 60


class StreamingServer:
    """One uvicorn process.

    Args:
        folder: Where the log is kept.
        redis_url: Of the server that keeps what views hold; empty: the process keeps it.
    """

    def __init__(self, folder: Path, redis_url: str = "") -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port: int = listener.getsockname()[1]
        self._log = folder / f"server-{self.port}.log"
        self._environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "streaming_project.settings",
            "DJUST_TEST_DEBUG": "1",
            "DJUST_TEST_REDIS": redis_url,
        }
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> StreamingServer:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(30)

    def start(self) -> None:
        """Start, and wait until it answers."""
        command = [sys.executable, "-m", "uvicorn", "streaming_project.asgi:application"]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "--host", "127.0.0.1", "--port", str(self.port)],
                cwd=PROJECT,
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + START_TIMEOUT_S
        while True:
            try:
                urlopen(f"http://127.0.0.1:{self.port}/story/", timeout=START_TIMEOUT_S).close()
                return
            except OSError:
                assert self._process.poll() is None, self._log.read_text(encoding="utf-8")
                assert time.monotonic() < deadline
                time.sleep(0.05)

    def kill(self) -> None:
        """End it with SIGKILL."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(30)
        self._process = None
