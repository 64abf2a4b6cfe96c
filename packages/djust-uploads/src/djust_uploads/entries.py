"""Files on their way: what a view allows, and what it has of each file."""

from __future__ import annotations

import enum
import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from djust_uploads.errors import BadUploadOptions
from djust_uploads.naming import safe

# The header of a frame and the namespace must fit beside it into MAX_BINARY_BYTES.
LONGEST_CHUNK = 1_000_000


class Accept(tuple[str, ...]):
    """Extensions and MIME types; as text what ``<input accept>`` takes."""

    __slots__ = ()

    def __str__(self) -> str:
        return ",".join(self)


@dataclass(frozen=True)
class UploadConfig:
    """What a view allows under one name.

    Attributes:
        name: Of the upload.
        accept: Extensions such as ``.png`` and MIME types such as ``image/*``; empty: everything
            that cannot run.
        max_entries: Files that may be there at once.
        max_file_size: Bytes of one file.
        chunk_size: Bytes of one piece.
        auto_upload: Send as soon as a file is chosen, not when its form is submitted.
        resumable: Go on where a file was after a drop; else from its beginning.
        is_external: Files go to other storage, past this server.
        is_written: Files go to the view's own writer.
    """

    name: str
    accept: Accept = field(default_factory=Accept)
    max_entries: int = 1
    max_file_size: int = 10_000_000
    chunk_size: int = 65_536
    auto_upload: bool = True
    resumable: bool = True
    is_external: bool = False
    is_written: bool = False


# A Python name, perhaps behind the prefix of a form.
_NAME = re.compile(r"[^\W\d]\w*(-\w+)*")


def config_of(name: str, accept: Iterable[str] | str, **options: Any) -> UploadConfig:
    """Return the checked configuration of an upload.

    Raises:
        BadUploadOptions: An argument cannot be (``DJU002``).
    """
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        raise BadUploadOptions(f"An upload cannot be called {name!r}; use the name of a field.")
    if isinstance(accept, str):
        accept = accept.split(",")
    tokens = Accept(token.strip().lower() for token in accept if token.strip())
    for token in tokens:
        if not (token.startswith(".") and len(token) > 1) and token.count("/") != 1:
            raise BadUploadOptions(f"accept of {name!r} has {token!r}: no extension, no MIME type.")
    for option in ("max_entries", "max_file_size", "chunk_size"):
        value = options[option]
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise BadUploadOptions(f"{option} of {name!r} is {value!r}, not a number above 0.")
    if options["chunk_size"] > LONGEST_CHUNK:
        raise BadUploadOptions(f"chunk_size of {name!r} is more than {LONGEST_CHUNK} bytes.")
    if options["is_external"] and options["is_written"]:
        raise BadUploadOptions(f"{name!r} has both a writer and an external storage.")
    return UploadConfig(name, tokens, **options)


class State(enum.Enum):
    """Where an entry is; it only moves down, except that a drop may send it back to WAITING."""

    WAITING = "waiting"
    RECEIVING = "receiving"
    CHECKING = "checking"
    DONE = "done"
    REFUSED = "refused"


@dataclass(eq=False)
class UploadEntry:
    """One file of one upload, as the template sees it.

    Attributes:
        ref: Names it within its page.
        upload: Name of the upload.
        client_name: What the visitor calls it. Show it, but never use it in a path.
        safe_name: The same for paths and URLs.
        client_type: The MIME type that the browser says; may be empty.
        client_size: Its length in bytes.
        preview: Address of an image of it, good in this browser only; empty for other files.
        error: Why it was refused, for the visitor; empty when it was not.
        error_code: The same as a code.
        content_type: The MIME type by its content, once it is done.
        meta: What ``external`` said of it.
        result: What the writer's ``close`` returned.
    """

    ref: str
    upload: str
    client_name: str
    client_size: int
    client_type: str = ""
    modified_ms: int = 0
    preview: str = ""
    error: str = ""
    error_code: str = ""
    content_type: str = ""
    meta: dict[str, Any] = field(default_factory=dict)
    result: Any = None
    received: int = 0
    state: State = State.WAITING

    @property
    def safe_name(self) -> str:
        """The name for paths and URLs."""
        return safe(self.client_name)

    @property
    def progress(self) -> int:
        """Whole percents that have arrived; 100 only when the file is done."""
        if self.done:
            return 100
        return min(99, self.received * 100 // self.client_size) if self.client_size else 0

    @property
    def done(self) -> bool:
        """Whether it is there, whole and checked."""
        return self.state is State.DONE

    @property
    def fingerprint(self) -> str:
        """What tells its bytes from those of another file under the same number."""
        parts = (self.upload, self.client_name, self.client_size, self.modified_ms)
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


class Failure:
    """Why a file was refused, as the template shows it.

    Attributes:
        entry: The file.
        code: The code of the reason.
        text: The reason for the visitor.
    """

    __slots__ = ("code", "entry", "text")

    def __init__(self, entry: UploadEntry) -> None:
        self.entry = entry
        self.code = entry.error_code
        self.text = entry.error

    @property
    def ref(self) -> str:
        """Of the file."""
        return self.entry.ref

    @property
    def client_name(self) -> str:
        """Of the file."""
        return self.entry.client_name

    def __str__(self) -> str:
        return f"{self.client_name}: {self.text}" if self.client_name else self.text


class Upload:
    """One upload of a view, as the template sees it: ``uploads.<name>``."""

    __slots__ = ("_entries", "config", "external", "progress", "writer")

    def __init__(
        self,
        config: UploadConfig,
        entries: dict[str, UploadEntry],
        writer: Callable[..., Any] | None,
        external: Callable[..., Any] | None,
        progress: Callable[..., Any] | None,
    ) -> None:
        self.config = config
        self._entries = entries
        self.writer = writer
        self.external = external
        self.progress = progress

    @property
    def name(self) -> str:
        """Its name."""
        return self.config.name

    @property
    def entries(self) -> list[UploadEntry]:
        """Its files, those that were refused included, in the order in which they were chosen."""
        mine = [each for each in self._entries.values() if each.upload == self.config.name]
        # One that was taken and given back stands behind those that came later.
        return sorted(mine, key=lambda each: int(each.ref))

    @property
    def errors(self) -> list[Failure]:
        """Why files were refused."""
        return [Failure(each) for each in self.entries if each.error]

    @property
    def live(self) -> list[UploadEntry]:
        """Files that were not refused."""
        return [each for each in self.entries if not each.error]


class Uploads(dict[str, Upload]):
    """The uploads of a view by name; ``uploads.avatar`` in templates and in Python."""

    def __getattr__(self, name: str) -> Upload:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(f"There is no upload called {name!r}.") from None
