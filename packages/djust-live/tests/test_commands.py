"""The commands that look at a project: what they print, and how they end."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import sarif_shape
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import override_settings
from django.urls import path
from djust_live import LiveView
from djust_live.checks import audit
from djust_live.decorators import debounce, event_handler, permission_required

TEMPLATE = """<main><p tabindex="3">{{ files.0.client_name | safe }}</p>
<p tabindex="4">{# noqa: djust.Q007 #}</p></main>
"""


class Careless(LiveView):
    template_name = "careless.html"

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.files: list[Any] = []
        self._secret = 1

    @event_handler
    def fetch(self, pk: int) -> None:
        self.group = Group.objects.get(pk=pk)

    @event_handler
    def store(self, name: str, **kwargs: Any) -> None:
        Group.objects.create(name=name)

    @event_handler
    def count(self, name: str) -> None:
        list(Group.objects.raw(f"SELECT * FROM auth_group WHERE name = '{name}'"))


class Careful(LiveView):
    template = "<p></p>"
    login_required = True

    @event_handler
    @debounce(wait=0.1)
    @permission_required("auth.delete_group")
    def remove(self, pk: int) -> None:
        Group.objects.get(pk=pk).delete()

    @event_handler
    def rename(self, pk: int, name: str) -> None:
        group = Group.objects.get(pk=pk, user=self.request.user)
        group.save()
        list(Group.objects.raw("SELECT * FROM auth_group WHERE name = %s", [name]))


@pytest.fixture
def careless(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    (tmp_path / "careless.html").write_text(TEMPLATE)
    monkeypatch.chdir(tmp_path)
    engine = "django.template.backends.django.DjangoTemplates"
    with override_settings(
        ROOT_URLCONF=urls(Careless), TEMPLATES=[{"BACKEND": engine, "DIRS": [tmp_path]}]
    ):
        yield tmp_path


def urls(*views: type[LiveView]) -> ModuleType:
    module = ModuleType("command_urls")
    module.__dict__["urlpatterns"] = [
        path(f"{number}/<int:pk>/", view.as_view()) for number, view in enumerate(views)
    ]
    return module


def run(*arguments: str) -> tuple[str, int]:
    out, errors = StringIO(), StringIO()
    try:
        call_command(*arguments, stdout=out, stderr=errors)
    except SystemExit as end:
        return out.getvalue(), int(str(end.code))
    return out.getvalue(), 0


def test_findings_are_printed_with_their_place(careless: Path) -> None:
    text, code = run("djust_check", "--category", "quality")

    assert code == 1
    assert text.startswith("careless.html:1: warning djust.Q007: ")
    assert text.endswith("1 finding.\n")


def test_a_category_without_findings_ends_well(careless: Path) -> None:
    assert run("djust_check", "--category", "configuration") == ("0 findings.\n", 0)


def test_findings_as_json(careless: Path) -> None:
    text, _ = run("djust_check", "--category", "security", "--format", "json")

    (finding,) = json.loads(text)
    assert (finding["id"], finding["file"], finding["line"]) == ("djust.S006", "careless.html", 1)


@pytest.mark.parametrize("command", ["djust_check", "djust_audit"])
def test_findings_as_sarif(careless: Path, command: str) -> None:
    text, _ = run(command, "--format", "sarif")

    log = json.loads(text)
    sarif_shape.check(log)
    assert log["runs"][0]["tool"]["driver"]["name"] == command
    assert any("locations" in result for result in log["runs"][0]["results"])


def test_a_sarif_log_with_a_mistake_would_be_found() -> None:
    with pytest.raises(AssertionError):
        sarif_shape.check({"version": "2.1.0", "runs": [{"tool": {"driver": {}}}]})
    with pytest.raises(AssertionError):
        sarif_shape.check({"version": "2.0.0", "runs": []})


def test_what_needs_no_choice_is_corrected(careless: Path) -> None:
    run("djust_check", "--fix")

    assert (careless / "careless.html").read_text() == TEMPLATE.replace('"3"', '"0"').replace(
        " | safe", ""
    )


def test_a_correction_changes_what_it_is_about_and_nothing_else(careless: Path) -> None:
    file = careless / "careless.html"
    before = (
        "<main>\r\n<p\r\n  class='a' tabindex='4'>x</p><p TABINDEX=12>y</p>\r\n"
        """<p data-x='<i tabindex="8">'>z</p><!-- <p tabindex="9"> -->\r\n"""
        '<p tabindex="5">k</p> {# noqa: djust.Q007 #}\r\n'
        "{{ file.client_name|safe|upper }} {# noqa: djust.T003 #}\r\n</main>\r\n"
    )
    file.write_bytes(before.encode())

    text, _ = run("djust_check", "--fix")

    after = before.replace("'4'", "'0'").replace("=12", "=0").replace("|safe", "")
    assert file.read_bytes().decode() == after
    assert "careless.html" not in text


def test_a_correction_stays_in_its_category(careless: Path) -> None:
    run("djust_check", "--fix", "--category", "views")

    assert (careless / "careless.html").read_text() == TEMPLATE


def test_code_that_trusts_the_visitor_is_found() -> None:
    with override_settings(ROOT_URLCONF=urls(Careless, Careful)):
        found = [(message.id, message.msg.partition(" ")[0]) for message in audit.trusting()]

    assert sorted(found) == [
        ("djust.A001", "Careless.fetch"),
        ("djust.A002", "Careless.store"),
        ("djust.A003", "raw()"),
    ]


def test_a_view_is_described() -> None:
    with override_settings(ROOT_URLCONF=urls(Careless, Careful)):
        first, second = audit.entries()
        text, code = run("djust_audit", "--strict")
        data = json.loads(run("djust_audit", "--format", "json")[0])

    assert (first.url, first.access) == ("/0/<int:pk>/", ())
    assert first.state == ("files", "group", "page_title")
    assert {one.name: one.parameters for one in first.handlers}["store"] == {
        "name": "str", "**": "any value"
    }  # fmt: skip
    assert second.access == ("login_required",)
    assert code == 1
    assert "handler:  remove(pk: int) [needs auth.delete_group] [debounce]" in text
    assert [view["url"] for view in data["views"]] == [first.url, second.url]
    assert len(data["findings"]) == 3


def test_every_rule_of_the_audit_is_documented() -> None:
    page = Path(__file__).parents[3] / "docs" / "reference" / "commands.md"
    rules = [name for name in audit.TITLES if name.startswith("A")]

    assert [f"### djust.{rule}" in page.read_text() for rule in rules] == [True] * len(rules)
