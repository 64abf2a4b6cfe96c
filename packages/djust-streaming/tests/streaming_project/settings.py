"""Settings of the test project."""

from __future__ import annotations

import os

SECRET_KEY = "tests-only"  # pragma: allowlist secret
DEBUG = os.environ.get("DJUST_TEST_DEBUG", "") == "1"
ALLOWED_HOSTS = ["testserver", "127.0.0.1"]
INSTALLED_APPS = ["django.contrib.staticfiles", "djust_live", "djust_streaming"]
ROOT_URLCONF = "streaming_project.views"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates"}]
STATIC_URL = "/static/"
USE_TZ = True
_REDIS = os.environ.get("DJUST_TEST_REDIS", "")
DJUST: dict[str, object] = {"STATE_BACKEND": "redis", "REDIS_URL": _REDIS} if _REDIS else {}
