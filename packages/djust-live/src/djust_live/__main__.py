"""``python -m djust_live``: djust's commands where there is no project yet."""

from __future__ import annotations

import sys

from django.conf import settings
from django.core.management import execute_from_command_line


def main(arguments: list[str]) -> None:
    """Run one of djust's commands with settings that hold nothing but djust."""
    if not settings.configured:
        settings.configure(INSTALLED_APPS=["django.contrib.contenttypes", "djust_live"])
    execute_from_command_line(["python -m djust_live", *arguments])


if __name__ == "__main__":
    main(sys.argv[1:])
