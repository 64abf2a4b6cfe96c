"""The measured server: a page that takes files, and a counter."""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings

if not settings.configured:
    settings.configure(
        SECRET_KEY="benchmark",  # pragma: allowlist secret
        DEBUG=False,
        ALLOWED_HOSTS=["127.0.0.1"],
        INSTALLED_APPS=["djust_live", "djust_uploads"],
        ROOT_URLCONF=__name__,
        STATIC_URL="/static/",
        TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates"}],
        DJUST={"UPLOAD_DIR": os.environ["BENCH_UPLOADS"]},
    )

import django
from django.core.asgi import get_asgi_application

django.setup()

from django.urls import path  # noqa: E402 - needs the settings
from djust_live import LiveView, event_handler  # noqa: E402 - needs the settings
from djust_live.asgi import live_application  # noqa: E402 - needs the settings
from djust_uploads import UploadMixin  # noqa: E402 - needs the settings


class Counter(LiveView):
    template = "<b>{{ count }}</b><button dj-click='increment'>+</button>"

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.count = 0

    @event_handler
    def increment(self) -> None:
        self.count += 1


class Files(UploadMixin, LiveView):
    template = (
        "{% for entry in uploads.files.entries %}<i>{{ entry.progress }}</i>{% endfor %}"
        "<input type=file dj-upload=files><button dj-click='take'></button>"
    )

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.allow_upload("files", max_file_size=2_000_000_000)

    @event_handler
    def take(self) -> None:
        for file in self.consume_uploaded_entries("files"):
            file.close()


urlpatterns = [path("counter/", Counter.as_view()), path("files/", Files.as_view())]
application = live_application(get_asgi_application())
