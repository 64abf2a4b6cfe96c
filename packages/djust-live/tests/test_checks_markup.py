"""Checks of templates: each is triggered by a few tags, and kept quiet by a few others."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.test import override_settings
from django.urls import path
from djust_live import LiveView
from djust_live.checks import CHECKS
from djust_live.decorators import action, event_handler

WRONG = {
    "S006": "<p>{{ entry.client_name|safe }}</p>",
    "S007": "<script>start()</script>",
    "T003": "<p>{{ titel }}</p>",
    "T004": '<p><b dj-click="add(1, 2)"></b></p>',
    "T005": '<input aria-label="x" dj-model="titel">',
    "T006": "<ul>{% for row in rows %}<li><input aria-label='x' name='a'></li>{% endfor %}</ul>",
    "T007": "<tr><td>1</td></tr>",
    "T008": '<p><b dj-click.enter="add(1)"></b></p>',
    "Q003": '<script nonce="{{ csp_nonce }}">console.log(1)</script>',
    "Q004": '<img src="a.png">',
    "Q005": '<form><input name="a" placeholder="A"></form>',
    "Q006": '<p><button type="button"><svg><path></svg></button></p>',
    "Q007": '<p tabindex="3"></p>',
}
RIGHT = {
    "S006": "<p>{{ entry.client_name }}</p>",
    "S007": """<script nonce="{{ csp_nonce }}">start()</script><script src="a.js"></script>
        <script type="application/json">{"a": 1}</script>""",
    "T003": """<p>{{ title }} {{ row|default:"" }} {% if unknown %}{% endif %}{{ user }}
        {% with a=title %}{{ a }}{% endwith %} {% for x in rows %}{{ x }}{% endfor %}
        {% url "x" as link %}{{ link }}{{ made }} {# {{ gone }} #}
        {{ save_state.error }}</p>""",
    "T004": """<p><b dj-click="add({{ title }})"></b><b dj-click="add" data-step="1"></b>
        <b dj-click="many(1, 2)"></b><b dj-click="add({% if title %}1{% endif %})"></b></p>""",
    "T005": '<input aria-label="x" dj-model.lazy="title">',
    "T006": """<ul>{% for row in rows %}<li dj-key="{{ row }}"><input aria-label='x'></li>
        {% endfor %}{% for row in rows %}<li><input type="hidden"></li>{% endfor %}</ul>""",
    "T007": "<table><tr><td>1</td></tr></table>",
    "T008": '<p><input aria-label="a" dj-keydown.enter="add(1)"></p>',
    "Q003": '<script nonce="{{ csp_nonce }}">start()</script>',
    "Q004": '<p><img src="a.png" alt=""></p>',
    "Q005": """<form><label>A <input name="a"></label><label for="b">B</label><input id="b">
        <input type="hidden" name="c"><select title="d"></select></form>""",
    "Q006": """<p><button aria-label="Close">{% if a %}{% endif %}</button><a href="/">Home</a>
        <a href="/"><img src="a.png" alt="Home"></a><button>{{ title }}</button><a name="x"></a></p>""",
    "Q007": '<p tabindex="0"></p>',
}


class Base(LiveView):
    entry = None

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.title = ""
        self.rows: list[int] = []

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(made=1, **kwargs)


def ids(source: str, **djust: Any) -> set[str]:
    class Shown(Base):
        template = source

        # The templates here bind what they are about, or nothing.
        if "add" in source:

            @event_handler
            def add(self, step: int) -> None:
                pass

        if "save" in source:

            @action
            @event_handler
            def save(self) -> None:
                pass

        if "many" in source:

            @event_handler
            def many(self, *steps: int) -> None:
                pass

    module = ModuleType("markup_urls")
    module.__dict__["urlpatterns"] = [path("", Shown.as_view())]
    csp = {"script-src": ["'self'"]}
    with override_settings(ROOT_URLCONF=module, DJUST=djust, CONTENT_SECURITY_POLICY=csp):
        found = [str(message.id) for check in CHECKS for message in check()]
    return {one.removeprefix("djust.") for one in found}


@pytest.mark.parametrize("number", WRONG)
def test_a_mistake_is_found(number: str) -> None:
    assert ids(WRONG[number]) == {number}


@pytest.mark.parametrize("number", RIGHT)
def test_its_correction_is_not(number: str) -> None:
    assert ids(RIGHT[number]) == set()


@pytest.mark.parametrize("number", WRONG)
def test_it_is_left_out_on_request(number: str) -> None:
    assert ids(WRONG[number] + f" {{# noqa: djust.{number} #}}") == set()
    assert ids(WRONG[number], SUPPRESS_CHECKS=[f"djust.{number}"]) == set()


def test_a_click_without_data_passes_nothing_more() -> None:
    assert ids('<p><b dj-click="add"></b></p>') == {"T004"}


def test_scripts_need_no_nonce_without_a_policy() -> None:
    class Plain(Base):
        template = WRONG["S007"]

    module = ModuleType("plain_urls")
    module.__dict__["urlpatterns"] = [path("", Plain.as_view())]
    with override_settings(ROOT_URLCONF=module):
        assert [message.id for check in CHECKS for message in check()] == []


def test_names_that_code_decides_are_not_judged() -> None:
    class Open(Base):
        template = "<p>{{ anything }}</p>"

        def mount(self, request: Any, **kwargs: Any) -> None:
            for name in ("a", "b"):
                setattr(self, name, 1)

    module = ModuleType("open_urls")
    module.__dict__["urlpatterns"] = [path("", Open.as_view())]
    with override_settings(ROOT_URLCONF=module):
        assert [message.id for check in CHECKS for message in check()] == []


def test_a_handler_that_nothing_calls_is_remarked() -> None:
    class Unused(Base):
        template = '<p><b dj-click="used"></b><script>push("scripted")</script></p>'

        @event_handler
        def used(self) -> None:
            pass

        @event_handler
        def scripted(self) -> None:
            pass

        @event_handler
        def unused(self) -> None:
            pass

    module = ModuleType("unused_urls")
    module.__dict__["urlpatterns"] = [path("", Unused.as_view())]
    with override_settings(ROOT_URLCONF=module):
        (message,) = [message for check in CHECKS for message in check()]

    assert message.id == "djust.V006"
    assert message.msg.endswith("calls unused.")


def unbound_in(template: str) -> list[str]:
    class Bound(Base):
        @event_handler
        def increment(self, by: int = 1) -> None:
            pass

        @event_handler
        def forgotten(self) -> None:
            pass

    Bound.template = template
    module = ModuleType("bound_urls")
    module.__dict__["urlpatterns"] = [path("", Bound.as_view())]
    with override_settings(ROOT_URLCONF=module):
        found = [message for check in CHECKS for message in check()]
    return [str(message.msg) for message in found if message.id == "djust.V006"]


@pytest.mark.parametrize(
    "template",
    [
        '<p><b dj-click="incremnt"></b></p>',  # T001 says which handler was meant
        '<ul>{% for row in rows %}<li dj-key="{{ row }}" dj-click="increment"></li>{% endfor %}</ul>',
        '<p><b dj-click="increment({{ title }})" dj-value-by="{{ title }}"></b></p>',
        "<p><b dj-click=increment></b> forgotten things</p>",
    ],
)
def test_a_handler_that_nothing_calls_is_remarked_beside_what_else_is_written(
    template: str,
) -> None:
    (text,) = unbound_in(template)
    assert text.endswith("calls forgotten.")


@pytest.mark.parametrize("prefix", [False, True])
def test_a_handler_that_a_script_of_the_project_calls_is_not_remarked(
    tmp_path: Path, prefix: bool
) -> None:
    template = '<p><b dj-click="increment"></b></p>'
    (tmp_path / "deep").mkdir()
    script = tmp_path / "deep" / "board.js"
    folder = ("site", str(tmp_path)) if prefix else tmp_path
    with override_settings(STATICFILES_DIRS=[folder]):
        script.write_text("// forgotten\nthis.pushEvent(name);")
        assert len(unbound_in(template)) == 1
        script.write_text("this.pushEvent('forgotten', {});")
        assert unbound_in(template) == []


@pytest.mark.parametrize(
    "template",
    [
        '<p><b dj-click="{{ title }}"></b></p>',
        "<p><b dj-click='{% if title %}increment{% endif %}'></b></p>",
        "<p>{% include title %}</p>",
    ],
)
def test_where_a_value_decides_what_is_called_nothing_is_remarked(template: str) -> None:
    assert unbound_in(template) == []
