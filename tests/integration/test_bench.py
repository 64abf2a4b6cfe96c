"""``djust_bench`` against a project that a server serves."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

from tests.integration.projects import Project

VIEW = """from djust import LiveView
from djust.decorators import event_handler


class Counter(LiveView):
    template = "<body><p>{{ count }}</p></body>"

    def mount(self, request, **kwargs):
        self.count = 0

    @event_handler
    def add(self, step: int):
        self.count += step
"""


def bench(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "djust_testing", "djust_bench", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_few_sessions_are_measured(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.append("mysite/settings.py", 'INSTALLED_APPS += ["djust"]\n')
    project.append(
        "mysite/asgi.py",
        "from djust.asgi import live_application\napplication = live_application(application)\n",
    )
    project.create("mysite/counter.py", VIEW)
    project.append(
        "mysite/urls.py",
        "from mysite.counter import Counter\nurlpatterns += [path('', Counter.as_view())]\n",
    )
    load = ["--sessions", "4", "--ramp", "0.2", "--duration", "2", "--think", "0.1"]
    with project.serve() as origin:
        good = bench(
            f"{origin}/", "add", "--params", '{"step": 2}', *load, "--plot", "a.svg",
            folder=tmp_path,
        )  # fmt: skip
        bad = bench(f"{origin}/", "ad", *load, folder=tmp_path)

    assert good.returncode == 0, good.stdout + good.stderr
    assert "attach           4" in good.stdout
    assert "errors: none" in good.stdout
    ElementTree.parse(tmp_path / "a.svg")
    assert bad.returncode == 1
    assert "errors: DJL201 4" in bad.stdout
