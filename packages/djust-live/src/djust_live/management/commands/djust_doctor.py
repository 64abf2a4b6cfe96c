"""``manage.py djust_doctor``: whether what live views need is there and answers."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from djust_live.checks.surroundings import examine


class Command(BaseCommand):
    """Print a line for each thing; the exit code is 1 when one of them is bad."""

    help = "Look at versions, the ASGI server, the channel layer, the state backend and the proxy."
    requires_system_checks: list[str] = []  # noqa: RUF012 - as Django declares it

    def handle(self, *args: Any, **options: Any) -> None:
        """Look and print."""
        found = examine()
        for one in found:
            self.stdout.write(f"{one.level:>4}  {one.name}: {one.text}")
        if any(one.level == "bad" for one in found):
            raise SystemExit(1)
