"""What ``djust_new`` writes runs: its own tests and its checks pass."""

from __future__ import annotations

import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from djust_live.scaffold import Occupied, new_project, new_view


def run(folder: Path, *arguments: str) -> str:
    environment = {k: v for k, v in os.environ.items() if k != "DJANGO_SETTINGS_MODULE"}
    done = subprocess.run(
        [sys.executable, "-W", "error", *arguments],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("new")
    run(folder, "-m", "djust_live", "djust_new", "project", "farm")
    said = run(folder / "farm", "manage.py", "djust_new", "view", "seed_list", "--app", "farm")
    with (folder / "farm" / "farm" / "urls.py").open("a") as file:
        file.write(said.partition("Add to urls.py:\n")[2])
    return folder / "farm"


def test_a_new_project_passes_its_tests(project: Path) -> None:
    assert "Ran 2 tests" in run(project, "manage.py", "test")


def test_a_new_project_passes_its_checks(project: Path) -> None:
    run(project, "manage.py", "check", "--fail-level", "INFO")
    assert run(project, "manage.py", "djust_check") == "0 findings.\n"


def test_a_new_project_serves_pages_and_the_socket(project: Path) -> None:
    code = "from farm.asgi import application as a; print(*a.application_mapping)"

    assert run(project, "-c", code).split() == ["http", "websocket", "lifespan"]
    page = "from django.test import Client; print(Client(headers={'host': 'localhost'}).get('/seed-list/').status_code)"
    assert run(project, "manage.py", "shell", "-v", "0", "-c", page).strip() == "200"


def test_nothing_is_written_over(project: Path, tmp_path: Path) -> None:
    with pytest.raises(Occupied, match="is not empty"):
        new_project("farm", project)
    with pytest.raises(Occupied, match=r"counter\.py is there already"):
        new_view("counter", project / "farm", "farm")


def test_a_view_stands_beside_the_tests_that_startapp_writes(tmp_path: Path) -> None:
    run(tmp_path, "-m", "djust_live", "djust_new", "project", "shop")
    shop = tmp_path / "shop"
    run(shop, "manage.py", "startapp", "stock")
    with (shop / "shop" / "settings.py").open("a") as file:
        file.write('INSTALLED_APPS += ["stock"]\n')
    run(shop, "manage.py", "djust_new", "view", "shelf", "--app", "stock")

    assert (shop / "stock" / "tests.py").is_file()
    assert (shop / "stock" / "test_shelf.py").is_file()
    assert "Ran 1 test" in run(shop, "manage.py", "test", "stock")


def test_names_and_apps_are_checked() -> None:
    for name in ("Seed-List", "3x", "class"):
        with pytest.raises(CommandError, match="no name for a module"):
            call_command("djust_new", "view", name, app="djust_live", stdout=StringIO())
    with pytest.raises(CommandError, match="auth is an installed package"):
        call_command("djust_new", "view", "seeds", app="auth", stdout=StringIO())
    with pytest.raises(CommandError, match="installed app"):
        call_command("djust_new", "view", "seeds", stdout=StringIO())
