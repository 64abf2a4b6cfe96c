"""Commands of the packages beside djust-live, where their own applications are not installed."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.module_loading import import_string

_paths: dict[str, str] = {}


def provide(name: str, path: str) -> None:
    """Let ``manage.py`` have a command of another package.

    Args:
        name: Of the command.
        path: The dotted path of its class.
    """
    _paths[name] = path


def command(name: str, package: str) -> type[BaseCommand]:
    """Return the class of a command; one that says where it is, when nobody provides it."""
    if name in _paths:
        found: type[BaseCommand] = import_string(_paths[name])
        return found

    class Elsewhere(BaseCommand):
        help = f"Belongs to {package}, which is not among the applications."
        requires_system_checks: list[str] = []  # noqa: RUF012 - as Django declares it

        def run_from_argv(self, argv: list[str]) -> None:
            """Take any arguments: what they mean is known elsewhere."""
            super().run_from_argv(argv[:2])

        def handle(self, *args: Any, **options: Any) -> None:
            """Say where the command is."""
            raise _elsewhere(name, package)

    return Elsewhere


def _elsewhere(name: str, package: str) -> CommandError:
    app = package.replace("-", "_")
    return CommandError(
        f'{name} belongs to {package}: pip install {package}, and put "{app}" or "djust" into '
        "INSTALLED_APPS."
    )
