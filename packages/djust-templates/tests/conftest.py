"""Django, set up for all tests of the package."""

from __future__ import annotations

import sys
from pathlib import Path

import django
from django.conf import settings

# The generators of the differential tests are a package, and templates load its tags by name.
sys.path.insert(0, str(Path(__file__).parent))

if not settings.configured:
    settings.configure(
        SECRET_KEY="differential",  # pragma: allowlist secret
        INSTALLED_APPS=[
            "django.contrib.contenttypes",
            "django.contrib.auth",
            "django.contrib.humanize",
            "django.contrib.staticfiles",
            "djust_templates",
        ],
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        DEFAULT_AUTO_FIELD="django.db.models.AutoField",
        ROOT_URLCONF="differential.urls",
        STATIC_URL="/static/",
        USE_TZ=True,
        USE_THOUSAND_SEPARATOR=True,
        LANGUAGE_CODE="en",
    )
    django.setup()
