"""Checks of the names in templates against what their views set."""

from __future__ import annotations

import ast
import difflib
import inspect
import re
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage
from django.utils.module_loading import import_string

from djust_live.checks.messages import unsilenced, warning
from djust_live.checks.places import is_installed
from djust_live.checks.python_sources import texts_in_module
from djust_live.checks.shown import shown_views
from djust_live.checks.syntax import calls
from djust_live.checks.template_sources import TemplateText, texts_of
from djust_live.live_view import LiveView

_SHOWN = re.compile(r"\{\{\s*([A-Za-z_]\w*)[^{}]*\}\}|\{%-?\s*for\s+[\w, ]+?\s+in\s+([A-Za-z_]\w*)")
_MODEL = re.compile(r"""\sdj-model(?:\.[\w-]+)*\s*=\s*["']?([A-Za-z_]\w*)["']?""")
_TAGS = re.compile(r"\{%-?\s*(\w+)\s*(.*?)\s*-?%\}", re.DOTALL)
_NAMES = frozenset(
    "True False None user perms messages request csrf_token debug sql_queries LANGUAGES "
    "LANGUAGE_CODE LANGUAGE_BIDI STATIC_URL MEDIA_URL TIME_ZONE DEFAULT_MESSAGE_LEVELS csp_nonce "
    "forloop block view".split()
)
# Block tags that add no names beside those of `with`, `as` and `for`.
_KNOWN_BLOCKS = frozenset(
    "if for block with autoescape filter spaceless verbatim comment ifchanged blocktranslate "
    "blocktrans cache language localize localtime timezone memo live_component slot "
    "partialdef".split()
)


def check_variables(**kwargs: Any) -> list[CheckMessage]:
    """Find names in templates that nothing gives a value."""
    found = []
    for view in shown_views():
        known = names_of(view)
        if known is not None:
            found += list(_unknown(view, known))
    return unsilenced(found)


def names_of(view: type[LiveView]) -> frozenset[str] | None:
    """Return the names that the templates of a view may use; None when code decides.

    They are read from the source of the class and its bases: what is assigned to ``self``, the
    keys that ``get_context_data`` writes out, and what context processors and extensions return.
    """
    names = set(_NAMES) | {name for name in dir(view) if not name.startswith("_")}
    for cls in view.__mro__:
        if cls is LiveView:
            break
        own = _names_in_class(cls)
        if own is None:
            return None
        names |= own
    for name, handler in view.event_handlers().items():
        if handler.marks.is_action:
            names.add(f"{name}_state")
    for extension, _ in view._djust_class.extensions:
        names |= texts_in_module(extension)
    for dotted in _processors():
        names |= texts_in_module(import_string(dotted))
    return frozenset(names)


def _unknown(view: type[LiveView], known: frozenset[str]) -> Iterator[CheckMessage]:
    texts = list(texts_of(view))
    local = set(known)
    for text in texts:
        made = _made_by_tags(text)
        if made is None:
            return
        local |= made
    for text in texts:
        if is_installed(text.file):
            continue
        for offset, message in (*_shown(view, text, local), *_models(view, text, known)):
            if text.keeps(offset, message):
                yield message


def _shown(
    view: type[LiveView], text: TemplateText, known: set[str]
) -> Iterator[tuple[int, CheckMessage]]:
    for match in _SHOWN.finditer(text.visible):
        name = match[1] or match[2]
        if name in known or "|default" in match[0] or "_(" in match[0]:
            continue
        yield (
            match.start(),
            warning(
                "T003",
                f"{text.name} shows {name}, which {view.__qualname__} does not set.",
                _meant(name, known, "Set it in mount, or correct the template."),
                text.place(match.start()),
            ),
        )


def _models(
    view: type[LiveView], text: TemplateText, known: frozenset[str]
) -> Iterator[tuple[int, CheckMessage]]:
    for tag in text.tags():
        match = _MODEL.search(tag[0])
        if match is None or match[1] in known or "dj-target" in tag[0]:
            continue
        yield (
            tag.start(),
            warning(
                "T005",
                f"{text.name} binds dj-model to {match[1]}, which {view.__qualname__} "
                "does not set.",
                _meant(match[1], known, "Set it in mount; what it holds says what input becomes."),
                text.place(tag.start()),
            ),
        )


def _meant(name: str, known: Any, otherwise: str) -> str:
    close = difflib.get_close_matches(name, known, n=1)
    return f"Did you mean {close[0]!r}?" if close else otherwise


def _made_by_tags(text: TemplateText) -> set[str] | None:
    """Return the names that tags set; None with a block tag that may set any."""
    names: set[str] = set()
    tags = [(match[1], match[2]) for match in _TAGS.finditer(text.visible)]
    for name, rest in tags:
        if name.startswith("end") and name[3:] and name[3:] not in _KNOWN_BLOCKS:
            return None
        names |= set(re.findall(r"\b(\w+)=", rest)) | set(re.findall(r"\bas\s+(\w+)", rest))
        if name == "for":
            names |= set(re.findall(r"\w+", rest.partition(" in ")[0]))
        if name in ("cycle", "get_current_language", "get_available_languages"):
            names |= set(re.findall(r"\w+", rest))
    return names


def _names_in_class(cls: type) -> set[str] | None:
    if cls.__module__ == "django.views.generic.base" or cls is object:
        return set()
    try:
        tree = ast.parse(inspect.cleandoc("\n" + inspect.getsource(cls)))
    except (OSError, SyntaxError, TypeError, IndentationError):
        return None
    names: set[str] = set()
    for call, name in calls(tree):
        is_open = any(keyword.arg is None for keyword in call.keywords)
        if name in ("setattr", "vars") or (name == "update" and is_open):
            return None
        names |= {keyword.arg for keyword in call.keywords if keyword.arg}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            names.add(node.attr)
        elif isinstance(node, ast.Attribute) and node.attr == "__dict__":
            return None
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            names |= {node.value} if node.value.isidentifier() else set()
        elif isinstance(node, ast.Dict) and None in node.keys and not _calls_super(node):
            return None  # {**something}: its keys are known only when it runs
    return names


def _calls_super(node: ast.Dict) -> bool:
    opened = [value for key, value in zip(node.keys, node.values, strict=True) if key is None]
    return all("super()" in ast.unparse(value) for value in opened)


def _processors() -> list[str]:
    found: list[str] = []
    for engine in getattr(settings, "TEMPLATES", ()):
        found += engine.get("OPTIONS", {}).get("context_processors", ())
    return [one for one in found if not one.startswith("django.")]
