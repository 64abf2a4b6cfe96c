"""What a queryset is asked for at once: the paths that a template prints."""

from __future__ import annotations

import pytest
from djust_templates import DjustTemplates
from djust_templates.live import printed_paths as printed_paths_of
from djust_templates.reads import ITEM, printed_paths

Paths = dict[str, set[str]]

SOURCES = {
    "base.html": "<main>{% block main %}{% endblock %}</main>",
    "list.html": (
        "{% extends 'base.html' %}{% block main %}"
        "{% for lease in leases %}{% include 'row.html' %}{% endfor %}{% endblock %}"
    ),
    "row.html": "<p>{{ lease.tenant.name }}</p>",
}


@pytest.fixture
def engine() -> DjustTemplates:
    loaders = [("django.template.loaders.locmem.Loader", SOURCES)]
    return DjustTemplates({"OPTIONS": {"loaders": loaders}})


CASES: list[tuple[str, Paths]] = [
    ("<p>{{ lease.tenant.name }}</p>", {"lease": {"tenant.name"}}),
    (
        "<p>{{ lease.id }}{{ lease.rent|default:lease.price }}</p>",
        {"lease": {"id", "rent", "price"}},
    ),
    ("<p>{{ name }}</p>", {}),
    ('<a href="{{ lease.url }}">x</a>', {"lease": {"url"}}),
    (
        "{% for lease in leases %}<b>{{ lease.tenant.name }}</b>{% endfor %}",
        {"leases": {"*.tenant.name"}},
    ),
    (
        "{% for lease in house.leases reversed %}<b>{{ lease.id }}</b>{% endfor %}",
        {"house": {"leases", "leases.*.id"}},
    ),
    (
        "{% for house in houses %}<ul>{% for lease in house.leases %}"
        "<li>{{ lease.tenant.name }}{{ house.name }}</li>{% endfor %}</ul>{% endfor %}",
        {"houses": {"*.leases", "*.leases.*.tenant.name", "*.name"}},
    ),
    (
        "{% for a in b %}<i>{{ a.x }}</i>{% endfor %}<p>{{ a.y }}</p>",
        {"b": {"*.x"}, "a": {"y"}},
    ),
    (
        "{% for a in b %}<i>{{ a.x }}</i>{% endfor %}{% for a in c %}<i>{{ a.y }}</i>{% endfor %}",
        {"b": {"*.x"}, "c": {"*.y"}},
    ),
    (
        "<div>{% with tenant=lease.tenant %}<p>{{ tenant.name }}</p>{% endwith %}</div>",
        {"lease": {"tenant", "tenant.name"}},
    ),
    (
        "<div>{% with lease.tenant as t %}<p>{{ t.name }}</p>{% endwith %}</div>",
        {"lease": {"tenant", "tenant.name"}},
    ),
    (
        "<div>{% with t=lease.tenant h=lease.house %}<p>{{ t.name }}{{ h.name }}</p>{% endwith %}</div>",
        {"lease": {"tenant", "house", "tenant.name", "house.name"}},
    ),
    (
        "<div>{% if lease.is_open %}<p>{{ lease.until }}</p>{% endif %}</div>",
        {"lease": {"is_open", "until"}},
    ),
]


def shown(found: object) -> Paths:
    assert hasattr(found, "items")
    return {name: {".".join(path) for path in paths} for name, paths in found.items()}


@pytest.mark.parametrize(("source", "expected"), CASES)
def test_what_is_printed_below_a_name_is_known(
    engine: DjustTemplates, source: str, expected: Paths
) -> None:
    assert shown(printed_paths(engine.from_string(source))) == expected


def test_an_item_of_a_loop_is_a_step_of_its_own(engine: DjustTemplates) -> None:
    template = engine.from_string("{% for a in b %}<i>{{ a.x }}</i>{% endfor %}")

    assert printed_paths(template) == {"b": frozenset({(ITEM, "x")})}


def test_parents_and_included_templates_are_read_too(engine: DjustTemplates) -> None:
    assert shown(printed_paths(engine.get_template("list.html"))) == {"leases": {"*.tenant.name"}}


def test_a_template_is_looked_through_once(engine: DjustTemplates) -> None:
    template = engine.get_template("list.html")

    assert printed_paths_of(template) is printed_paths_of(template)


def test_nothing_is_known_of_other_engines() -> None:
    assert printed_paths_of(object()) == {}
