"""The settings of djust-uploads; keys of ``settings.DJUST``."""

from __future__ import annotations

from dataclasses import dataclass

from djust_live.config import register


@dataclass(frozen=True)
class Config:
    """Every key with its default.

    Attributes:
        UPLOAD_DIR: Folder for files that are on their way, shared by all processes that serve a
            page; empty: one of this user's own below the system's temporary folder.
        UPLOAD_TTL_S: Seconds after which a file that nobody added to or took is removed.
        UPLOAD_STALL_S: Seconds without a byte after which a file that a connected browser has
            begun to send is refused.
        UPLOAD_WINDOW_BYTES: Bytes that one page may have on their way before the server says that
            it has them.
        UPLOAD_MAX_ENTRIES: Files that one page may hold, over all its uploads.
        UPLOAD_MIN_FREE_BYTES: Room on the disk below which files are refused.
        UPLOAD_PROGRESS_S: Seconds between two renders that show progress.
    """

    UPLOAD_DIR: str = ""
    UPLOAD_TTL_S: int = 86_400
    UPLOAD_STALL_S: float = 120.0
    UPLOAD_WINDOW_BYTES: int = 2_097_152
    UPLOAD_MAX_ENTRIES: int = 100
    UPLOAD_MIN_FREE_BYTES: int = 134_217_728
    UPLOAD_PROGRESS_S: float = 0.1


config = register(Config)
