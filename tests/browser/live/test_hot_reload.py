"""A developer saves a file: open pages follow, and keep what they hold."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest
from playwright.sync_api import expect

from tests.browser.demo.conftest import OpenPage, wait_until_ready
from tests.browser.live.conftest import HERE, SiteServer


@pytest.fixture
def copied(empty_site: Path, tmp_path: Path) -> Iterator[SiteServer]:
    """A copy of the site that may be changed, as it runs while somebody works on it."""
    project = tmp_path / "project"
    shutil.copytree(HERE / "live_site", project / "live_site")

    class CopiedServer(SiteServer):
        arguments: ClassVar[tuple[str, ...]] = ("--reload", "--reload-dir", str(project))

    CopiedServer.project = project
    with CopiedServer(tmp_path, empty_site, DEMO_DEBUG="1", SITE_BACKEND="memory") as made:
        yield made


def change(server: SiteServer, name: str, old: str, new: str) -> None:
    path = server.project / "live_site" / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_a_template_is_shown_as_it_is_saved(copied: SiteServer, open_page: OpenPage) -> None:
    page = open_page(f"{copied.url}errors/")
    more = page.get_by_role("button", name="More", exact=True)
    more.click()
    expect(page.locator("h1")).to_have_text("Errors 1")
    page.evaluate("() => { globalThis.sameDocument = true; }")
    change(copied, "templates/errors.html", "Errors {{", "Mistakes {{")
    expect(page.locator("h1")).to_have_text("Mistakes 1")
    more.click()
    expect(page.locator("h1")).to_have_text("Mistakes 2")
    assert page.evaluate("() => globalThis.sameDocument")


def test_a_template_that_is_wrong_is_told_and_mended(
    copied: SiteServer, open_page: OpenPage
) -> None:
    page = open_page(f"{copied.url}errors/")
    change(copied, "templates/errors.html", "{% for row in rows %}", "{% fore row in rows %}")
    expect(page.get_by_role("alert")).to_contain_text("fore")
    expect(page.locator("h1")).to_have_text("Errors 0")
    change(copied, "templates/errors.html", "{% fore row in rows %}", "{% for row in rows %}")
    change(copied, "templates/errors.html", "Errors {{", "Mended {{")
    expect(page.locator("h1")).to_have_text("Mended 0")


def test_code_that_changes_keeps_what_pages_hold(copied: SiteServer, open_page: OpenPage) -> None:
    page = open_page(f"{copied.url}errors/")
    more = page.get_by_role("button", name="More", exact=True)
    more.click()
    more.click()
    expect(page.locator("h1")).to_have_text("Errors 2")
    page.evaluate("() => { globalThis.sameDocument = true; }")
    change(copied, "errors.py", "self.count += 1", "self.count += 10")
    expect(page.locator("body.dj-disconnected")).to_be_attached()
    wait_until_ready(page)
    more.click()
    expect(page.locator("h1")).to_have_text("Errors 12")
    assert page.evaluate("() => globalThis.sameDocument")
