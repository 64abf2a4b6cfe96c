"""Set-up of the tests of djust-live."""

from __future__ import annotations

import os

import django
import pytest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")


def pytest_configure(config: pytest.Config) -> None:
    """Set Django up before test modules import views."""
    django.setup()
