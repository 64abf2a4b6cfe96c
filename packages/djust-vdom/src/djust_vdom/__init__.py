"""HTML text to tree, tree against tree to ops: the differ under djust, usable alone.

Example:
    >>> page = Document("<p>1</p>")
    >>> page.update("<p>2</p>")
    b'[[1,2,"2"]]'
    >>> apply("<p>1</p>", b'[[1,2,"2"]]')
    '<p>2</p>'
"""

from __future__ import annotations

from djust_vdom._native import Document, Replica, apply, diff
from djust_vdom.errors import (
    HtmlTooDeep,
    HtmlTooLarge,
    MalformedOps,
    NotUtf8,
    ParserFailure,
    RefusedOps,
    RootChanged,
    VdomError,
)

__all__ = [
    "Document",
    "HtmlTooDeep",
    "HtmlTooLarge",
    "MalformedOps",
    "NotUtf8",
    "ParserFailure",
    "RefusedOps",
    "Replica",
    "RootChanged",
    "VdomError",
    "__version__",
    "apply",
    "diff",
]

__version__ = "2.0.0a1"
