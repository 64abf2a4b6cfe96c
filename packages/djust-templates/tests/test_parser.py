"""Tags and filters of libraries, beside and inside of what is compiled natively."""

from __future__ import annotations

from typing import Any

import pytest
from django.template import library
from django.template.backends.django import DjangoTemplates
from djust_templates import DjustTemplates

TEMPLATES = {
    "badge.html": "<i>{{ label }}{{ x }}{{ csrf_token }}</i>",
    "parent.html": "{% block a %}parent {{ x }}{% endblock %}",
}


def backend(kind: type[DjangoTemplates]) -> DjangoTemplates:
    """Return a backend that knows the library of this folder."""
    loader = ("django.template.loaders.locmem.Loader", TEMPLATES)
    options = {
        "loaders": [("django.template.loaders.cached.Loader", [loader])],
        "libraries": {"custom": "custom_tags"},
    }
    return kind({"NAME": "x", "DIRS": [], "APP_DIRS": False, "OPTIONS": options})


def rendered(kind: type[DjangoTemplates], source: str) -> Any:
    """Return what a source renders to after loading the library."""
    template = backend(kind).from_string("{% load custom %}" + source)
    return template.render({"x": "<x>", "rows": [1, 2, 3], "csrf_token": "t"})


CASES = {
    "simple": "{% plus 1 %}{% plus 1 b=2 %}{% plus a=3 as sum %}{{ sum }}",
    "context": "{% remember 'y' x %}{{ y }}{% for r in rows %}{% remember 'z' r %}{{ z }}{% endfor %}[{{ z }}]",
    "inclusion": "{% badge x %}{% for r in rows %}{% badge r %}{% endfor %}",
    "inclusion of the context": "{% with label='l' %}{% badge_of %}{% endwith %}",
    "body": "{% wrap %}{{ x }}{% if x %}{% for r in rows %}{{ forloop.counter }}{% endfor %}{% endif %}{% endwrap %}",
    "loop around a body": "{% for r in rows %}{% wrap %}{{ r }}{{ forloop.last }}{% cycle 'a' 'b' %}{% endwrap %}{% endfor %}",
    "bodies in bodies": "{% wrap %}{% wrap %}{{ x }}{% endwrap %}{% plus 1 %}{% endwrap %}",
    "state": "{% count %}{% for r in rows %}{% count %}{% endfor %}{% count %}",
    "override": "{{ x|upper }}{{ x|lower }}",
    "block in a body": "{% wrap %}{% block a %}{{ x }}{% endblock %}{% endwrap %}",
    "deeper": "{% for r in rows %}{% deeper %}{{ deep }}{% endfor %}{% with a=1 %}{% deeper %}{% endwith %}{{ deep }}",
    "ifchanged in a body": "{% for r in rows %}{% wrap %}{% ifchanged %}{{ x }}{% endifchanged %}{% endwrap %}{% endfor %}",
    "load in a body": "{% wrap %}{% load l10n %}{% localize off %}{{ 1234.5 }}{% endlocalize %}{% endwrap %}",
}


@pytest.mark.parametrize("source", CASES.values(), ids=CASES)
def test_library_tags_render_as_with_django(source: str) -> None:
    assert rendered(DjustTemplates, source) == rendered(DjangoTemplates, source)


@pytest.mark.parametrize("source", CASES.values(), ids=CASES)
def test_library_tags_need_no_fallback(source: str) -> None:
    template = backend(DjustTemplates).from_string("{% load custom %}" + source)
    assert template.template.fallback_reason is None


def test_block_super_works_inside_a_librarys_body() -> None:
    source = (
        "{% extends 'parent.html' %}{% load custom %}"
        "{% block a %}{% wrap %}{{ block.super }}{% endwrap %}{% endblock %}"
    )
    results = [
        backend(kind).from_string(source).render({"x": "<x>"})
        for kind in (DjangoTemplates, DjustTemplates)
    ]
    assert results[0] == results[1] == "[parent &lt;x&gt;](parent inner)"


def test_a_tag_that_adds_tokens_leaves_the_template_to_django() -> None:
    source = "{% injected %}!"
    assert rendered(DjustTemplates, source) == rendered(DjangoTemplates, source)
    template = backend(DjustTemplates).from_string("{% load custom %}" + source).template
    assert template.fallback_reason is not None


def test_a_fallback_parent_renders_a_compiled_child() -> None:
    TEMPLATES["odd.html"] = "{% load custom %}{% injected %}{% block a %}odd{% endblock %}"
    source = "{% extends 'odd.html' %}{% block a %}{{ x }}{{ block.super }}{% endblock %}"
    try:
        results = [
            backend(kind).from_string(source).render({"x": "<x>"})
            for kind in (DjangoTemplates, DjustTemplates)
        ]
    finally:
        del TEMPLATES["odd.html"]
    assert results[0] == results[1]


@pytest.mark.skipif(not hasattr(library, "SimpleBlockNode"), reason="Django has no such tag yet")
def test_simple_block_tags_get_their_content() -> None:
    def shout(content: str, mark: str = "!") -> str:
        return content.upper() + mark

    import custom_tags

    custom_tags.register.simple_block_tag(shout)
    try:
        source = "{% shout mark=x %}{{ x }}a{% endshout %}{% shout as y %}b{% endshout %}{{ y }}"
        assert rendered(DjustTemplates, source) == rendered(DjangoTemplates, source)
    finally:
        del custom_tags.register.tags["shout"]
