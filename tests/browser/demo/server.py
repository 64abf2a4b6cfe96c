"""The real demo under uvicorn, with a database of its own; tests may kill and restart it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import ClassVar
from urllib.request import urlopen

HOST = "127.0.0.1"
DEMO = Path(__file__).resolve().parents[3] / "examples" / "demo"
START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 30.0


def migrate(database: Path, server: type[DemoServer] | None = None) -> None:
    """Create the tables of the demo, or of another server's project, in this SQLite file."""
    served = server or DemoServer
    subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--verbosity", "0"],
        cwd=served.project,
        env=_environment(served.module, database) | {"PYTHONPATH": str(served.project)},
        check=True,
    )


def _environment(module: str, database: Path) -> dict[str, str]:
    settings = f"{module}.settings"
    return {
        **os.environ,
        "DEMO_DATABASE": str(database),
        "DEMO_VERIFY": "always",
        "DJANGO_SETTINGS_MODULE": settings,
        "PYTHONFAULTHANDLER": "1",
    }


def _free_port() -> int:
    with socket.create_server((HOST, 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


class DemoServer:
    """One uvicorn process that serves the demo.

    Args:
        folder: Where the database and the log are kept; the database survives restarts.
        database: A migrated SQLite file to start from.
        **settings: Environment variables that the demo's settings read.

    Attributes:
        project: Folder of the project.
        module: Its package, with settings and the ASGI application.
        arguments: More arguments for uvicorn.
        port: The port of the first start; later starts use it again.
    """

    project: ClassVar[Path] = DEMO
    module: ClassVar[str] = "demo"
    arguments: ClassVar[tuple[str, ...]] = ()

    def __init__(self, folder: Path, database: Path, **settings: str) -> None:
        self.port = _free_port()
        self._database = folder / "demo.sqlite3"
        self._environment = {**_environment(self.module, self._database), **settings}
        self._log = folder / "server.log"
        self._process: subprocess.Popen[bytes] | None = None
        shutil.copy(database, self._database)

    def __enter__(self) -> DemoServer:
        """Start and wait until the index answers."""
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop, if it still runs."""
        self.stop()

    @property
    def url(self) -> str:
        """The address of the index, with a slash at the end."""
        return f"http://{HOST}:{self.port}/"

    @property
    def log(self) -> str:
        """What the server has written so far, all starts together."""
        return self._log.read_text(encoding="utf-8")

    def start(self) -> None:
        """Start the process and wait until it answers."""
        command = [
            sys.executable,
            "-m",
            "uvicorn",
            f"{self.module}.asgi:application",
            *self.arguments,
        ]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [*command, "--host", HOST, "--port", str(self.port), "--log-level", "info"],
                cwd=self.project,
                env=self._environment,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self._wait_until_it_answers()

    def stop(self) -> None:
        """Ask the process to end (SIGTERM) and wait for it."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """End the process at once (SIGKILL): nothing can be saved."""
        self._end(signal.SIGKILL)

    def manage(self, *arguments: str, **environment: str) -> None:
        """Run a command of Django with the server's settings and database."""
        subprocess.run(
            [sys.executable, "-m", "django", *arguments],
            cwd=self.project,
            env={**self._environment, "PYTHONPATH": str(self.project), **environment},
            check=True,
        )

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            try:
                self._process.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                # It says where each of its threads stands, and ends.
                self._process.send_signal(signal.SIGABRT)
                self._process.wait(STOP_TIMEOUT_S)
                raise AssertionError(f"The server did not stop:\n{self.log}") from None
            finally:
                self._process = None
        if "DJL505" in self.log:
            raise AssertionError(f"An update did not lead to the page:\n{self.log}")

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            if self._process is None or self._process.poll() is not None:
                raise RuntimeError(f"The demo did not start:\n{self.log}")
            try:
                with urlopen(self.url, timeout=START_TIMEOUT_S):
                    return
            except OSError:
                time.sleep(0.05)
        self.kill()
        raise RuntimeError(f"The demo did not answer in {START_TIMEOUT_S:g} s:\n{self.log}")
