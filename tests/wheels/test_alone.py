"""What each wheel brings, and that it works with nothing but that."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.wheels.environments import Environment
from tools import wheels, workspace

Alone = Callable[[str], Environment]

# What a package must do without, beside the siblings that it does not name.
NEVER = {
    "djust-vdom": {"django", "asgiref", "channels"},
    "djust-templates": {"channels"},
    "djust-live": {"redis", "channels-redis"},
}

SETTINGS = """
from pathlib import Path
SECRET_KEY = "only-for-this-test"
INSTALLED_APPS = [{app!r}]
ROOT_URLCONF = "urls"
DATABASES = {{}}
MIDDLEWARE = []
TEMPLATES = [{{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}}]
ASGI_APPLICATION = "asgi.application"
CHANNEL_LAYERS = {{"default": {{"BACKEND": "channels.layers.InMemoryChannelLayer"}}}}
"""
MANAGE = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "settings"
from django.core.management import execute_from_command_line
execute_from_command_line(sys.argv)
"""


@pytest.fixture(params=list(workspace.packages()))
def package(request: pytest.FixtureRequest) -> workspace.Package:
    return workspace.packages()[request.param]


def project(folder: Path, app: str) -> Path:
    """Write a Django project whose only app is ours."""
    folder.mkdir()
    (folder / "settings.py").write_text(SETTINGS.format(app=app))
    (folder / "urls.py").write_text("urlpatterns = []\n")
    (folder / "asgi.py").write_text("application = None\n")
    (folder / "manage.py").write_text(MANAGE)
    return folder


def test_it_brings_exactly_its_siblings(package: workspace.Package, alone: Alone) -> None:
    siblings = alone(package.name).installed() & set(workspace.packages())
    assert siblings == set(workspace.with_siblings([package.name]))


def test_vdom_needs_nothing(alone: Alone) -> None:
    assert alone("djust-vdom").installed() == {"djust-vdom"}


@pytest.mark.parametrize("name", NEVER)
def test_it_does_without_what_it_does_not_need(name: str, alone: Alone) -> None:
    assert alone(name).installed() & NEVER[name] == set()


def test_it_pins_its_siblings_exactly(package: workspace.Package) -> None:
    version = (workspace.ROOT / "VERSION").read_text().strip()
    for requirement in wheels.requirements(wheels.wheel_of(package.name)):
        name = workspace.requirement_name(requirement)
        if name in workspace.packages():
            assert f"=={version}" in requirement


def test_it_imports_without_warnings(package: workspace.Package, alone: Alone) -> None:
    alone(package.name).run("-W", "error", "-c", f"import {package.module}")


def test_every_public_name_can_be_reached(package: workspace.Package, alone: Alone) -> None:
    django = (
        "import django, django.conf\n"
        "apps = ['django.contrib.contenttypes', 'django.contrib.auth']\n"
        "django.conf.settings.configure(SECRET_KEY='for-tests', INSTALLED_APPS=apps)\n"
        "django.setup()\n"
    )
    program = (
        f"import {package.module} as module\n"
        "assert module.__all__\n"
        "[getattr(module, name) for name in module.__all__]\n"
    )
    alone(package.name).run("-c", program if package.name == "djust-vdom" else django + program)


def test_it_carries_types_readme_and_licence(package: workspace.Package) -> None:
    wheel = wheels.wheel_of(package.name)
    names = wheels.contents(wheel)
    assert f"{package.module}/py.typed" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not any(name.split("/")[0] == "tests" for name in names)


def test_native_wheels_serve_all_pythons(package: workspace.Package) -> None:
    wheel = wheels.wheel_of(package.name)
    tags = "-cp310-abi3-" if package.native else "-py3-none-any."
    assert tags in wheel.name
    native = [name for name in wheels.contents(wheel) if name.endswith((".so", ".pyd"))]
    assert len(native) == (1 if package.native else 0)


def test_vdom_diffs_two_pages(alone: Alone) -> None:
    alone("djust-vdom").run(
        "-c",
        "import json, djust_vdom\n"
        "old, new = '<p>one</p><p>two</p>', '<p>one</p><p>three</p>'\n"
        "ops = djust_vdom.diff(old, new)\n"
        "assert json.loads(ops), ops\n"
        "assert djust_vdom.apply(old, ops) == new\n"
        "page = djust_vdom.Document(old)\n"
        "assert page.update(new) == ops and page.html == new\n"
        "assert page.update(new) == b'[]'\n",
    )


def test_templates_render_in_plain_django(alone: Alone, tmp_path: Path) -> None:
    alone("djust-templates").run(
        "-c",
        "from django.conf import settings\n"
        "settings.configure(TEMPLATES=[{'BACKEND': 'djust_templates.DjustTemplates'}])\n"
        "import django\n"
        "django.setup()\n"
        "from django.template import engines\n"
        "[engine] = engines.all()\n"
        "template = engine.from_string('{% for n in names %}<b>{{ n|upper }}</b>{% endfor %}')\n"
        "html = template.render({'names': ['a', '<']})\n"
        "assert html == '<b>A</b><b>&lt;</b>', html\n",
    )


@pytest.mark.parametrize(("name", "app"), [("djust-live", "djust_live"), ("djust", "djust")])
def test_it_is_a_django_app(name: str, app: str, alone: Alone, tmp_path: Path) -> None:
    folder = project(tmp_path / "project", app)
    environment = alone(name)
    environment.run(
        "-W",
        "error",
        "-c",
        "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'settings'\n"
        "import django; django.setup()\n"
        "from django.template import engines\n"
        "engines['django'].from_string('{% load djust %}')\n"
        "from django.contrib.staticfiles import finders\n",
        cwd=folder,
    )
    environment.run("manage.py", "check", "--fail-level", "ERROR", cwd=folder)


def test_uploads_work_beside_live_alone(alone: Alone, tmp_path: Path) -> None:
    folder = project(tmp_path / "project", "djust_live")
    with (folder / "settings.py").open("a") as settings:
        settings.write("INSTALLED_APPS.append('djust_uploads')\n")
        settings.write(f"DJUST = {{'UPLOAD_DIR': {str(tmp_path / 'uploads')!r}}}\n")
    environment = alone("djust-uploads")
    environment.run("manage.py", "check", "--fail-level", "ERROR", cwd=folder)
    environment.run("manage.py", "djust_clean_uploads", cwd=folder)
    names = wheels.contents(wheels.wheel_of("djust-uploads"))
    for kind in ("src", "dist"):
        assert f"djust_uploads/static/djust/{kind}/uploads.js" in names


@pytest.mark.parametrize(
    "statement",
    [
        "from djust import LiveView",
        "from djust.live_view import LiveView",
        "from djust.decorators import event_handler",
    ],
)
def test_the_familiar_names_work(statement: str, alone: Alone, tmp_path: Path) -> None:
    folder = project(tmp_path / "project", "djust")
    alone("djust").run(
        "-c",
        "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'settings'\n"
        f"import django; django.setup()\n{statement}\n",
        cwd=folder,
    )


def test_importing_djust_loads_no_django(alone: Alone) -> None:
    alone("djust").run("-c", "import sys, djust\nassert 'django' not in sys.modules\n")


def test_live_carries_the_client() -> None:
    names = wheels.contents(wheels.wheel_of("djust-live"))
    static = "djust_live/static/djust"
    assert {n for n in names if n.startswith(f"{static}/src/") and n.endswith(".js")}
    assert {n for n in names if n.startswith(f"{static}/dist/") and n.endswith(".js")}
    assert not {n for n in names if "node_modules" in n}
