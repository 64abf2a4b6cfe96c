"""Everything that djust-vdom raises."""

from __future__ import annotations

from typing import ClassVar, Literal

Attribution = Literal["app", "network", "internal"]


class VdomError(ValueError):
    """What went wrong with a page or with ops.

    Attributes:
        code: Stable identifier, ``DJV…``; see ``docs/reference/errors.md``.
        attribution: ``"app"``: change the caller; ``"network"``: load the page again;
            ``"internal"``: a defect of djust.
        hint: What to do next.
    """

    code: ClassVar[str] = "DJV000"
    attribution: ClassVar[Attribution] = "internal"
    hint: ClassVar[str] = "Report this with the HTML that leads to it."

    def __str__(self) -> str:
        """Return code, text and hint in one line."""
        return f"{self.code}: {super().__str__()} {self.hint}"


class HtmlTooLarge(VdomError):
    """The HTML text is longer, or makes more nodes, than the parser takes."""

    code = "DJV101"
    attribution = "app"
    hint = "Show less at once: paginate, or load parts of the page when they are needed."


class NotUtf8(VdomError):
    """The bytes are not UTF-8, or the text cannot be encoded as UTF-8."""

    code = "DJV102"
    attribution = "app"
    hint = "Decode the page with its own encoding and pass the text."


class HtmlTooDeep(VdomError):
    """More elements are open at once than the parser takes."""

    code = "DJV104"
    attribution = "app"
    hint = "Close the elements: a page that is nested thousands deep lacks end tags."


class ParserFailure(VdomError):
    """The HTML parser gave up."""

    code = "DJV103"


class RootChanged(VdomError):
    """The new page has no root that could take the place of the old one."""

    code = "DJV201"
    attribution = "app"
    hint = "Keep dj-root on one element of the page in every state of it, or on none."


class MalformedOps(VdomError):
    """The ops cannot be read."""

    code = "DJV301"
    attribution = "network"
    hint = "Pass a list of ops as docs/reference/protocol.md describes them."


class RefusedOps(VdomError):
    """The ops can be read but do not fit the page."""

    code = "DJV302"
    attribution = "network"
    hint = "Load the page again: it is not the one that the ops were made for."
