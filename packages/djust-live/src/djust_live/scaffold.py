"""What ``djust_new`` writes: a project, or a view in an app, that runs at once and has a test."""

from __future__ import annotations

import keyword
import re
from pathlib import Path
from tempfile import TemporaryDirectory

from django.core.management import call_command

_VIEW = '''"""The {title} page."""

from __future__ import annotations

from djust_live import LiveView
from djust_live.decorators import event_handler


class {cls}(LiveView):
    template_name = "{name}.html"
    page_title = "{title}"

    def mount(self, request, **kwargs):
        self.count = 0

    @event_handler
    def increment(self):
        self.count += 1
'''
_TEMPLATE = """<!doctype html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>{title}</title>
</head>
<body>
  <main>
    <h1>{title}</h1>
    <p id="count">{{{{ count }}}}</p>
    <button type="button" dj-click="increment">Add one</button>
  </main>
</body>
</html>
"""
_TEST = '''"""The {title} page counts."""

from __future__ import annotations

from django.test import TestCase
from djust_testing import LiveViewTestClient

from {module} import {cls}


class {cls}Test(TestCase):
    def test_a_click_adds_one(self):
        with LiveViewTestClient({cls}) as page:
            page.mount()
            page.click("button")
            page.assert_state(count=1)
            self.assertEqual(page.find("#count").get_text(), "1")
'''
_SETTINGS = """
# Live views: their templates and tests lie in this app.
INSTALLED_APPS += ["djust_live", "{project}"]
ASGI_APPLICATION = "{project}.asgi.application"
"""
_ASGI = """
from djust_live.asgi import live_application  # noqa: E402 - reads the apps, which exist only now

application = live_application(application)
"""
_NAME = re.compile(r"[a-z][a-z0-9_]*")


class Occupied(Exception):
    """Something is already where a file would be written."""


def is_name(name: str) -> bool:
    """Return whether a name can be that of a module, written in small letters."""
    return _NAME.fullmatch(name) is not None and not keyword.iskeyword(name)


def new_project(name: str, folder: Path) -> list[Path]:
    """Make a Django project with one live view at its root page.

    Args:
        name: Of the project.
        folder: Where ``manage.py`` goes; made when it is missing.

    Returns:
        The files of the view.

    Raises:
        Occupied: The folder holds files.
    """
    if folder.exists() and any(folder.iterdir()):
        raise Occupied(f"{folder} is not empty.")
    if folder.exists():
        folder.rmdir()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder.parent) as making:
        # A folder of the project's name would count as a module that is there already.
        inner = Path(making) / "project"
        inner.mkdir()
        call_command("startproject", name, str(inner))
        inner.rename(folder)
    package = folder / name
    files = new_view("counter", package, name)
    _append(package / "settings.py", _SETTINGS.format(project=name))
    _append(package / "asgi.py", _ASGI)
    _append(package / "urls.py", _route("counter", name, ""))
    return files


def new_view(name: str, package: Path, module: str) -> list[Path]:
    """Write a view, its template and its test into an app.

    Args:
        name: Of the view's module, such as ``stock_list``.
        package: The app's folder.
        module: The app's dotted name.

    Returns:
        The files.

    Raises:
        Occupied: One of them is there already.
    """
    words = {
        "name": name,
        "cls": "".join(part.capitalize() for part in name.split("_")) + "View",
        "title": name.replace("_", " ").capitalize(),
        "module": f"{module}.{name}",
    }
    # What startapp has written is no folder; the test stands beside it then.
    tests = package if (package / "tests.py").exists() else package / "tests"
    texts = {
        package / f"{name}.py": _VIEW,
        package / "templates" / f"{name}.html": _TEMPLATE,
        tests / f"test_{name}.py": _TEST,
    }
    for path in texts:
        if path.exists():
            raise Occupied(f"{path} is there already.")
    for path, text in texts.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text.format(**words), encoding="utf-8")
    if tests != package:
        (tests / "__init__.py").touch()
    return list(texts)


def route(name: str, module: str) -> str:
    """Return the lines for ``urls.py`` that lead to a view."""
    return _route(name, module, f"{name.replace('_', '-')}/")


def _route(name: str, module: str, url: str) -> str:
    cls = "".join(part.capitalize() for part in name.split("_")) + "View"
    return (
        f"\nfrom {module}.{name} import {cls}  # noqa: E402 - beside its route\n\n"
        f'urlpatterns += [path("{url}", {cls}.as_view(), name="{name}")]\n'
    )


def _append(path: Path, text: str) -> None:
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")
