"""``manage.py djust_explain_template`` where only djust is among the applications."""

from __future__ import annotations

from djust_live.management.provided import command

Command = command("djust_explain_template", "djust-templates")
