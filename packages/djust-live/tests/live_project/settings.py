"""Settings of the test project."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

SECRET_KEY = "tests-only"  # pragma: allowlist secret
DEBUG = os.environ.get("DJUST_TEST_DEBUG", "") == "1"
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "testserver"]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "djust_live",
]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
ROOT_URLCONF = "live_project.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
DATABASES: dict[str, Any] = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ.get("DJUST_TEST_DB", "file:djust-live?mode=memory&cache=shared"),
        # A file, since SQLite in memory has locks without patience for several threads.
        "TEST": {"NAME": Path(tempfile.gettempdir()) / f"djust-live-{os.getpid()}.sqlite3"},
    }
}
if os.environ.get("DJUST_TEST_POSTGRES"):
    _server = urlsplit(os.environ["DJUST_TEST_POSTGRES"])
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": _server.path.strip("/") or "postgres",
            "USER": _server.username or "",
            "PASSWORD": _server.password or "",
            "HOST": _server.hostname or "",
            "PORT": str(_server.port or ""),
            "TEST": {"NAME": f"djust_live_{os.getpid()}"},
        }
    }
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
USE_TZ = True
USE_I18N = True
LANGUAGE_CODE = "en"
LOGIN_URL = "/login/"
STATIC_URL = "/static/"
DJUST: dict[str, object] = {}
