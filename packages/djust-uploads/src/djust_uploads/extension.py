"""The extension behind :class:`~djust_uploads.UploadMixin`: one page's files and their way here."""

from __future__ import annotations

import asyncio
import inspect
import logging
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.utils.datastructures import MultiValueDict
from djust_live.background_work import current_task
from djust_live.extensions import Extension, Port

from djust_uploads import naming, sniffing, spool
from djust_uploads.announced import entry_of, is_same, preview_of, readable
from djust_uploads.arrived import ArrivedFile
from djust_uploads.config import config
from djust_uploads.consumed import ConsumedUpload, save_file
from djust_uploads.entries import State, Upload, UploadConfig, UploadEntry, Uploads
from djust_uploads.errors import (
    ExternalFailed,
    FileTooLarge,
    MalformedUpload,
    NoFile,
    NotStored,
    Refused,
    TooFast,
    TooManyFiles,
    Unfinished,
    UnknownEntry,
    UnknownUpload,
    WrongLength,
    WrongOffset,
)
from djust_uploads.frames import LAST_REF, Added, Announced, Sent, convert, read
from djust_uploads.stored import dump, restored
from djust_uploads.writers import DiskSink, Sink, WriterSink
from djust_uploads.writing import Job, StallWatch, WriteQueue

if TYPE_CHECKING:
    from django.core.files.storage import Storage
    from djust_live.live_view import LiveView

logger = logging.getLogger(__name__)

# Refused files that a page goes on to show; the oldest go first.
_SHOWN_FAILURES = 10
# After a drop the browser sends again what may still be on its way to the disk.
_SLACK = 2


class UploadExtension(Extension):
    """Takes files of one page piece by piece, checks them, and keeps them until the view asks.

    A file is announced, gets a channel for as long as the connection lasts, and comes in pieces of
    one length, in order. One task writes them in threads; the browser may be ahead of it by a
    window. After a drop or a restart the file on disk says where to go on.
    """

    namespace = "uploads"
    module = "djust/src/uploads.js"
    stand_in = "djust_uploads.stand_in.UploadStandIn"

    def __init__(self, view: LiveView, port: Port) -> None:
        super().__init__(view, port)
        self.uploads = Uploads()
        self._lock = threading.RLock()
        self._entries: dict[str, UploadEntry] = {}
        self._sinks: dict[str, Sink] = {}
        self._channels: dict[int, UploadEntry] = {}
        self._expected: dict[str, int] = {}
        self._last_channel = 0
        self._last_ref = 0
        self._queue = WriteQueue(port.spawn, self._write)
        self._watch = StallWatch(self._stalled)
        # What the code that runs has taken of files; None: none runs that may yet fail.
        self._taken: list[UploadEntry] | None = None
        self._is_over = False
        self._folder_made = ""
        self._shown_at = 0.0
        self._is_show_due = False

    # What the mixin asks for; from any thread

    def allow(
        self,
        upload: UploadConfig,
        writer: Callable[..., Any] | None,
        external: Callable[..., Any] | None,
        progress: Callable[..., Any] | None,
    ) -> None:
        """Allow an upload, or change what is allowed."""
        with self._lock:
            self.uploads[upload.name] = Upload(upload, self._entries, writer, external, progress)

    def known(self, name: str) -> Upload:
        """Return an upload that was allowed.

        Raises:
            UnknownUpload: It was not (``DJU001``).
        """
        found = self.uploads.get(name)
        if found is None:
            raise UnknownUpload(f"{type(self.view).__qualname__} allows no upload called {name!r}.")
        return found

    def cancel(self, name: str, ref: str) -> None:
        """Forget a file, wherever it is; one that is not there is no error."""
        entry = self._entries.get(str(ref))
        if entry is not None and entry.upload == self.known(name).name:
            self._forget(entry)

    def take(self, name: str) -> list[ConsumedUpload]:
        """Hand over the files that are done."""
        taken = []
        for entry in self.known(name).live:
            if entry.done:
                consumed = self._consumed(entry)
                if consumed is not None:
                    taken.append(consumed)
        return taken

    def arrived(self) -> MultiValueDict[str, ArrivedFile]:
        """Return the files that are done and on the disk here, by upload."""
        found: MultiValueDict[str, ArrivedFile] = MultiValueDict()
        for name, upload in self.uploads.items():
            done = [entry for entry in upload.live if entry.done and not self._is_elsewhere(entry)]
            found.setlist(name, [ArrivedFile(entry, self._file(entry).path) for entry in done])
        return found

    def save(self, name: str, storage: Storage | None, prefix: str) -> list[str]:
        """Save the files that are done; one whose saving raises stays."""
        upload = self.known(name)
        if upload.config.is_external or upload.config.is_written:
            raise NoFile(f"The files of {name!r} do not come to this server's disk.")
        names = []
        for entry in upload.live:
            if not entry.done:
                continue
            where = f"{prefix}{entry.safe_name}"
            names.append(save_file(self._file(entry).path, entry, storage, where))
            self._part_with(entry)
        return names

    # Hooks

    async def on_mount(self) -> None:
        """Clean up after others, now and then."""
        spool.sweeper.wake()

    async def on_attach(self) -> None:
        """Wait until the browser says what it has: pieces of an earlier connection mean nothing."""
        self._channels.clear()

    async def on_detach(self) -> None:
        """Keep what there is for when the browser comes back."""
        self._channels.clear()
        self._watch.stop()
        for entry in self._live():
            sink = self._sinks.get(entry.ref)
            if sink is not None and entry.state is State.RECEIVING:
                self._queue.rest(entry)

    async def on_message(self, verb: str, data: Any) -> None:
        """Take what the browser says of its files."""
        try:
            if verb == "add":
                await self._add(convert(data, Added))
            elif verb == "drop":
                self._dropped(convert(data, int))
            elif verb == "sent":
                self._sent(convert(data, Sent))
            else:
                raise MalformedUpload(f"Uploads know no message {verb[:40]!r}.")
        except (Refused, UnknownUpload) as error:
            self._refuse_frame(error)

    async def on_binary(self, frame: bytes) -> None:
        """Take a piece of a file."""
        try:
            piece = read(frame)
            entry = self._channels.get(piece.channel)
            if entry is None:
                if piece.channel > self._last_channel or not piece.channel:
                    raise UnknownEntry("A piece belongs to no file that was announced.")
                return  # sent before the file was refused, cancelled, or lost its connection
            try:
                self._take_piece(entry, piece.offset, piece.data)
            except Refused as error:
                self.refuse(entry, error)
        except Refused as error:
            self._refuse_frame(error)

    async def on_unmount(self, reason: str) -> None:
        """Leave nothing behind, unless the page may come back to it."""
        self._is_over = True
        self._queue.close()
        self._watch.stop()
        self._channels.clear()
        is_final = reason in ("left", "redirect", "unused")
        # A writer lives as long as its session; what it has finished is wanted by who comes back.
        ending = [sink for ref, sink in self._sinks.items() if is_final or not self._is_done(ref)]
        self._sinks = {}
        folder = Path(self._folder_made) if is_final and self._folder_made else None
        if ending or folder:
            await self.port.run(partial(_end, ending, folder))

    def before_call(self) -> None:
        """Keep from now on what is taken, until it is known that the code succeeds."""
        self._settle()
        self._taken = []

    def roll_back(self) -> None:
        """Hold the files again that the code has taken."""
        taken, self._taken = self._taken, None
        with self._lock:
            self._entries.update((entry.ref, entry) for entry in taken or ())

    async def after_render(self) -> None:
        """Part with what was taken."""
        self._settle()

    def context(self) -> dict[str, Any]:
        """Return ``uploads`` for the template."""
        return {"uploads": self.uploads}

    def dump_state(self) -> Any:
        """Return what is allowed and what there is; the bytes are on disk."""
        with self._lock:
            if not self.uploads:
                return None
            return dump(self.view, self._last_ref, self.uploads, self._live())

    def load_state(self, data: Any) -> None:
        """Go on with what :meth:`dump_state` gave."""
        last_ref, uploads, entries = restored(self.view, data)
        self._last_ref = last_ref
        for upload, *callables in uploads:
            self.allow(upload, *callables)
        for entry in entries:
            self._entries[entry.ref] = entry

    # Files come

    def _dropped(self, ref: int) -> None:
        """Forget a file that the browser has no more; it says so until it is answered."""
        entry = self._entries.get(str(ref))
        if entry is None:
            self.port.send_now("gone", [ref, "", ""])
        else:
            self._forget(entry)
            self.port.request_render()

    async def _add(self, added: Added) -> None:
        upload = self.known(added.upload)
        new = [each for each in added.files if self._is_new(each)]
        if new:
            self._drop_failures(upload)
            if upload.config.max_entries == 1:
                # As in any file input: what is chosen takes the place of what was.
                for earlier in upload.live:
                    self._forget(earlier)
        full: Refused | None = None
        for each in added.files:
            if each.ref < 1 or each.ref > LAST_REF:
                raise MalformedUpload("A file has no number.")
            entry = self._entries.get(str(each.ref))
            if entry is None and each in new and full is None:
                full = await self._announce(upload, each)
            elif entry is None:
                # Gone long ago, or one of a crowd of which the first is told about.
                self._last_ref = max(self._last_ref, each.ref)
                code, text = (full.code, str(full)) if full and each in new else ("", "")
                self.port.send_now("gone", [each.ref, code, text])
            elif entry.error or not is_same(entry, each, upload):
                self._tell_gone(entry)
            else:
                entry.preview = preview_of(each)
                await self._open(upload, entry)
        self.port.request_render()

    def _is_new(self, each: Announced) -> bool:
        return str(each.ref) not in self._entries and each.ref > self._last_ref

    async def _announce(self, upload: Upload, each: Announced) -> Refused | None:
        """Take a new file or refuse it; return the reason when no other can be taken either."""
        self._last_ref = each.ref
        entry = entry_of(upload.name, each)
        try:
            naming.check(each.name)
            self._check_counts(upload)
            if each.size < 0 or each.size > upload.config.max_file_size:
                raise FileTooLarge(
                    f"The file is larger than {readable(upload.config.max_file_size)}."
                )
            sniffing.check_claim(each.name, each.type, upload.config.accept)
            if not upload.config.is_external and not upload.config.is_written:
                await self.port.run(partial(spool.check_room, each.size))
        except Refused as error:
            with self._lock:
                self._entries[entry.ref] = entry
            self.refuse(entry, error)
            return error if isinstance(error, TooManyFiles) else None
        with self._lock:
            self._entries[entry.ref] = entry
        await self._open(upload, entry)
        return None

    def _check_counts(self, upload: Upload) -> None:
        most = upload.config.max_entries
        if len(upload.live) >= most:
            raise TooManyFiles(f"No more than {most} file{'s' if most > 1 else ''} can be chosen.")
        if len(self._live()) >= config.UPLOAD_MAX_ENTRIES:
            raise TooManyFiles("Too many files are chosen.")

    async def _open(self, upload: Upload, entry: UploadEntry) -> None:
        """Tell the browser where to go on with a file."""
        if upload.config.is_external:
            if entry.done:
                self.port.send_now("done", int(entry.ref))
            else:
                self.port.call(self._presigning(upload, entry))
            return
        if upload.config.is_written and entry.done:
            self.port.send_now("done", int(entry.ref))
            return
        await self._queue.settled()
        sink = self._sinks.get(entry.ref) or self._sink(upload, entry)
        try:
            offset = await self.port.run(sink.start)
        except (Refused, OSError) as error:
            self._fail(entry, error)
            return
        if entry.ref not in self._entries:
            return  # cancelled meanwhile
        if entry.done and offset == entry.client_size:
            self.port.send_now("done", int(entry.ref))
            return
        entry.received = self._expected[entry.ref] = offset
        entry.state = State.RECEIVING if offset else State.WAITING
        self._last_channel += 1
        self._channels[self._last_channel] = entry
        self._watch.moved()
        self._tell_accepted(upload, entry, self._last_channel, None)
        if offset == entry.client_size:
            # At once: an event that the browser sends next is about a file that is there.
            await self._finish(entry, sink)

    def _tell_accepted(self, upload: Upload, entry: UploadEntry, channel: int, meta: Any) -> None:
        allowed = upload.config
        window = max(config.UPLOAD_WINDOW_BYTES, allowed.chunk_size)
        numbers = [int(entry.ref), channel, entry.received, allowed.chunk_size, window]
        self.port.send_now("accept", [*numbers, allowed.auto_upload, meta])

    def _sink(self, upload: Upload, entry: UploadEntry) -> Sink:
        sink: Sink
        if upload.writer is not None:
            sink = WriterSink(entry, upload.config, upload.writer)
        else:
            sink = DiskSink(entry, upload.config, self._file(entry))
        self._sinks[entry.ref] = sink
        return sink

    def _file(self, entry: UploadEntry) -> spool.SpoolFile:
        folder = spool.page_folder(self.port.tenant, self.port.page_id)
        self._folder_made = str(folder)
        return spool.SpoolFile(folder, entry.ref, entry.fingerprint)

    def _take_piece(self, entry: UploadEntry, offset: int, data: memoryview) -> None:
        allowed = self.uploads[entry.upload].config
        expected = self._expected[entry.ref]
        if offset != expected:
            raise WrongOffset("A part of the file is missing or came twice.")
        length = min(allowed.chunk_size, entry.client_size - expected)
        if len(data) != length:
            raise WrongLength("The file does not have the length that was announced.")
        window = max(config.UPLOAD_WINDOW_BYTES, allowed.chunk_size)
        if self._queue.held + length > _SLACK * window:
            raise TooFast("The file came faster than the server could take it.")
        self._expected[entry.ref] = expected + length
        entry.state = State.RECEIVING
        self._watch.moved()
        self._queue.add(entry, offset, data)

    # Files are written

    async def _write(self, job: Job) -> None:
        entry = job.entry
        sink = self._sinks.get(entry.ref)
        if sink is None or self._entries.get(entry.ref) is not entry or entry.error:
            return
        try:
            if not job.pieces:
                await self.port.run(sink.rest)
                return
            end = await self.port.run(partial(sink.write, job.offset, job.pieces))
        except (Refused, OSError) as error:
            self._fail(entry, error)
            return
        if self._entries.get(entry.ref) is not entry:
            return
        entry.received = end
        self.port.send_now("ack", [int(entry.ref), end])
        if end == entry.client_size:
            await self._finish(entry, sink)
        else:
            self._show(entry)

    async def _finish(self, entry: UploadEntry, sink: Sink) -> None:
        entry.state = State.CHECKING
        try:
            await self.port.run(sink.finish)
        except (Refused, OSError) as error:
            self._fail(entry, error)
            return
        if self._entries.get(entry.ref) is entry:
            self._conclude(entry)

    def _conclude(self, entry: UploadEntry) -> None:
        entry.state = State.DONE
        self._channels = {n: each for n, each in self._channels.items() if each is not entry}
        self.port.send_now("done", int(entry.ref))
        self._show(entry, is_last=True)

    # Files go elsewhere

    def _presigning(self, upload: Upload, entry: UploadEntry) -> Callable[[], None]:
        def presign() -> None:
            if self._entries.get(entry.ref) is not entry or upload.external is None:
                return
            if entry.meta:
                # A browser that comes back may have sent it there already.
                self._tell_accepted(upload, entry, 0, entry.meta)
                return
            try:
                entry.meta = dict(upload.external(entry))
            except Exception as error:  # the edge to the project's code
                logger.exception("The external callable of %s failed", upload.name)
                failed = ExternalFailed("The file cannot be sent at the moment.")
                failed.__cause__ = error
                self.refuse(entry, failed)
                return
            self._tell_accepted(upload, entry, 0, entry.meta)

        return presign

    def _sent(self, sent: Sent) -> None:
        entry = self._entries.get(str(sent.ref))
        if entry is None or entry.error or entry.done:
            return
        if not self.uploads[entry.upload].config.is_external or not entry.meta:
            raise MalformedUpload("A file that comes here cannot have gone elsewhere.")
        self._watch.moved()
        if sent.state == "done":
            entry.received = entry.client_size
            self._conclude(entry)
        elif sent.state == "failed":
            self.refuse(entry, ExternalFailed("The file could not be sent to the storage."))
        else:
            entry.state = State.RECEIVING
            entry.received = max(0, min(sent.loaded, entry.client_size))
            self._show(entry)

    # Files end

    def refuse(self, entry: UploadEntry, error: Refused) -> None:
        """Say why a file is not taken, and leave nothing of it."""
        logger.info("%s refused a file: %s %s", type(self.view).__qualname__, error.code, error)
        entry.error = str(error)
        entry.error_code = error.code
        entry.state = State.REFUSED
        entry.received = 0
        self._tell_gone(entry)
        self._discard(entry)
        self._limit_failures()
        self.port.request_render()

    def _fail(self, entry: UploadEntry, error: Refused | OSError) -> None:
        if self._is_over or self._entries.get(entry.ref) is not entry:
            return  # nobody wants it any more
        if isinstance(error, OSError):
            logger.error("An uploaded file could not be written", exc_info=error)
            error = NotStored("The file could not be stored.")
        self.refuse(entry, error)

    def _refuse_frame(self, error: Refused | UnknownUpload) -> None:
        logger.info("%s refused a frame: %s %s", type(self.view).__qualname__, error.code, error)
        self.port.send_now("gone", [0, error.code, str(error)])

    def _tell_gone(self, entry: UploadEntry) -> None:
        self.port.send_now("gone", [int(entry.ref), entry.error_code, entry.error])

    def _forget(self, entry: UploadEntry) -> None:
        with self._lock:
            self._entries.pop(entry.ref, None)
        self._tell_gone(entry)
        self._discard(entry)

    def _discard(self, entry: UploadEntry) -> None:
        """Remove what is there of a file; what is being written comes before."""
        self._channels = {n: each for n, each in self._channels.items() if each is not entry}
        sink = self._sinks.pop(entry.ref, None)
        if sink is None and not entry.error and entry.upload in self.uploads:
            if not self._is_elsewhere(entry):
                sink = DiskSink(entry, self.uploads[entry.upload].config, self._file(entry))
        if sink is not None:
            self.port.spawn(self._remove(sink))

    async def _remove(self, sink: Sink) -> None:
        await self._queue.settled()
        try:
            await self.port.run(sink.remove)
        except (Refused, OSError):
            logger.warning("What is left of a file could not be removed", exc_info=True)

    def _consumed(self, entry: UploadEntry) -> ConsumedUpload | None:
        path: Path | None = None
        if not self._is_elsewhere(entry):
            file = self._file(entry)
            try:
                path = file.lend() if self._may_fail else file.take()
            except FileNotFoundError:
                logger.warning("A file that was complete is gone from the disk: %s", entry.ref)
                entry.state = State.WAITING
                entry.received = 0
                return None
        self._part_with(entry)
        return ConsumedUpload(entry, path)

    @property
    def _may_fail(self) -> bool:
        """Whether the caller is code whose changes are taken back when it raises."""
        return self._taken is not None and current_task() is None

    def _part_with(self, entry: UploadEntry) -> None:
        """Forget a file that the view has taken."""
        with self._lock:
            self._entries.pop(entry.ref, None)
        if self._taken is not None and self._may_fail:
            self._taken.append(entry)
        else:
            self._end_taken(entry)

    def _settle(self) -> None:
        """Let what was taken be gone, whatever comes."""
        taken, self._taken = self._taken, None
        for entry in taken or ():
            self._end_taken(entry)

    def _end_taken(self, entry: UploadEntry) -> None:
        self._tell_gone(entry)
        if self._is_elsewhere(entry):
            self._sinks.pop(entry.ref, None)  # what it wrote is the view's
        else:
            self._discard(entry)

    def _is_done(self, ref: str) -> bool:
        entry = self._entries.get(ref)
        return entry is not None and entry.done

    def _is_elsewhere(self, entry: UploadEntry) -> bool:
        """Return whether the bytes go to a writer or another storage, not to our disk."""
        allowed = self.uploads[entry.upload].config
        return allowed.is_external or allowed.is_written

    def _live(self) -> list[UploadEntry]:
        return [entry for entry in self._entries.values() if not entry.error]

    def _drop_failures(self, upload: Upload) -> None:
        """Show no longer what was wrong with an earlier choice."""
        with self._lock:
            for entry in upload.entries:
                if entry.error:
                    del self._entries[entry.ref]

    def _limit_failures(self) -> None:
        with self._lock:
            failures = [entry for entry in self._entries.values() if entry.error]
            for entry in failures[:-_SHOWN_FAILURES]:
                del self._entries[entry.ref]

    # What the page shows

    def _show(self, entry: UploadEntry, *, is_last: bool = False) -> None:
        """Show progress, but not more often than somebody can see."""
        loop = asyncio.get_running_loop()
        if not is_last and loop.time() < self._shown_at + config.UPLOAD_PROGRESS_S:
            if not self._is_show_due:
                self._is_show_due = True
                self.port.spawn(self._show_later(entry))
            return
        self._shown_at = loop.time()
        progress = self.uploads[entry.upload].progress
        if progress is None:
            self.port.request_render()
        else:
            self.port.call(_bound(progress, entry))

    async def _show_later(self, entry: UploadEntry) -> None:
        loop = asyncio.get_running_loop()
        await asyncio.sleep(self._shown_at + config.UPLOAD_PROGRESS_S - loop.time())
        self._is_show_due = False
        if self._entries.get(entry.ref) is entry and not entry.done:
            self._show(entry)

    def _stalled(self) -> None:
        for entry in self._live():
            if entry.state is State.RECEIVING:
                text = "The file was begun, but the rest of it did not come."
                self.refuse(entry, Unfinished(text))


def _end(sinks: list[Sink], folder: Path | None) -> None:
    for sink in sinks:
        if isinstance(sink, WriterSink):
            try:
                sink.end()
            except Refused:
                logger.warning("What a writer wrote could not be taken back")
        else:
            sink.rest()
    if folder is not None:
        spool.remove_page(folder)


def _bound(function: Callable[..., Any], entry: UploadEntry) -> Callable[[], Any]:
    call: Callable[[], Any]
    if inspect.iscoroutinefunction(function):

        async def call() -> None:
            await function(entry)
    else:

        def call() -> None:
            function(entry)

    call.__name__ = getattr(function, "__name__", "progress")
    return call
