"""Live views inside the page of a test client: each has a session and a socket of its own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from bs4 import BeautifulSoup, Tag

if TYPE_CHECKING:
    from djust_testing.client import LiveViewTestClient

VIEW = "data-djust-view"
Attach = Callable[[str, str], "LiveViewTestClient"]


class Nests:
    """The live views that a page shows inside of itself.

    Args:
        attach: Makes the client of one, from its token and the HTML that it shows.
    """

    def __init__(self, attach: Attach) -> None:
        self._attach = attach
        self._clients: dict[str, LiveViewTestClient] = {}

    @property
    def clients(self) -> list[LiveViewTestClient]:
        """One client a view, in the order in which they came."""
        return list(self._clients.values())

    def look(self, html: str) -> None:
        """Attach the views that have come into a page, and leave those that are gone."""
        if VIEW not in html and not self._clients:
            return
        shown = {
            str(one[VIEW]): one
            for one in BeautifulSoup(html, "html.parser").select(f"[{VIEW}]")
            if one[VIEW] and one.find_parent(attrs={VIEW: True}) is None
        }
        for token in [one for one in self._clients if one not in shown]:
            self._clients.pop(token).close()
        for token, around in shown.items():
            if token not in self._clients:
                root = around.find("div", recursive=False)
                inside = root.decode_contents() if isinstance(root, Tag) else ""
                self._clients[token] = self._attach(token, inside)

    def owner(self, token: str) -> LiveViewTestClient | None:
        """Return the client of a view, however deep inside it is."""
        if token in self._clients:
            return self._clients[token]
        found = (client.nests.owner(token) for client in self.clients)
        return next((one for one in found if one is not None), None)

    def filled(self, html: str) -> str:
        """Return a page with the views inside of it as they are by now."""
        if not self._clients:
            return html
        soup = BeautifulSoup(html, "html.parser", multi_valued_attributes=None)
        for token, client in self._clients.items():
            for around in soup.select(f"[{VIEW}={token!r}]"):
                root = around.find("div", recursive=False)
                if isinstance(root, Tag):
                    inside = BeautifulSoup(client.html, "html.parser", multi_valued_attributes=None)
                    root.clear()
                    root.extend(list((inside.body or inside).contents))
        return str(soup)
