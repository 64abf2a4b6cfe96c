"""In DEBUG: what pages hold outlives a restart of the server, also in the ``memory`` backend.

Servers that watch the code start a new process when it changes. The process that ends leaves its
checkpoints in a file that only its user may read, and the next one takes them. They are signed, as
those of any backend are.
"""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
from pathlib import Path

import msgspec
from django.conf import settings

from djust_live.backends import state_backend
from djust_live.backends.base import Entry
from djust_live.backends.memory import MemoryBackend
from djust_live.config import config

logger = logging.getLogger(__name__)

_decoder = msgspec.msgpack.Decoder(list[tuple[bytes, int, bytes, float]])


def is_on() -> bool:
    """Return whether open pages follow changes of code and templates."""
    return bool(settings.DEBUG and config.HOT_RELOAD)


def leave() -> None:
    """Leave what the ``memory`` backend holds to the next process."""
    backend = state_backend()
    if not is_on() or not isinstance(backend, MemoryBackend):
        return
    entries = [(e.page_id, e.epoch, e.data, e.ttl_s) for e in backend.entries()]
    path = path_of_file()
    path.unlink(missing_ok=True)
    if not entries:
        return
    # A link that somebody else has put there is not followed.
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(msgspec.msgpack.encode(entries))
    logger.info("%s pages wait for the next process", len(entries))


def take() -> None:
    """Take what the last process has left."""
    backend = state_backend()
    if not is_on() or not isinstance(backend, MemoryBackend):
        return
    path = path_of_file()
    try:
        data = path.read_bytes()
        path.unlink()
        entries = _decoder.decode(data)
    except FileNotFoundError:
        return
    except (OSError, msgspec.DecodeError) as error:
        logger.warning("What the last process left cannot be read: %s", error)
        return
    backend.write([Entry(page_id, epoch, held, ttl) for page_id, epoch, held, ttl in entries])


def path_of_file() -> Path:
    """Return the file of this project, in its folder, of this user."""
    user = os.getuid() if hasattr(os, "getuid") else ""
    whose = f"{settings.SECRET_KEY}:{Path.cwd()}:{user}"
    name = hashlib.sha256(whose.encode()).hexdigest()[:24]
    return Path(tempfile.gettempdir()) / f"djust-{name}.pages"
