"""Django, set up for the tests of the test tools."""

from __future__ import annotations

import sys
import types
from pathlib import Path

import django
from django.conf import settings

# What several tests use lies beside them.
sys.path.insert(0, str(Path(__file__).parent))

# Views under test have no URLs of their own.
sys.modules["no_urls"] = types.ModuleType("no_urls")
sys.modules["no_urls"].__dict__["urlpatterns"] = []

if not settings.configured:
    settings.configure(
        SECRET_KEY="testing",  # pragma: allowlist secret
        INSTALLED_APPS=[
            "django.contrib.contenttypes",
            "django.contrib.auth",
            "django.contrib.sessions",
            "django.contrib.messages",
            "djust_live",
        ],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
        ROOT_URLCONF="no_urls",
        STATIC_URL="/static/",
        ALLOWED_HOSTS=["testserver"],
        USE_TZ=True,
    )
    django.setup()
