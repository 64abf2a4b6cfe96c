"""The renderer of a page: slot by slot where the template allows it, else by parsing."""

from __future__ import annotations

import functools
import hashlib
import itertools
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core import mail
from django.utils.encoding import force_bytes
from djust_vdom import Document, Replica

from djust_live.component import components_of
from djust_live.config import config
from djust_live.doubled_keys import tell_doubled_keys
from djust_live.errors import PageDiffers, SettingInvalid
from djust_live.fetching import fetched
from djust_live.live_templates import LivePage, LiveTemplate, Printed, providers
from djust_live.rendering import (
    CANNOT_SAY,
    RENUMBER,
    VIEW_KEY,
    ReferenceRenderer,
    Renderer,
    Root,
    context_of_page,
    django_context,
    template_of,
)
from djust_live.reproduction import MAX_TOLD, Difference, compare, reduced, snapshot_of, told

if TYPE_CHECKING:
    from djust_live.live_view import LiveView

# In VERIFY="sampled", one session of so many is verified.
SAMPLE = 20

_count = itertools.count()


class LiveRenderer:
    """A live template; once its page has to be parsed, the reference renderer takes over.

    Args:
        live: The compiled template.
        template: The same as its backend made it.
    """

    __slots__ = ("_live", "_page", "_printed", "_reference", "_template")

    def __init__(self, live: LiveTemplate, template: Any) -> None:
        self._live = live
        self._template = template
        # What was printed first, until somebody attaches.
        self._printed: Printed | None = None
        self._page: LivePage | None = None
        self._reference: ReferenceRenderer | None = None

    @property
    def node_count(self) -> int:
        """Numbered nodes of the page."""
        return self._ready().node_count

    @property
    def structure_hash(self) -> int:
        """The shape of the page."""
        return self._ready().structure_hash

    def first(self, view: LiveView) -> str:
        """Return the whole page as text; nothing is known of it yet."""
        self._page = self._reference = None
        self._printed = printed = self._print(view)
        if printed is not None:
            return printed.text
        self._reference = ReferenceRenderer(self._template)
        return self._reference.first(view)

    def prepare(self) -> None:
        """Read the marks of the page."""
        self._ready()

    def update(self, view: LiveView) -> bytes:
        """Return the ops since the last render."""
        page = self._ready()
        if isinstance(page, ReferenceRenderer):
            return page.update(view)
        printed = self._print(view, page)
        ops = None if printed is None else page.update(printed)
        if ops is not None:
            tell_doubled_keys(page.doubled_keys())
            return ops
        # The browser asks for the root, and numbers start anew.
        self.first(view)
        return CANNOT_SAY

    def rebase(self, view: LiveView) -> Root:
        """Render anew and return the root."""
        if self._reference is not None:
            return self._reference.rebase(view)
        text = self.first(view)
        page = self._ready()
        if isinstance(page, ReferenceRenderer):
            return page.rebase(view)
        return Root.of(Document(text))

    def snapshot(self) -> bytes:
        """Return the digest of the page."""
        page = self._ready()
        return page.snapshot() if isinstance(page, ReferenceRenderer) else page.digest

    def resume(self, view: LiveView, snapshot: bytes) -> bytes | None:
        """Render, and go on when the page is the same: then only the numbers start anew."""
        self.first(view)
        return RENUMBER if self.snapshot() == snapshot else None

    def rest(self) -> None:
        """Give back memory that the next update can do without at first."""
        page = self._reference or self._page
        if page is not None:
            page.rest()

    def _ready(self) -> LivePage | ReferenceRenderer:
        if self._reference is not None:
            return self._reference
        if self._page is None:
            printed, self._printed = self._printed, None
            if printed is None:
                raise RuntimeError("first() was not called")
            self._page = self._live.page(printed, secret(settings.SECRET_KEY))
            if self._page is None:
                self._reference = ReferenceRenderer(self._template)
                self._reference.adopt(printed.text)
                return self._reference
            tell_doubled_keys(self._page.doubled_keys())
        return self._page

    def _print(self, view: LiveView, page: LivePage | None = None) -> Printed | None:
        view._mounted().memo.turn()
        values = django_context(context_of_page(view), view)
        with fetched(self._template, values):
            return self._render(values, view, page)

    def _render(
        self, values: dict[str, Any], view: LiveView, page: LivePage | None
    ) -> Printed | None:
        return self._live.render(values, view.request, page)


class VerifyingRenderer(LiveRenderer):
    """A live renderer that applies its ops to a model of the browser and looks at the result."""

    __slots__ = ("_before", "_is_lost", "_replica", "_text", "_values", "_values_before")

    def first(self, view: LiveView) -> str:
        """Return the whole page as text."""
        # Ops were wrong and nobody has got them: what the browser has is not known any more.
        self._is_lost = False
        self._replica: Replica | None = None
        self._values: dict[str, Any] = {}
        self._text = self._before = super().first(view)
        self._values_before = self._values
        return self._text

    def update(self, view: LiveView) -> bytes:
        """Return the ops since the last render.

        Raises:
            PageDiffers: They do not lead to what was printed (``DJL505``).
        """
        if self._is_lost:
            self.first(view)
            return CANNOT_SAY
        self._before, self._values_before = self._text, self._values
        if self._replica is None:
            self._replica = Replica(self._before)
        ops = super().update(view)
        if self._reference is None and ops != CANNOT_SAY:
            own = (self.node_count, self.structure_hash)
            found = compare(self._replica, self._before, ops, self._text, own)
            if found is not None:
                self._is_lost = True
                raise PageDiffers(self._report(found, view))
        return ops

    def rebase(self, view: LiveView) -> Root:
        """Render anew and return the root; the model of the browser starts anew with it."""
        root = super().rebase(view)
        self._replica = None
        return root

    def _render(
        self, values: dict[str, Any], view: LiveView, page: LivePage | None
    ) -> Printed | None:
        # They may change in place until something goes wrong.
        self._values = snapshot_of(values)
        # All of it, and once: queries are counted in tests.
        printed = super()._render(values, view, None)
        if printed is not None:
            self._text = printed.text
        return printed

    def _report(self, found: Difference, view: LiveView) -> str:
        name = getattr(self._template.origin, "name", self._template)
        before, now = self._values_before, self._values
        smallest = None
        if not components_of(view):  # rendering those again would change them
            smallest = reduced(before, now, functools.partial(self._try, view))
        how = "With these values it goes wrong on a page of its own."
        if smallest is None:
            how = "Only this page goes wrong with these values, after what happened to it before."
        else:
            before, now, found = smallest
        source = getattr(getattr(self._template, "template", None), "source", "")
        return (
            f"An update of {name} does not lead to what the template printed.\n"
            f"{how}\nValues before: {told(before, VIEW_KEY)}\nValues now: {told(now, VIEW_KEY)}\n"
            f"{found}\nTemplate: {str(source)[:MAX_TOLD]}"
        )

    def _try(
        self, view: LiveView, before: dict[str, Any], now: dict[str, Any]
    ) -> Difference | None:
        """Try an update on a page that nothing has happened to."""
        try:
            first = self._live.render({**before, VIEW_KEY: view}, view.request)
            page = None if first is None else self._live.page(first, secret(settings.SECRET_KEY))
            if first is None or page is None:
                return None
            printed = self._live.render({**now, VIEW_KEY: view}, view.request)
            ops = None if printed is None else page.update(printed)
            if printed is None or ops is None:
                return None
        except Exception:  # noqa: BLE001 - the template may fail with fewer values
            return None
        own = (page.node_count, page.structure_hash)
        return compare(Replica(first.text), first.text, ops, printed.text, own)


def renderer_for(view: LiveView) -> Renderer:
    """Return the renderer of a new page.

    Raises:
        TemplateMissing: The view names no template (``DJL503``).
        SettingInvalid: ``DJUST["VERIFY"]`` is none of its values.
    """
    template = template_of(view)
    live = compile_template(template)
    if live is None:
        return ReferenceRenderer(template)
    kind = VerifyingRenderer if _is_verified() else LiveRenderer
    return kind(live, template)


def compile_template(template: object) -> LiveTemplate | None:
    """Return what renders a template's pages slot by slot; None: they have to be parsed."""
    if config.LIVE_TEMPLATES:
        for provider in providers():
            live = provider.live_template(template)
            if live is not None:
                return live
    return None


@functools.lru_cache(maxsize=4)
def secret(key: str | bytes) -> int:
    """Return the key of the hashes of pages, from ``SECRET_KEY``."""
    digest = hashlib.blake2b(force_bytes(key), digest_size=8, person=b"djust page")
    return int.from_bytes(digest.digest(), "big")


def _is_verified() -> bool:
    mode = config.VERIFY
    if not mode:
        # Django's test runner and pytest-django put an outbox there.
        is_test = hasattr(mail, "outbox")
        mode = "always" if is_test else "sampled" if settings.DEBUG else "never"
    if mode not in {"always", "sampled", "never"}:
        raise SettingInvalid(
            f'DJUST["VERIFY"] is {mode!r}; it has to be "always", "sampled", "never" or "".'
        )
    return mode == "always" or (mode == "sampled" and next(_count) % SAMPLE == 0)
