"""Source listings: Pygments finds the tokens, one escaped ``<span>`` each, classes only.

Pygments' own HTML formatter is not used: building the markup with ``format_html`` keeps the
escaping in Django's hands, and a few classes of our own are enough for the stylesheet.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from pygments.lexer import Lexer
from pygments.lexers.python import PythonLexer
from pygments.lexers.templates import HtmlDjangoLexer
from pygments.token import Token, _TokenType

# The first entry that contains the token wins.
_CLASSES: tuple[tuple[Any, str], ...] = (
    (Token.Comment.Preproc, "tok-mark"),
    (Token.Comment, "tok-comment"),
    (Token.Literal.String.Doc, "tok-comment"),
    (Token.Literal.String, "tok-string"),
    (Token.Literal.Number, "tok-number"),
    (Token.Name.Decorator, "tok-live"),
    (Token.Name.Tag, "tok-name"),
    (Token.Name.Attribute, "tok-attribute"),
    (Token.Name.Class, "tok-name"),
    (Token.Name.Function, "tok-name"),
    (Token.Name.Builtin, "tok-builtin"),
    (Token.Name.Variable, "tok-variable"),
    (Token.Keyword, "tok-keyword"),
    (Token.Operator.Word, "tok-keyword"),
)
_LANGUAGES: dict[str, tuple[str, type[Lexer]]] = {
    ".py": ("Python", PythonLexer),
    ".html": ("Template", HtmlDjangoLexer),
}


@dataclass(frozen=True)
class Listing:
    """A source file as a page shows it."""

    name: str
    language: str
    code: SafeString
    lines: int


def listing(path: Path, name: str) -> Listing:
    """Return the listing of a file; a changed file is read again."""
    return _listing(path, name, os.stat(path).st_mtime_ns)


@lru_cache(maxsize=64)
def _listing(path: Path, name: str, modified_ns: int) -> Listing:
    language, lexer = _LANGUAGES[path.suffix]
    source = path.read_text(encoding="utf-8").strip()
    return Listing(name, language, highlight(source, lexer()), source.count("\n") + 1)


def highlight(source: str, lexer: Lexer) -> SafeString:
    """Return the source as HTML, escaped; known tokens stand in a ``<span class="tok-…">``."""
    return format_html_join("", "{}", ((piece,) for piece in _pieces(source, lexer)))


def _pieces(source: str, lexer: Lexer) -> Iterator[str]:
    for kind, text in lexer.get_tokens(source):
        name = _class_of(kind, text)
        yield format_html('<span class="{}">{}</span>', name, text) if name else text


def _class_of(kind: _TokenType, text: str) -> str:
    if kind is Token.Name.Attribute and text.startswith("dj-"):
        return "tok-live"
    return next((name for family, name in _CLASSES if kind in family), "")
