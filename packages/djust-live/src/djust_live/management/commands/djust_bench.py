"""``manage.py djust_bench`` where only djust is among the applications."""

from __future__ import annotations

from djust_live.management.provided import command

Command = command("djust_bench", "djust-testing")
