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
from django.utils.safestring import SafeData, SafeString

from djust_live.effects import Effects, Flash

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from djust_live.live_view import LiveView

LEVELS = {
    "debug": messages.DEBUG,
    "info": messages.INFO,
    "success": messages.SUCCESS,
    "warning": messages.WARNING,
    "error": messages.ERROR,
}


def add(request: HttpRequest, effects: Effects) -> None:
    """Turn what a view says into messages of ``request``, whose response keeps them."""
    for each in effects.take_flash():
        messages.add_message(
            request, LEVELS[each.level], _text(each), each.extra_tags, fail_silently=True
        )


def unheard(request: HttpRequest) -> tuple[Any, ...]:
    """Return what code has said with Django's messages, and nobody has shown."""
    queued = getattr(getattr(request, "_messages", None), "_queued_messages", None)
    return tuple(queued) if queued else ()


def unsay(request: HttpRequest, before: Sequence[Any]) -> None:
    """Forget what code has said since :func:`unheard` returned ``before``."""
    storage: Any = getattr(request, "_messages", None)
    if getattr(storage, "_queued_messages", None):
        storage._queued_messages = list(before)


def pass_on(view: LiveView) -> None:
    """Let the browser show what code has said with Django's messages, and the page has not."""
    runtime = view._mounted()
    runtime.effects.flash.extend(_heard(view.request, runtime.kept))


def _heard(request: HttpRequest, kept: Sequence[Any]) -> list[Flash]:
    said = unheard(request)
    if not said:
        return []
    new = [each for each in said if not any(each is one for one in kept)]
    unsay(request, [each for each in said if any(each is one for one in kept)])
    return [
        Flash(
            _level(each.level),
            str.__str__(str(each.message)),  # a plain text, also of a SafeString
            isinstance(each.message, SafeData),
            str(each.extra_tags or ""),
        )
        for each in new
    ]


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


def _text(message: Flash) -> str:
    return SafeString(message.text) if message.is_safe else message.text


def _level(number: int) -> str:
    """Return the level for one that may be the project's own: the highest that is not above."""
    below = [name for name in LEVELS if LEVELS[name] <= number]
    return max(below, key=LEVELS.__getitem__, default="debug")


def _keep(
    kind: type[BaseStorage], request: HttpRequest, said: Iterable[Flash], session: Any
) -> HttpResponse:
    """Let one of Django's storages keep messages; return the response that it wrote to."""
    fresh = copy.copy(request)
    fresh.session = session
    storage = kind(fresh)
    for each in said:
        storage.add(LEVELS[each.level], _text(each), each.extra_tags)
    response = HttpResponse()
    storage.update(response)
    return response
