"""The ASGI application: Django for HTTP, djust for the WebSocket of live pages."""

from __future__ import annotations

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "demo.settings")
django_application = get_asgi_application()

# djust's modules read the app registry, which exists only now.
from djust.asgi import live_application  # noqa: E402

application = live_application(django_application)
