"""Rows are left out when all that they depend on is as it was, whatever that is.

Their bodies and items are random; what the browser has is compared with a fresh render.
"""

from __future__ import annotations

import copy
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.conf.urls.i18n import i18n_patterns
from django.http import HttpRequest, HttpResponse
from django.template import TemplateDoesNotExist, VariableDoesNotExist
from django.urls import NoReverseMatch, path, set_script_prefix, set_urlconf
from django.utils import translation
from django.utils.safestring import SafeString
from djust_templates import DjustTemplates
from djust_templates.live import LivePage, LiveTemplate
from djust_vdom import Document, Replica
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.live.test_law import shape

STEPS = 8
CELLS = [
    *("{{ r.a }}", "{{ r.a|upper }}", '{{ r.a|default:"-"|truncatechars:3 }}', "{{ r.a|yesno }}"),
    *("{{ r.a|floatformat:2 }}", "{{ r.a|add:label }}", '{{ r.a|date:"D" }}', "{{ r.o.x }}"),
    *("{{ label }}", "{{ forloop.counter }}", "{{ forloop.revcounter0 }}", "{{ r.a.real }}"),
    "{% if r.a %}yes{% else %}no{% endif %}",
    "{% if r.a == r.id %}<b>same</b>{% endif %}",
    "{% if r.a is None %}none{% elif forloop.first %}first{% endif %}",
    "{% if r.a is label %}is{% endif %}",
    "{% if not forloop.last %}, {% endif %}",
    "{% if label == r.a or r.id > 3 %}{{ r.a|length }}{% endif %}",
    "{% if r.a in label %}in{% endif %}",
    "{% url 'page' r.id %}",
    "{% url 'page' number=r.id %}",
    "{% url 'start' %}",
    "{% url 'page' r.a as there %}{{ there }}",
    '{% translate "Monday" %}',
    '{% translate "May" context "abbrev. month" %}',
    "{% with n=r.a %}{{ n|upper }}{% endwith %}",
    "{% with n=r.o %}{{ n.x }}{% endwith %}",
    "{% with r=r.o %}{{ r }}{{ r.x }}{% endwith %}{{ r.id }}",
    "{% with label=r.id n=label %}{{ label }}{{ n }}{% endwith %}{{ label }}",
    "{% include 'cell.html' %}",
    "{% include 'cell.html' with label=r.id %}",
    "{% include 'cell.html' with n=r.a only %}",
    "{% include 'deep.html' with n=r.id %}",
    "{% if r.a %}{% include 'cell.html' %}{% else %}{% include 'deep.html' %}{% endif %}",
    "{% include other %}",
]
# Templates that rows include.
FILES = {
    "cell.html": "<i>{{ r.a }}{{ label }}</i>{% if n %}{{ n }}{% endif %}",
    "deep.html": "{% include 'cell.html' with label=n %}<b>{{ forloop.counter }}</b>",
    "item.html": "\n<li>{{ r.a }}</li>\n",
    "items.html": "{% include 'item.html' %} ",
    "other.html": "{{ r.id }}{{ label }}",
}
LOADER = ("django.template.loaders.locmem.Loader", FILES)
OPTIONS = {"loaders": [("django.template.loaders.cached.Loader", [LOADER])]}
BACKEND = DjustTemplates({"NAME": "rows", "DIRS": [], "APP_DIRS": False, "OPTIONS": OPTIONS})
VALUES: list[Callable[[], Any]] = [
    *(lambda: "a", lambda: "A", lambda: 1, lambda: 1.0, lambda: 1234567.891, lambda: None),
    *(lambda: True, lambda: False, lambda: 10**20, lambda: "".join(["lo", "ng"]), lambda: ""),
    *(lambda: SafeString("<i>a</i>"), lambda: Decimal("1.50"), lambda: ["a"], lambda: lambda: "b"),
    *(lambda: date(2026, 1, 1), lambda: translation.gettext_lazy("Monday")),
]


def nothing(request: HttpRequest, **kwargs: Any) -> HttpResponse:
    """Answer nothing; the templates only need its address."""
    return HttpResponse()


def urlconf(*patterns: Any) -> types.ModuleType:
    """Return a module with these patterns."""
    module = types.ModuleType("urlconf")
    module.urlpatterns = [*patterns, path("", nothing, name="start")]  # type: ignore[attr-defined]
    return module


URLCONFS = [
    urlconf(path("page/<int:number>/", nothing, name="page")),
    urlconf(path("<slug:number>/other", nothing, name="page")),
    urlconf(*i18n_patterns(path("page/<str:number>", nothing, name="page"))),
]


@pytest.fixture(autouse=True)
def _addresses() -> Iterator[None]:
    """Lead somewhere, in the tests that have no place of their own."""
    set_urlconf(URLCONFS[0])
    yield
    set_urlconf(None)
    set_script_prefix("/")


@dataclass
class Record:
    """A row as an object that may change."""

    id: int
    a: Any
    o: Any


class Slotted:
    """One that keeps its values elsewhere."""

    __slots__ = ("a", "id", "o")

    def __init__(self, id: int, a: Any, o: Any) -> None:
        self.id, self.a, self.o = id, a, o


class Computing(Record):
    """One that computes what the others hold."""

    @property
    def a(self) -> Any:
        return self._a() if callable(self._a) else self._a

    @a.setter
    def a(self, value: Any) -> None:
        self._a = value


class Guessing(Record):
    """One that has everything."""

    def __getattr__(self, name: str) -> str:
        if name.startswith("__"):
            raise AttributeError(name)
        return f"{name} of {self.id}"


class Mapped(Record):
    """One whose items are not its attributes."""

    def __getitem__(self, name: str) -> str:
        if name == "a":
            return f"item {self.__dict__['a']}"
        raise KeyError(name)


class Calling(Record):
    """One that is called before anything is looked up."""

    def __call__(self) -> dict[str, Any]:
        return {"id": self.id, "a": [self.a], "x": f"called {self.a}"}


KINDS: list[Callable[..., Any]] = [
    *(dict, dict, dict, Record, Slotted, Computing, Guessing, Mapped, Calling),
]


def row(random: Random) -> Any:
    kind = random.choice(KINDS)
    inner = random.choice([{"x": random.choice(VALUES)()}, Record(1, 2, 3), Calling(1, 2, 3), None])
    return kind(id=random.randrange(6), a=random.choice(VALUES)(), o=inner)


def change(random: Random, values: dict[str, Any]) -> None:
    rows = values["rows"]
    at = random.randrange(len(rows) + 1)
    what = random.randrange(7)
    if what == 0 or at == len(rows):
        rows.insert(at, row(random))
    elif what == 1:
        rows.pop(at)
    elif what == 2:
        rows.insert(random.randrange(len(rows)), rows.pop(at))
    elif what == 3:
        values["label"] = random.choice(VALUES)()
    elif what == 4 and isinstance(rows[at], dict):
        rows[at].pop(random.choice(["a", "o"]), None)
    elif isinstance(rows[at], dict):
        rows[at]["a"] = random.choice(VALUES)()
    else:
        rows[at].a = random.choice(VALUES)()


def template_of(random: Random) -> str:
    """Return a table whose rows are written in the loop, or in templates that it includes."""
    cells = "".join(
        random.choice(["<td>{}</td>", '<td title="{}">-</td>', "<td><p>x</p>{}</td>"]).format(cell)
        for cell in random.sample(CELLS, random.randrange(1, 4))
    )
    key = random.choice(['dj-key="{{ r.id }}"', "", 'class="{% if r.a %}on{% endif %}"'])
    space = random.choice(["", "\n"])
    row = f"{space}<tr {key}>{cells}</tr>"
    for _ in range(random.choice([0, 0, 0, 1, 1, 2])):
        name = f"row{len(FILES)}.html"
        FILES[name] = "{% load i18n %}" + row
        given = random.choice(["", "", "", " with n=r.id", " with label=r.a", " with r=r only"])
        row = f"{space}{{% include '{name}'{given} %}}{random.choice(['', ' '])}"
    return (
        f"{{% load i18n %}}<h1>{{{{ title }}}}</h1><table><tbody>{{% for r in rows %}}{row}"
        f"{{% endfor %}}</tbody></table>"
    )


def printed_by(live: LiveTemplate, values: dict[str, Any], page: LivePage | None = None) -> Any:
    """Return what is printed; None where a template, an address or a name does not exist."""
    try:
        return live.render(dict(values), page=page)
    except (TemplateDoesNotExist, NoReverseMatch, VariableDoesNotExist):
        return None


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**32))
def test_rows_follow_all_that_they_depend_on(seed: int) -> None:
    random = Random(seed)
    live = LiveTemplate(BACKEND.from_string(template_of(random)).template)
    rows = [row(random) for _ in range(4)]
    values: dict[str, Any] = {"title": 0, "label": "a", "other": "other.html", "rows": rows}
    printed = printed_by(live, values)
    page = live.page(printed, 7) if printed is not None else None
    if page is None:
        return  # or a value prints HTML where none may be
    browser = Replica(printed.text)
    for step in range(STEPS):
        for _ in range(random.choice([0, 0, 1, 1, 2, 5])):
            change(random, values)
        if random.random() < 0.3:
            # The same values as other objects, as from a database.
            values = copy.deepcopy(values)
        values["title"] = step
        set_urlconf(random.choice([URLCONFS[0]] * 3 + URLCONFS))
        set_script_prefix(random.choice(["/", "/", "/", "/sub/"]))
        with translation.override(random.choice(["en", "en", "en", "de"])):
            partial = printed_by(live, values, page)
            printed = printed_by(live, values)
        assert (partial is None) == (printed is None)
        ops = page.update(partial) if partial is not None else None
        if ops is None:
            return
        browser.apply(ops)
        assert Document(browser.html).update(printed.text) == b"[]", (ops, printed.text)
        assert shape(page) == shape(Document(printed.text))


def looked_at(body: str, *contexts: dict[str, Any]) -> list[bool]:
    """For each context but the first, whether rows were left out."""
    item = body if body.startswith("{% include 'item") else f"<li>{body}</li>"
    loop = f"{{% for r in rows %}}{item}{{% endfor %}}"
    source = f"{{% load i18n %}}<h1>{{{{ title }}}}</h1><ul>{loop}</ul>"
    live = LiveTemplate(BACKEND.from_string(source).template)
    printed = live.render(dict(contexts[0]))
    assert printed is not None
    page = live.page(printed, 7)
    assert page is not None
    found = []
    for values in contexts:
        partial = live.render(dict(values), page=page)
        assert partial is not None
        found.append("<li>" not in partial.text)
        assert page.update(partial) is not None
    return found[1:]


@pytest.mark.parametrize(
    "body",
    [
        "{{ r.a }}",
        "{{ r.a|upper }}",
        "{% if r.a %}{{ r.a|default:label }}{% endif %}",
        "{{ forloop.counter }} {{ label }}",
        "{% if r.a is None %}-{% endif %}{{ r.id }}",
        "{% url 'page' r.id %}{% translate 'Monday' %}",
        "{% with n=r.a %}{{ n }}{% endwith %}",
        "{% include 'cell.html' with label=r.id %}",
        "{% include 'item.html' %}",
        "{% include 'items.html' with n=r.id %}",
    ],
)
@pytest.mark.parametrize("kind", [dict, Record, Slotted])
def test_what_depends_on_plain_values_is_left_out(body: str, kind: Callable[..., Any]) -> None:
    rows = [kind(id=key, a=f"a{key}", o=None) for key in range(3)]
    contexts = [
        {"rows": rows, "label": "x", "n": 5, "other": "other.html", "title": title}
        for title in range(4)
    ]
    # What it printed is not known before it has been printed once for this page.
    assert looked_at(body, *contexts) == [True, True, True]


@pytest.mark.parametrize(
    "body",
    [
        "{{ r.a }}{% now 'Y' %}",
        "{{ r }}",
        "{% if r.o.x %}x{% endif %}",
        "{% for x in r.a %}{{ x }}{% endfor %}",
        "{% if r.a is r.id %}x{% endif %}",
        "{% if r.a|random %}x{% endif %}",
        "{% url 'page' r.id as there %}{{ there }}",
        "{% with n=r.o %}{{ n.x }}{% endwith %}",
        "{% include 'cell.html' with n=r.a only %}",
        "{% include other %}",
    ],
)
def test_what_may_depend_on_more_is_printed(body: str) -> None:
    rows = [Record(id=key, a=f"a{key}", o=Guessing(1, 2, 3)) for key in range(3)]
    contexts = [
        {"rows": rows, "label": "x", "other": "other.html", "title": title} for title in range(3)
    ]
    assert looked_at(body, *contexts) == [False, False]


def test_addresses_follow_the_urlconf() -> None:
    source = "<ul>{% for r in rows %}<li>{% url 'page' r.id %}</li>{% endfor %}</ul>"
    live = LiveTemplate(BACKEND.from_string(source).template)
    values = {"rows": [{"id": 1}, {"id": 2}]}
    printed = live.render(dict(values))
    assert printed is not None
    page = live.page(printed, 7)
    assert page is not None
    shown = []
    for number in (0, 1, 1, 0):
        set_urlconf(URLCONFS[number])
        partial = live.render(dict(values), page=page)
        assert partial is not None
        shown.append(page.update(partial))
    there, back = b'"/1/other"', b'"/page/1/"'
    assert [there in (ops or b"") for ops in shown] == [False, True, False, False]
    assert [back in (ops or b"") for ops in shown] == [False, False, False, True]


def test_numbers_are_written_as_the_language_does() -> None:
    live = LiveTemplate(
        BACKEND.from_string(
            "<ul>{% for r in rows %}<li>{{ r.a|floatformat }}</li>{% endfor %}</ul>"
        ).template
    )
    values = {"rows": [{"a": 1.5}]}
    printed = live.render(dict(values))
    assert printed is not None
    page = live.page(printed, 7)
    assert page is not None
    ops = []
    for language in ("en", "en", "de", "de", "en"):
        with translation.override(language):
            partial = live.render(dict(values), page=page)
        assert partial is not None
        ops.append(page.update(partial))
    assert ops == [b"[]", b"[]", b'[[1,3,"1,5"]]', b"[]", b'[[1,3,"1.5"]]']
