"""Record what Chromium makes of a text as a case for the parser's tests.

Usage: ``python -m tests.browser.vdom.record_case NAME < page.html``, from the root of the repository. The text must not
end with a line feed that does not belong to it.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from playwright.sync_api import sync_playwright

from tests.browser.conftest import CHROMIUM_ARGUMENTS, chromium_path
from tests.browser.vdom.conftest import ADDRESS, SCRIPT, Reader
from tests.browser.vdom.test_parse import CASES


def is_document(html: str) -> bool:
    """Return whether a text is read as a page."""
    return html.lstrip().lower().startswith(("<!doctype", "<html", "<head>", "<body"))


def record(cases: dict[str, str]) -> None:
    """Write one file for each named text."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(chromium_path()), args=CHROMIUM_ARGUMENTS
        )
        page = browser.new_page()
        page.route(
            "**/*", lambda route: route.fulfill(body="<!doctype html>", content_type="text/html")
        )
        page.goto(ADDRESS)
        page.evaluate(SCRIPT)
        reader = Reader(page)
        for name, html in cases.items():
            found: Any = (
                reader.documents([html])[0]
                if is_document(html)
                else reader.fragments([(html, "body")])[0]
            )
            expected = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
            file = CASES / f"{name}.html"
            file.write_bytes(f"{html}\n======\n{expected}\n".encode())
        browser.close()


if __name__ == "__main__":
    record({sys.argv[1]: sys.stdin.read()})
