"""The template object: Django's, with a compiled program behind it."""

from __future__ import annotations

import threading
from collections import Counter
from functools import cached_property
from types import NoneType
from typing import TYPE_CHECKING, Any, Literal

from django.http import HttpRequest
from django.template import Origin
from django.template.base import UNKNOWN_SOURCE, NodeList
from django.template.base import Template as DjangoTemplate
from django.template.context import Context, make_context
from django.template.loader_tags import BLOCK_CONTEXT_KEY
from django.utils.safestring import SafeString

from djust_templates import _native
from djust_templates._support import ORIGINAL_RENDER, Refused, announce
from djust_templates.errors import TemplateTooDeep, TemplateTooLarge
from djust_templates.parser import LibraryParser

if TYPE_CHECKING:
    from collections.abc import Mapping

    from djust_templates.engine import DjustEngine
    from djust_templates.live import LiveTemplate

_fallbacks: Counter[str] = Counter()
_fallbacks_lock = threading.Lock()


def fallbacks() -> dict[str, int]:
    """Return how many templates Django's engine renders as a whole, by reason."""
    with _fallbacks_lock:
        return dict(_fallbacks)


class Template(DjangoTemplate):
    """A template that renders natively, and is a Django ``Template`` to everything else.

    Args:
        template_string: The source.
        origin: Where it comes from.
        name: The name it was loaded by.
        engine: The engine that owns it.

    Attributes:
        session: The compiled program; ``None`` when Django's engine renders this template.
        fallback_reason: Why, in that case.
        live: What renders its live pages; ``False`` when those have to be parsed, ``None`` when
            nobody has asked yet.
        paths: What it looks up below each name of its context, once somebody has asked.
    """

    engine: DjustEngine
    session: _native.Session | None
    fallback_reason: str | None
    live: LiveTemplate | Literal[False] | None
    paths: Mapping[str, frozenset[tuple[str, ...]]] | None

    def __init__(
        self,
        template_string: Any,
        origin: Origin | None = None,
        name: str | None = None,
        engine: DjustEngine | None = None,
    ) -> None:
        if engine is None:
            raise TypeError("Template needs the engine that owns it.")
        self.name = name
        self.origin = Origin(UNKNOWN_SOURCE) if origin is None else origin
        self.engine = engine
        self.source = str(template_string)
        self.fallback_reason = None
        self.live = None
        self.paths = None
        self.session = self._compile()

    def _compile(self) -> _native.Session | None:
        session = _native.Session()
        parser = LibraryParser(
            self.source,
            self.origin,
            self.engine.template_libraries,
            self.engine.builtin_library,
            session,
            self.engine.debug,
        )
        try:
            _native.compile(self.source, parser, session)
        except UnicodeEncodeError:
            reason = "The source holds lone surrogates."
        except Refused as refusal:
            if refusal.kind == "depth":
                raise TemplateTooDeep(str(refusal)) from None
            if refusal.kind == "size":
                raise TemplateTooLarge(str(refusal)) from None
            reason = str(refusal)
        else:
            self.extra_data = parser.extra_data
            return session
        # Django's own parser either raises its own error, or it knows better.
        self.nodelist = self.compile_nodelist()
        self.fallback_reason = reason
        with _fallbacks_lock:
            _fallbacks[reason] += 1
        return None

    @cached_property
    def nodelist(self) -> NodeList:  # type: ignore[override]
        """Django's nodes of this template, for code that looks at them."""
        return self.compile_nodelist()

    def _render(self, context: Context) -> SafeString:
        if vars(DjangoTemplate)["_render"] is not ORIGINAL_RENDER:
            announce(self, context)
        bound: Any = context.template
        if self.session is not None and BLOCK_CONTEXT_KEY not in context.render_context:
            text = _native.render_context(self.session, self, bound.engine, context)
            if text is not None:
                return text
        return self.nodelist.render(context)

    def render_values(self, values: Any = None, request: HttpRequest | None = None) -> SafeString:
        """Return the template rendered with a dictionary, as a backend does."""
        if not isinstance(values, (dict, NoneType)):
            # Raises Django's error.
            make_context(values, request)
        if self.session is not None and vars(DjangoTemplate)["_render"] is ORIGINAL_RENDER:
            text = _native.render_values(self.session, self, self.engine, values, request)
            if text is not None:
                return text
        context = make_context(values, request, autoescape=self.engine.autoescape)
        return self.render(context)
