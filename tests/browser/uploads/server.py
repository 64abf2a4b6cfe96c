"""The test project of djust-uploads under uvicorn; tests may kill and restart it."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

PROJECT = Path(__file__).resolve().parents[3] / "packages" / "djust-uploads" / "tests"
HOST = "127.0.0.1"
START_TIMEOUT_S = 60.0


class UploadServer:
    """One uvicorn process.

    Args:
        folder: Where files that are on their way, saved files and the log are; survives restarts.

    Attributes:
        port: The port of the first start; later starts use it again.
        uploads: The folder for files that are on their way.
    """

    def __init__(self, folder: Path) -> None:
        with socket.create_server((HOST, 0)) as listener:
            self.port: int = listener.getsockname()[1]
        self.uploads = folder / "uploads"
        self._log = folder / "server.log"
        self._environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "uploads_project.settings",
            "DJUST_TEST_DEBUG": "1",
            "DJUST_TEST_UPLOADS": str(self.uploads),
            "DJUST_TEST_MEDIA": str(folder / "media"),
        }
        self._process: subprocess.Popen[bytes] | None = None
        self._earlier: set[Path] = set()

    @property
    def log(self) -> str:
        """What the server has written so far, all starts together."""
        return self._log.read_text(encoding="utf-8")

    def files(self) -> list[Path]:
        """Return the files that are on their way, those of earlier pages apart."""
        return [path for path in self._all() if path not in self._earlier]

    def forget_files(self) -> None:
        """Look no more at what is there now: it is of pages that may come back."""
        self._earlier = set(self._all())

    def _all(self) -> list[Path]:
        return [path for path in self.uploads.rglob("*") if path.is_file()]

    def start(self) -> None:
        """Start, and wait until it answers."""
        command = [sys.executable, "-m", "uvicorn", "uploads_project.asgi:application"]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "--host", HOST, "--port", str(self.port)],
                cwd=PROJECT,
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        deadline = time.monotonic() + START_TIMEOUT_S
        while True:
            try:
                urlopen(f"http://{HOST}:{self.port}/photos/", timeout=START_TIMEOUT_S).close()
                return
            except OSError:
                assert self._process.poll() is None, self.log
                assert time.monotonic() < deadline, self.log
                time.sleep(0.05)

    def kill(self) -> None:
        """End the process at once (SIGKILL): nothing can be saved."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ask the process to end (SIGTERM) and wait for it."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.send_signal(how)
            process.wait(30)
