"""Addresses of views that need no search: what the URLconf says of a name, worked out once."""

from __future__ import annotations

import itertools
import re
from functools import lru_cache
from typing import Any
from urllib.parse import quote

from django.urls import converters, get_resolver, get_script_prefix, get_urlconf
from django.urls.resolvers import get_ns_resolver
from django.utils import translation
from django.utils.http import RFC3986_SUBDELIMS

# What Django leaves as it is when it quotes an address.
SAFE = RFC3986_SUBDELIMS + "/~:@"
# Converters that write every value they take as its text, by class.
KINDS: dict[type, str] = {
    converters.IntConverter: "int",
    converters.StringConverter: "str",
    converters.SlugConverter: "slug",
    converters.UUIDConverter: "uuid",
}
# What may stand behind the last part of a route.
ENDS = ("", r"\Z", r"\z", "$")
# Names that the templates of a project ask for; beyond that all are forgotten.
MAX_ROUTES = 4096

_numbers = itertools.count(1)

Route = tuple[list[str], list[tuple[int, str]]]
"""The quoted text before, between and behind the arguments; of each its place and its kind."""


class Routes:
    """The routes of one URLconf, below one script prefix, in one language.

    Attributes:
        number: No others have it, in this process.
    """

    def __init__(self, resolver: Any, prefix: str, current_app: str | None) -> None:
        self.number = next(_numbers)
        self._resolver = resolver
        self._prefix = prefix
        self._current_app = current_app
        self._known: dict[tuple[str, int, tuple[str, ...]], Route | None] = {}

    def route(self, view: str, count: int, names: tuple[str, ...]) -> Route | None:
        """Return the first route of a name that ``reverse`` would try.

        Args:
            view: The name, with its namespaces.
            count: Of positional arguments.
            names: Of keyword arguments; there are only the ones or the others.

        Returns:
            None where only ``reverse`` itself can tell: there is no such route, or a part of it is
            a regular expression, has a converter of the project's or defaults.
        """
        key = (view, count, names)
        if key not in self._known:
            if len(self._known) >= MAX_ROUTES:
                self._known.clear()
            self._known[key] = self._find(view, count, names)
        return self._known[key]

    def _find(self, view: str, count: int, names: tuple[str, ...]) -> Route | None:
        *path, name = view.split(":")
        try:
            resolver = self._inner(path)
        except KeyError:
            return None
        for candidates, pattern, defaults, found in resolver.reverse_dict.getlist(name):
            for result, params in candidates:
                if count:
                    if count != len(params):
                        continue
                elif defaults:
                    return None
                elif set(names) != set(params):
                    continue
                order = {param: names.index(param) for param in params} if names else None
                return self._plain(result, params, pattern, found, order)
        return None

    def _inner(self, path: list[str]) -> Any:
        """Return the resolver of a namespace, chosen as ``reverse`` does."""
        resolver = self._resolver
        current = list(reversed(self._current_app.split(":"))) if self._current_app else []
        before, taken = "", {}
        for asked in path:
            mine = current.pop() if current else None
            instances = resolver.app_dict.get(asked)
            namespace = asked
            if instances is not None:
                if mine and mine in instances:
                    namespace = mine
                elif asked not in instances:
                    namespace = instances[0]
            if namespace != mine:
                current = []
            more, resolver = resolver.namespace_dict[namespace]
            before += more
            taken.update(resolver.pattern.converters)
        return get_ns_resolver(before, resolver, tuple(taken.items())) if before else resolver

    def _plain(
        self,
        result: str,
        params: list[str],
        pattern: str,
        found: dict[str, Any],
        order: dict[str, int] | None,
    ) -> Route | None:
        """Return a route, if its pattern is its text with converters of Django's in it."""
        texts = _texts_between(result, params)
        kinds = [KINDS.get(type(found.get(param))) for param in params]
        if texts is None or None in kinds:
            return None
        whole = re.escape(texts[0])
        for param, text in zip(params, texts[1:], strict=True):
            whole += f"(?P<{param}>{found[param].regex})" + re.escape(text)
        if not pattern.startswith(whole) or pattern[len(whole) :] not in ENDS:
            return None
        texts[0] = self._prefix + texts[0]
        places = [order[param] if order else at for at, param in enumerate(params)]
        quoted = [quote(text, safe=SAFE) for text in texts]
        return quoted, list(zip(places, map(str, kinds), strict=True))


def _texts_between(result: str, params: list[str]) -> list[str] | None:
    """Return the text around the arguments of what ``normalize`` made of a pattern."""
    texts = []
    for param in params:
        before, found, result = result.partition(f"%({param})s")
        if not found:
            return None
        texts.append(before)
    texts.append(result)
    if any("%" in text.replace("%%", "") for text in texts):
        return None
    return [text.replace("%%", "%") for text in texts]


@lru_cache(maxsize=64)
def _routes(resolver: Any, prefix: str, language: str | None, current_app: str | None) -> Routes:
    return Routes(resolver, prefix, current_app)


def current_app_of(request: Any) -> str | None:
    """Return the application instance that ``{% url %}`` prefers."""
    try:
        return request.current_app  # type: ignore[no-any-return]
    except AttributeError:
        try:
            return request.resolver_match.namespace  # type: ignore[no-any-return]
        except AttributeError:
            return None


def routes(request: Any) -> Routes | None:
    """Return the routes of this moment; None where only ``reverse`` can tell."""
    app = current_app_of(request)
    if app is not None and type(app) is not str:
        return None
    resolver, language = get_resolver(get_urlconf()), translation.get_language()
    return _routes(resolver, get_script_prefix(), language, app)
