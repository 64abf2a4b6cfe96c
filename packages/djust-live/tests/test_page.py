from __future__ import annotations

import re
from typing import Any

import django
import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory, override_settings
from django.urls import path
from djust_live import LiveView, page
from djust_live.extensions import Extension
from djust_vdom import Document


class Shown(LiveView):
    template = "<p>{{ text }}</p>"

    def mount(self, request: Any, **kwargs: Any) -> None:
        self.text = "hello"


def shown(source: str, **attributes: Any) -> str:
    view = type("Shown", (Shown,), {"template": source, **attributes})
    request = RequestFactory().get("/")
    return view.as_view()(request).content.decode()  # type: ignore[no-any-return]


SCRIPT = re.compile(r'<script type="module" src="[^"]+" data-djust="[^"]+" data-djust-url="[^"]+"')


@pytest.mark.parametrize(
    "source",
    [
        "<!doctype html><html><head><title>x</title></head><body><p>1</p></body></html>",
        "<!DOCTYPE html><HTML><HEAD></HEAD ><BODY><p>1</p></BODY></HTML>",
        "  <!-- a --><html><body class='x'><p>1</p></body></html>",
        "<!doctype html><title>t</title><body><p>1</p>",
        "<!doctype html><p>1</p>",
        "<html lang=en><head><!-- </head> --><script>'</head>'</script></head><body><p>1</p>",
        "<body><p>1</p></body>",
        "<head><title></head></title></head><body><p>1</p></body>",
        "<p>1</p>",
        "  <p>1</p>\n",
        "<header><p>1</p></header>",
        "just text",
        "",
    ],
)
def test_the_script_changes_nothing_that_is_numbered(source: str) -> None:
    html = shown(source)
    assert len(SCRIPT.findall(html)) == 1
    before, after = Document(source), Document(html)
    assert (before.node_count, before.structure_hash) == (after.node_count, after.structure_hash)
    head = html.lower().index("<script type=")
    assert "<p>1</p>" not in html[:head].lower()


def test_a_fragment_becomes_a_complete_document() -> None:
    html = shown("<p>1</p>", page_title="<Title>")
    assert html.startswith('<!doctype html>\n<html lang="en">')
    assert '<meta charset="utf-8">' in html
    assert '<meta name="viewport"' in html
    assert "<title>&lt;Title&gt;</title>" in html
    assert html.endswith("<body><p>1</p></body></html>")


def test_a_document_keeps_every_byte() -> None:
    source = "<!DocType html><html\n><head></head><body>é<p>1</p></body>\n</html>\n"
    assert SCRIPT.sub("", shown(source)).replace("></script>", "") == source


def test_the_author_may_place_the_script() -> None:
    source = "{% load djust %}<!doctype html><head></head><body><p>1</p>{% djust_scripts %}</body>"
    html = shown(source)
    assert len(SCRIPT.findall(html)) == 1
    assert html.index("<p>1</p>") < html.index("data-djust")


def test_the_tag_is_empty_outside_of_live_views() -> None:
    from django.template import engines

    template = engines.all()[0].from_string("a{% load djust %}{% djust_scripts %}b")
    assert template.render({}) == "ab"


@pytest.mark.parametrize("name", ["csp_nonce", "_csp_nonce"])
def test_the_script_carries_the_nonce_of_the_page(name: str) -> None:
    request = HttpRequest()
    assert page.nonce_of(request) == ""
    setattr(request, name, 'a"b')
    assert page.nonce_of(request) == 'a"b'


@pytest.mark.skipif(django.VERSION < (6, 0), reason="Django 5.2 has no policy of its own")
def test_djangos_own_policy_gives_the_nonce() -> None:
    with override_settings(
        ROOT_URLCONF=__name__,
        MIDDLEWARE=["django.middleware.csp.ContentSecurityPolicyMiddleware"],
        SECURE_CSP={"script-src": ["'self'", "<CSP_NONCE_SENTINEL>"]},
    ):
        response = Client().get("/shown/")
    nonce = re.search(r'nonce="([^"]+)"', response.content.decode())
    assert nonce is not None


def test_debug_loads_the_modules_as_they_are() -> None:
    with override_settings(DEBUG=True):
        assert page.client_url() == "/static/djust/src/djust.js"


def test_the_socket_is_below_the_path_of_the_site() -> None:
    request = RequestFactory().get("/", SCRIPT_NAME="/site")
    assert page.socket_path(request) == "/site/ws/djust/"
    with override_settings(DJUST={"SOCKET_PATH": "/live/"}):
        assert page.socket_path(RequestFactory().get("/")) == "/live/"


def test_a_page_is_not_kept_by_caches() -> None:
    with override_settings(ROOT_URLCONF=__name__):
        response = Client().get("/shown/")
    assert response.headers["Cache-Control"] == "no-store, private"


urlpatterns = [path("shown/", Shown.as_view())]


class Plugged(Extension):
    namespace = "plugged"
    module = "djust/src/log.js"


def test_modules_of_extensions_are_named_for_the_client() -> None:
    html = shown("<p>1</p>", extensions=(Plugged,))
    assert ' data-djust-modules="/static/djust/src/log.js"' in html
    assert "data-djust-modules" not in shown("<p>1</p>")


def test_built_modules_are_preferred_outside_of_debug(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "_exists", lambda path: path == "djust/dist/log.js")
    assert "/static/djust/dist/log.js" in shown("<p>1</p>", extensions=(Plugged,))
    with override_settings(DEBUG=True):
        assert "/static/djust/src/log.js" in shown("<p>1</p>", extensions=(Plugged,))
