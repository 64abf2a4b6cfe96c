"""A panel for django-debug-toolbar: the live views of a page and the sessions of this process.

Add ``"djust_live.debug_toolbar.LivePanel"`` to ``DEBUG_TOOLBAR_PANELS``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from debug_toolbar.panels import Panel
from django.http import HttpRequest, HttpResponse

from djust_live import state
from djust_live.joining import sessions

if TYPE_CHECKING:
    from djust_live.live_view import LiveView

_MAX_CHARS = 200


class LivePanel(Panel):  # type: ignore[misc, unused-ignore]
    """Shows what the live view of a page holds and what the browser may call."""

    title = "Live view"
    template = "djust_live/debug_toolbar.html"
    is_async = True

    @property
    def nav_subtitle(self) -> str:
        """Name of the view, when the page has one."""
        views = self.get_stats().get("views", ())
        return views[0]["name"] if views else "none"

    def generate_stats(self, request: HttpRequest, response: HttpResponse) -> None:
        """Look at the views that the request has mounted."""
        mounted = getattr(request, "_djust_views", ())
        self.record_stats(
            {"views": [described(view) for view in mounted], "sessions": len(sessions)}
        )


def described(view: LiveView) -> dict[str, Any]:
    """Return what the panel shows of a view, as text."""
    runtime = view._mounted()
    held = state.attributes_of(view).items()
    return {
        "name": type(view).__qualname__,
        "module": type(view).__module__,
        "template": str(view.template_name or "inline"),
        "attributes": [(n, repr(value)[:_MAX_CHARS]) for n, value in held if n[:6] != "_djust"],
        "handlers": sorted(view.event_handlers()),
        "topics": sorted(runtime.topics),
        "missing": state.dump(view).missing,
        "extensions": list(runtime.extensions),
    }
