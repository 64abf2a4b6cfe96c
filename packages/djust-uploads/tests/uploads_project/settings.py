"""Settings of the test project."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

SECRET_KEY = "tests-only"  # pragma: allowlist secret
DEBUG = os.environ.get("DJUST_TEST_DEBUG", "") == "1"
ALLOWED_HOSTS = ["testserver", "127.0.0.1"]
INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "djust_live",
    "djust_uploads",
]
MIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware"]
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
ROOT_URLCONF = "uploads_project.views"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates"}]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": ":memory:",
        # A file, since SQLite in memory has locks without patience for several threads.
        "TEST": {"NAME": Path(tempfile.gettempdir()) / f"djust-uploads-{os.getpid()}.sqlite3"},
    }
}
STATIC_URL = "/static/"
MEDIA_ROOT = os.environ.get("DJUST_TEST_MEDIA", "")
USE_TZ = True
DJUST: dict[str, object] = {
    "UPLOAD_DIR": os.environ.get("DJUST_TEST_UPLOADS", ""),
    "UPLOAD_MIN_FREE_BYTES": 0,
}
