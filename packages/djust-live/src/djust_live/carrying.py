"""Messages of a view that leads elsewhere: handed to Django, which shows them there."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.conf import settings
from django.contrib import messages
from django.contrib.messages.storage.base import BaseStorage
from django.contrib.messages.storage.cookie import CookieStorage
from django.contrib.messages.storage.session import SessionStorage
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string

from djust_live.runtime import Effects

if TYPE_CHECKING:
    from collections.abc import Iterable

LEVELS = {
    "debug": messages.DEBUG,
    "info": messages.INFO,
    "success": messages.SUCCESS,
    "warning": messages.WARNING,
    "error": messages.ERROR,
}


def add(request: HttpRequest, effects: Effects) -> None:
    """Turn what a view says into messages of ``request``, whose response keeps them."""
    for level, text in effects.take_flash():
        messages.add_message(request, LEVELS[level], text, fail_silently=True)


def carry(request: HttpRequest, effects: Effects) -> str:
    """Keep what a view says before it leads elsewhere over a socket, where no response goes out.

    Returns:
        The cookie that the browser is to set; empty when the session has the messages, or when
        nobody will show them.
    """
    if not effects.flash or not apps.is_installed("django.contrib.messages"):
        return ""
    said = list(effects.flash)
    session: Any = getattr(request, "session", None)
    key = getattr(session, "session_key", None)
    if key and issubclass(import_string(settings.MESSAGE_STORAGE), SessionStorage):
        # The session of the page's request is as old as the page.
        store = session.__class__(key)
        _keep(SessionStorage, request, said, store)
        store.save()
        cookie = ""
    else:
        response = _keep(CookieStorage, request, said, session)
        morsel: Any = next(iter(response.cookies.values()))
        morsel["httponly"] = ""  # a script sets it
        cookie = morsel.OutputString()
    effects.take_flash()
    return cookie


def _keep(
    kind: type[BaseStorage], request: HttpRequest, said: Iterable[tuple[str, str]], session: Any
) -> HttpResponse:
    """Let one of Django's storages keep messages; return the response that it wrote to."""
    fresh = copy.copy(request)
    fresh.session = session
    storage = kind(fresh)
    for level, text in said:
        storage.add(LEVELS[level], text)
    response = HttpResponse()
    storage.update(response)
    return response
