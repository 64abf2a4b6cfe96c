"""Remove uploaded files that nobody came back for."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from djust_uploads import spool
from djust_uploads.config import config


class Command(BaseCommand):
    """``manage.py djust_clean_uploads``; servers do the same now and then."""

    help = "Removes uploaded files that nobody added to or took for DJUST['UPLOAD_TTL_S'] seconds."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take another age."""
        parser.add_argument(
            "--older-than",
            type=float,
            metavar="SECONDS",
            help="Another age than DJUST['UPLOAD_TTL_S'].",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Clean, and say what was removed."""
        age_s = options["older_than"]
        count, size = spool.clean(config.UPLOAD_TTL_S if age_s is None else age_s)
        self.stdout.write(f"{count} files removed, {size} bytes.")
