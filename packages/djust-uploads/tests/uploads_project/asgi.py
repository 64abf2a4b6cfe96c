"""The ASGI application of the test project, static files included."""

from __future__ import annotations

import os

from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "uploads_project.settings")
django_app = get_asgi_application()

from djust_live.asgi import live_application  # noqa: E402 - needs the settings

application = live_application(ASGIStaticFilesHandler(django_app))
