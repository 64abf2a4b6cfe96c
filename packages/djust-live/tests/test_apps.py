"""The Django application, in projects that have little else."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
from django.conf import settings
settings.configure(SECRET_KEY="for-tests", INSTALLED_APPS=["djust_live"], ROOT_URLCONF=__name__)
urlpatterns = []
import django
django.setup()
from django.core.management import call_command
from djust_live import LiveView
from djust_live.state import dump
call_command("check")
"""


def test_no_other_application_is_needed() -> None:
    answer = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM], capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr
