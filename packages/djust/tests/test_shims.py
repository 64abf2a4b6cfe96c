from __future__ import annotations

import subprocess
import sys

import pytest

PROGRAM = """
from django.conf import settings
settings.configure(
    SECRET_KEY="for-tests",
    INSTALLED_APPS={apps!r},
    TEMPLATES=[{{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}}],
)
import django
django.setup()
from django.apps import apps
from django.template import engines
from djust import LiveView
from djust.decorators import event_handler
engines.all()[0].from_string("{{% load djust %}}{{% djust_scripts %}}").render({{}})
print([config.label for config in apps.get_app_configs()])
"""


@pytest.mark.parametrize("apps", [["djust"], ["djust_live"]])
def test_either_name_installs_the_application_without_any_other(apps: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(apps=apps)],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (done.stdout.strip(), done.returncode) == ("['djust_live']", 0), done.stderr
