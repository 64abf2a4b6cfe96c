"""Photos that come over the page's socket; the demo looks at them and keeps none."""

from __future__ import annotations

import hashlib

from django.http import HttpRequest
from django.template.defaultfilters import filesizeformat
from djust import LiveView
from djust.decorators import event_handler
from djust.uploads import ConsumedUpload, UploadMixin


class PhotosView(UploadMixin, LiveView):
    template_name = "pages/photos.html"

    def mount(self, request: HttpRequest, **kwargs: object) -> None:
        self.seen: list[dict[str, str]] = []
        self.allow_upload(
            "photos",
            accept=[".png", ".jpg", ".jpeg", ".gif", ".webp"],
            max_entries=6,
            max_file_size=50_000_000,
        )

    @event_handler
    def look(self, **fields: object) -> None:
        for photo in self.consume_uploaded_entries("photos"):
            with photo:
                self.seen.append(facts(photo))


def facts(photo: ConsumedUpload) -> dict[str, str]:
    digest = hashlib.sha256()
    while piece := photo.file.read(65_536):
        digest.update(piece)
    return {
        "name": photo.client_name,
        "type": photo.content_type,
        "size": filesizeformat(photo.client_size),
        "digest": digest.hexdigest(),
    }
