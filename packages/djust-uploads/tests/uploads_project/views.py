"""Pages of the test project."""

from __future__ import annotations

import hashlib
from typing import Any, ClassVar

from django.urls import path
from djust_live import LiveView, event_handler
from djust_live.tenants import TenantMixin
from djust_uploads import UploadEntry, UploadMixin, UploadWriter

from uploads_project.papers import Papers

LIST = (
    "<ul>{% for entry in uploads.photos.entries %}"
    '<li dj-key="{{ entry.ref }}">{{ entry.client_name }} <i>{{ entry.progress }}</i>'
    '{% if entry.preview %}<img alt="" src="{{ entry.preview }}">{% endif %}'
    "<button type=button dj-click=\"cancel_upload('photos', '{{ entry.ref }}')\">x</button></li>"
    "{% endfor %}</ul>"
    "<ol>{% for error in uploads.photos.errors %}<li>{{ error }}</li>{% endfor %}</ol>"
)


class Photos(UploadMixin, LiveView):
    """Takes some files."""

    template = (
        '<form dj-submit="save"><input type="file" multiple dj-upload="photos" '
        'accept="{{ uploads.photos.config.accept }}"><button>Save</button></form>'
        '<div id="zone" dj-drop="photos">Drop here</div>' + LIST + "<p>{{ saved }}</p>"
        '<b>{{ clicks }}</b><button id="more" dj-click="more">+</button>'
    )
    options: ClassVar[dict[str, Any]] = {
        "accept": [".png", ".txt", ".pdf", ".bin"],
        "max_entries": 3,
    }

    def mount(self, request: Any, **kwargs: Any) -> None:
        """Allow them."""
        self.saved = ""
        self.clicks = 0
        self.seen: list[int] = []
        self.allow_upload("photos", **self.options)

    @event_handler
    def more(self) -> None:
        """Do something else."""
        self.clicks += 1

    @event_handler
    def save(self, **fields: Any) -> None:
        """Take what is there, and show what it was."""
        names = []
        for file in self.consume_uploaded_entries("photos"):
            with file:
                digest = hashlib.sha256(file.read()).hexdigest()
                names.append(f"{file.safe_name}:{file.client_size}:{digest}")
        self.saved = " ".join(names)


class Big(Photos):
    """Takes files of any kind and length."""

    options: ClassVar[dict[str, Any]] = {"max_entries": 5, "max_file_size": 1_000_000_000}


class Later(Photos):
    """Sends when the form is submitted."""

    options: ClassVar[dict[str, Any]] = {"auto_upload": False, "max_entries": 3}


class Fresh(Photos):
    """Begins anew after a drop."""

    options: ClassVar[dict[str, Any]] = {"resumable": False, "max_file_size": 1_000_000_000}


class Watched(Photos):
    """Is told how far files are."""

    options: ClassVar[dict[str, Any]] = {}

    def mount(self, request: Any, **kwargs: Any) -> None:
        """Allow them."""
        super().mount(request)
        self.allow_upload("photos", progress=self.on_progress)

    def on_progress(self, entry: UploadEntry) -> None:
        """Remember how far it is."""
        self.seen.append(entry.progress)


class Office(TenantMixin, Photos):
    """Belongs to a tenant."""

    tenant_required = True

    def resolve_tenant(self, request: Any) -> Any:
        """Return what the query names."""
        return request.GET.get("tenant")


class Digest(UploadWriter):
    """Keeps a hash and nothing else."""

    aborted: ClassVar[list[str]] = []

    def __init__(self, entry: UploadEntry) -> None:
        super().__init__(entry)
        self.hash = hashlib.sha256()

    def write(self, data: bytes) -> None:
        """Add to it."""
        if b"poison" in data:
            raise ValueError("It is poisoned.")
        self.hash.update(data)

    def close(self) -> str:
        """Return it."""
        return self.hash.hexdigest()

    def abort(self) -> None:
        """Say so."""
        self.aborted.append(self.entry.client_name)


class Written(Photos):
    """Hands files to a writer."""

    options: ClassVar[dict[str, Any]] = {"writer": Digest, "max_file_size": 1_000_000_000}

    @event_handler
    def save(self, **fields: Any) -> None:
        """Show what the writer made."""
        self.saved = " ".join(each.result for each in self.consume_uploaded_entries("photos"))


class Elsewhere(Photos):
    """Sends files to other storage."""

    options: ClassVar[dict[str, Any]] = {}

    def mount(self, request: Any, **kwargs: Any) -> None:
        """Allow them."""
        super().mount(request)
        self.allow_upload("photos", external=self.place)

    def place(self, entry: UploadEntry) -> dict[str, Any]:
        """Say where a file goes."""
        if entry.client_name == "nowhere.txt":
            raise LookupError("There is no place.")
        return {"url": f"https://storage.example/{entry.safe_name}", "key": entry.safe_name}

    @event_handler
    def save(self, **fields: Any) -> None:
        """Show where files are."""
        self.saved = " ".join(each.meta["key"] for each in self.consume_uploaded_entries("photos"))


class Away(Elsewhere):
    """Sends files to the storage that the address names."""

    def mount(self, request: Any, **kwargs: Any) -> None:
        """Allow them."""
        super().mount(request)
        self.to = request.GET["to"]
        self.policy = request.GET.get("policy", "")
        at_once = request.GET.get("when") != "submit"
        self.allow_upload("photos", external=self.place, auto_upload=at_once)

    def place(self, entry: UploadEntry) -> dict[str, Any]:
        """Say where a file goes, and with which fields."""
        place = {"url": self.to + entry.safe_name, "key": entry.safe_name}
        return {**place, "fields": {"policy": self.policy}} if self.policy else place


class Counter(LiveView):
    """Lives inside of another view."""

    template = '<b>{{ clicks }}</b><button type="button" dj-click="more">+</button>'

    def mount(self, request: Any, **kwargs: Any) -> None:
        """Begin."""
        self.clicks = 0

    @event_handler
    def more(self) -> None:
        """Count."""
        self.clicks += 1


class Around(Photos):
    """Takes files, with another view inside."""

    template = (
        "{% load djust %}<main>"
        + Photos.template
        + '<div id="inner">{% live_render "uploads_project.views.Counter" id="inner" %}</div></main>'
    )


class Media(Photos):
    """Saves files in a storage."""

    @event_handler
    def save(self, **fields: Any) -> None:
        """Save them."""
        self.saved = " ".join(self.save_uploads("photos", prefix="photos/"))


urlpatterns = [
    path("photos/", Photos.as_view()),
    path("big/", Big.as_view()),
    path("later/", Later.as_view()),
    path("fresh/", Fresh.as_view()),
    path("office/", Office.as_view()),
    path("media/", Media.as_view()),
    path("away/", Away.as_view()),
    path("around/", Around.as_view()),
    path("papers/", Papers.as_view()),
]
