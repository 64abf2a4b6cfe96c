"""Settings of the demo: SQLite, static files from the app, no other server.

Environment variables change them, for those who run the demo more than once on a machine:
``DEMO_DATABASE`` names the SQLite file, ``DEMO_DEBUG=0`` turns debugging off,
``DEMO_TEMPLATES=django`` renders with Django's own engine, ``DEMO_VERIFY=always`` compares each
update with a page that is parsed.
"""

from __future__ import annotations

import os
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent

# The demo signs nothing but its own pages. A real project reads its key from the environment.
SECRET_KEY = "demo-only-not-for-production"  # noqa: S105  # pragma: allowlist secret
DEBUG = os.environ.get("DEMO_DEBUG", "1") != "0"
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "channels",
    "djust",
    "djust_presence",
    "djust_streaming",
    "djust_uploads",
    "pages",
    "board",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "demo.security.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "demo.urls"
ASGI_APPLICATION = "demo.asgi.application"

TEMPLATE_BACKENDS = {
    "djust": "djust_templates.DjustTemplates",
    "django": "django.template.backends.django.DjangoTemplates",
}
TEMPLATES = [
    {
        "BACKEND": TEMPLATE_BACKENDS[os.environ.get("DEMO_TEMPLATES", "djust")],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "pages.catalogue.page",
            ],
        },
    },
]

# The admin's own check wants Django's engine. Its templates are rendered by djust-templates here.
SILENCED_SYSTEM_CHECKS = ["admin.E403"]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ.get("DEMO_DATABASE", str(BASE_DIR / "demo.sqlite3")),
        "OPTIONS": {
            # Handlers of different visitors write from different threads: wait for the lock at the
            # start of a transaction instead of failing in the middle of it.
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
        },
        # A file too: SQLite in memory has locks that nobody waits for, and handlers run in threads.
        "TEST": {"NAME": BASE_DIR / "test.sqlite3"},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Open pages survive a restart of the server: what their views hold is kept in the database.
DJUST = {"STATE_BACKEND": "db", "VERIFY": os.environ.get("DEMO_VERIFY", "")}

LOGIN_URL = "board-login"

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "static/"
