"""Where files are until a view takes them: private, on disk from the first byte."""

from __future__ import annotations

import hashlib
import logging
import os
import secrets
import shutil
import stat
import tempfile
import threading
import time
from collections.abc import Iterable
from pathlib import Path

from djust_uploads.config import config
from djust_uploads.errors import NoRoom, UnsafeUploadDir

logger = logging.getLogger(__name__)

# Files that a view took and still holds.
_TAKEN = "taken"
_PAGES = "pages"
# How often a process looks for what nobody came back for.
_SWEEP_S = 900.0


def root() -> Path:
    """Return the folder for files that are on their way; made when it is not there.

    Raises:
        UnsafeUploadDir: Others may get at it (``DJU003``).
    """
    given = config.UPLOAD_DIR
    user = os.getuid() if hasattr(os, "getuid") else 0
    folder = Path(given) if given else Path(tempfile.gettempdir()) / f"djust-uploads-{user}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) and given:
        found = folder.stat()
    is_private = os.name != "posix" or (found.st_uid == user and not found.st_mode & 0o077)
    if not stat.S_ISDIR(found.st_mode) or not is_private:
        raise UnsafeUploadDir(f"{folder} belongs to another user, or others may open it.")
    return folder


def page_folder(tenant: str, page_id: str) -> Path:
    """Return the folder of a page; tenants have their own. It is not made yet."""
    owner = hashlib.sha256(tenant.encode()).hexdigest()[:24] if tenant else "none"
    return root() / _PAGES / owner / page_id


def check_room(size: int) -> None:
    """See whether the disk has room for another file.

    Raises:
        NoRoom: It does not (``DJU110``).
    """
    if shutil.disk_usage(root()).free - size < config.UPLOAD_MIN_FREE_BYTES:
        raise NoRoom("The server has no room for the file at the moment.")


class SpoolFile:
    """One file of a page. Bytes are written where they belong, so doing it twice does no harm.

    Args:
        folder: Of the page.
        ref: Names the file within the page.
        fingerprint: Tells its bytes from others'.
    """

    def __init__(self, folder: Path, ref: str, fingerprint: str) -> None:
        self.path = folder / f"{ref}-{fingerprint}"
        self._file = -1

    def size(self) -> int:
        """Return how many bytes are there, also those that another process wrote."""
        try:
            return self.path.stat().st_size
        except FileNotFoundError:
            return 0

    def write(self, offset: int, pieces: Iterable[bytes | memoryview]) -> int:
        """Write pieces one behind the other from ``offset`` on, and return where they end."""
        if self._file < 0:
            self._file = self._open()
        for piece in pieces:
            os.lseek(self._file, offset, os.SEEK_SET)
            view = memoryview(piece)
            while view:
                written = os.write(self._file, view)
                offset += written
                view = view[written:]
        return offset

    def _open(self) -> int:
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0)
        flags |= getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
        while True:
            try:
                _make(self.path.parent)
                return os.open(self.path, flags, 0o600)
            except FileNotFoundError:
                logger.debug("An empty folder was cleaned away just now.")

    def head(self, length: int) -> bytes:
        """Return the beginning of what is there."""
        try:
            with self.path.open("rb") as file:
                return file.read(length)
        except FileNotFoundError:
            return b""

    def close(self) -> None:
        """Keep the file, but not open."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1

    def cut(self, length: int) -> None:
        """Take away what stands behind ``length`` bytes."""
        if self.size() > length:
            os.truncate(self.path, length)

    def remove(self) -> None:
        """Take the file away."""
        self.close()
        self.path.unlink(missing_ok=True)

    def take(self) -> Path:
        """Move the file out of the page's folder and return where it is."""
        self.close()
        path = _place_for_taken()
        self.path.replace(path)
        return path

    def lend(self) -> Path:
        """Return where the file is as well, while it stays in the page's folder."""
        self.close()
        path = _place_for_taken()
        try:
            os.link(self.path, path)
        except FileNotFoundError:
            raise
        except OSError:
            logger.debug("The disk has no links, so the file is copied.")
            shutil.copyfile(self.path, path)
        return path


def _place_for_taken() -> Path:
    folder = root() / _TAKEN
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / secrets.token_hex(16)


def _make(folder: Path) -> None:
    """Make a folder and those above it, none of them for others."""
    if not folder.is_dir():
        _make(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)


def remove_page(folder: Path) -> None:
    """Remove the folder of a page that is gone."""
    shutil.rmtree(folder, ignore_errors=True)
    for parent in (folder.parent, folder.parent.parent):
        try:
            parent.rmdir()
        except OSError:
            return  # others' pages are in it


def clean(ttl_s: float, now: float | None = None, base: Path | None = None) -> tuple[int, int]:
    """Remove files that nobody added to or took for ``ttl_s`` seconds.

    Args:
        ttl_s: Their age.
        now: Seconds since 1970; the clock's when None.
        base: Where to look; :func:`root` when None.

    Returns:
        How many files were removed, and their bytes.
    """
    oldest = (time.time() if now is None else now) - ttl_s
    count = size = 0
    base = root() if base is None else base
    for place, _, names in os.walk(base, topdown=False):
        for name in names:
            path = Path(place) / name
            try:
                found = path.lstat()
                if found.st_mtime <= oldest:
                    path.unlink()
                    count += 1
                    size += found.st_size
            except FileNotFoundError:
                continue  # taken just now
        if Path(place) not in (base, base / _TAKEN, base / _PAGES):
            _remove_empty(Path(place))
    return count, size


def _remove_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError:
        logger.debug("A folder is still in use: %s", folder)


class Sweeper:
    """Cleans now and then, in a thread of its own, as long as pages are opened."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._next_at = 0.0

    def wake(self) -> threading.Thread | None:
        """Clean when it is time to; return the thread that does."""
        with self._lock:
            now = time.monotonic()
            if now < self._next_at:
                return None
            self._next_at = now + _SWEEP_S
        # The settings of now: a test may have changed them when the thread gets to it.
        arguments = (config.UPLOAD_TTL_S, None, root())
        thread = threading.Thread(target=clean, args=arguments, name="djust-upload-sweep")
        thread.daemon = True
        thread.start()
        return thread


sweeper = Sweeper()
