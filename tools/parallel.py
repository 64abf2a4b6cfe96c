"""Jobs side by side: each is a process of nox that runs some sessions one after the other."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from tools.workspace import ROOT


def run(
    jobs: Sequence[Sequence[str]], at_a_time: int, start: Callable[[Sequence[str]], int]
) -> list[str]:
    """Run jobs, some at a time; the first ones begin first.

    Args:
        jobs: Names of sessions, by job.
        at_a_time: How many jobs run at once.
        start: Runs a job and returns its exit status.

    Returns:
        The first sessions of the jobs that failed.
    """
    waiting = iter(jobs)
    lock = threading.Lock()
    failed: list[str] = []

    def work() -> None:
        while True:
            with lock:
                job = next(waiting, None)
            if job is None:
                return
            if start(job) != 0:
                failed.append(job[0])

    workers = [threading.Thread(target=work) for _ in range(at_a_time)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return failed


def run_in_nox(job: Sequence[str], noxfile: Path, arguments: Sequence[str], niceness: int) -> int:
    """Run the sessions of a job in a process of their own, each line of output after its name.

    Args:
        job: Names of sessions.
        noxfile: Where they are defined.
        arguments: What they find in ``session.posargs``.
        niceness: Of the process.

    Returns:
        Its exit status.
    """
    command = [sys.executable, "-m", "nox", "--noxfile", str(noxfile), "--session", *job]
    with subprocess.Popen(
        ["nice", "-n", str(niceness), *command, "--", *arguments],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    ) as process:
        for line in process.stdout or ():
            sys.stdout.write(f"{job[0]}: {line}")
            sys.stdout.flush()
    return process.returncode
