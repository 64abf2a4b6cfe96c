"""Views that are broken in many spellings; the smoke test finds each, and none that are sound."""

from __future__ import annotations

import dataclasses
import datetime
import enum
import random
import uuid
from typing import Any, ClassVar, Literal

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from djust_live import LiveComponent, LiveView
from djust_live.decorators import event_handler
from djust_testing import LiveViewTestClient, OutOfStep, Smoke

ROWS = 4


class Said(LiveView):
    """Shows what it was told, in ways that differ."""

    def mount(self, request: HttpRequest, **kwargs: Any) -> None:
        self.text = ""

    @event_handler
    def say(self, text: str = "") -> None:
        self.text = text

    @property
    def marked(self) -> SafeString:
        return mark_safe(f"<b>{self.text}</b>")

    @property
    def formatted(self) -> SafeString:
        return format_html("<b>{}</b>", self.text)


def said(template: str) -> type[LiveView]:
    return type("Shown", (Said,), {"template": template, "__module__": __name__})


def kinds(view: type[LiveView], **options: Any) -> set[str]:
    return {problem.kind for problem in Smoke(view, **options).problems()}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "template",
    [
        "<p>{{ text|safe }}</p>",
        "<p>{% autoescape off %}{{ text }}{% endautoescape %}</p>",
        "<p>{{ marked }}</p>",
        """<p title="{{ text|safe }}">x</p>""",
        "<p title='{{ text|safe }}'>x</p>",
        "<p title={{ text }}>x</p>",
        """<a href="{{ text }}">x</a>""",
        """<p onclick="say('{{ text }}')">x</p>""",
        "<p>x</p><script>const text = '{{ text|safe }}';</script>",
        """<p>x</p><script>const text = "{{ text }}";</script>""",
        "<p>x</p><style>p::after { content: '{{ text|safe }}' }</style>",
        "<p>x</p><!-- {{ text|safe }} -->",
        "<textarea>{{ text|safe }}</textarea>",
        """<iframe srcdoc="{{ text }}"></iframe>""",
        "{% load djust %}<div>{% live_component 'test_broken_views.Label' id='a' text=text %}"
        "{% endlive_component %}</div>",
    ],
)
def test_text_that_becomes_code_is_an_echo(template: str) -> None:
    assert kinds(said(template)) == {"echo"}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "template",
    [
        """<p title="{{ text }}" class='{{ text }}'>{{ text }} {{ formatted }}</p>""",
        """<a href="/search/?q={{ text|urlencode }}">x</a><a href="#{{ text }}">x</a>""",
        """<p>x</p><script>const text = "{{ text|escapejs }}";</script>""",
        """<p>{{ text|json_script:"data" }}</p><textarea>{{ text }}</textarea>""",
        """<button dj-click="say('{{ text }}')" dj-value-text="{{ text }}">x</button>""",
    ],
)
def test_text_that_stays_text_is_none(template: str) -> None:
    assert kinds(said(template)) == set()


class Label(LiveComponent):
    template = "<b>{{ text|safe }}</b>"
    text = ""

    def mount(self, **props: Any) -> None:
        self.update(**props)

    def update(self, **props: Any) -> None:
        self.text = props.get("text", "")


class Talker(LiveComponent):
    template = "<b>{{ text|safe }}</b>"

    def mount(self, **props: Any) -> None:
        self.text = ""

    @event_handler
    def say(self, text: str = "") -> None:
        self.text = text


class WithTalker(LiveView):
    template = """{% load djust %}<div>{% live_component "test_broken_views.Talker" id="a" %}
        {% endlive_component %}</div>"""


class Inside(Said):
    template = "<div>{{ text|safe }}</div>"


class Around(LiveView):
    template = """{% load djust %}<div>{% live_render "test_broken_views.Inside" id="a" %}</div>"""


class Bound(LiveView):
    template = "<main><input dj-model=text><p>{{ text|safe }}</p></main>"
    text = ""


class InUrl(LiveView):
    template = "<p>{{ text|safe }}</p>"
    url_state: ClassVar = {"text": str}
    text = ""


class ReadsParams(LiveView):
    template = "<p>{{ text|safe }}</p>"
    text = ""

    def handle_params(self, params: Any, uri: str) -> None:
        self.text = params.get("q", "")


class ReadsQuery(LiveView):
    template = "<p>{{ text|safe }}</p>"

    def mount(self, request: HttpRequest, **kwargs: Any) -> None:
        self.text = request.GET.get("q", "")


class Kind(enum.Enum):
    SMALL = "s"


@dataclasses.dataclass
class Order:
    title: str
    count: int


class ManyParameters(Said):
    template = "<p>{{ text|safe }}</p>"

    @event_handler
    def say(  # type: ignore[override]
        self,
        text: str,
        price: int,
        when: datetime.date,
        key: uuid.UUID,
        kind: Kind,
        size: Literal["s", "m"],
        tags: list[int],
        note: str | None,
    ) -> None:
        self.text = text


class Extras(Said):
    template = "<p>{{ text|safe }}</p>"

    @event_handler
    def say(self, **fields: Any) -> None:  # type: ignore[override]
        self.text = fields.get("title", "")


class InList(Said):
    template = "<p>{{ text|safe }}</p>"

    @event_handler
    def say(self, texts: list[str]) -> None:  # type: ignore[override]
        self.text = texts[0]


class InDataclass(Said):
    template = "<p>{{ text|safe }}</p>"

    @event_handler
    def say(self, order: Order) -> None:  # type: ignore[override]
        self.text = order.title


@pytest.mark.django_db
@pytest.mark.parametrize(
    "view",
    [
        WithTalker,
        Around,
        Bound,
        InUrl,
        ReadsParams,
        ReadsQuery,
        ManyParameters,
        Extras,
        InList,
        InDataclass,
    ],
)
def test_text_is_sent_by_every_way_that_leads_into_the_view(view: type[LiveView]) -> None:
    assert "echo" in kinds(view)


class CrashingParams(LiveView):
    template = "<p>{{ number }}</p>"
    number = 0

    def handle_params(self, params: Any, uri: str) -> None:
        self.number = int(params.get("number", 0))


class CrashingPart(LiveComponent):
    template = "<b>x</b>"

    @event_handler
    def pick(self, index: int) -> None:
        [1][index]


class WithCrashingPart(LiveView):
    template = """{% load djust %}<div>
        {% live_component "test_broken_views.CrashingPart" id="a" %}{% endlive_component %}</div>"""


@pytest.mark.django_db
@pytest.mark.parametrize("view", [CrashingParams, WithCrashingPart])
def test_crashes_are_found_beside_the_handlers_of_the_view(view: type[LiveView]) -> None:
    assert kinds(view) == {"crash"}


class Odd(LiveView):
    """Renders differ, or change something."""

    choices = ("a", "b")

    def mount(self, request: HttpRequest, **kwargs: Any) -> None:
        self.visits = 0
        self.waiting = [1, 2]
        self.tray = Tray()

    @property
    def key(self) -> uuid.UUID:
        return uuid.uuid4()

    @property
    def few(self) -> int:
        return random.randint(1, 2)

    @property
    def counted(self) -> str:
        self.visits += 1
        return ""

    @property
    def taken(self) -> list[int]:
        taken, self.waiting = self.waiting, []
        return taken

    @property
    def writing(self) -> str:
        return str(Group.objects.create(name=str(uuid.uuid4())).pk)[:0]


class Tray:
    count = 0

    def more(self) -> int:
        self.count += 1
        return self.count


@pytest.mark.django_db
@pytest.mark.parametrize(
    "template",
    [
        "<p>{{ choices|random }}</p>",
        "<p id='{{ few }}'>x</p>",
        "<p>{{ key }}</p>",
        "<p>{% now 'u' %}</p>",
        "<p>{{ counted }}</p>",
        "<ul>{% for one in taken %}<li>{{ one }}</li>{% endfor %}</ul>",
        "<p>{{ tray.more }}</p>",
        "<p>{{ writing }}</p>",
    ],
)
def test_a_render_that_differs_or_changes_something_is_unsteady(template: str) -> None:
    assert kinds(type("Shown", (Odd,), {"template": template})) == {"unsteady"}


def test_the_client_finds_what_a_render_changes_without_showing_it(live_client: Any) -> None:
    with pytest.raises(OutOfStep, match=r"A render changes the view: visits \(\d became \d\)"):
        live_client(type("Shown", (Odd,), {"template": "<p>{{ counted }}</p>"}))


class Twice(LiveView):
    groups = ((1, 2), (2, 3))
    rows: tuple[int, ...] = (1, 1)


class TwiceLater(LiveView):
    template = "<ul>{% for row in rows %}<li dj-key={{ row }}>{{ row }}</li>{% endfor %}</ul>"

    def mount(self, request: HttpRequest, **kwargs: Any) -> None:
        self.rows = [1]

    @event_handler
    def more(self) -> None:
        self.rows.append(1)


@pytest.mark.parametrize(
    "template",
    [
        "<ul>{% for group in groups %}{% for one in group %}<li dj-key='{{ one }}'></li>"
        "{% endfor %}{% endfor %}</ul>",
        "<ul>{% for row in rows %}<li id='row-{{ row }}'>{{ row }}</li>{% endfor %}</ul>",
        "<div>{% for group in groups %}<p>{% for row in rows %}<b dj-key={{ row }}></b>{% endfor %}"
        "</p>{% endfor %}</div>",
    ],
)
def test_siblings_with_one_key_are_found(live_client: Any, template: str) -> None:
    view = type("Shown", (Twice,), {"template": template})
    with pytest.raises(OutOfStep, match="have the same"):
        live_client(view)


@pytest.mark.django_db
def test_siblings_that_get_one_key_later_are_found() -> None:
    (problem,) = Smoke(TwiceLater).problems()
    assert problem.kind == "unsteady"
    assert problem.text.startswith("after more(): Siblings have the same dj-key: 1.")


class Permissions(LiveView):
    """Reads one thing of each row from the database."""

    template = """<ul>{% for row in rows %}<li>{{ row.content_type.model }}</li>{% endfor %}</ul>"""

    def mount(self, request: HttpRequest, **kwargs: Any) -> None:
        self.rows = list(Permission.objects.all()[:ROWS])


class Methods(Permissions):
    template = "<ul>{% for row in rows %}<li>{{ row.user_set.count }}</li>{% endfor %}</ul>"


class InMount(Permissions):
    template = "<ul>{% for row in names %}<li>{{ row }}</li>{% endfor %}</ul>"

    def mount(self, request: HttpRequest, **kwargs: Any) -> None:
        self.names = [row.content_type.model for row in Permission.objects.all()[:ROWS]]


class Part(LiveComponent):
    template = "<b>{{ name }}</b>"

    def mount(self, **props: Any) -> None:
        self.name = Permission.objects.get(pk=props["pk"]).name


class Parts(Permissions):
    template = """{% load djust %}<ul>{% for row in rows %}<li>
        {% live_component "test_broken_views.Part" id=row.codename pk=row.pk %}
        {% endlive_component %}</li>{% endfor %}</ul>"""


class AfterAnEvent(Permissions):
    def mount(self, request: HttpRequest, **kwargs: Any) -> None:
        self.rows = []

    @event_handler
    def load(self, count: int = ROWS) -> None:
        self.rows = list(Permission.objects.all()[: max(0, min(count, ROWS))])


@pytest.mark.django_db
@pytest.mark.parametrize("view", [Permissions, Methods, InMount, Parts, AfterAnEvent])
def test_a_query_for_each_row_is_found(view: type[LiveView]) -> None:
    assert kinds(view) == {"repeated query"}
    assert kinds(view, max_repeats=ROWS) == set()


class AtOnce(LiveView):
    """The same rows with the queries that they need."""

    template = Permissions.template

    def mount(self, request: HttpRequest, **kwargs: Any) -> None:
        self.rows = list(Permission.objects.select_related("content_type")[:ROWS])
        self.people = [User.objects.filter(is_staff=is_staff).count() for is_staff in (True, False)]


@pytest.mark.django_db
def test_queries_that_are_needed_are_sound() -> None:
    assert kinds(AtOnce) == set()


def test_text_that_a_template_marked_as_safe_may_be_sent(live_client: Any) -> None:
    page: LiveViewTestClient = live_client(said("<p>{{ text }}</p>"))
    page.send_event("say", text=SafeString("<b>"))
    assert page.find("p").get_text() == "<b>"
