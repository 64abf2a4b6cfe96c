"""Listings are escaped, complete and marked with classes only."""

from __future__ import annotations

import os
from pathlib import Path

from pages.highlight import highlight, listing
from pygments.lexers.python import PythonLexer
from pygments.lexers.templates import HtmlDjangoLexer


def test_markup_in_a_source_is_text() -> None:
    html = highlight('x = "<script>&</script>"', PythonLexer())
    assert "&lt;script&gt;&amp;&lt;/script&gt;" in html
    assert "<script>" not in html


def test_what_makes_a_page_live_stands_out() -> None:
    assert '<span class="tok-live">@event_handler</span>' in highlight(
        "@event_handler\ndef f(self): ...", PythonLexer()
    )
    assert '<span class="tok-live">dj-click' in highlight(
        '<button dj-click="f">', HtmlDjangoLexer()
    )


def test_a_changed_file_is_listed_anew(tmp_path: Path) -> None:
    path = tmp_path / "view.py"
    path.write_text("first = 1\n", encoding="utf-8")
    first = listing(path, "view.py")
    path.write_text("second = 2\nthird = 3\n", encoding="utf-8")
    os.utime(path, ns=(1, 1))
    again = listing(path, "view.py")
    assert (first.lines, again.lines) == (1, 2)
    assert "second" in again.code
