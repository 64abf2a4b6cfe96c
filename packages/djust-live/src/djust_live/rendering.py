"""From a view to HTML and to ops: render, parse and compare, whatever the template engine."""

from __future__ import annotations

import functools
import hashlib
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from django.template import engines
from django.template.backends.django import DjangoTemplates
from django.template.backends.utils import csrf_input_lazy
from django.template.loader import get_template, select_template
from djust_vdom import Document, RootChanged

from djust_live.doubled_keys import tell_doubles_of
from djust_live.errors import TemplateMissing
from djust_live.fetching import fetched
from djust_live.fleeting import forget
from djust_live.protocol import NO_OPS

if TYPE_CHECKING:
    from djust_live.component import LiveComponent
    from djust_live.live_view import LiveView


# Where template tags find the view; no template can name it.
VIEW_KEY = "_djust_view"
# The browser refuses it and asks for the whole root.
CANNOT_SAY = b"[[0]]"
# The numbers start anew, in the browser as in a page that was just parsed.
RENUMBER = b"[[13]]"


@dataclass(frozen=True, slots=True)
class Root:
    """What is sent when ops cannot say what changed.

    Attributes:
        html: The root element; numbers start anew in it.
        title: The document's title, when its element is outside of the root.
    """

    html: str
    title: str | None

    @classmethod
    def of(cls, document: Document) -> Root:
        """Return the root of a page, and start its numbers anew."""
        return cls(document.resync(), document.title)


class Renderer(Protocol):
    """What a session needs of a page.

    Attributes:
        node_count: Numbered nodes of the page as the browser has it.
        structure_hash: Their shape.
    """

    @property
    def node_count(self) -> int:
        """Numbered nodes."""
        ...

    @property
    def structure_hash(self) -> int:
        """Their shape."""
        ...

    def first(self, view: LiveView) -> str:
        """Return the whole page as text, as the template made it."""
        ...

    def prepare(self) -> None:
        """Do what updates need and a page that never attaches does not."""
        ...

    def update(self, view: LiveView) -> bytes:
        """Return the ops that lead from the page as it is to the view as it is."""
        ...

    def rebase(self, view: LiveView) -> Root:
        """Return the root as it is now; numbers start anew in it."""
        ...

    def snapshot(self) -> bytes:
        """Return what :meth:`resume` needs to go on from the page as it is."""
        ...

    def resume(self, view: LiveView, snapshot: bytes) -> bytes | None:
        """Render a restored view.

        Returns:
            The ops that bring a browser that has the page of ``snapshot`` to the page of ``view``;
            None when that cannot be said, so that the whole root must be sent.
        """
        ...

    def rest(self) -> None:
        """Give back memory that the next update can do without at first."""
        ...


class ReferenceRenderer:
    """Any template of any engine: render all, parse, compare."""

    __slots__ = ("_asleep", "_digest", "_document", "_is_renumbered", "_template", "_text")

    def __init__(self, template: Any) -> None:
        self._template = template
        self._text: str | None = None
        self._document: Document | None = None
        self._digest = b""
        # The page as compressed text, while nothing happens on it.
        self._asleep = b""
        # It was parsed anew, so its numbers are not those of the browser.
        self._is_renumbered = False

    @property
    def node_count(self) -> int:
        """Numbered nodes of the page."""
        return self._page().node_count

    @property
    def structure_hash(self) -> int:
        """The shape of the page."""
        return self._page().structure_hash

    def first(self, view: LiveView) -> str:
        """Return the whole page as text; it is not parsed yet."""
        text = self._render(view)
        self.adopt(text)
        return text

    def adopt(self, text: str) -> None:
        """Go on from a page that somebody else has rendered."""
        self._document = None
        self._asleep = b""
        self._is_renumbered = False
        self._text = text
        self._digest = _digest(text)

    def prepare(self) -> None:
        """Parse the page."""
        self._page()

    def update(self, view: LiveView) -> bytes:
        """Return the ops since the last render."""
        text = self._render(view)
        digest = _digest(text)
        if digest == self._digest:
            return NO_OPS
        try:
            page = self._page()
            ops = page.update(text)
        except RootChanged:
            self._document = page = Document(text)
            ops = CANNOT_SAY
        tell_doubles_of(page, self._template)
        self._digest = digest
        if self._is_renumbered and ops != NO_OPS:
            self._is_renumbered = False
            return RENUMBER[:-1] + b"," + ops[1:]
        return ops

    def rebase(self, view: LiveView) -> Root:
        """Render anew and return the root."""
        self.update(view)
        self._is_renumbered = False
        return Root.of(self._page())

    def snapshot(self) -> bytes:
        """Return the digest of the text."""
        return self._digest

    def resume(self, view: LiveView, snapshot: bytes) -> bytes | None:
        """Render, and go on when the text is the same: then only the numbers start anew."""
        self.first(view)
        self.prepare()
        return RENUMBER if self._digest == snapshot else None

    def rest(self) -> None:
        """Keep the page as compressed text, about a hundredth of its tree.

        The browser's numbers have gaps that a new tree has not, so the first ops afterwards start
        with a renumbering.
        """
        document = self._document
        if document is None:
            return
        html = document.html
        again = Document(html)
        shape = (again.node_count, again.structure_hash, again.html)
        if shape != (document.node_count, document.structure_hash, html):
            return  # a tree that no HTML text leads to
        self._asleep = zlib.compress(html.encode("utf-8", "surrogatepass"))
        self._document = None

    def _page(self) -> Document:
        if self._asleep:
            html = zlib.decompress(self._asleep).decode("utf-8", "surrogatepass")
            self._document = Document(html)
            self._asleep = b""
            self._is_renumbered = True
        if self._document is None:
            self._document = Document(self._text or "")
            self._text = None
            tell_doubles_of(self._document, self._template)
        return self._document

    def _render(self, view: LiveView) -> str:
        view._mounted().memo.turn()
        context = context_of_page(view)
        return render_template(self._template, context, view)


def context_of(owner: LiveView | LiveComponent) -> dict[str, Any]:
    """Return what a view or a component shows in the render that begins."""
    forget(owner)
    return owner.get_context_data()


def context_of_page(view: LiveView) -> dict[str, Any]:
    """Return what a view and its extensions show in the render that begins.

    A ``get_context_data`` of the project's own need not call ``super()``; what it names wins.
    """
    runtime = view._mounted()
    runtime.is_extended = False
    context = context_of(view)
    return context if runtime.is_extended else {**runtime.extension_context(), **context}


def render_template(template: Any, context: dict[str, Any], view: LiveView) -> str:
    """Return the text of ``template``, with the CSRF token that the page already has."""
    request = view.request
    runtime = view._mounted()
    # djust_templates' backend is one of these too.
    if isinstance(template.backend, DjangoTemplates):
        with fetched(template, context):
            text: str = template.render(django_context(context, view), request)
        return text
    # Jinja's backend would make a new token for each render, so it gets no request and
    # everything that it would have made of it.
    values: dict[str, Any] = dict(context.items())
    values[VIEW_KEY] = view
    values.setdefault("request", request)
    values.setdefault("csrf_token", runtime.csrf_token)
    values.setdefault("csrf_input", csrf_input_lazy(request))
    for processor in getattr(template.backend, "template_context_processors", ()):
        for name, value in processor(request).items():
            values.setdefault(name, value)
    text = template.render(values)
    return text


def django_context(context: dict[str, Any], view: LiveView) -> dict[str, Any]:
    """Return what a template of Django's language sees of a view."""
    context.setdefault("csrf_token", view._mounted().csrf_token)
    context[VIEW_KEY] = view
    return context


def template_of(view: LiveView | LiveComponent) -> Any:
    """Return the template object of a view or a component.

    Raises:
        TemplateMissing: The view names none (``DJL503``).
    """
    if view.template is not None:
        return _from_string(view.template, view.template_engine)
    name = view.template_name
    if name is None:
        raise TemplateMissing(f"{type(view).__qualname__} has no template_name and no template.")
    if isinstance(name, str):
        return get_template(name, using=view.template_engine)
    return select_template(name, using=view.template_engine)


@functools.lru_cache(maxsize=1024)
def _from_string(source: str, using: str | None) -> Any:
    engine = engines[using] if using is not None else engines.all()[0]
    return engine.from_string(source)


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
