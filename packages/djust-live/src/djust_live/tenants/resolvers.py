"""From a request to its tenant."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.utils.module_loading import import_string

from djust_live.config import config

Resolver = Callable[[HttpRequest], Any]


class SubdomainResolver:
    """The part of the host before the site's own domain: ``acme`` of ``acme.example.com``.

    Args:
        domain: The site's domain. Without it, what stands before the first of at least two dots,
            or before ``.localhost``.
    """

    def __init__(self, domain: str = "") -> None:
        self._domain = domain.lower().strip(".")

    def __call__(self, request: HttpRequest) -> str | None:
        """Return the tenant; None for the domain itself, ``www``, other hosts and addresses."""
        host = request.get_host().rpartition(":")[0] or request.get_host()
        host = host.lower().rstrip(".")
        if self._domain:
            name, dot, rest = host.partition(".")
            found = name if dot and rest == self._domain else ""
        else:
            found = "" if _is_address(host) else self._first_part(host)
        return found if found and found != "www" else None

    @staticmethod
    def _first_part(host: str) -> str:
        parts = host.split(".")
        return parts[0] if len(parts) > 2 or (len(parts) == 2 and parts[1] == "localhost") else ""


class PathResolver:
    """One segment of the path: ``acme`` of ``/acme/tasks/``.

    Args:
        position: Which segment, from 1.
    """

    def __init__(self, position: str = "1") -> None:
        self._index = int(position) - 1

    def __call__(self, request: HttpRequest) -> str | None:
        """Return the tenant; None when the path is shorter."""
        segments = [segment for segment in request.path_info.split("/") if segment]
        return segments[self._index] if len(segments) > self._index else None


class HeaderResolver:
    """A header that a proxy in front of the site sets, and takes from what browsers send.

    Args:
        name: Of the header.
    """

    def __init__(self, name: str = "X-Tenant") -> None:
        self._name = name

    def __call__(self, request: HttpRequest) -> str | None:
        """Return the tenant; None without the header."""
        return request.headers.get(self._name) or None


class SessionResolver:
    """A value of the session.

    Args:
        name: Key of the value.
    """

    def __init__(self, name: str = "tenant") -> None:
        self._name = name

    def __call__(self, request: HttpRequest) -> str | None:
        """Return the tenant; None when the session has none."""
        session = getattr(request, "session", None)
        value = None if session is None else session.get(self._name)
        return None if value is None else str(value) or None


class ChainedResolver:
    """The first resolver that finds a tenant.

    Args:
        resolvers: In the order in which they are asked.
    """

    def __init__(self, *resolvers: Resolver) -> None:
        self._resolvers = resolvers

    def __call__(self, request: HttpRequest) -> Any:
        """Return the tenant; None when no resolver finds one."""
        for resolver in self._resolvers:
            tenant = resolver(request)
            if tenant is not None:
                return tenant
        return None


_BY_NAME: dict[str, Callable[..., Resolver]] = {
    "header": HeaderResolver,
    "path": PathResolver,
    "session": SessionResolver,
    "subdomain": SubdomainResolver,
}


def resolve(request: HttpRequest) -> Any:
    """Return the tenant of ``request`` by ``DJUST["TENANT_RESOLVER"]``; None when none is found."""
    resolver = configured()
    return None if resolver is None else resolver(request)


def configured() -> Resolver | None:
    """Return what ``DJUST["TENANT_RESOLVER"]`` names; None when it names nothing.

    Raises:
        ImproperlyConfigured: It names something that is no resolver.
        ImportError: A dotted path leads nowhere.
    """
    setting = config.TENANT_RESOLVER
    names = (setting,) if isinstance(setting, str) else tuple(setting)
    return _resolver(names) if names != ("",) else None


@lru_cache(maxsize=16)
def _resolver(names: tuple[str, ...]) -> Resolver:
    return ChainedResolver(*(_named(name) for name in names))


def _named(text: str) -> Resolver:
    name, colon, argument = text.partition(":")
    kind = _BY_NAME.get(name)
    if kind is not None:
        try:
            return kind(argument) if colon else kind()
        except ValueError as error:
            raise ImproperlyConfigured(f"TENANT_RESOLVER {text!r}: {error}") from error
    if "." not in text:
        known = ", ".join(sorted(_BY_NAME))
        raise ImproperlyConfigured(f"TENANT_RESOLVER {text!r} is none of {known}, nor a path.")
    found = import_string(text)
    resolver: Resolver = found() if isinstance(found, type) else found
    return resolver


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
