"""Live templates: pages whose changes are found without parsing them.

djust-live finds this module by its entry point and needs :func:`live_template`,
:func:`printed_paths` and :func:`reset` of it.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from django.core.signals import setting_changed
from django.http import HttpRequest
from django.template import TemplateDoesNotExist, TemplateSyntaxError, engines
from django.template.backends.django import Template as DjangoBackendTemplate
from django.template.base import Template as DjangoTemplate
from django.template.context import make_context
from django.utils.autoreload import file_changed

from djust_templates import _native, reads
from djust_templates._support import ORIGINAL_RENDER, announce
from djust_templates.backend import BackendTemplate, DjustTemplates
from djust_templates.finder import Finder
from djust_templates.template import Template

Unsayable = _native.Unsayable

logger = logging.getLogger(__name__)

# Our backends beside Django's, by the name of Django's.
_twins: dict[str, DjustTemplates] = {}
# Our templates beside Django's.
_twin_templates: WeakKeyDictionary[DjangoTemplate, BackendTemplate] = WeakKeyDictionary()


def live_template(template: object) -> LiveTemplate | None:
    """Return what renders the pages of a template so that changes are found slot by slot.

    Args:
        template: A template of this backend or of Django's own.

    Returns:
        None for templates whose pages have to be parsed, and for those of other backends.
    """
    if isinstance(template, DjangoBackendTemplate):
        template = _twin_of(template)
    if not isinstance(template, BackendTemplate):
        return None
    compiled = template.template
    if not isinstance(compiled, Template) or compiled.session is None:
        return None
    if compiled.live is None:
        try:
            compiled.live = LiveTemplate(compiled)
        except Unsayable as reason:
            name = compiled.name or compiled.origin
            logger.info("Pages of %s are parsed to find changes: %s.", name, reason)
            compiled.live = False
    return compiled.live or None


def own_template(template: object) -> BackendTemplate | None:
    """Return a template of this backend, or that which stands for one of Django's own.

    Returns:
        None for templates of other backends.
    """
    if isinstance(template, DjangoBackendTemplate):
        template = _twin_of(template)
    return template if isinstance(template, BackendTemplate) else None


def printed_paths(template: object) -> Mapping[str, frozenset[tuple[str, ...]]]:
    """Return what a template looks up below each name of its context; see ``reads``.

    Args:
        template: A template of this backend or of Django's own; others are not known.
    """
    if isinstance(template, DjangoBackendTemplate):
        template = _twin_of(template)
    if not isinstance(template, BackendTemplate):
        return {}
    compiled = template.template
    if not isinstance(compiled, Template):
        return {}
    if compiled.paths is None:
        compiled.paths = reads.printed_paths(template)
    return compiled.paths


def reset(**kwargs: object) -> None:
    """Forget compiled templates of Django's backends, as when a file has changed."""
    _twins.clear()
    _twin_templates.clear()


def _on_setting_changed(*, setting: str, **kwargs: object) -> None:
    if setting in {"INSTALLED_APPS", "TEMPLATES"}:
        reset()


file_changed.connect(reset, dispatch_uid="djust_templates.live")
setting_changed.connect(_on_setting_changed, dispatch_uid="djust_templates.live")


def _twin_of(template: DjangoBackendTemplate) -> BackendTemplate | None:
    """Compile a template of Django's backend by the same settings."""
    original = template.template
    known = _twin_templates.get(original)
    if known is not None:
        return known
    twin = _twin(template.backend)
    try:
        if original.name is None:
            found = twin.from_string(original.source)
        else:
            found = twin.get_template(original.name)
    except (TemplateDoesNotExist, TemplateSyntaxError):
        # It has changed since Django compiled it; whoever asks Django for it anew is told.
        return None
    _twin_templates[original] = found
    return found


def _twin(backend: Any) -> DjustTemplates:
    twin = _twins.get(backend.name)
    if twin is None:
        options = dict(engines.templates[backend.name]["OPTIONS"])
        params = {"NAME": backend.name, "DIRS": backend.dirs, "APP_DIRS": backend.app_dirs}
        twin = _twins[backend.name] = DjustTemplates({**params, "OPTIONS": options})
    return twin


class LiveTemplate:
    """A template compiled for live pages; pages and threads share it.

    Args:
        template: A compiled template.

    Raises:
        Unsayable: Its pages have to be parsed.
    """

    def __init__(self, template: Template) -> None:
        self.template = template
        self.name = str(template.name or template.origin)
        self._native = _native.LiveTemplate(template, Finder(template))

    def render(
        self,
        values: dict[str, Any] | None = None,
        request: HttpRequest | None = None,
        page: LivePage | None = None,
    ) -> _native.PrintedPage | None:
        """Render with a dictionary, as a backend does.

        Args:
            values: What the template sees.
            request: Makes the context processors run.
            page: The page that is to be updated: rows of a loop that print what they did in it
                are left out, and only its :meth:`LivePage.update` can take the result.

        Returns:
            The text and the marks beside it; None when the reference engine has to render.
        """
        template = self.template
        native = None if page is None else page.native
        if vars(DjangoTemplate)["_render"] is ORIGINAL_RENDER:
            return self._native.render_values(template.engine, values, request, native)
        context = make_context(values, request, autoescape=template.engine.autoescape)
        with context.render_context.push_state(template), context.bind_template(template):
            announce(template, context)
            return self._native.render_context(template.engine, context, native)

    def doubled_key(
        self, key: str, parent: str, place: tuple[int, int, int, int] | None
    ) -> DoubledKey:
        """Return a doubled key with the loop's place in the source, which is counted in numbers."""
        if place is None:
            return DoubledKey(key, parent, self.name)
        number, line, start, end = place
        template = self._native.templates[number]
        name = str(template.name or template.origin)
        return DoubledKey(key, parent, name, line, str(template.source)[start:end])

    def page(self, printed: _native.PrintedPage, secret: int) -> LivePage | None:
        """Return the page that a browser has when it has read what was printed.

        Args:
            printed: A result of :meth:`render`.
            secret: The key of the hashes, 64 bits; digests of two processes compare if it is
                the same.

        Returns:
            None when the browser reads the text otherwise than the template was planned.
        """
        try:
            return LivePage(_native.LivePage(self._native, printed, secret), self)
        except Unsayable as reason:
            logger.info("A page of %s is parsed to find changes: %s.", self.name, reason)
            return None


@dataclass(frozen=True, slots=True)
class DoubledKey:
    """A key that more than one element has among its siblings.

    Attributes:
        key: The start of it.
        parent: The name of the element around them; of the page's root it may be ``"body"``.
        template: The name of the template with the loop, or else of the page.
        line: The line of the loop; None when no loop printed them.
        loop: The tag of the loop.
    """

    key: str
    parent: str
    template: str
    line: int | None = None
    loop: str | None = None


class LivePage:
    """What one browser has.

    Args:
        native: The page.
        template: Its template.

    Attributes:
        native: The page.
    """

    __slots__ = ("_template", "native")

    def __init__(self, native: _native.LivePage, template: LiveTemplate) -> None:
        self.native = native
        self._template = template

    @property
    def node_count(self) -> int:
        """Numbered nodes."""
        return self.native.node_count

    @property
    def structure_hash(self) -> int:
        """The shape of the root's inside."""
        return self.native.structure_hash

    @property
    def digest(self) -> bytes:
        """All that the page shows as eight bytes."""
        return self.native.digest.to_bytes(8, "big")

    def update(self, printed: _native.PrintedPage) -> bytes | None:
        """Return the ops that lead to what was printed now.

        Returns:
            None when they would have to be found by parsing; the page is of no use then.
        """
        try:
            return self.native.update(printed)
        except Unsayable as reason:
            name = self._template.name
            logger.info("A page of %s is parsed to find changes: %s.", name, reason)
            return None

    def doubled_keys(self) -> list[DoubledKey]:
        """Return and forget the keys that siblings were found to share since the last call."""
        doubles = self.native.take_doubles()
        return [self._template.doubled_key(*double) for double in doubles] if doubles else []

    def renumber(self) -> None:
        """Start the numbers anew, as in a page that was just parsed."""
        self.native.renumber()

    def rest(self) -> None:
        """Forget what can be found out again."""
        self.native.rest()

    def __sizeof__(self) -> int:
        """Bytes, with those on the heap."""
        return object.__sizeof__(self) + self.native.__sizeof__()
