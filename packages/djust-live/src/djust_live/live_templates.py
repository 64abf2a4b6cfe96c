"""What djust-live asks of packages that know the templates of pages; djust-templates is one."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any, Protocol

from djust_live.doubled_keys import forget_doubled_keys

if TYPE_CHECKING:
    from django.http import HttpRequest

# Such packages name a module under this group of entry points; see ``LiveTemplates``.
ENTRY_POINTS = "djust_live.templates"


class Printed(Protocol):
    """What a template printed."""

    @property
    def text(self) -> str:
        """The page."""
        ...


class DoubledKey(Protocol):
    """A key that more than one element has among its siblings."""

    @property
    def key(self) -> str:
        """The key."""
        ...

    @property
    def parent(self) -> str:
        """The name of the element around them."""
        ...

    @property
    def template(self) -> str:
        """The template with the loop, or else that of the page."""
        ...

    @property
    def line(self) -> int | None:
        """The line of the loop; None when no loop printed them."""
        ...

    @property
    def loop(self) -> str | None:
        """The tag of the loop."""
        ...


class LivePage(Protocol):
    """What one browser has."""

    @property
    def node_count(self) -> int:
        """Numbered nodes."""
        ...

    @property
    def structure_hash(self) -> int:
        """Their shape."""
        ...

    @property
    def digest(self) -> bytes:
        """All that the page shows; the same in every process with the same secret."""
        ...

    def update(self, printed: Any) -> bytes | None:
        """Return the ops that lead to what was printed, or None when parsing has to find them."""
        ...

    def doubled_keys(self) -> Sequence[DoubledKey]:
        """Return and forget the keys that siblings were found to share since the last call."""
        ...

    def renumber(self) -> None:
        """Start the numbers anew."""
        ...

    def rest(self) -> None:
        """Forget what can be found out again."""
        ...


class LiveTemplate(Protocol):
    """A template whose pages need not be parsed."""

    def render(
        self, values: dict[str, Any], request: HttpRequest, page: Any = None
    ) -> Printed | None:
        """Render; None when another engine has to.

        With a page, what it shows already may be left out of the text.
        """
        ...

    def page(self, printed: Any, secret: int) -> LivePage | None:
        """Return the page of what was printed, or None when it has to be parsed."""
        ...


class LiveTemplates(Protocol):
    """The module that an entry point of ``djust_live.templates`` names."""

    def live_template(self, template: object) -> LiveTemplate | None:
        """Return the live template of a backend's template, if there is one."""
        ...

    def printed_paths(self, template: object) -> Mapping[str, frozenset[tuple[str, ...]]]:
        """Return what a backend's template prints below each name of its context.

        ``"*"`` in a path stands for any item of what a loop goes over.
        """
        ...

    def reset(self) -> None:
        """Forget compiled templates."""
        ...


def reset_templates() -> None:
    """Forget compiled templates, as when a file has changed."""
    forget_doubled_keys()
    for provider in providers():
        provider.reset()


@functools.cache
def providers() -> tuple[LiveTemplates, ...]:
    """Return the installed modules that render pages slot by slot."""
    return tuple(entry.load() for entry in entry_points(group=ENTRY_POINTS))
