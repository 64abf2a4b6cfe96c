"""Where the bytes of a file go: to disk, or to a writer of the view's own."""

from __future__ import annotations

import logging
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from djust_uploads.entries import UploadConfig, UploadEntry
from djust_uploads.errors import NotStored, Refused
from djust_uploads.sniffing import HEAD_BYTES, check_content
from djust_uploads.spool import SpoolFile

logger = logging.getLogger(__name__)

Pieces = Sequence[memoryview]


class UploadWriter(ABC):
    """Takes the bytes of one file as they arrive; ``allow_upload(writer=…)`` makes one for each.

    All methods run in a thread, one after the other. What they raise refuses the file.

    Args:
        entry: The file.

    Example:
        >>> class Counting(UploadWriter):
        ...     size = 0
        ...     def write(self, data):
        ...         self.size += len(data)
        ...     def close(self):
        ...         return self.size
    """

    def __init__(self, entry: UploadEntry) -> None:
        self.entry = entry

    @abstractmethod
    def write(self, data: bytes) -> None:
        """Take the bytes behind those before."""

    def close(self) -> Any:
        """Finish, and return what becomes ``entry.result``; all bytes have come."""
        return None

    def abort(self) -> None:  # noqa: B027 - a writer may have nothing to take back
        """Take back what was written: the file does not come whole, or is not wanted."""


class DiskSink:
    """Writes to the page's folder, and checks what it has."""

    def __init__(self, entry: UploadEntry, config: UploadConfig, file: SpoolFile) -> None:
        self._entry = entry
        self._config = config
        self.file = file
        self._is_checked = False

    def start(self) -> int:
        """Return how much is there from before, whole pieces only."""
        chunk, size = self._config.chunk_size, self._entry.client_size
        there = self.file.size()
        if there > size or (there < size and not self._config.resumable):
            self.file.remove()
            return 0
        whole = there if there == size else there - there % chunk
        self.file.cut(whole)
        return whole

    def write(self, offset: int, pieces: Pieces) -> int:
        """Write, and look at the beginning as soon as that is there.

        Raises:
            Refused: The content is not what was said.
        """
        end = self.file.write(offset, pieces)
        if not self._is_checked and end >= min(HEAD_BYTES, self._entry.client_size):
            self._check()
        return end

    def finish(self) -> None:
        """See that the whole file is there, and is what it says.

        Raises:
            Refused: It is not.
        """
        if not self._entry.client_size:
            self.file.write(0, ())
        self.file.close()
        if self.file.size() != self._entry.client_size:
            raise NotStored("The file could not be stored.")
        self._check()

    def rest(self) -> None:
        """Hold nothing open while nothing comes."""
        self.file.close()

    def remove(self) -> None:
        """Leave nothing behind."""
        self.file.remove()

    def _check(self) -> None:
        entry = self._entry
        head = self.file.head(HEAD_BYTES)
        entry.content_type = check_content(
            head, entry.client_name, entry.client_type, self._config.accept
        )
        self._is_checked = True


class WriterSink:
    """Feeds a writer, after the beginning was checked."""

    def __init__(
        self, entry: UploadEntry, config: UploadConfig, make: Callable[[UploadEntry], UploadWriter]
    ) -> None:
        self._entry = entry
        self._config = config
        self._make = make
        self._writer: UploadWriter | None = None
        self._head = bytearray()
        self._is_checked = False
        self._is_over = False
        self._end = 0
        # A thread may still write when the session ends.
        self._lock = threading.RLock()

    def start(self) -> int:
        """Return how much the writer has had."""
        if not self._config.resumable:
            self.remove()
        return self._end

    def write(self, offset: int, pieces: Pieces) -> int:
        """Hand bytes over.

        Raises:
            Refused: The content is not what was said, or the writer failed.
        """
        with self._lock:
            for piece in () if self._is_over else pieces:
                self._take(piece)
            return self._end

    def finish(self) -> None:
        """Let the writer finish.

        Raises:
            Refused: It failed.
        """
        with self._lock:
            if self._is_over:
                return
            if not self._is_checked:
                self._check()
            self._entry.result = self._call(lambda: self._given().close())

    def rest(self) -> None:
        """Nothing is held open."""

    def remove(self) -> None:
        """Let the writer take back what it wrote."""
        with self._lock:
            writer, self._writer = self._writer, None
            self._head.clear()
            self._end = 0
            self._is_checked = False
            if writer is not None:
                self._call(writer.abort)

    def end(self) -> None:
        """Let the writer take back what it wrote, and hand it nothing more."""
        with self._lock:
            self._is_over = True
            self.remove()

    def _take(self, piece: memoryview) -> None:
        self._end += len(piece)
        if self._is_checked:
            self._call(partial(self._given().write, bytes(piece)))
        else:
            self._head += piece
            if self._end >= min(HEAD_BYTES, self._entry.client_size):
                self._check()

    def _check(self) -> None:
        entry, head = self._entry, bytes(self._head)
        entry.content_type = check_content(
            head[:HEAD_BYTES], entry.client_name, entry.client_type, self._config.accept
        )
        self._is_checked = True
        self._head.clear()
        if head:
            self._call(lambda: self._given().write(head))

    def _given(self) -> UploadWriter:
        if self._writer is None:
            self._writer = self._make(self._entry)
        return self._writer

    def _call(self, function: Callable[[], Any]) -> Any:
        try:
            return function()
        except Refused:
            raise
        except Exception as error:  # the edge to the project's code
            logger.exception("The writer of the upload %s failed", self._entry.upload)
            raise NotStored("The file could not be stored.") from error


Sink = DiskSink | WriterSink
