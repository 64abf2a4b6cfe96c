"""``python -m djust_testing``: ``djust_bench`` from a machine that has no project."""

from __future__ import annotations

import sys

from django.conf import settings
from django.core.management import execute_from_command_line


def main(arguments: list[str]) -> None:
    """Run a command of the test tools with settings that hold nothing else."""
    if not settings.configured:
        settings.configure(INSTALLED_APPS=["djust_testing"])
    execute_from_command_line(["python -m djust_testing", *arguments])


if __name__ == "__main__":
    main(sys.argv[1:])
