"""``manage.py djust_new``: a project or a live view that runs at once, with its test."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError, CommandParser

from djust_live.checks.places import is_installed
from djust_live.scaffold import Occupied, is_name, new_project, new_view, route


class Command(BaseCommand):
    """Write files; nothing that is there is written over."""

    help = "Start a project (python -m djust_live djust_new), or add a live view with its test."
    requires_system_checks: list[str] = []  # noqa: RUF012 - as Django declares it

    def add_arguments(self, parser: CommandParser) -> None:
        """Take what to make, its name, and where."""
        parser.add_argument("kind", choices=["project", "view"])
        parser.add_argument("name", help="in small letters, such as stock_list")
        parser.add_argument("--folder", help="of a project; its name by default")
        parser.add_argument("--app", help="label of the app that gets the view")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write, and say what to do next."""
        name = options["name"]
        if not is_name(name):
            raise CommandError(
                f"{name!r} is no name for a module: use small letters, digits and _, and no word "
                "of Python's own."
            )
        make = self._project if options["kind"] == "project" else self._view
        try:
            make(name, options)
        except Occupied as error:
            raise CommandError(str(error)) from error

    def _project(self, name: str, options: dict[str, Any]) -> None:
        folder = Path(options["folder"] or name)
        new_project(name, folder)
        self.stdout.write(
            f"Made {folder}. Next:\n  cd {folder}\n  python manage.py test\n"
            f"  uvicorn {name}.asgi:application --reload"
        )

    def _view(self, name: str, options: dict[str, Any]) -> None:
        try:
            app = apps.get_app_config(options["app"] or "")
        except LookupError as error:
            raise CommandError("Name an installed app with --app.") from error
        if is_installed(app.path):
            raise CommandError(f"{app.label} is an installed package; name an app of the project.")
        for path in new_view(name, Path(app.path), app.name):
            self.stdout.write(f"Made {path}")
        self.stdout.write(f"Add to urls.py:\n{route(name, app.name)}")
