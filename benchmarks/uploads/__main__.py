"""``python -m benchmarks.uploads``: memory of the server, and another page's counter meanwhile."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.request import urlopen

from djust_testing.wire_client import LiveWireClient

from benchmarks.live.load import ROOT

RESULTS = ROOT / "benchmarks" / "results" / "uploads.jsonl"
PAUSE_S = 0.005


class Server:
    """One uvicorn worker, its memory and CPU time."""

    def __init__(self, folder: str, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/"
        command = [sys.executable, "-m", "uvicorn", "benchmarks.uploads.site:application"]
        self._process = subprocess.Popen(
            [*command, "--port", str(port), "--log-level", "error", "--lifespan", "off"],
            cwd=ROOT,
            env={**os.environ, "BENCH_UPLOADS": folder},
        )
        deadline = time.monotonic() + 60
        while True:
            try:
                urlopen(self.url + "counter/").close()
                return
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def memory_kb(self) -> int:
        """Return the private memory."""
        text = Path(f"/proc/{self._process.pid}/smaps_rollup").read_text()
        return sum(int(it.split()[1]) for it in text.splitlines() if it.startswith("Private_"))

    def cpu_s(self) -> float:
        """Return the CPU time of the process."""
        return time.clock_gettime((~self._process.pid << 3) | 2)

    def stop(self) -> None:
        """End the process."""
        self._process.terminate()
        self._process.wait(30)


async def clicks(page: LiveWireClient, server: Server, until: Any) -> tuple[list[float], int]:
    """Click until ``until`` says so; return the times in ms, and the most memory."""
    times, memory = [], 0
    while not until():
        started = time.perf_counter()
        await page.event("increment")
        times.append((time.perf_counter() - started) * 1000)
        memory = max(memory, server.memory_kb())
        await asyncio.sleep(PAUSE_S)
    return times, memory


async def measure(options: argparse.Namespace, server: Server) -> dict[str, Any]:
    async with LiveWireClient(server.url + "counter/") as page:
        end = time.monotonic() + 3
        idle, before_kb = await clicks(page, server, lambda: time.monotonic() > end)
        sender = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.uploads.sender", server.url, str(options.bytes)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        )
        cpu_s = server.cpu_s()
        busy, peak_kb = await clicks(page, server, lambda: sender.poll() is not None)
        cpu_s = server.cpu_s() - cpu_s
        seconds = float(sender.communicate()[0])
    return {
        "megabytes": options.bytes / 1e6,
        "seconds": seconds,
        "cpu_s": cpu_s,
        "before_kb": before_kb,
        "peak_kb": peak_kb,
        "idle_ms": _spread(idle),
        "busy_ms": _spread(busy),
    }


def _spread(times: list[float]) -> dict[str, float]:
    ordered = sorted(times)
    return {
        "median": statistics.median(ordered),
        "p99": ordered[int(len(ordered) * 0.99)],
        "max": ordered[-1],
        "count": len(ordered),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bytes", type=int, default=200_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, RESULTS.open("a") as lines:
        server = Server(folder, options.port or _free_port())
        try:
            print(
                f"{'MB/s':>8}{'CPU s':>8}{'more MB':>9}{'idle ms':>10}{'p99':>8}"
                f"{'busy ms':>10}{'p99':>8}{'max':>8}"
            )
            for _ in range(options.rounds):
                found = asyncio.run(measure(options, server))
                lines.write(json.dumps(found) + "\n")
                idle, busy = found["idle_ms"], found["busy_ms"]
                print(
                    f"{found['megabytes'] / found['seconds']:8.1f}{found['cpu_s']:8.2f}"
                    f"{(found['peak_kb'] - found['before_kb']) / 1024:9.1f}"
                    f"{idle['median']:10.2f}{idle['p99']:8.2f}"
                    f"{busy['median']:10.2f}{busy['p99']:8.2f}{busy['max']:8.2f}",
                    flush=True,
                )
        finally:
            server.stop()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


if __name__ == "__main__":
    main()
