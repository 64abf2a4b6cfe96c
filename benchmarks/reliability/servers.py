"""Real servers on the loopback interface: uvicorn processes and a redis-server."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import TracebackType
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
START_TIMEOUT_S = 60


def free_port() -> int:
    """Return a port of the loopback interface that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


class RedisServer:
    """A redis-server of our own, without persistence.

    Attributes:
        url: Where it listens.
    """

    def __init__(self) -> None:
        program = shutil.which("redis-server")
        if program is None:
            raise RuntimeError("redis-server is missing: apt-get install redis-server")
        self._command = [program, "--bind", "127.0.0.1", "--save", ""]
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> RedisServer:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start and wait until it answers."""
        command = [*self._command, "--port", str(self.port)]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.02)
            else:
                return
        raise RuntimeError("redis-server did not start")

    def stop(self) -> None:
        """Stop and lose all data."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            self._process = None


class Worker:
    """One uvicorn process that serves :mod:`benchmarks.reliability.site`.

    Args:
        environment: What the site reads.
        port: Where it listens; a free one by default, and the same after a restart.
    """

    def __init__(self, environment: dict[str, str], port: int = 0) -> None:
        self.port = port or free_port()
        self.origin = f"http://127.0.0.1:{self.port}"
        self.log = Path(tempfile.mkstemp(prefix=f"djust-worker-{self.port}-", suffix=".log")[1])
        self._environment = {**os.environ, **environment}
        self._environment.pop("DJANGO_SETTINGS_MODULE", None)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Worker:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._process is not None:
            self.kill()
        self.log.unlink(missing_ok=True)

    def start(self) -> float:
        """Start, wait until it answers, and return the time of that."""
        command = [
            sys.executable, "-m", "uvicorn", "benchmarks.reliability.site:application",
            "--port", str(self.port), "--log-level", "info", "--timeout-graceful-shutdown", "25",
        ]  # fmt: skip
        with self.log.open("ab") as stream:
            self._process = subprocess.Popen(
                command, cwd=ROOT, env=self._environment, stdout=stream, stderr=stream
            )
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                time.sleep(0.01)
            else:
                return time.monotonic()
        raise RuntimeError(f"the worker did not start:\n{self.log.read_text()}")

    def kill(self) -> None:
        """End it with SIGKILL."""
        process = self._running()
        process.kill()
        process.wait(10)
        self._process = None

    def terminate(self) -> None:
        """Ask it to stop with SIGTERM."""
        self._running().send_signal(signal.SIGTERM)

    def cpu_s(self) -> float:
        """Return the processor time that it has used so far."""
        fields = Path(f"/proc/{self._running().pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def memory_kb(self) -> int:
        """Return how much memory it has now."""
        status = Path(f"/proc/{self._running().pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0])

    def has_ended(self) -> bool:
        """Return whether it has stopped by itself."""
        return self._running().poll() is not None

    def wait(self, timeout_s: float) -> int:
        """Wait until it has stopped and return its exit status."""
        status = self._running().wait(timeout_s)
        self._process = None
        return status

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise RuntimeError("The worker does not run.")
        return self._process


def environment(backend: str, folder: Path, redis_url: str = "", **more: Any) -> dict[str, str]:
    """Return what a worker needs to know, with the database made when the backend needs it."""
    values = {
        "RELIABILITY_BACKEND": backend,
        "RELIABILITY_REDIS": redis_url,
        "RELIABILITY_DATABASE": str(folder / "state.sqlite3"),
        **{f"RELIABILITY_{name.upper()}": str(value) for name, value in more.items()},
    }
    if backend == "db":
        code = (
            "import benchmarks.reliability.site; "
            "from django.core.management import call_command; call_command('migrate', verbosity=0)"
        )
        clean = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, env={**clean, **values}, check=True)
    return values
