"""Live templates alone: which templates have live pages, and what leads a browser's page on.

That ops are right for random templates is tested in ``tests/live`` of the workspace.
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Any

import djust_vdom
import pytest
from django.http import HttpRequest
from django.template import TemplateSyntaxError, engines
from django.test.signals import template_rendered
from django.test.utils import instrumented_test_render, override_settings
from django.utils.autoreload import file_changed
from django.utils.safestring import SafeString
from djust_templates import DjustTemplates
from djust_templates.live import LivePage, LiveTemplate, live_template, printed_paths

DJANGO = "django.template.backends.django.DjangoTemplates"
SECRET = 7
LIST = (
    "<h1>{{ title }}</h1><ul>{% for row in rows %}"
    '<li dj-key="{{ row.id }}" class="{% if row.done %}done{% endif %}">{{ row.text }}</li>'
    "{% endfor %}</ul>"
)


def greet(request: HttpRequest) -> dict[str, str]:
    """A context processor."""
    return {"greeting": f"hello {request.path}"}


ENGINE = DjustTemplates({"OPTIONS": {"context_processors": [f"{__name__}.greet"]}})


def compiled(source: str) -> LiveTemplate:
    found = live_template(ENGINE.from_string(source))
    assert found is not None
    return found


class Shown:
    """A page, and what a browser makes of the ops for it."""

    def __init__(self, source: str, values: dict[str, Any]) -> None:
        self.template = compiled(source)
        printed = self.template.render(values)
        assert printed is not None
        self.html = printed.text
        page = self.template.page(printed, SECRET)
        assert page is not None
        self.page: LivePage = page

    def update(self, values: dict[str, Any]) -> bytes | None:
        """Print other values; return the ops, which the browser has carried out."""
        printed = self.template.render(values, page=self.page)
        assert printed is not None
        ops = self.page.update(printed)
        if ops is not None:
            self.html = djust_vdom.apply(self.html, ops)
        return ops


def rows(*ids: int, **texts: str) -> dict[str, Any]:
    return {
        "title": texts.pop("title", "Rows"),
        "rows": [{"id": n, "text": texts.get(f"t{n}", f"text {n}"), "done": n > 5} for n in ids],
    }


@pytest.mark.parametrize(
    "after",
    [
        rows(1, 2, 3),
        rows(1, 2, 3, title="<b>"),
        rows(3, 1, 2),
        rows(1, 3),
        rows(1, 2, 3, 6),
        rows(),
        rows(7, 2, 8, t2="other & more"),
    ],
)
def test_ops_lead_to_what_a_render_would_print(after: dict[str, Any]) -> None:
    shown = Shown(LIST, rows(1, 2, 3))

    assert shown.update(after) is not None
    assert shown.html == ENGINE.from_string(LIST).render(after)
    assert shown.update(after) == b"[]"


def test_a_page_has_the_shape_that_its_browser_counts() -> None:
    shown = Shown(LIST, rows(1, 2, 3))
    shown.update(rows(1, 2, 3, 4))

    parsed = djust_vdom.Document(shown.html)
    assert shown.page.node_count == parsed.node_count
    assert shown.page.structure_hash == parsed.structure_hash


def test_a_change_in_place_is_seen() -> None:
    values = rows(1, 2)
    shown = Shown(LIST, values)
    values["rows"][1]["text"] = "new"

    shown.update(values)

    assert "new" in shown.html


def test_a_digest_says_what_a_page_shows_and_nothing_else() -> None:
    changed, fresh = Shown(LIST, rows(1, 2)), Shown(LIST, rows(3))
    assert changed.page.digest != fresh.page.digest

    changed.update(rows(3))

    assert changed.page.digest == fresh.page.digest
    assert len(fresh.page.digest) == 8


def test_digests_under_another_key_tell_nothing() -> None:
    template = compiled("<p>{{ a }}</p>")
    printed = template.render({"a": 1})
    assert printed is not None
    one, other = template.page(printed, 1), template.page(printed, 2)
    assert one is not None
    assert other is not None
    assert one.digest != other.digest


def test_numbers_that_start_anew_are_those_of_a_page_just_parsed() -> None:
    shown = Shown(LIST, rows(1, 2, 3))
    shown.update(rows(3, 4, 1))
    shown.page.renumber()

    fresh = Shown(LIST, rows(3, 4, 1))
    assert shown.update(rows(3, 4, 1, t4="x")) == fresh.update(rows(3, 4, 1, t4="x"))


def test_a_page_that_rested_goes_on() -> None:
    shown = Shown(LIST, rows(1, 2, 3))
    shown.page.rest()

    shown.update(rows(2, 3, t3="x"))

    assert shown.html == ENGINE.from_string(LIST).render(rows(2, 3, t3="x"))


def test_a_bigger_page_says_that_it_takes_more_room() -> None:
    small, big = Shown(LIST, rows(1)), Shown(LIST, rows(*range(500)))

    assert sys.getsizeof(big.page) > sys.getsizeof(small.page) + 500 * 8


def test_context_processors_run_for_a_request() -> None:
    request = HttpRequest()
    request.path = "/here/"

    printed = compiled("<p>{{ greeting }}{{ a }}</p>").render({"a": "!"}, request)

    assert printed is not None
    assert printed.text == "<p>hello /here/!</p>"


def test_tests_see_which_templates_are_rendered(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.template.base import Template

    monkeypatch.setattr(Template, "_render", instrumented_test_render)
    seen: list[Any] = []

    def note(sender: Any, context: Any, **kwargs: Any) -> None:
        seen.append((sender, context["a"]))

    live = compiled("<p>{{ a }}</p>")
    template_rendered.connect(note)
    try:
        printed = live.render({"a": 1})
    finally:
        template_rendered.disconnect(note)

    assert printed is not None
    assert printed.text == "<p>1</p>"
    assert seen == [(live.template, 1)]


# Pages that have to be parsed


def test_a_template_whose_html_cannot_be_planned_is_parsed_and_said_to_be_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    template = ENGINE.from_string("<table>{{ a|safe }}</table>", name="odd.html")
    with caplog.at_level(logging.INFO, "djust_templates.live"):
        assert live_template(template) is None
        assert live_template(template) is None

    (said,) = caplog.messages
    assert "odd.html" in said


def test_html_that_closes_what_is_around_it_is_not_guessed_at() -> None:
    shown = Shown("<div>{{ a|safe }}</div>", {"a": "<b>x</b>"})

    assert shown.update({"a": "</div><p>"}) is None


def test_a_page_that_begins_otherwise_than_planned_is_parsed() -> None:
    template = compiled("<div>{{ a|safe }}</div>")
    printed = template.render({"a": "</div><p>"})

    assert printed is not None
    assert template.page(printed, SECRET) is None


def test_what_only_djangos_engine_can_render_has_no_live_pages() -> None:
    template = ENGINE.from_string("<p>\ud800{{ a }}</p>")

    assert template.template.fallback_reason is not None
    assert live_template(template) is None


@pytest.mark.parametrize("other", [None, object(), "<p></p>"])
def test_other_templates_have_no_live_pages(other: object) -> None:
    assert live_template(other) is None
    assert printed_paths(other) == {}


# Templates of Django's own engine


@pytest.fixture
def folder(tmp_path: Path) -> Any:
    """A folder of templates that Django's own engine serves."""
    settings = {"BACKEND": DJANGO, "DIRS": [tmp_path], "OPTIONS": {"string_if_invalid": "?"}}
    with override_settings(TEMPLATES=[settings]):
        yield tmp_path


def test_a_template_of_djangos_engine_is_live_by_the_same_options(folder: Path) -> None:
    (folder / "a.html").write_text("<p>{{ a.b }}{{ nothing }}</p>", encoding="utf-8")

    template = engines["django"].get_template("a.html")
    live = live_template(template)

    assert live is not None
    assert live is live_template(template)
    printed = live.render({"a": {"b": "<"}})
    assert printed is not None
    assert printed.text == template.render({"a": {"b": "<"}}) == "<p>&lt;?</p>"
    assert printed_paths(template) == {"a": frozenset({("b",)})}


def test_an_inline_template_of_djangos_engine_is_live(folder: Path) -> None:
    live = live_template(engines["django"].from_string("<p>{{ a }}</p>"))

    assert live is not None
    printed = live.render({"a": 1})
    assert printed is not None
    assert printed.text == "<p>1</p>"


def test_a_template_that_is_gone_or_broken_by_now_is_left_to_django(folder: Path) -> None:
    broken, gone = folder / "broken.html", folder / "gone.html"
    for path in (broken, gone):
        path.write_text("<p>{{ a }}</p>", encoding="utf-8")
    templates = [engines["django"].get_template(path.name) for path in (broken, gone)]
    broken.write_text("<p>{% if %}</p>", encoding="utf-8")
    gone.unlink()

    for template in templates:
        assert live_template(template) is None
        assert printed_paths(template) == {}


def test_a_file_that_changes_is_compiled_anew(folder: Path) -> None:
    path = folder / "a.html"
    path.write_text("<p>{{ a }}</p>", encoding="utf-8")
    assert live_template(engines["django"].get_template("a.html")) is not None
    path.write_text("<b>{{ a }}</b>", encoding="utf-8")

    file_changed.send(sender=None, file_path=path)

    live = live_template(engines["django"].get_template("a.html"))
    assert live is not None
    printed = live.render({"a": 1})
    assert printed is not None
    assert printed.text == "<b>1</b>"


def test_keys_that_rows_share_are_told_with_their_loop() -> None:
    source = f"<h1>{{{{ title }}}}</h1>\n{LIST.partition('</h1>')[2]}"
    shown = Shown(source, rows(1, 2, 1))

    (double,) = shown.page.doubled_keys()
    assert (double.key, double.parent, double.template) == ("1", "ul", "<unknown source>")
    assert (double.line, double.loop) == (2, "{% for row in rows %}")
    assert shown.page.doubled_keys() == []
    shown.update(rows(1, 2, 1, title="again"))
    assert shown.page.doubled_keys() == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((1, 2, 3), (1, 2, 3, 2)),
        ((1, 2, 3), (2, 1, 2, 3)),
        ((1, 2, 3), (1, 2, 2)),
        ((), (2, 2)),
        ((1, 3), (4, 2, 5, 2)),
        (range(50), (*range(60, 99), 2, *range(1, 50))),
    ],
)
def test_a_key_that_is_doubled_later_is_told(before: Any, after: Any) -> None:
    shown = Shown(LIST, rows(*before))
    assert shown.page.doubled_keys() == []

    shown.update(rows(*after))
    assert [double.key for double in shown.page.doubled_keys()] == ["2"]
    assert shown.html == ENGINE.from_string(LIST).render(rows(*after))


def test_keys_of_their_own_are_not_told() -> None:
    shown = Shown(LIST, rows(1, 2, 3))
    for after in ((3, 2, 1), (1, 2, 3, 4), (), (9, 8), (8, 1, 9), (1,)):
        shown.update(rows(*after))
        shown.page.renumber()
        assert shown.page.doubled_keys() == []


@pytest.mark.parametrize(
    ("source", "where"),
    [
        # The same value in two loops, in two parents, on two kinds of element is no double.
        ('{% for k in keys %}<p id="{{ k.0 }}">x</p><b id="{{ k.0 }}">y</b>{% endfor %}', []),
        ('{% for k in keys %}<ul><li dj-key="a">{{ k }}</li></ul>{% endfor %}', []),
        ('{% for k in keys %}<p id="">{{ k }}</p>{% endfor %}', []),
        ('{% for k in keys %}<p class="a">{{ k }}</p>{% endfor %}', []),
        # A loop in a loop prints into one parent.
        (
            '{% for k in keys %}{% for c in "aa" %}<p id="{{ c }}">{{ k }}</p>{% endfor %}{% endfor %}',
            [("a", '{% for c in "aa" %}')],
        ),
        (
            '{% for k in keys %}<p dj-key="x{{ k|length }}" {{ none }}>{{ k }}</p>{% endfor %}',
            [("x1", "{% for k in keys %}")],
        ),
        # What a value prints, and what is kept as a tree.
        ("<div>{{ html }}</div>", [("v", None)]),
        (
            '<svg>{% for k in keys %}<g id="s{{ k|length }}">{{ k }}</g>{% endfor %}</svg>',
            [("s1", None)],
        ),
    ],
)
def test_only_siblings_of_one_kind_share_a_key(source: str, where: list[tuple[str, Any]]) -> None:
    html = SafeString('<i id="v">1</i><i id="v">2</i>')
    shown = Shown(source, {"keys": ["a", "b"], "html": html})
    assert [(double.key, double.loop) for double in shown.page.doubled_keys()] == where


def test_the_loop_is_named_where_it_stands() -> None:
    loaders = {"page.html": "\n{% include 'rows.html' %}", "rows.html": f"\n\n{LIST}"}
    loader = ("django.template.loaders.locmem.Loader", loaders)
    cached = ("django.template.loaders.cached.Loader", [loader])
    engine = DjustTemplates({"OPTIONS": {"loaders": [cached]}})
    template = live_template(engine.get_template("page.html"))
    assert template is not None
    printed = template.render(rows(1, 1))
    assert printed is not None
    page = template.page(printed, SECRET)
    assert page is not None

    (double,) = page.doubled_keys()
    assert (double.template, double.line) == ("rows.html", 3)
    assert double.loop == "{% for row in rows %}"


def test_a_broken_include_that_is_not_shown_breaks_nothing() -> None:
    source = "<p>{% if broken %}{% include 'broken.html' %}{% endif %}{{ a }}</p>"
    loaders = {"page.html": source, "broken.html": "{% if %}"}
    loader = ("django.template.loaders.locmem.Loader", loaders)
    engine = DjustTemplates({"OPTIONS": {"loaders": [loader]}})

    template = live_template(engine.get_template("page.html"))
    assert template is not None
    printed = template.render({"a": "shown"})
    assert printed is not None
    assert printed.text == "<p>shown</p>"
    with pytest.raises(TemplateSyntaxError):
        template.render({"broken": True})
