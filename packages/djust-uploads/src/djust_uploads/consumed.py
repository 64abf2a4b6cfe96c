"""Files that a view has taken."""

from __future__ import annotations

import logging
import os
import weakref
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO

from django.core.files.base import File
from django.core.files.storage import Storage, default_storage

from djust_uploads.entries import UploadEntry
from djust_uploads.errors import NoFile

logger = logging.getLogger(__name__)


class ConsumedUpload:
    """A file that belongs to the view now; it is removed when this object is closed or forgotten.

    Attributes:
        ref: What named it within its page.
        client_name: What the visitor calls it.
        safe_name: The same for paths and URLs.
        client_type: The MIME type that the browser said.
        client_size: Its length in bytes.
        content_type: The MIME type by its content.
        meta: What ``external`` said of it.
        result: What the writer's ``close`` returned.
    """

    def __init__(self, entry: UploadEntry, path: Path | None) -> None:
        self.ref = entry.ref
        self.client_name = entry.client_name
        self.safe_name = entry.safe_name
        self.client_type = entry.client_type
        self.client_size = entry.client_size
        self.content_type = entry.content_type
        self.meta = dict(entry.meta)
        self.result = entry.result
        self._path = path
        self._file: BinaryIO | None = None
        self._finalizer = None if path is None else weakref.finalize(self, _remove, str(path))

    @property
    def path(self) -> Path:
        """Where it is on the local disk.

        Raises:
            NoFile: It is not (``DJU004``).
        """
        if self._path is None:
            raise NoFile(f"{self.safe_name} has no file on this server.")
        return self._path

    @property
    def file(self) -> BinaryIO:
        """The file, open for reading, seekable.

        Raises:
            NoFile: It is not on the local disk (``DJU004``).
        """
        if self._file is None or self._file.closed:
            self._file = self.path.open("rb")
        return self._file

    def read(self) -> bytes:
        """Return the whole content; better read :attr:`file` in pieces when it may be long."""
        self.file.seek(0)
        return self.file.read()

    def save(self, storage: Storage | None = None, name: str | None = None) -> str:
        """Save it in a Django storage.

        Args:
            storage: The default storage when None.
            name: Where in the storage; :attr:`safe_name` when None.

        Returns:
            The name that the storage gave it.
        """
        self.file.seek(0)
        return _save(self.file, self, storage, name)

    def close(self) -> None:
        """Remove the file."""
        if self._file is not None:
            self._file.close()
        self._path = None
        if self._finalizer is not None:
            self._finalizer()

    def __enter__(self) -> ConsumedUpload:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<ConsumedUpload {self.safe_name}: {self.client_size} bytes>"


def save_file(path: Path, entry: UploadEntry, storage: Storage | None, name: str) -> str:
    """Save a file that stays where it is, and return the name that the storage gave it."""
    with path.open("rb") as file:
        return _save(file, entry, storage, name)


def _save(
    file: BinaryIO,
    entry: UploadEntry | ConsumedUpload,
    storage: Storage | None,
    name: str | None,
) -> str:
    content: Any = File(file, name=entry.safe_name)
    # Storages such as S3 send it along.
    content.content_type = entry.content_type
    storage = default_storage if storage is None else storage
    return storage.save(name or entry.safe_name, content)


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except FileNotFoundError:
        logger.debug("A file was moved by the one who took it.")
