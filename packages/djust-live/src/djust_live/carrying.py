"""Messages of a view that leads elsewhere: handed to Django, which shows them there."""

from __future__ import annotations

import contextlib
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

from djust_live.effects import Effects

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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


@contextlib.contextmanager
def offered(request: HttpRequest, effects: Effects) -> Iterator[None]:
    """Let a page that is made meanwhile show what its view says among Django's messages.

    What its template leaves out the browser is told once it is attached.
    """
    storage: Any = getattr(request, "_messages", None)
    if storage is None or not effects.flash:
        yield
        return
    had_new, before, said = storage.added_new, len(storage._queued_messages), list(effects.flash)
    add(request, effects)
    ours = storage._queued_messages[before:]
    yield
    after = before + len(ours)
    if storage._queued_messages[before:after] == ours:
        del storage._queued_messages[before:after]
        storage.added_new = had_new
        effects.flash.extendleft(reversed(said))


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


def spare(request: HttpRequest) -> bool:
    """Leave messages that a page has used up where they were, for a page that is shown.

    What the view itself said is forgotten, since another view will say it again.

    Returns:
        Whether there were any.
    """
    storage: Any = getattr(request, "_messages", None)
    if storage is None or not storage.used or not storage._get()[0]:
        return False
    storage.used = storage.added_new = False
    return True


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
