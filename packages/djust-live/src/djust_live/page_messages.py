"""Messages of Django that a page shows: used up by its first response, and still on the page.

They stay with the request of a mounted view. What goes on in another process, or anew, has another
request, which is given them again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from django.contrib.messages.storage.base import Message
from django.utils.safestring import SafeData, SafeString

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.http import HttpRequest


class PageMessage(msgspec.Struct, array_like=True, frozen=True):
    """One message as data.

    Attributes:
        level: As a number.
        text: As it was translated for the page.
        is_safe: Whether the text is HTML.
        extra_tags: Its own.
    """

    level: int
    text: str
    is_safe: bool = False
    extra_tags: str | None = None


def shown_by(request: HttpRequest) -> tuple[PageMessage, ...]:
    """Return the messages that Django has for the page of ``request``, without using them up."""
    storage: Any = getattr(request, "_messages", None)
    if storage is None:
        return ()
    return tuple(
        PageMessage(
            each.level,
            str.__str__(str(each.message)),  # a plain text, also of a SafeString
            isinstance(each.message, SafeData),
            None if each.extra_tags is None else str(each.extra_tags),
        )
        for each in [*storage._loaded_messages, *storage._queued_messages]
    )


def show_again(request: HttpRequest, messages: Iterable[PageMessage]) -> None:
    """Let ``request`` have these messages, and none that another page is to show."""
    storage: Any = getattr(request, "_messages", None)
    if storage is not None:
        storage._loaded_data = [
            Message(
                each.level,
                SafeString(each.text) if each.is_safe else each.text,
                extra_tags=each.extra_tags,
            )
            for each in messages
        ]
