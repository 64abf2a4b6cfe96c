"""Django, as bare as it gets: enough to import what the names lead to."""

from __future__ import annotations

import django
from django.conf import settings

settings.configure(
    SECRET_KEY="only-for-tests",
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "djust"],
)
django.setup()
