"""QUICKSTART.md does what it says: its blocks are taken from the file and nothing is added."""

from __future__ import annotations

import re
from urllib.request import urlopen

import pytest

from tests.integration.pages import Page
from tests.integration.projects import Project
from tools import workspace

TEXT = (workspace.ROOT / "QUICKSTART.md").read_text(encoding="utf-8")
STEP = re.compile(
    r"(?P<verb>Create|Add to the end of) `(?P<file>[^`]+)`:\n\n```\w+\n(?P<block>.*?)^```$",
    re.DOTALL | re.MULTILINE,
)
STEPS = [match.groupdict() for match in STEP.finditer(TEXT)]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    made = Project(tmp_path_factory.mktemp("quickstart"))
    for step in STEPS:
        write = made.create if step["verb"] == "Create" else made.append
        write(step["file"], step["block"])
    return made


def test_every_file_block_is_a_step() -> None:
    blocks = re.findall(r"(?m)^```(?:python|html)$", TEXT)
    assert len(STEPS) == len(blocks) == 5


def test_it_stays_under_thirty_lines() -> None:
    lines = [line for step in STEPS for line in step["block"].splitlines() if line.strip()]
    assert len(lines) < 30


def test_it_installs_this_version() -> None:
    version = (workspace.ROOT / "VERSION").read_text(encoding="utf-8").strip()
    assert f'"djust=={version}"' in TEXT


def test_the_project_passes_its_checks(project: Project) -> None:
    project.run("manage.py", "check", "--fail-level", "WARNING")


def test_the_counter_counts(project: Project) -> None:
    with project.serve() as origin, Page(origin, "/counter/") as page:
        assert "<h1>0</h1>" in page.first_html
        page.send("increment")
        assert "<h1>1</h1>" in page.html
        for _ in range(19):
            page.send("increment")
        assert "<h1>20</h1>" in page.html
        with Page(origin, "/counter/") as another:
            assert "<h1>0</h1>" in another.first_html


def test_the_page_names_a_script_that_the_server_has(project: Project) -> None:
    with project.serve() as origin:
        with urlopen(f"{origin}/counter/", timeout=15) as answer:
            script = re.search(r'<script type="module" src="([^"]+)"', answer.read().decode())
        assert script is not None
        with urlopen(origin + script[1], timeout=15) as answer:
            assert "javascript" in answer.headers["content-type"]
