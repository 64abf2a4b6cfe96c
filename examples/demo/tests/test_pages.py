"""Each page reads well without JavaScript: a plain GET has all content, and its own source."""

from __future__ import annotations

import re

import pytest
from demo.security import POLICY
from django.test import Client
from django.utils.html import escape
from pages.catalogue import PAGES, DemoPage

pytestmark = pytest.mark.django_db
EVERY_PAGE = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.url_name)


def body_of(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


@EVERY_PAGE
def test_every_page_names_itself_once(client: Client, page: DemoPage) -> None:
    html = body_of(client, f"/{page.url_name}/")
    assert f"<title>{page.title} · djust</title>" in html
    assert html.count("<h1>") == 1
    assert html.count('aria-current="page"') == 1


@EVERY_PAGE
def test_every_page_prints_all_its_files(client: Client, page: DemoPage) -> None:
    html = body_of(client, f"/{page.url_name}/")
    shown = "".join(re.findall(r"<code>(.*?)</code>", html, re.DOTALL))
    plain = re.sub(r'<span class="[a-z-]+">|</span>', "", shown)
    for path in page.paths:
        assert escape(path.read_text(encoding="utf-8").strip()) in plain


@EVERY_PAGE
def test_every_page_brings_the_client_and_the_index_does_not(
    client: Client, page: DemoPage
) -> None:
    assert "data-djust=" in body_of(client, f"/{page.url_name}/")
    assert "data-djust=" not in body_of(client, "/")


def test_the_index_leads_to_every_page(client: Client) -> None:
    html = body_of(client, "/")
    for page in PAGES:
        assert f'<a href="/{page.url_name}/">{page.title}</a>' in html
        assert page.summary in html


@pytest.mark.parametrize("path", ["/", "/counter/", "/static/pages/demo.css"])
def test_everything_is_sent_with_the_strict_policy(client: Client, path: str) -> None:
    policy = client.get(path).headers["Content-Security-Policy"]
    assert policy == POLICY
    assert "default-src 'self';" in policy
    assert "require-trusted-types-for 'script'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("path", ["/", *(f"/{page.url_name}/" for page in PAGES)])
def test_no_page_holds_inline_script_or_style(client: Client, path: str) -> None:
    html = body_of(client, path)
    assert re.findall(r"<script(?![^>]*\bsrc=)", html) == []
    assert re.findall(r"<style|\sstyle=|\son[a-z]+=", html) == []


def test_the_counter_starts_at_zero(client: Client) -> None:
    assert '<output class="counter-value">0</output>' in body_of(client, "/counter/")


def test_a_returning_visitor_finds_the_same_tasks(client: Client) -> None:
    body_of(client, "/todo/")
    first = re.findall(r'dj-key="(\d+)"', body_of(client, "/todo/"))
    assert len(first) == 3
    assert re.findall(r'dj-key="(\d+)"', body_of(client, "/todo/")) == first
    assert not set(re.findall(r'dj-key="(\d+)"', body_of(Client(), "/todo/"))) & set(first)


def test_the_table_has_a_thousand_rows(client: Client) -> None:
    html = body_of(client, "/table/")
    assert len(set(re.findall(r'<tr dj-key="(\d+)">', html))) == 1_000


def test_an_untouched_form_shows_no_error(client: Client) -> None:
    html = body_of(client, "/form/")
    live = html[html.index("<form") : html.index("</form>")]
    assert "errorlist" not in live
    assert "aria-invalid" not in live
