"""``manage.py djust_clean_state``: remove saved state of pages that nobody will come back to."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from djust_live.backends import state_backend


class Command(BaseCommand):
    """Remove checkpoints that have expired; run it now and then with the ``db`` backend."""

    help = (
        "Remove saved state of live views that has expired. "
        "Redis and caches do it by themselves; the db backend needs it, once an hour for example."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Remove and count."""
        count = state_backend().clean()
        self.stdout.write(f"{count} expired state{'' if count == 1 else 's'} removed.")
