"""The app of the task board."""

from __future__ import annotations

from django.apps import AppConfig


class BoardConfig(AppConfig):
    """Registers models, templates and static files."""

    name = "board"
    verbose_name = "Task board"
