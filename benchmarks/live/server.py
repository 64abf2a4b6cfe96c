"""The measured server: live views, and the floor that they are measured against."""

from __future__ import annotations

import os
from typing import Any

from django import forms
from django.conf import settings

ENGINE = os.environ.get("BENCH_ENGINE", "django")
BACKENDS = {
    "django": "django.template.backends.django.DjangoTemplates",
    "djust": "djust_templates.DjustTemplates",
}

REDIS = os.environ.get("BENCH_REDIS", "")
LAYERS: dict[str, Any] = {}
if REDIS:
    LAYERS["default"] = {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        "CONFIG": {"hosts": [REDIS], "prefix": f"bench-{os.environ.get('BENCH_RUN', '')}"},
    }

if not settings.configured:
    settings.configure(
        SECRET_KEY="benchmark",  # pragma: allowlist secret
        DEBUG=False,
        ALLOWED_HOSTS=["127.0.0.1"],
        INSTALLED_APPS=[
            "django.contrib.auth",
            "django.contrib.contenttypes",
            "django.contrib.sessions",
            "django.contrib.messages",
            "djust_live",
        ],
        MIDDLEWARE=[
            "django.contrib.sessions.middleware.SessionMiddleware",
            "django.middleware.csrf.CsrfViewMiddleware",
            "django.contrib.auth.middleware.AuthenticationMiddleware",
            "django.contrib.messages.middleware.MessageMiddleware",
        ],
        ROOT_URLCONF=__name__,
        STATIC_URL="/static/",
        USE_TZ=True,
        CHANNEL_LAYERS=LAYERS,
        DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
        TEMPLATES=[
            {
                "BACKEND": BACKENDS[ENGINE],
                "OPTIONS": {
                    "context_processors": [
                        "django.template.context_processors.request",
                        "django.contrib.auth.context_processors.auth",
                        "django.contrib.messages.context_processors.messages",
                    ]
                },
            }
        ],
    )

from django.core.asgi import get_asgi_application  # noqa: E402 - needs the settings
from django.http import HttpResponse  # noqa: E402
from django.urls import path, re_path  # noqa: E402

django_app = get_asgi_application()

from channels.generic.websocket import AsyncJsonWebsocketConsumer  # noqa: E402
from djust_live import FormMixin, LiveView, event_handler  # noqa: E402
from djust_live.asgi import live_application  # noqa: E402

from benchmarks.live.rows import ROWS, Article, make_rows  # noqa: E402


class Floor(AsyncJsonWebsocketConsumer):
    """Decodes an event and sends a reply of the same size."""

    async def receive_json(self, content: Any, **kwargs: Any) -> None:
        await self.send_json(["reply", content[1], content[1], [[1, 2, "12345"]]])


class Holder(Floor):
    """Keeps the rows of a table of 1,000, as a user's view does, and nothing else."""

    async def connect(self) -> None:
        self.rows = make_rows(1000)
        await super().connect()


class Counter(LiveView):
    template = "<p>{{ count }}</p><button dj-click='increment'>+</button>"

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.count = 10_000

    @event_handler
    def increment(self) -> None:
        self.count += 1

    @event_handler
    async def increment_async(self) -> None:
        self.count += 1


class FrozenTable(LiveView):
    template = ROWS

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.title = 0
        self.rows = tuple(Article(**row) for row in make_rows(kwargs["count"]))

    @event_handler
    def other(self) -> None:
        self.title += 1


class Table(LiveView):
    template = ROWS

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.title = 0
        self.rows = make_rows(kwargs["count"])
        self._next = 1_000_000

    @event_handler
    def cell(self) -> None:
        self.rows[len(self.rows) // 2]["stock"] += 1

    @event_handler
    def other(self) -> None:
        self.title += 1

    @event_handler
    def move(self) -> None:
        self.rows.insert(0, self.rows.pop())

    @event_handler
    def append(self) -> None:
        self._next += 1
        self.rows.append({**self.rows[0], "id": self._next})

    @event_handler
    def delete(self) -> None:
        self._next += 1
        self.rows.append({**self.rows[0], "id": self._next})
        del self.rows[len(self.rows) // 2]


class TwentyFields(forms.Form):
    """Twenty validated fields."""


for _number in range(20):
    TwentyFields.base_fields[f"field_{_number}"] = forms.CharField(max_length=20, required=False)  # type: ignore[attr-defined]


class FormView(LiveView):
    template = "<form>{{ form.as_p }}</form>"

    def mount(self, request: Any, **kwargs: Any) -> None:
        self._data: dict[str, str] = {}
        self.form = TwentyFields(self._data)

    @event_handler
    def validate_field(self, field_name: str, value: str) -> None:
        self._data[field_name] = value
        self.form = TwentyFields(self._data)
        self.form.is_valid()


class MixedForm(FormMixin, LiveView):
    """The same form, looked after by `FormMixin`."""

    form_class = TwentyFields
    template = "<form>{% load djust %}{% live_form %}</form>"


class Validation(FormView):
    """The same work of Django's, on a page that shows only that it was done."""

    template = "<p>{{ value }}</p>"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {"value": self._data.get("field_3", "")}


class Sleeper(LiveView):
    template = "<p>{{ done }}</p>"

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.done = False

    @event_handler
    def sleep(self) -> None:
        import time  # noqa: PLC0415

        time.sleep(2)
        self.done = True


class Crowd(LiveView):
    template = "<p>{{ heard }}</p>"

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.heard = 0
        self.subscribe("crowd")

    def handle_info(self, message: Any) -> None:
        self.heard = message

    @event_handler
    def say(self, number: int) -> None:
        self.broadcast("crowd", number)


def plain(request: Any, count: int) -> HttpResponse:
    """A Django view without anything live, for the first page."""
    from django.template import engines  # noqa: PLC0415

    template = engines.all()[0].from_string(ROWS)
    return HttpResponse(template.render({"rows": make_rows(count), "title": 0}, request))


urlpatterns = [
    path("counter/", Counter.as_view()),
    path("table/<int:count>/", Table.as_view()),
    path("frozen/<int:count>/", FrozenTable.as_view()),
    path("plain/<int:count>/", plain),
    path("form/", FormView.as_view()),
    path("mixed/", MixedForm.as_view()),
    path("validation/", Validation.as_view()),
    path("sleep/", Sleeper.as_view()),
    path("crowd/", Crowd.as_view()),
]
floor: Any = Floor.as_asgi()
holder: Any = Holder.as_asgi()
application = live_application(
    django_app, [re_path(r"^floor/$", floor), re_path(r"^rows/$", holder)]
)
