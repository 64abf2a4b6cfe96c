"""A Django project in a folder of its own, served by uvicorn, as a user has one."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

START_TIMEOUT_S = 60
STOP_TIMEOUT_S = 30


class Project:
    """What `django-admin startproject` makes, with files that a test adds.

    Args:
        folder: An empty folder to make it in.
        name: The name of the project.
    """

    def __init__(self, folder: Path, name: str = "mysite") -> None:
        self.folder = folder
        self.name = name
        self.run("-m", "django", "startproject", name, str(folder))

    def run(self, *arguments: str) -> str:
        """Run Python in the project's folder and return what it printed."""
        answer = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=START_TIMEOUT_S,
            check=False,
        )
        assert answer.returncode == 0, answer.stdout + answer.stderr
        return answer.stdout

    def environment(self) -> dict[str, str]:
        """Return the environment of the project's processes: this one's, without its settings."""
        return {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}

    def create(self, name: str, text: str) -> None:
        """Write a file that is not there yet."""
        path = self.folder / name
        assert not path.exists(), f"{name} is there already"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def append(self, name: str, text: str) -> None:
        """Add to the end of a file that is there."""
        path = self.folder / name
        path.write_text(path.read_text(encoding="utf-8") + "\n" + text, encoding="utf-8")

    @contextmanager
    def serve(self) -> Iterator[str]:
        """Serve the project; give the address without a slash at the end."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        log = self.folder / "server.log"
        with log.open("wb") as stream:
            process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "uvicorn",
                    f"{self.name}.asgi:application",
                    "--port",
                    str(port),
                ],
                cwd=self.folder,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
            )
        try:
            wait_for(f"http://127.0.0.1:{port}/", process, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(STOP_TIMEOUT_S)
        assert "Traceback" not in log.read_text(), log.read_text()


def wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until something answers at this address, with whatever status."""
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"the server did not start:\n{log.read_text()}")
