"""The tutorial does what it says, from an empty folder to a server with Redis."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from benchmarks.reliability.servers import RedisServer
from tests.integration.pages import Page
from tests.integration.projects import Project
from tools import workspace

TEXT = (workspace.ROOT / "docs" / "tutorial" / "guestbook.md").read_text(encoding="utf-8")
STEP = re.compile(
    r"(?P<verb>Create|Add to the end of) `(?P<file>[^`]+)`:\n\n```\w+\n(?P<block>.*?)^```$",
    re.DOTALL | re.MULTILINE,
)
STEPS = [match.groupdict() for match in STEP.finditer(TEXT)]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    made = Project(tmp_path_factory.mktemp("tutorial"))
    for step in STEPS:
        write = made.append if step["verb"] != "Create" else made.create
        write(step["file"], step["block"])
    for command in re.findall(r"(?m)^\$ python (manage\.py (?:makemigrations|migrate).*)$", TEXT):
        made.run(*command.split())
    return made


def test_every_file_block_is_a_step() -> None:
    assert len(STEPS) == len(re.findall(r"(?m)^```(?:python|html)$", TEXT)) == 8


def test_it_installs_this_version() -> None:
    version = (workspace.ROOT / "VERSION").read_text(encoding="utf-8").strip()
    assert f'"djust=={version}" "djust-testing=={version}"' in TEXT


def test_its_own_tests_and_checks_pass(project: Project) -> None:
    project.run("manage.py", "test")
    assert project.run("manage.py", "djust_check") == "0 findings.\n"


def test_everybody_sees_a_new_entry(project: Project) -> None:
    with project.serve() as origin, Page(origin, "/") as ada, Page(origin, "/") as bob:
        ada.send("submit_form", name="Ada", text="<i>Hello</i>")
        assert "<b>Ada</b> &lt;i&gt;Hello" in ada.html
        bob.shows("<b>Ada</b>")
        with Page(origin, "/") as late:
            assert "<b>Ada</b>" in late.first_html


def test_it_can_be_deployed(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "SITE_HOST", "127.0.0.1")
    monkeypatch.setitem(os.environ, "SECRET_KEY", "k" * 60)
    with RedisServer() as redis:
        monkeypatch.setitem(os.environ, "REDIS_URL", redis.url)
        project.run("manage.py", "collectstatic", "--noinput")
        assert list(Path(project.folder, "static", "djust").rglob("*.js"))
        assert "bad" not in project.run("manage.py", "djust_doctor").split()
        with project.serve() as origin, Page(origin, "/") as page:
            page.send("submit_form", name="Cleo", text="From a server")
            assert "<b>Cleo</b>" in page.html
