"""A visitor who speaks the wire of uploads as they please."""

from __future__ import annotations

from typing import Any

from djust_live.extensions import StandIn
from djust_uploads import frames
from djust_uploads.extension import UploadExtension


class Wire(StandIn):
    """Keeps what the server says; sends what a test wants."""

    gestures = ("tell", "piece", "said")

    def __init__(self, browser: Any) -> None:
        super().__init__(browser)
        self.heard: list[list[Any]] = []

    def on_message(self, verb: str, data: Any) -> None:
        """Remember it."""
        self.heard.append([verb, data])

    def said(self, verb: str) -> list[Any]:
        """Return what was said so far with this verb."""
        return [data for said, data in self.heard if said == verb]

    def tell(self, verb: str, data: Any) -> None:
        """Send a message."""
        self.browser.send(verb, data)

    def piece(self, channel: int, offset: int, data: bytes) -> None:
        """Send a piece."""
        self.browser.send_binary(frames.write(channel, offset, data))

    def raw(self, frame: bytes) -> None:
        """Send a binary frame."""
        self.browser.send_binary(frame)


class Attacker:
    """A page whose visitor sends pieces by hand."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.wire: Any = next(iter(page._stand_ins.values()))

    @property
    def upload(self) -> Any:
        """The upload of the page."""
        return UploadExtension.of(self.page.view).uploads.photos

    def add(self, ref: int, name: str, size: int, mime: str = "", upload: str = "photos") -> None:
        """Announce a file."""
        self.wire.tell("add", [upload, [[ref, name, size, mime, 0, ""]]])
        self.page.settle()

    def channel(self) -> int:
        """Return the channel of the file that was accepted last."""
        return int(self.wire.said("accept")[-1][1])

    def piece(self, offset: int, data: bytes, channel: int | None = None) -> None:
        """Send a piece of the file that was accepted last."""
        self.wire.piece(self.channel() if channel is None else channel, offset, data)
        # Progress is shown a little later than it is made.
        while self.wire.browser.settle():
            pass
        self.page.settle()

    def codes(self) -> list[str]:
        """Return why files were refused, as the page shows it."""
        return [error.code for error in self.upload.errors]

    def wait(self, condition: Any) -> None:
        """Take frames until a condition holds."""
        self.wire.browser.wait(condition)
        self.page.settle()
