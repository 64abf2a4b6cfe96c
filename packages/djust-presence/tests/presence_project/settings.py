"""Settings of the test project."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

SECRET_KEY = "tests-only"  # pragma: allowlist secret
ALLOWED_HOSTS = ["testserver"]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "djust_live",
    "djust_presence",
]
MIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware"]
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
ROOT_URLCONF = "presence_project.urls"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates"}]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": ":memory:",
        # A file, since SQLite in memory has locks without patience for several threads.
        "TEST": {"NAME": Path(tempfile.gettempdir()) / f"djust-presence-{os.getpid()}.sqlite3"},
    }
}
USE_TZ = True
STATIC_URL = "/static/"
DJUST: dict[str, object] = {"PRESENCE_GRACE_S": 0.0}
