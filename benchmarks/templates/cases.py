"""What is measured: for each case the templates of every engine, the context, and the bar."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.forms.renderers import DjangoTemplates as DjangoForms
from django.template.backends.django import DjangoTemplates
from djust_templates import DjustTemplates

from benchmarks.templates import data, engines, sources
from benchmarks.templates.engines import Render


@dataclass(frozen=True)
class Case:
    """One line of the table.

    Attributes:
        name: What is rendered.
        bar: How many times faster than Django's engine djust must be.
        renders: Engine name to its render function.
        context: Makes the context of one engine; called before every render when ``fresh``.
        fresh: The making of the context is part of what is measured.
    """

    name: str
    bar: float
    renders: dict[str, Render]
    context: Callable[[str], dict[str, Any]]
    fresh: bool = field(default=False)


def both(templates: dict[str, str]) -> dict[str, Render]:
    """Return the renders of the two engines of Django's language."""
    return {
        "django": engines.django_language(DjangoTemplates, templates),
        "djust": engines.django_language(DjustTemplates, templates),
    }


def all_engines(
    django: dict[str, str], jinja: dict[str, str], mako: dict[str, str]
) -> dict[str, Render]:
    """Return the renders of every engine that is installed."""
    renders = both(django)
    makers: dict[str, tuple[Callable[..., Render], dict[str, str]]] = {
        "jinja2": (engines.jinja, jinja),
        "minijinja": (engines.minijinja, jinja),
        "mako": (engines.mako, mako),
    }
    for name, (make, templates) in makers.items():
        try:
            renders[name] = make(templates)
        except ModuleNotFoundError:
            continue
    return renders


def table(kind: str, count: int) -> Case:
    """A table with a loop, a condition and filters."""
    pattern = 'row["{}"]' if kind == "dict" else "row.{}"
    mako = sources.TABLE_MAKO
    for name in ("id", "name", "email", "city", "score", "active"):
        mako = mako.replace(f"ROW({name})", pattern.format(name))
    renders = all_engines(
        {"page.html": sources.TABLE["django"]},
        {"page.html": sources.TABLE["jinja"]},
        {"page.html": mako},
    )
    context = {"rows": data.rows(kind, count)}
    return Case(f"table {count:,} x 6, {kind}", 25, renders, lambda engine: context)


def formats() -> Case:
    """A table that formats numbers and dates, which the other engines do in other ways."""
    context = {"rows": data.filter_rows(1_000)}
    renders = both({"page.html": sources.FORMATS})
    return Case("table 1,000 x 6, formats", 25, renders, lambda engine: context)


def inheritance() -> Case:
    """Three levels of inheritance and an include in a loop."""
    shared = {"base.html": sources.BASE, "page.html": sources.PAGE, "row.html": sources.ROW}
    renders = all_engines(
        {**shared, "section.html": sources.SECTION["django"]},
        {**shared, "section.html": sources.SECTION["jinja"]},
        sources.MAKO_INHERITANCE,
    )
    context = {
        "rows": data.rows("dict", 100), "caption": "A & B", "section": "Parts", "year": 2026,
    }  # fmt: skip
    return Case("inheritance x 3, include x 100", 25, renders, lambda engine: context)


def tiny() -> Case:
    """One variable; the context is made for each render."""
    page = {"page.html": sources.TINY["django"]}
    renders = all_engines(page, page, {"page.html": sources.TINY["mako"]})
    return Case("tiny, context per render", 5, renders, lambda engine: {"name": "Ada"}, fresh=True)


def filters() -> Case:
    """Eleven filters a row."""
    context = {"rows": data.filter_rows(200)}
    renders = both({"page.html": sources.FILTERS})
    return Case("200 rows x 11 filters", 5, renders, lambda engine: context)


def translations() -> Case:
    """Translated words, sentences and plurals."""
    context = {"rows": data.rows("dict", 200)}
    renders = both({"page.html": sources.TRANSLATIONS})
    return Case("translations, 200 rows", 3, renders, lambda engine: context)


def bound_form() -> Case:
    """A bound form with errors; each engine renders the widgets too."""
    renderers: dict[str, Any] = {"django": DjangoForms(), "djust": engines.DjustForms()}
    forms = {name: data.Order(data.FORM_DATA, renderer=made) for name, made in renderers.items()}
    for form in forms.values():
        form.full_clean()
    renders = both({"page.html": sources.FORM})
    return Case("bound form, 12 fields", 2, renders, lambda engine: {"form": forms[engine]})


def static_page(sections: int, heading: str, bar: float) -> Case:
    """A long page with four variables."""
    texts = sources.static(sections, heading)
    page = {"page.html": texts["django"]}
    renders = all_engines(page, page, {"page.html": texts["mako"]})
    context = {"a": "one", "b": 2, "c": "three & four", "d": "end"}
    length = len(texts["django"]) // 1024
    return Case(f"static page, {length} KB, {heading}", bar, renders, lambda engine: context)


def unused_list() -> Case:
    """A long list in the context that the template does not print."""
    page = {"page.html": sources.TINY["django"]}
    renders = all_engines(page, page, {"page.html": sources.TINY["mako"]})
    context = {"name": "Ada", "rows": data.rows("dict", 10_000)}
    return Case("unused list of 10,000 rows", 1, renders, lambda engine: context)


def cases() -> Iterator[Case]:
    """Yield every case, in the order of the table."""
    for count in (1_000, 10_000):
        for kind in ("dict", "dataclass", "model"):
            yield table(kind, count)
    for make in (formats, inheritance, tiny, filters, translations, bound_form, unused_list):
        yield make()
    # What is not ASCII takes one, two or four bytes a character in Python's text.
    yield static_page(300, "Part", 2)
    for heading in ("Part", "Stück", "Teil \u2013", "Part \U0001f600"):
        yield static_page(2500, heading, 1)
