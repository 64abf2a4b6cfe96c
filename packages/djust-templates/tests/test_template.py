"""Templates as other code sees them, and the same output as Django's in every case file."""

from __future__ import annotations

import datetime
import itertools
import threading
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.template import TemplateSyntaxError
from django.template.backends.django import DjangoTemplates
from django.template.base import VariableNode
from django.utils import translation
from django.utils.functional import SimpleLazyObject, lazy
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy
from djust_templates import DjustTemplates, fallbacks
from djust_templates.errors import RenderTooDeep, TemplateTooDeep

CASES = sorted((Path(__file__).parent / "cases").glob("*.html"))


def params(debug: bool = False) -> dict[str, Any]:
    """Return options for either backend, over templates that cases include."""
    templates = {
        "base.html": "<{% block a %}base {{ x }}{% endblock %}|{% block b %}b{% endblock %}>",
        "middle.html": "{% extends 'base.html' %}{% block a %}[{{ block.super }}]{% endblock %}",
        "row.html": "{{ forloop.counter }}:{{ row.name }}/{{ n }}",
        "tree.html": "{{ n.name }}{% for n in n.children %}({% include 'tree.html' %}){% endfor %}",
        "endless.html": "{% include 'endless.html' %}",
    }
    loader = ("django.template.loaders.locmem.Loader", templates)
    options = {"loaders": [("django.template.loaders.cached.Loader", [loader])], "debug": debug}
    return {"NAME": "case", "DIRS": [], "APP_DIRS": False, "OPTIONS": options}


@dataclass
class Item:
    """A value with attributes, a property and methods."""

    name: str
    count: int = 0
    children: list[Item] = field(default_factory=list)
    reads: int = 0

    @property
    def shout(self) -> str:
        """Count how often templates look."""
        self.reads += 1
        return self.name.upper()

    def twice(self) -> int:
        """A method without arguments."""
        return self.count * 2

    def needs(self, argument: int) -> int:
        """A method that templates cannot call."""
        return argument

    def delete(self) -> str:
        """A method that templates must not call."""
        raise AssertionError("a template called what alters data")

    delete.alters_data = True  # type: ignore[attr-defined]


def values() -> dict[str, Any]:
    """Return what every case file renders with."""
    return {
        "x": "<x & 'y'>",
        "safe": mark_safe("<b>"),
        "lazy": gettext_lazy("Yes"),
        "n": 1234567,
        "f": 1234.5,
        "d": Decimal("0.10"),
        "none": None,
        "yes": True,
        "when": datetime.datetime(2024, 2, 29, 13, 5, 9),
        "day": datetime.date(2024, 2, 29),
        "clock": datetime.time(0, 0),
        "list": [3, 1, 2],
        "pairs": [("a", 1), ("b", 2)],
        "map": {"k": "v", "items": "shadow", "1": "one"},
        "item": Item("item <1>", 7),
        "rows": [Item(f"r{i}", i) for i in range(3)],
        "tree": Item("t", children=[Item("u", children=[Item("v")]), Item("w")]),
        "generator": (i for i in range(3)),
        "text": "One two\n\nthree http://a.example/b. four",
    }


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
@pytest.mark.parametrize("language", ["en", "de"])
def test_a_case_renders_as_with_django(case: Path, language: str) -> None:
    source = case.read_text(encoding="utf-8")
    with translation.override(language):
        expected = DjangoTemplates(params()).from_string(source).render(values())
        assert DjustTemplates(params()).from_string(source).render(values()) == expected


@pytest.mark.parametrize("case", CASES, ids=lambda path: path.stem)
def test_a_case_compiles_natively(case: Path) -> None:
    template = DjustTemplates(params()).from_string(case.read_text(encoding="utf-8")).template
    assert template.fallback_reason is None


@pytest.mark.parametrize(
    "source",
    [
        "{% if %}",
        "a\n{% for x in %}{% endfor %}",
        "{{ a|nope }}",
        "{{ a|upper:1 }}",
        "{% nope %}",
        "{% if a %}",
        "{{ a b }}",
        "{{ }}",
        "{% %}",
        "{% block a %}{% endblock %}{% block a %}{% endblock %}",
        "x{{ y }}{% extends 'base.html' %}",
        "{% load nope %}",
        "{% include %}",
        "{{ _private }}",
        "{% filter escape %}{% endfilter %}",
        "{% load i18n %}{% blocktranslate %}{% if a %}{% endblocktranslate %}",
    ],
)
def test_a_broken_template_gives_djangos_error(source: str) -> None:
    with pytest.raises(TemplateSyntaxError) as expected:
        DjangoTemplates(params(debug=True)).from_string(source)
    with pytest.raises(TemplateSyntaxError) as caught:
        DjustTemplates(params(debug=True)).from_string(source)
    assert str(caught.value) == str(expected.value)
    assert caught.value.template_debug == expected.value.template_debug  # type: ignore[attr-defined]


def test_an_error_of_a_value_is_placed_in_the_template() -> None:
    class Broken:
        """Raises when it is looked at."""

        @property
        def name(self) -> str:
            """Fail."""
            raise ZeroDivisionError("no name")

    source = "é\n{% for r in rows %}{{ r.name }}{% endfor %}"
    debugs = []
    for backend in (DjangoTemplates, DjustTemplates):
        with pytest.raises(ZeroDivisionError, match="no name") as caught:
            backend(params(debug=True)).from_string(source).render({"rows": [Broken()]})
        debugs.append(caught.value.template_debug)  # type: ignore[attr-defined]
    assert debugs[0] == debugs[1]
    assert debugs[1]["during"] == "{{ r.name }}"


def test_a_property_is_read_once_per_mention() -> None:
    item = Item("a")
    DjustTemplates(params()).from_string("{{ i.shout }}{{ i.shout }}").render({"i": item})
    assert item.reads == 2


def test_a_value_that_is_not_printed_is_not_touched() -> None:
    class Untouchable:
        """Fails at any look."""

        def __getattribute__(self, name: str) -> Any:
            raise AssertionError(f"{name} was read")

    assert DjustTemplates(params()).from_string("x").render({"a": Untouchable()}) == "x"


def test_nodes_are_there_for_who_looks() -> None:
    template = DjustTemplates(params()).from_string("{% if a %}{{ b }}{% endif %}").template
    assert len(template.nodelist.get_nodes_by_type(VariableNode)) == 1


def test_its_own_name_in_the_repr() -> None:
    template = DjustTemplates(params()).from_string("abc").template
    assert repr(template) == '<Template template_string="abc...">'


def test_endless_recursion_ends_in_an_error() -> None:
    template = DjustTemplates(params()).get_template("endless.html")
    with pytest.raises(RenderTooDeep, match="DJT201"):
        template.render({})


def test_deep_nesting_ends_in_an_error() -> None:
    with pytest.raises(TemplateTooDeep, match="DJT101"):
        DjustTemplates(params()).from_string("{% if a %}" * 5000)


def test_a_large_template_renders() -> None:
    template = DjustTemplates(params()).from_string("{{ a }} text\n" * 200_000)
    assert len(template.render({"a": 1})) == 7 * 200_000


def test_lone_surrogates_pass_through() -> None:
    template = DjustTemplates(params()).from_string(
        "{{ s }}{% filter upper %}{{ s }}{% endfilter %}"
    )
    assert template.render({"s": "a\ud800<"}) == "a\ud800&lt;A\ud800&LT;"


@pytest.mark.filterwarnings("ignore:Support for double-dot lookups")  # Django 6.1 and newer
def test_whole_templates_left_to_django_are_counted() -> None:
    before = sum(fallbacks().values())
    template = DjustTemplates(params()).from_string("{{ a..b }}{{ x }}")
    assert template.template.fallback_reason is not None
    assert template.render({"x": "<"}) == "&lt;"
    assert sum(fallbacks().values()) == before + 1


def test_threads_share_a_template() -> None:
    template = DjustTemplates(params()).from_string(
        "{% for r in rows %}{% cycle 'a' 'b' %}{{ r }}{% endfor %}"
    )
    wrong: list[str] = []

    def render(start: int) -> None:
        rows = list(range(start, start + 50))
        expected = "".join(f"{'ab'[i % 2]}{row}" for i, row in enumerate(rows))
        for _ in range(50):
            text = template.render({"rows": rows})
            if text != expected:
                wrong.append(text)

    threads = [threading.Thread(target=render, args=(100 * i,)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


@pytest.mark.parametrize("letter", ["a", "é", "и", "😀"])
def test_long_literal_text_keeps_its_place(letter: str) -> None:
    long = letter * 1500 + "<&>"
    source = (
        f"{long}{{{{ x }}}}{long}{{% filter lower %}}{long}{{{{ x }}}}{{% endfilter %}}"
        f"{{% for r in list %}}{long}{{{{ r }}}}{{% endfor %}}"
        f"{{% block a %}}{long}{{% ifchanged %}}{long}{{% endifchanged %}}{{% endblock %}}"
    )
    child = f"{{% extends base %}}{{% block a %}}{{{{ block.super }}}}{long}{{% endblock %}}"
    texts = []
    for kind in (DjangoTemplates, DjustTemplates):
        backend = kind(params())
        base = backend.from_string(source)
        texts.append(base.render(values()))
        texts.append(backend.from_string(child).render({**values(), "base": base}))
    assert texts[0] == texts[2]
    assert texts[1] == texts[3]


def test_tokens_of_forms_are_those_of_their_place() -> None:
    source = (
        "{% csrf_token %}{% csrf_token %}{% for csrf_token in others %}{% csrf_token %}"
        "{% csrf_token %}{% endfor %}{% csrf_token %}"
    )
    settled = SimpleLazyObject(lambda: "<lazy>")
    counter = itertools.count()
    changing = lazy(lambda: str(next(counter)), str)()
    texts = []
    for kind in (DjangoTemplates, DjustTemplates):
        counter = itertools.count()
        others = [settled, "b", "", None, mark_safe("<c>"), changing]
        texts.append(
            kind(params()).from_string(source).render({"csrf_token": "a", "others": others})
        )
    assert texts[0] == texts[1]
    assert texts[0].count("&lt;lazy&gt;") == 2
