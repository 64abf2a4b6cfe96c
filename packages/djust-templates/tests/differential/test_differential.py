"""Generated templates render the same, or fail the same, in Django's engine and in djust's."""

from __future__ import annotations

from typing import Any

import pytest
from django.template.backends.django import DjangoTemplates
from djust_templates import DjustTemplates
from hypothesis import given, settings
from hypothesis import strategies as st

from differential import grammar, values
from differential.engines import Options, backend, outcomes

PROFILE = settings.get_profile("differential")

contexts = st.dictionaries(st.sampled_from(grammar.NAMES), values.recipes, max_size=5)
options = st.builds(
    Options,
    string_if_invalid=st.sampled_from(["", "", "INVALID", "[%s]"]),
    autoescape=st.sampled_from([True, True, False]),
    language=st.sampled_from(["en", "en", "de", "ar"]),
    zone=st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kathmandu"]),
)


def compare(source: str, recipes: dict[str, Any], chosen: Options) -> None:
    """Fail when the engines disagree about anything that a user could see."""
    expected, actual = outcomes(source, recipes, chosen)
    assert actual == expected


@PROFILE
@given(source=grammar.sources, recipes=contexts, chosen=options)
def test_a_template_gives_the_same_text_or_error(
    source: str, recipes: dict[str, Any], chosen: Options
) -> None:
    compare(source, recipes, chosen)


@PROFILE
@given(source=grammar.children, recipes=contexts, chosen=options)
def test_inheritance_gives_the_same_text_or_error(
    source: str, recipes: dict[str, Any], chosen: Options
) -> None:
    compare(source, recipes, chosen)


@PROFILE
@given(
    chain=st.lists(grammar.filters, min_size=1, max_size=4),
    recipe=values.recipes,
    argument=values.recipes,
    chosen=options,
)
def test_a_chain_of_filters_gives_the_same_text_or_error(
    chain: list[str], recipe: Any, argument: Any, chosen: Options
) -> None:
    source = grammar.LOADS[0] + "{{ b|" + "|".join(chain) + " }}"
    compare(source, {"a": argument, "b": recipe}, chosen)


@PROFILE
@given(path=grammar.paths, recipes=contexts, chosen=options)
def test_a_look_up_reads_the_same_attributes_in_the_same_order(
    path: str, recipes: dict[str, Any], chosen: Options
) -> None:
    source = f"{{{{ {path} }}}}{{% if {path} %}}x{{% endif %}}{{% for i in {path} %}}{{{{ i }}}}{{% endfor %}}"
    compare(source, recipes, chosen)


@PROFILE
@given(source=grammar.broken(), recipes=contexts)
def test_a_broken_template_fails_at_the_same_place(source: str, recipes: dict[str, Any]) -> None:
    compare(source, recipes, Options(debug=True))


@PROFILE
@given(source=grammar.sources, recipes=contexts)
def test_an_error_while_rendering_names_the_same_place(
    source: str, recipes: dict[str, Any]
) -> None:
    compare(source, recipes, Options(debug=True))


@pytest.mark.parametrize(
    "source",
    [
        "{% load i18n %}{% translate 2. %}",
        "{% load i18n %}{% translate missing.name|lower|safe:a %}",
        "{% load i18n %}{% blocktranslate count n=a %}{{ n }} a{% plural %}{{ n }} b{% endblocktranslate %}",
        "{% extends 'middle.html' %}{% block two %}{{ block.super }}{{ a|dictsort:missing }}{% endblock %}",
        "{% widthratio a|add:'x' 2 'wide' %}",
        "{{ a|truncatewords:0 }}{{ a|truncatechars:0 }}{{ a|truncatechars:1 }}",
        "{% load differential_tags %}{% capture x %}{{ a }}{% endcapture %}[{{ x }}]"
        "{% with y=1 %}{% capture z %}{{ y }}{% endcapture %}{{ z }}{{ y }}{% endwith %}{{ z }}",
    ],
)
def test_what_once_differed_is_equal(source: str) -> None:
    for invalid in ("", "INVALID"):
        compare(source, {"a": ("plain", 345)}, Options(string_if_invalid=invalid))


@pytest.mark.parametrize("source", ["{% extends base %}", "{% include base %}"])
def test_a_template_object_in_the_context_is_used(source: str) -> None:
    for kind in (DjangoTemplates, DjustTemplates):
        engine = backend(kind, Options(language="", zone=""))
        values = {"base": engine.get_template("base.html"), "a": "<a>"}
        text = engine.from_string(source).render(values)
        assert text == "<html>one &lt;a&gt;two</html>"


def test_the_comparison_sees_a_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    recipes = {"a": ("plain", "text")}
    expected, _ = outcomes("{{ a }}", recipes, Options())
    other, _ = outcomes("{{ a }}!", recipes, Options())
    assert expected != other
