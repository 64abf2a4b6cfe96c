"""A socket's request on its way to the view: by the URLconf, past what stands before views."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.signals import setting_changed
from django.http import HttpRequest
from django.urls import get_resolver, set_urlconf
from django.utils.module_loading import import_string


def enter(request: HttpRequest, urlconf: str | None) -> Any:
    """Return what the view function of ``request.path_info`` answers.

    Decorators and mixins around the view are asked, and before them the project's
    ``LoginRequiredMiddleware``, as in a GET of the page.

    Args:
        request: Made by :func:`djust_live.identity.request_of`.
        urlconf: Of the page's request, when a middleware set one.

    Raises:
        Resolver404: The path leads nowhere.
    """
    set_urlconf(urlconf)
    try:
        if urlconf is not None:
            request.urlconf = urlconf
        match = get_resolver(urlconf).resolve(request.path_info)
        request.resolver_match = match
        for gate in gates():
            answer = gate.process_view(request, match.func, match.args, match.kwargs)
            if answer is not None:
                return answer
        return match.func(request, *match.args, **match.kwargs)
    finally:
        set_urlconf(None)


@lru_cache(maxsize=1)
def gates() -> tuple[Any, ...]:
    """Return the ``LoginRequiredMiddleware`` of the project, or its own subclasses of it."""
    if not apps.is_installed("django.contrib.auth"):
        return ()  # whose module could not be imported then
    kind = import_module("django.contrib.auth.middleware").LoginRequiredMiddleware
    found = (import_string(name) for name in settings.MIDDLEWARE)
    return tuple(
        each(_unused) for each in found if isinstance(each, type) and issubclass(each, kind)
    )


def _unused(request: HttpRequest) -> Any:
    """Stand where a middleware wants the next one; ``process_view`` does not call it."""
    raise NotImplementedError


def _on_setting_changed(*, setting: str, **kwargs: Any) -> None:
    if setting == "MIDDLEWARE":
        gates.cache_clear()


setting_changed.connect(_on_setting_changed, dispatch_uid="djust_live.entering")
