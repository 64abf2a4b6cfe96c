"""Settings of the site."""

from __future__ import annotations

import os
from pathlib import Path

SECRET_KEY = "tests-only"  # pragma: allowlist secret
DEBUG = os.environ.get("DEMO_DEBUG", "0") == "1"
ALLOWED_HOSTS = [".localhost", "127.0.0.1"]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_filters",
    "djust",
]
MIDDLEWARE = [
    "live_site.policy.PolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "live_site.zone.ZoneMiddleware",
]
ROOT_URLCONF = "live_site.urls"
ASGI_APPLICATION = "live_site.asgi.application"
TEMPLATES = [
    {
        "BACKEND": {
            "djust": "djust_templates.DjustTemplates",
            "django": "django.template.backends.django.DjangoTemplates",
        }[os.environ.get("DEMO_TEMPLATES", "djust")],
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
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ["DEMO_DATABASE"],
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20},
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DJUST = {
    "STATE_BACKEND": os.environ.get("SITE_BACKEND", "db"),
    "DEBUG_PANEL": os.environ.get("SITE_PANEL") == "1",
    "TENANT_RESOLVER": "subdomain",
    # An ended session shows with the next event, not half a minute later.
    "AUTH_RECHECK_S": 0.1,
}
LOGIN_URL = "/login/"
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("ar", "العربية")]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
CRISPY_ALLOWED_TEMPLATE_PACKS = ["bootstrap5"]
CRISPY_TEMPLATE_PACK = "bootstrap5"
STATIC_URL = "/static/"
STATICFILES_DIRS = [Path(__file__).parent / "static"]
