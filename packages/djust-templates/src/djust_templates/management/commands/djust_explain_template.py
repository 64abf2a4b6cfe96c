"""``manage.py djust_explain_template NAME``: where a template prints what, and what it costs."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.template import TemplateDoesNotExist, TemplateSyntaxError
from django.template.loader import get_template

from djust_templates.backend import BackendTemplate
from djust_templates.explain import Explanation, Line, explain
from djust_templates.live import own_template

_HOLES = ("text", "attribute", "attributes", "comment", "raw text")


class Command(BaseCommand):
    """Show the holes, blocks and textual regions of templates."""

    help = (
        "Show what is known of a template's HTML before it is rendered: where it prints what, "
        "which tags start and end in one place, and which regions have to be parsed again when "
        "their text changes, and why."
    )
    requires_system_checks: list[str] = []  # noqa: RUF012 - the type that Django declares

    def add_arguments(self, parser: CommandParser) -> None:
        """Take names of templates."""
        parser.add_argument("names", nargs="+", metavar="NAME", help="a template's name")

    def handle(self, *args: Any, names: list[str], **options: Any) -> None:
        """Print an explanation of each template."""
        for name in names:
            self._print(name, explain(_find(name)))

    def _print(self, name: str, found: Explanation) -> None:
        self.stdout.write(self.style.MIGRATE_HEADING(name))
        if found.unknown is not None:
            self.stdout.write(f"  {found.unknown}\n")
            return
        for template, lines in groupby(found.lines, key=lambda line: line.template):
            if template != name:
                self.stdout.write(f"  in {template}")
            for line in lines:
                self._print_line(line)
        holes = sum(found.count(kind) for kind in _HOLES)
        self.stdout.write(
            f"  {holes} holes, {found.count('block')} blocks, "
            f"{found.count('textual')} textual regions\n"
        )

    def _print_line(self, line: Line) -> None:
        indent = "  " * line.depth
        why = line.reason or (f"reads {', '.join(line.reads)}" if line.reads else "")
        text = f"{line.line:>6}  {line.kind:<10}  {indent + line.place:<24}  {line.source:<40}"
        style = self.style.WARNING if line.kind == "textual" else str
        self.stdout.write(style(f"{text}  {why}".rstrip()))


def _find(name: str) -> BackendTemplate:
    try:
        template = get_template(name)
        ours = own_template(template)
    except TemplateDoesNotExist as missing:
        raise CommandError(f"There is no template called {missing}.") from missing
    except TemplateSyntaxError as mistake:
        raise CommandError(f"{name} cannot be compiled: {mistake}") from mistake
    if ours is None:
        raise CommandError(
            f"No engine of Django's language has {name}; there is nothing to explain of others."
        )
    return ours
