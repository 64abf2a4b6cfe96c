"""Every error of djust-uploads: a stable code, whose fault it is, and what to do next."""

from __future__ import annotations

from typing import ClassVar

from djust_live.errors import Attribution, LiveError


class UploadError(LiveError):
    """Base of all errors of djust-uploads."""

    code = "DJU000"
    hint = "Report this with the traceback of the server's log."


# What the code of a project does wrong


class UnknownUpload(UploadError):
    """A view was asked for an upload that it does not allow."""

    code = "DJU001"
    attribution = "app"
    hint = "Call self.allow_upload(name, …) in mount, and use the same name in dj-upload."


class BadUploadOptions(UploadError):
    """``allow_upload`` got something that cannot be."""

    code = "DJU002"
    attribution = "app"
    hint = "Correct the argument that the message names; docs/guides/uploads.md lists them."


class UnsafeUploadDir(UploadError):
    """Others may read or change the folder for files that are on their way."""

    code = "DJU003"
    attribution = "app"
    hint = "Let DJUST['UPLOAD_DIR'] be a folder of the server's own user with the mode 0700."


class NoFile(UploadError):
    """An entry has no file here: it went to a writer or to external storage, or was closed."""

    code = "DJU004"
    attribution = "app"
    hint = "Use entry.result or entry.meta, and read files before the entry is closed."


# Why a file is refused; the message is for the visitor


class Refused(UploadError):
    """Base of the reasons to refuse a file."""

    code = "DJU100"
    attribution: ClassVar[Attribution] = "client"
    hint = "Show uploads.<name>.errors in the template, so that the visitor knows."


class TooManyFiles(Refused):
    """More files than ``max_entries`` or ``UPLOAD_MAX_ENTRIES``."""

    code = "DJU101"
    attribution = "client"
    hint = "Consume or cancel entries, or raise max_entries or DJUST['UPLOAD_MAX_ENTRIES']."


class FileTooLarge(Refused):
    """A file is longer than ``max_file_size``."""

    code = "DJU102"
    attribution = "client"
    hint = "Raise max_file_size of allow_upload when files may be larger."


class UnsafeName(Refused):
    """The name of a file has a path or control characters in it, or is no name."""

    code = "DJU103"
    attribution = "client"
    hint = "Browsers send names without a path; a client that does not is not to be trusted."


class WrongType(Refused):
    """The type of a file is not accepted, or its name, its declaration and its content differ."""

    code = "DJU104"
    attribution = "client"
    hint = "Add the type to accept of allow_upload when such files are wanted."


class ActiveContent(Refused):
    """A file could run as a program or a page: HTML, SVG, scripts, executables."""

    code = "DJU105"
    attribution = "client"
    hint = (
        'Name its extension in accept, as in accept=[".svg"], when such files are wanted, and '
        "never serve them from the site's own origin."
    )


class WrongLength(Refused):
    """A piece of a file has another length than it should have, or the file more than it said."""

    code = "DJU106"
    attribution = "client"
    hint = "Send pieces of exactly the length that the server asked for; only the last is shorter."


class WrongOffset(Refused):
    """A piece of a file leaves a hole or overlaps what is there."""

    code = "DJU107"
    attribution = "client"
    hint = "Send pieces in order, from the offset that the server named."


class TooFast(Refused):
    """More is on its way than ``UPLOAD_WINDOW_BYTES``."""

    code = "DJU108"
    attribution = "client"
    hint = "Wait for acknowledgements, or raise DJUST['UPLOAD_WINDOW_BYTES']."


class Unfinished(Refused):
    """A file was begun, and then nothing came for ``UPLOAD_STALL_S`` seconds."""

    code = "DJU109"
    attribution = "network"
    hint = "Try again, or raise DJUST['UPLOAD_STALL_S'] for slow networks."


class NoRoom(Refused):
    """The disk has no room for another file."""

    code = "DJU110"
    attribution = "internal"
    hint = "Run manage.py djust_clean_uploads, free space, or lower DJUST['UPLOAD_MIN_FREE_BYTES']."


class NotStored(Refused):
    """What came could not be written: the disk or the view's own writer failed."""

    code = "DJU111"
    attribution = "internal"
    hint = "The log of the server has the cause."


class ExternalFailed(Refused):
    """A file could not be sent to external storage, or the view could not say where."""

    code = "DJU112"
    attribution = "network"
    hint = "Check the view's external callable, and that the storage allows the site's origin."


class UnknownEntry(Refused):
    """A piece or a message names a file that was never announced."""

    code = "DJU113"
    attribution = "client"
    hint = "Announce files first; the page's client and the server must have the same version."


class MalformedUpload(Refused):
    """A message or a piece is not as the client module sends it."""

    code = "DJU114"
    attribution = "client"
    hint = "Check that the page's client and the server have the same version of djust-uploads."
