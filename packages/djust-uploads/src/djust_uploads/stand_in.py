"""What stands for the browser's half of uploads in a test client."""

from __future__ import annotations

import mimetypes
from itertools import count
from typing import Any

from djust_live.extensions import StandIn

from djust_uploads import frames


class _File:
    """A file that the visitor chose."""

    def __init__(self, ref: int, upload: str, name: str, data: bytes, mime: str) -> None:
        self.ref = ref
        self.upload = upload
        self.data = data
        self.said = [ref, name, len(data), mime, 0, ""]
        self.is_over = False
        self.acknowledged = 0
        self.accepted: list[Any] | None = None


class UploadStandIn(StandIn):
    """Chooses files, sends them piece by piece, and goes on after a drop."""

    gestures = ("upload",)

    def __init__(self, browser: Any) -> None:
        super().__init__(browser)
        self._numbers = count(1)
        self._files: dict[int, _File] = {}

    def upload(
        self,
        selector: str,
        name: str,
        data: bytes,
        content_type: str | None = None,
        *,
        size: int | None = None,
    ) -> None:
        """Choose a file in an input with ``dj-upload``, or drop it into a zone with ``dj-drop``.

        Args:
            selector: The input or the zone.
            name: Of the file.
            data: Its content.
            content_type: As the browser says it; guessed by the name when None.
            size: Announce another length than that of ``data``, as a broken client does.
        """
        upload = self.browser.attribute(selector, "dj-upload", "dj-drop")
        mime = mimetypes.guess_type(name)[0] or "" if content_type is None else content_type
        file = _File(next(self._numbers), upload, name, bytes(data), mime)
        if size is not None:
            file.said[2] = size
        self._files[file.ref] = file
        self._hold(upload)
        self._announce(file)
        self.browser.wait(lambda: file.is_over)

    def on_connection(self, is_ready: bool) -> None:
        """Say again which files are here."""
        if is_ready:
            for file in self._files.values():
                self._announce(file)

    def on_message(self, verb: str, data: Any) -> None:
        """Do what the server says of a file."""
        ref = data if verb == "done" else data[0]
        file = self._files.get(ref)
        if file is None:
            return
        if verb == "accept":
            file.accepted = data
            file.acknowledged = data[2]
            self._send(file)
        elif verb == "ack":
            file.acknowledged = data[1]
        elif verb == "done":
            file.is_over = True
        elif verb == "gone":
            file.is_over = True
            del self._files[ref]
            self._hold(file.upload)

    def _hold(self, upload: str) -> None:
        names = [str(file.said[1]) for file in self._files.values() if file.upload == upload]
        self.browser.hold(f'[dj-upload="{upload}"]', (names or [""])[-1])

    def _announce(self, file: _File) -> None:
        self.browser.send("add", [file.upload, [file.said]])

    def _send(self, file: _File) -> None:
        ref, channel, offset, chunk, _window, _auto, meta = file.accepted or []
        if meta is not None:
            # There is no other storage in a test: the file counts as sent there.
            self.browser.send("sent", [ref, len(file.data), "done"])
            return
        for start in range(offset, len(file.data), chunk):
            piece = frames.write(channel, start, file.data[start : start + chunk])
            self.browser.send_binary(piece)
