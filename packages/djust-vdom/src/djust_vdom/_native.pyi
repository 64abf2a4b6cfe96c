"""Types of the native module; the text of the documentation lives here."""

from typing import final

@final
class Document:
    """A page as the browser has it, with the number each node has on the wire.

    Safe to use from several threads; the GIL is released while it parses and compares.
    """

    def __new__(cls, html: str | bytes) -> Document:
        """Parse a page: a whole document, or a fragment of one.

        Args:
            html: The page; bytes are UTF-8.

        Raises:
            HtmlTooLarge: The page has more than 64 MiB or 4,194,304 nodes (``DJV101``).
            HtmlTooDeep: More than 4,096 elements are open at once (``DJV104``).
            NotUtf8: The bytes are not UTF-8 (``DJV102``).
        """

    @property
    def html(self) -> str:
        """The whole page as HTML."""

    @property
    def root_html(self) -> str:
        """The root element as HTML; for a fragment without one, the fragment."""

    @property
    def title(self) -> str | None:
        """The document's title, when its element is outside of the root."""

    @property
    def node_count(self) -> int:
        """How many nodes have a number, the root included."""

    @property
    def structure_hash(self) -> int:
        """The 32-bit hash of the page's shape."""

    def update(self, new_html: str | bytes) -> bytes:
        """Return the ops that lead to the new page, and become it.

        Args:
            new_html: The new page, of the same kind as the old one.

        Returns:
            A JSON array in UTF-8, ``b"[]"`` when nothing changed.

        Raises:
            HtmlTooLarge: The page has more than 64 MiB or 4,194,304 nodes (``DJV101``).
            HtmlTooDeep: More than 4,096 elements are open at once (``DJV104``).
            NotUtf8: The bytes are not UTF-8 (``DJV102``).
            RootChanged: The new page has no root that could take the place of the old one
                (``DJV201``); the page stays as it was.

        Example:
            >>> Document("<p>1</p>").update("<p>2</p>")
            b'[[1,2,"2"]]'
        """

    def doubled_keys(self) -> list[tuple[str, str, str]]:
        """Return keys that more than one element has among its siblings of the same name.

        Such elements are matched in order, so what a browser keeps of them, as focus and typed
        text, may go over to another one.

        Returns:
            The elements' name, the name of the element around them (empty at the top of a
            fragment) and the key, which is ``dj-key`` or else ``id``; one for an element around
            them, and at most 16.

        Example:
            >>> Document('<ul><li dj-key="1"><li dj-key="1"></ul>').doubled_keys()
            [('li', 'ul', '1')]
        """

    def renumber(self) -> None:
        """Start the numbers again, as a browser does that loads the page."""

    def resync(self) -> str:
        """Start the numbers again and return :attr:`root_html`: the body of a resync."""

    def __sizeof__(self) -> int: ...

@final
class Replica:
    """A page in a browser, as far as ops are concerned.

    Knows the first text and the ops, nothing else, and refuses what a browser would refuse.
    """

    def __new__(cls, html: str | bytes) -> Replica:
        """Load a page and number its nodes.

        Args:
            html: The page; bytes are UTF-8.

        Raises:
            HtmlTooLarge: The page has more than 64 MiB or 4,194,304 nodes (``DJV101``).
            HtmlTooDeep: More than 4,096 elements are open at once (``DJV104``).
            NotUtf8: The bytes are not UTF-8 (``DJV102``).
        """

    def apply(self, ops: bytes | str) -> None:
        """Apply ops; stop at the first that is refused.

        Raises:
            MalformedOps: The ops cannot be read (``DJV301``).
            RefusedOps: An op does not fit the page (``DJV302``).
        """

    @property
    def html(self) -> str:
        """The whole page as HTML."""

    @property
    def root_html(self) -> str:
        """The root element as HTML; for a fragment without one, the fragment."""

    @property
    def title(self) -> str | None:
        """The document's title, when its element is outside of the root."""

    @property
    def node_count(self) -> int:
        """How many nodes have a number, the root included."""

    @property
    def structure_hash(self) -> int:
        """The 32-bit hash of the page's shape."""

def diff(old_html: str | bytes, new_html: str | bytes) -> bytes:
    """Return the ops that turn one page into another.

    Args:
        old_html: The page as the browser loaded it.
        new_html: The page it is to become.

    Returns:
        A JSON array in UTF-8, ``b"[]"`` when nothing changed.

    Raises:
        VdomError: As :meth:`Document.update`.
    """

def parse(html: str | bytes, context: str | None = None) -> bytes:
    """Return the tree of a text as a JSON array of nodes, in the form that ops carry them.

    For tests and tools; not part of the public names.

    Args:
        html: A page, or with ``context`` the inside of an element.
        context: The element whose ``innerHTML`` the text is: ``td``, ``svg path``, ``math mi``.
            Without it the text is a page, as for :class:`Document`.
    """

def apply(html: str | bytes, ops: bytes | str) -> str:
    """Return the page after the ops.

    Args:
        html: The page as the browser loaded it.
        ops: What :func:`diff` returned.

    Raises:
        MalformedOps: The ops cannot be read (``DJV301``).
        RefusedOps: An op does not fit the page (``DJV302``).
    """
