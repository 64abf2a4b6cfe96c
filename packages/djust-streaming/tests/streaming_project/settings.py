"""Settings of the test project."""

from __future__ import annotations

SECRET_KEY = "tests-only"  # pragma: allowlist secret
ALLOWED_HOSTS = ["testserver"]
INSTALLED_APPS = ["django.contrib.staticfiles", "djust_live", "djust_streaming"]
ROOT_URLCONF = "streaming_project.views"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates"}]
STATIC_URL = "/static/"
USE_TZ = True
DJUST: dict[str, object] = {}
