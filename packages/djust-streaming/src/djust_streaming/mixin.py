"""The methods that a view gets: collections and text that stream into its page."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from djust_live.extensions import Extension

from djust_streaming.collections import Collection, Key
from djust_streaming.errors import WrongMode
from djust_streaming.extension import StreamingExtension
from djust_streaming.texts import DONE, ERROR

if TYPE_CHECKING:
    from djust_live.live_view import LiveView

    _Base = LiveView
else:
    _Base = object


# How long pieces are taken before the event loop sees to others.
_LONGEST_RUN_S = 0.002


class StreamingMixin(_Base):
    """Streams rows and text into elements with ``dj-stream``.

    All methods may be called from sync and async code, in handlers and in background work. When a
    handler raises, its rows and HTML are taken back; text is read while it is written, so it stays.

    Example:
        >>> class Chat(StreamingMixin, LiveView):
        ...     def mount(self, request, **kwargs):
        ...         self.stream("messages", Message.objects.all()[:50], key="pk", limit=-50)
        ...     @event_handler
        ...     def say(self, text=""):
        ...         self.stream_insert("messages", Message.objects.create(text=text))
    """

    extensions: ClassVar[tuple[type[Extension], ...]] = (StreamingExtension,)

    # Collections

    def stream(
        self,
        name: str,
        items: Iterable[Any],
        *,
        key: Key,
        at: int = -1,
        limit: int | None = None,
        reset: bool = False,
    ) -> None:
        """Show items as rows; only their keys are kept.

        Args:
            name: Of ``streams.<name>`` in the template and of the element with ``dj-stream``.
            items: In their order; each must render as one element.
            key: Name of the attribute, or of the item of a mapping, that tells rows apart; or a
                function of an item. After a restart a function has to be given again.
            at: Where the first of them goes; -1: behind all others.
            limit: Positive keeps the first n rows, negative the last n.
            reset: Take the rows before away.
        """
        streaming = _of(self)
        streaming.check_room()
        rows = list(items)

        def show(collection: Collection) -> None:
            collection.rekey(key, limit)
            if reset:
                collection.clear()
            collection.insert(rows, at, limit, update_only=False)

        streaming.change(name, show)

    def stream_insert(
        self,
        name: str,
        item: Any,
        at: int = -1,
        limit: int | None = None,
        *,
        update_only: bool = False,
    ) -> None:
        """Add a row, or replace the one with the same key where it stands.

        Args:
            name: A collection.
            item: The new item.
            at: The place of a new row; -1: behind all others.
            limit: For this time instead of the collection's own.
            update_only: Add nothing when there is no such row.

        Raises:
            UnknownStream: ``stream()`` has not been called with that name (``DJS101``).
            StreamOverflow: Too much waits for the browser (``DJS102``).
        """
        streaming = _of(self)
        streaming.known(name)
        streaming.check_room()
        streaming.change(name, lambda rows: rows.insert([item], at, limit, update_only))

    def stream_delete(self, name: str, item_or_key: Any) -> None:
        """Take a row away, given by its item or its key.

        Raises:
            UnknownStream: ``stream()`` has not been called with that name (``DJS101``).
        """
        streaming = _of(self)
        collection = streaming.known(name)
        is_key = isinstance(item_or_key, (str, int))
        key = str(item_or_key) if is_key else collection.key_of(item_or_key)
        streaming.change(name, lambda rows: rows.delete(key))

    def stream_reset(self, name: str, items: Iterable[Any] = ()) -> None:
        """Show these items and no others.

        Raises:
            UnknownStream: ``stream()`` has not been called with that name (``DJS101``).
        """
        streaming = _of(self)
        streaming.known(name)
        fresh = list(items)

        def show(collection: Collection) -> None:
            collection.clear()
            collection.insert(fresh, -1, None, update_only=False)

        streaming.change(name, show)

    def stream_to(self, name: str, html: Any) -> None:
        """Make ``html`` all that the element with ``dj-stream="name"`` holds.

        Args:
            name: Of the element.
            html: A ``SafeString`` is taken as it is; anything else is escaped.

        Raises:
            StreamOverflow: Too much waits for the browser (``DJS102``).
        """
        _of(self).replace_html(name, html)

    # Text

    def stream_start(self, name: str) -> None:
        """Begin a text: the element with ``dj-stream="name"`` is empty and ``streaming``."""
        _of(self).start(name)

    def stream_text(
        self, name: str, text: str, mode: Literal["append", "replace"] = "append"
    ) -> None:
        """Add to a text, or begin another one with it.

        Every character arrives, in order. Pieces that come fast leave together.

        Raises:
            StreamOverflow: More waits for the browser than may be kept, and the caller is not
                background work in a thread, which would have waited (``DJS102``).
            WrongMode: There is no such mode (``DJS103``).
        """
        if mode == "append":
            _of(self).append(name, text)
        elif mode == "replace":
            _of(self).start(name, text)
        else:
            raise WrongMode(f"There is no mode {mode!r}.")

    def stream_done(self, name: str) -> None:
        """Say that a text is complete."""
        _of(self).finish(name, DONE)

    def stream_error(self, name: str, message: str = "") -> None:
        """Say that a text is not complete, and what the reader is told."""
        _of(self).finish(name, ERROR, message)

    async def stream_from(self, name: str, pieces: AsyncIterable[str]) -> None:
        """Stream the pieces of an async iterable, such as the tokens of a language model.

        Waits for a browser that reads slowly. Cancelled, the text is done with what came; when the
        iterable raises, it ends with an error.

        Raises:
            StreamOverflow: The browser took nothing for too long (``DJS102``).
        """
        streaming = _of(self)
        streaming.start(name)
        loop = asyncio.get_running_loop()
        pause_at = loop.time() + _LONGEST_RUN_S
        end = ERROR
        try:
            async for piece in pieces:
                await streaming.room()
                streaming.append(name, piece)
                if loop.time() > pause_at:
                    # Pieces that are there already must not keep other pages waiting.
                    await asyncio.sleep(0)
                    pause_at = loop.time() + _LONGEST_RUN_S
            end = DONE
        except asyncio.CancelledError:
            end = DONE
            raise
        finally:
            streaming.finish(name, end)

    def push_state(self) -> None:
        """Show now what the view's attributes are by now, in the middle of background work too."""
        _of(self).settle()
        self._flush_if_outside()
        _of(self).port.request_render()


def _of(view: Any) -> StreamingExtension:
    return StreamingExtension.of(view)
