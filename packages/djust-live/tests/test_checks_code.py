"""Checks of Python files: each is triggered by a few lines, and kept quiet by a few others."""

from __future__ import annotations

import ast
from pathlib import Path
from types import ModuleType

import pytest
from django.test import override_settings
from django.urls import path
from djust_live import LiveView
from djust_live.checks import quality, security, serving
from djust_live.checks.python_sources import PythonSource, project_sources

WRONG = {
    "S001": 'mark_safe(f"<b>{name}</b>")',
    "S002": "@csrf_exempt\ndef hook(request): ...",
    "S003": "try:\n    pay()\nexcept:\n    pass",
    "S004": 'def leave(request):\n    url = request.GET["next"]\n    return redirect(url)',
    "S005": "for entry in done:\n    open(folder / entry.client_name)",
    "Q001": "print(1)",
    "Q002": 'logger.info(f"{name} came")',
}
RIGHT = {
    "S001": 'mark_safe("<b>" "</b>"); format_html("<b>{}</b>", name); mark_safe(text)',
    "S002": "from x import csrf_exempt\n@csrf_exempt  # the sender signs\ndef hook(request): ...",
    "S003": "try:\n    pay()\nexcept ValueError:\n    pass",
    "S004": (
        'def leave(request):\n    url = request.GET["next"]\n'
        "    if url_has_allowed_host_and_scheme(url, None):\n        return redirect(url)\n"
        'def go(request):\n    page = request.GET["page"]\n    return redirect("list", page)'
    ),
    "S005": "for entry in done:\n    open(folder / entry.safe_name)",
    "Q001": "self.print(1)",
    "Q002": 'logger.info("%s came", name); messages.info(request, f"{name}")',
}


def ids(code: str) -> set[str]:
    source = PythonSource(Path("app.py"), code.splitlines(), ast.parse(code))
    found = [*security.findings(source), *quality.remarks(source)]
    return {str(message.id).removeprefix("djust.") for message in found}


@pytest.mark.parametrize("number", WRONG)
def test_a_mistake_is_found(number: str) -> None:
    assert ids(WRONG[number]) == {number}


@pytest.mark.parametrize("number", RIGHT)
def test_its_correction_is_not(number: str) -> None:
    assert ids(RIGHT[number]) == set()


def test_a_handler_is_told_its_target_by_the_visitor() -> None:
    code = "class V:\n    @event_handler\n    def go(self, url):\n        self.redirect(url)"

    assert ids(code.replace("self.redirect", "redirect")) == {"S004"}


@pytest.mark.parametrize(
    "code",
    [
        "@event_handler\ndef say(self, text):\n    self.text = mark_safe(text)",
        "@event_handler()\ndef say(self, text: str | None = None):\n    self.x = SafeString(text)",
        "def page(request):\n    return {'q': mark_safe(request.GET['q'])}",
        "def page(request):\n    q = request.GET['q']\n    return mark_safe(q)",
    ],
)
def test_what_a_visitor_sent_is_not_safe(code: str) -> None:
    assert ids(code) == {"S001"}


@pytest.mark.parametrize(
    "code",
    [
        "def show(self, text):\n    return mark_safe(text)",
        "@event_handler\ndef say(self, text):\n    self.text = mark_safe(clean(text))",
        "@event_handler\ndef say(self, text):\n    text = clean(text)\n    self.x = mark_safe(text)",
        "@event_handler\ndef say(self, text):\n    self.x = mark_safe(self.text)",
        "@event_handler\ndef say(self, number: int):\n    self.text = mark_safe(number)",
        "@event_handler\ndef say(self, text):\n    self.text = mark_safe(self.known[text])",
        "def page(request):\n    q = request.GET['q']\n    q = clean(q)\n    return mark_safe(q)",
    ],
)
def test_what_somebody_has_cleaned_may_be(code: str) -> None:
    assert ids(code) == set()


def test_a_line_is_left_out_on_request() -> None:
    assert ids("print(1)  # noqa: T201, djust.Q001") == set()
    assert ids("print(1)  # noqa: djust.Q002") == {"Q001"}


class Shown(LiveView):
    template = "<p></p>"
    login_required = True


def urls() -> ModuleType:
    module = ModuleType("code_urls")
    module.__dict__["urlpatterns"] = [path("", Shown.as_view())]
    return module


def test_the_files_of_views_are_looked_at_and_those_of_packages_are_not() -> None:
    with override_settings(ROOT_URLCONF=urls()):
        files = [source.path.name for source in project_sources()]

    assert files == [Path(__file__).name]


def test_any_host_is_too_many_in_production() -> None:
    with override_settings(ROOT_URLCONF=urls(), ALLOWED_HOSTS=["*"], DEBUG=False):
        (message,) = security.check_hosts()
    with override_settings(ROOT_URLCONF=urls(), ALLOWED_HOSTS=["example.com"], DEBUG=False):
        assert security.check_hosts() == []

    assert message.id == "djust.S008"


def test_a_project_without_a_socket_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = tmp_path / "plain_site"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "asgi.py").write_text("application = get_asgi_application()")
    monkeypatch.syspath_prepend(str(tmp_path))
    with override_settings(ROOT_URLCONF=urls(), WSGI_APPLICATION="plain_site.wsgi.application"):
        assert [message.id for message in serving.check_asgi()] == ["djust.C006"]
        (package / "asgi.py").write_text("application = live_application(application)")
        assert serving.check_asgi() == []
    with override_settings(ROOT_URLCONF=urls(), ASGI_APPLICATION="no_such_site.asgi.application"):
        assert [message.id for message in serving.check_asgi()] == ["djust.C006"]


def test_a_guarded_view_needs_sessions_and_users() -> None:
    with override_settings(ROOT_URLCONF=urls(), MIDDLEWARE=[]):
        assert [message.id for message in serving.check_middleware()] == ["djust.C007"]
    with override_settings(ROOT_URLCONF=urls()):
        assert serving.check_middleware() == []


def test_daphne_comes_first() -> None:
    static = "django.contrib.staticfiles"
    with override_settings():
        from django.conf import settings

        settings.INSTALLED_APPS = [static, "daphne"]
        assert [message.id for message in serving.check_apps()] == ["djust.C008"]
        settings.INSTALLED_APPS = ["daphne", static]
        assert serving.check_apps() == []


def test_an_old_collected_client_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "djust" / "dist"
    folder.mkdir(parents=True)
    (folder / "djust.js").write_text("old")
    with override_settings(STATIC_ROOT=tmp_path, DEBUG=False):
        assert [message.id for message in serving.check_collected()] == ["djust.C009"]
        for file in serving._CLIENT.glob("*.js"):
            (folder / file.name).write_bytes(file.read_bytes())
        assert serving.check_collected() == []
    with override_settings(STATIC_ROOT=tmp_path / "nowhere", DEBUG=False):
        assert serving.check_collected() == []
