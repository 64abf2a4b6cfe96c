"""Django, as bare as it gets: enough to import the packages."""

from __future__ import annotations

import django
from django.conf import settings

if not settings.configured:
    settings.configure(
        SECRET_KEY="only-for-tests",
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "djust"],
        TEMPLATES=[
            {"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}
        ],
    )
    django.setup()
