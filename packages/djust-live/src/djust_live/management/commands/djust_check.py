"""``manage.py djust_check``: the system checks of djust alone, for people and for machines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.checks import WARNING
from django.core.management.base import BaseCommand, CommandParser

from djust_live.checks import CHECKS
from djust_live.checks.catalogue import CATALOGUE, CATEGORIES
from djust_live.checks.fixing import fix
from djust_live.checks.reporting import FORMATS, formatted


class Command(BaseCommand):
    """Run the checks; the exit code is 1 when there is a warning or an error."""

    help = "Check settings, live views and their templates; see docs/reference/checks.md."
    requires_system_checks: list[str] = []  # noqa: RUF012 - as Django declares it

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the category, the format and whether to correct."""
        names = sorted(CATEGORIES.values())
        parser.add_argument("--category", choices=names, action="append")
        parser.add_argument("--format", choices=FORMATS, default="text")
        parser.add_argument(
            "--fix", action="store_true", help="correct what can be corrected without a choice"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, correct when asked, and print."""
        wanted = options["category"] or CATEGORIES.values()
        letters = {letter for letter, name in CATEGORIES.items() if name in wanted}
        if options["fix"]:
            for line in fix(letters):
                self.stderr.write(line)
        found = [
            message
            for check in CHECKS
            for message in check()
            if str(message.id).removeprefix("djust.")[:1] in letters and not message.is_silenced()
        ]
        root = Path.cwd()
        self.stdout.write(formatted(options["format"], "djust_check", found, CATALOGUE, root))
        if any(message.level >= WARNING for message in found):
            raise SystemExit(1)
