"""``manage.py djust_audit``: what every live view offers to the browser, and to whom."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from djust_live.checks.audit import TITLES, ViewEntry, entries, trusting
from djust_live.checks.reporting import FORMATS, as_data, as_text, formatted


class Command(BaseCommand):
    """List views with their state and handlers, then code that trusts the visitor too much."""

    help = "List what live views expose, and find code in them that trusts the visitor too much."
    requires_system_checks: list[str] = []  # noqa: RUF012 - as Django declares it

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the format and the strictness."""
        parser.add_argument("--format", choices=FORMATS, default="text")
        parser.add_argument("--strict", action="store_true", help="exit with 1 on any finding")

    def handle(self, *args: Any, **options: Any) -> None:
        """Look and print."""
        views, found, root = entries(), trusting(), Path.cwd()
        if options["format"] == "sarif":
            self.stdout.write(formatted("sarif", "djust_audit", found, TITLES, root))
        elif options["format"] == "json":
            data = {
                "views": [view.as_data() for view in views],
                "findings": [as_data(message, root) for message in found],
            }
            self.stdout.write(json.dumps(data, indent=2))
        else:
            for view in views:
                self.stdout.write(_described(view))
            self.stdout.write(as_text(found, root))
        if options["strict"] and found:
            raise SystemExit(1)


def _described(view: ViewEntry) -> str:
    lines = [
        f"{view.view}  {view.url}",
        f"  access:   {', '.join(view.access) or 'anybody'}",
        f"  state:    {', '.join(view.state) or '-'}",
    ]
    for handler in view.handlers:
        takes = ", ".join(f"{name}: {kind}" for name, kind in handler.parameters.items())
        more = [*(f"needs {one}" for one in handler.permissions), *handler.decorators]
        lines.append(f"  handler:  {handler.name}({takes})" + "".join(f" [{one}]" for one in more))
    return "\n".join(lines) + "\n"
