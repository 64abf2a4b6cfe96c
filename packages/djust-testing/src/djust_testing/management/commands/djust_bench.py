"""``manage.py djust_bench``: load on a running server, with a table and a plot."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from djust_testing.bench import Plan, run
from djust_testing.bench_report import plot, table


class Command(BaseCommand):
    """Let many visitors call one handler; the exit code is 1 when one of them met an error."""

    help = "Put load on a live page of a running server: docs/reference/commands.md."
    requires_system_checks: list[str] = []  # noqa: RUF012 - as Django declares it

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the page, the event and how much of it."""
        parser.add_argument("url")
        parser.add_argument("event", help="the handler that each session calls")
        parser.add_argument("--params", default="{}", help="what it gets, as a JSON object")
        parser.add_argument("--sessions", type=int, default=Plan.sessions)
        parser.add_argument("--ramp", type=float, default=Plan.ramp_s, help="seconds")
        parser.add_argument("--duration", type=float, default=Plan.duration_s, help="seconds")
        parser.add_argument("--think", type=float, default=Plan.think_s, help="seconds")
        parser.add_argument("--timeout", type=float, default=Plan.timeout_s, help="seconds")
        parser.add_argument("--plot", help="an SVG file to write")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run, print the table, write the plot."""
        try:
            params = json.loads(options["params"])
        except ValueError as error:
            raise CommandError(f"--params is no JSON: {error}") from error
        if not isinstance(params, dict):
            raise CommandError("--params is no JSON object.")
        plan = Plan(
            url=options["url"],
            event=options["event"],
            params=params,
            sessions=options["sessions"],
            ramp_s=options["ramp"],
            duration_s=options["duration"],
            think_s=options["think"],
            timeout_s=options["timeout"],
        )
        outcome = asyncio.run(run(plan))
        self.stdout.write(table(plan, outcome))
        if options["plot"]:
            Path(options["plot"]).write_text(plot(plan, outcome), encoding="utf-8")
        if outcome.errors:
            raise SystemExit(1)
