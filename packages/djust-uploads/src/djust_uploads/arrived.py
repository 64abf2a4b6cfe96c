"""Files that have arrived, as Django's forms know files; they still belong to their page."""

from __future__ import annotations

import weakref
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from django.core.files.uploadedfile import UploadedFile

from djust_uploads.entries import UploadEntry

if TYPE_CHECKING:
    _Base = UploadedFile[bytes]
else:
    _Base = UploadedFile


class ArrivedFile(_Base):
    """A file of an upload; it is opened when somebody reads it, since forms look at many unread.

    Args:
        entry: What is known of it.
        path: Where it is. It stays there: who saves it copies it.
    """

    def __init__(self, entry: UploadEntry, path: Path) -> None:
        self._path = path
        self._opened: IO[Any] | None = None
        size = entry.client_size
        super().__init__(None, entry.safe_name, entry.content_type, size)

    @property
    def file(self) -> IO[Any]:
        """The file, open for reading."""
        if self._opened is None or self._opened.closed:
            self._opened = self._path.open("rb")
            weakref.finalize(self, self._opened.close)
        return self._opened

    @file.setter
    def file(self, value: IO[Any] | None) -> None:
        """Take what the base class sets: nothing."""
