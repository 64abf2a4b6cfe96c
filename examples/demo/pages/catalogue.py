"""The pages of the demo, and the context processor that tells a template where it is."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.http import HttpRequest

from pages.highlight import Listing, listing

_APP = Path(__file__).resolve().parent


@dataclass(frozen=True)
class DemoPage:
    """One page: where it is, what it is called, which files make it."""

    url_name: str
    title: str
    heading: str
    summary: str
    files: tuple[str, ...]

    @property
    def paths(self) -> list[Path]:
        """Where these files are."""
        return [_APP / name for name in self.files]

    @property
    def listings(self) -> list[Listing]:
        """The files of this page, ready to print."""
        return [listing(path, path.name) for path in self.paths]


PAGES = (
    DemoPage(
        "counter",
        "Counter",
        "A counter",
        "Two attributes, four handlers. The smallest page that is alive.",
        ("counter.py", "templates/pages/counter.html"),
    ),
    DemoPage(
        "todo",
        "To-do list",
        "A to-do list",
        "Rows from the database, matched by key: what you type stays where you type it.",
        ("todo.py", "templates/pages/todo.html", "models.py"),
    ),
    DemoPage(
        "table",
        "Table",
        "A thousand rows",
        "A thousand rows, changed in place. One cell costs one cell.",
        ("table.py", "templates/pages/table.html"),
    ),
    DemoPage(
        "form",
        "Form",
        "Book a desk",
        "A Django form that answers while it is filled in, field by field.",
        ("form.py", "templates/pages/form.html", "booking.py"),
    ),
    DemoPage(
        "order",
        "Order",
        "Order seeds",
        "A formset whose lines come and go, and components that talk to it.",
        (
            "order.py",
            "templates/pages/order.html",
            "templates/pages/seed_card.html",
            "templates/pages/order_total.html",
            "ordering.py",
        ),
    ),
    DemoPage(
        "assistant",
        "Assistant",
        "An assistant",
        "An answer that arrives word by word, with a button that stops it.",
        ("assistant.py", "templates/pages/assistant.html"),
    ),
    DemoPage(
        "chat",
        "Chat",
        "A chat",
        "Who is here, where they point, and when they type: presence and live cursors.",
        ("chat.py", "templates/pages/chat.html"),
    ),
    DemoPage(
        "photos",
        "Photos",
        "Drop photos",
        "Files that go on where they were when the network drops or the server restarts.",
        ("photos.py", "templates/pages/photos.html"),
    ),
    DemoPage(
        "board",
        "Task board",
        "A task board",
        "A small product: log-in, teams, search, cards to drag, a dialog with its own address.",
        (
            "../board/views.py",
            "../board/templates/board/board.html",
            "../board/joining.py",
            "../board/urls.py",
            "../board/models.py",
            "../board/forms.py",
        ),
    ),
)
_HOME = DemoPage(
    "home",
    "djust",
    "Live pages, written in Django.",
    "Live pages for Django.",
    ("counter.py", "templates/pages/counter.html"),
)
_BY_NAME = {page.url_name: page for page in (_HOME, *PAGES)}


def page(request: HttpRequest) -> dict[str, Any]:
    """Tell templates which page this is (``demo_page``) and which there are (``demo_pages``)."""
    match = request.resolver_match
    return {
        "demo_page": _BY_NAME.get(match.url_name or "") if match else None,
        "demo_pages": PAGES,
    }
