"""Context values that have an answer for everything a template may ask."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import Any

from django.urls import NoReverseMatch, resolvers

MAX_DEPTH = 3
# These come from the request or are made by tags; a made-up value would hide the real one.
OWN_NAMES = {"request", "user", "perms", "messages", "csrf_token", "forloop", "block", "csp_nonce"}
# Django and libraries ask objects for these to find out what they are.
PROTOCOL_NAMES = {"resolve_expression", "alters_data", "do_not_call_in_templates", "render"}


class Anything:
    """A value with every attribute, two items and text that needs escaping.

    The same path always answers the same, so two renders see equal values.
    """

    def __init__(self, path: str, depth: int = 0) -> None:
        self._path = path
        self._depth = depth

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name in PROTOCOL_NAMES:
            raise AttributeError(name)
        path = f"{self._path}.{name}"
        return Anything(path, self._depth + 1) if self._depth < MAX_DEPTH else path

    def __iter__(self) -> Iterator[Any]:
        if self._depth < MAX_DEPTH:
            for index in range(2):
                yield Anything(f"{self._path}[{index}]", self._depth + 1)

    def __len__(self) -> int:
        return 2 if self._depth < MAX_DEPTH else 0

    def __bool__(self) -> bool:
        return zlib.crc32(self._path.encode()) % 3 > 0

    def __str__(self) -> str:
        return f"<{self._path} & 'more'>"

    def __repr__(self) -> str:
        return f"Anything({self._path})"


def context_for(source: str) -> dict[str, Any]:
    """Return a value for every name in the tags and variables of a template."""
    code = " ".join(re.findall(r"\{[{%](.*?)[%}]\}", source))
    names = set(re.findall(r"[A-Za-z]\w*", code)) - OWN_NAMES
    return {name: Anything(name) for name in sorted(names)}


def answer_every_url() -> None:
    """Let ``reverse`` find every name, so that a render does not end at the first link."""
    original = resolvers.URLResolver._reverse_with_prefix  # type: ignore[attr-defined]

    def reverse_with_prefix(
        self: Any, lookup_view: Any, _prefix: str, *args: Any, **kwargs: Any
    ) -> str:
        try:
            return str(original(self, lookup_view, _prefix, *args, **kwargs))
        except NoReverseMatch:
            return f"/{lookup_view}/{len(args)}/{'/'.join(sorted(kwargs))}"

    class EveryNamespace(dict[str, Any]):
        def __missing__(self, key: str) -> Any:
            return ("", resolvers.get_resolver())

    resolvers.URLResolver._reverse_with_prefix = reverse_with_prefix  # type: ignore[attr-defined]
    resolvers.URLResolver.namespace_dict = property(  # type: ignore[assignment]
        lambda self: EveryNamespace()
    )
