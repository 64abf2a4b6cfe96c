from __future__ import annotations

import hashlib
import itertools
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from conftest import Open, files, until
from django.core.files.storage import FileSystemStorage
from django.test import override_settings
from djust_live.messages import End
from djust_testing import EventFailed, Impossible, LiveViewTestClient
from djust_uploads import UploadConfig, UploadEntry
from djust_uploads.entries import State
from djust_uploads.errors import BadUploadOptions
from djust_uploads.extension import UploadExtension
from djust_uploads.writers import DiskSink
from uploads_project import views
from uploads_project.views import Elsewhere
from wires import Attacker

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 1000


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_a_file_arrives_whole(open_page: Open, uploads: Path) -> None:
    page = open_page(views.Photos)
    page.upload("input", "My photo.PNG", PNG)
    [entry] = page.view.uploads.photos.entries
    assert (entry.done, entry.progress, entry.content_type) == (True, 100, "image/png")
    page.assert_html("<i>100</i>")
    page.submit()
    page.assert_html(f"<p>My_photo.png:{len(PNG)}:{digest(PNG)}</p>")
    until(lambda: files(uploads) == [])
    assert page.view.uploads.photos.entries == []


def test_files_may_be_dropped_into_a_zone(open_page: Open) -> None:
    page = open_page(views.Photos)
    page.upload("#zone", "a.txt", b"one")
    page.upload("#zone", "b.txt", b"")
    page.submit()
    page.assert_html(f"<p>a.txt:3:{digest(b'one')} b.txt:0:{digest(b'')}</p>")


def test_names_are_escaped_and_safe(open_page: Open) -> None:
    page = open_page(views.Photos)
    page.upload("input", "<b>&'\".txt", b"x")
    assert "&lt;b&gt;" in page.html
    page.submit()
    page.assert_html(f"<p>b.txt:1:{digest(b'x')}</p>")


def test_a_visitor_cancels(open_page: Open, uploads: Path) -> None:
    page = open_page(views.Photos)
    page.upload("input", "a.txt", b"one")
    assert len(files(uploads)) == 1
    page.click("ul button")
    assert page.find_all("ul li") == []
    until(lambda: files(uploads) == [])


def test_an_unknown_upload_is_refused(open_page: Open) -> None:
    page = open_page(views.Photos)
    with pytest.raises(EventFailed, match="DJU001"):
        page.send_event("cancel_upload", name="other", ref="1")
    page.send_event("cancel_upload", name="photos", ref="77")


def test_what_takes_no_files_takes_none(open_page: Open) -> None:
    page = open_page(views.Photos)
    with pytest.raises(Impossible):
        page.upload("p", "a.txt", b"")
    with pytest.raises(Impossible):
        page.gesture("fly")


def test_saved_files_are_in_the_storage(open_page: Open, uploads: Path, tmp_path: Path) -> None:
    page = open_page(views.Media)
    with override_settings(MEDIA_ROOT=str(tmp_path / "media")):
        page.upload("input", "a.txt", b"one")
        page.submit()
    page.assert_html("<p>photos/a.txt</p>")
    assert (tmp_path / "media/photos/a.txt").read_bytes() == b"one"
    until(lambda: files(uploads) == [])


def test_a_file_that_cannot_be_saved_stays(
    open_page: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    page = open_page(views.Media)
    page.upload("input", "a.txt", b"one")

    def fail(*args: object, **options: object) -> str:
        raise OSError("The storage is away.")

    with monkeypatch.context() as patched:
        patched.setattr(FileSystemStorage, "_save", fail)
        with pytest.raises(EventFailed):
            page.submit()
    with override_settings(MEDIA_ROOT=str(tmp_path / "media")):
        page.submit()
    page.assert_html("<p>photos/a.txt</p>")


def test_consumed_files_live_as_long_as_somebody_has_them(open_page: Open, uploads: Path) -> None:
    page = open_page(views.Photos)
    page.upload("input", "a.txt", b"one")
    [file] = page.view.consume_uploaded_entries("photos")
    assert file.path.read_bytes() == file.read() == b"one"
    file.file.seek(1)
    assert file.file.read() == b"ne"
    file.file.close()
    del file
    until(lambda: files(uploads) == [])


def test_progress_is_told(open_page: Open) -> None:
    page = open_page(views.Watched)
    page.upload("input", "a.txt", b"x" * 1_000_000)
    assert page.view.seen[-1] == 100


def test_a_writer_gets_the_bytes(open_page: Open, uploads: Path) -> None:
    page = open_page(views.Written)
    data = b"some text\n" * 50_000
    page.upload("input", "a.txt", data)
    page.submit()
    page.assert_html(f"<p>{digest(data)}</p>")
    assert files(uploads) == []


def test_a_writer_that_fails_refuses_the_file(open_page: Open) -> None:
    views.Digest.aborted.clear()
    page = open_page(views.Written)
    page.upload("input", "bad.txt", b"poison" * 10_000)
    assert [error.code for error in page.view.uploads.photos.errors] == ["DJU111"]
    until(lambda: views.Digest.aborted == ["bad.txt"])


def test_a_file_that_was_cancelled_is_not_refused_when_its_writer_fails_then(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(UploadExtension, "stand_in", "wires.Wire")
    begun, go_on = threading.Event(), threading.Event()

    def write(writer: views.Digest, data: bytes) -> None:
        begun.set()
        go_on.wait(60)
        raise ValueError("The archive is full.")

    monkeypatch.setattr(views.Digest, "write", write)
    page = open_page(views.Written)
    browser = Attacker(page)
    browser.add(1, "a.txt", 100_000)
    browser.wire.piece(browser.channel(), 0, b"x" * 65_536)
    assert begun.wait(60)
    page.send_event("cancel_upload", name="photos", ref="1")
    go_on.set()
    while browser.wire.browser.settle():
        pass
    assert browser.wire.said("gone") == [[1, "", ""]]


def end(page: LiveViewTestClient, reason: str) -> None:
    """End the session of a page whose browser is gone."""
    session = page.live_session
    page.drop()

    async def over() -> None:
        session.post(End(reason))
        await session.finished()

    page._run(over())


@pytest.mark.parametrize("reason", ["expired", "drained", "moved", "left"])
def test_a_writer_that_ends_with_its_session_takes_back_what_it_wrote(
    open_page: Open, monkeypatch: pytest.MonkeyPatch, reason: str
) -> None:
    monkeypatch.setattr(UploadExtension, "stand_in", "wires.Wire")
    views.Digest.aborted.clear()
    page = open_page(views.Written)
    browser = Attacker(page)
    browser.add(1, "half.txt", 100_000)
    browser.piece(0, b"x" * 65_536)
    end(page, reason)
    assert views.Digest.aborted == ["half.txt"]


def test_what_a_writer_has_finished_stays_while_its_page_may_come_back(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    views.Digest.aborted.clear()
    page = open_page(views.Written)
    page.upload("input", "a.txt", b"text")
    end(page, "expired")
    page.reconnect()
    page.submit()
    page.assert_html(f"<p>{digest(b'text')}</p>")
    assert views.Digest.aborted == []


def test_files_go_to_other_storage(open_page: Open) -> None:
    page = open_page(views.Elsewhere)
    page.upload("input", "a b.txt", b"one")
    page.submit()
    page.assert_html("<p>a_b.txt</p>")
    page.upload("input", "nowhere.txt", b"one")
    assert [error.code for error in page.view.uploads.photos.errors] == ["DJU112"]


def test_a_file_goes_on_in_another_process(open_page: Open, uploads: Path) -> None:
    with override_settings(
        DJUST={
            "UPLOAD_DIR": str(uploads),
            "STATE_BACKEND": "cache",
        }
    ):
        page = open_page(views.Photos)
        page.upload("input", "a.txt", b"one")
        page.restart_server()
        page.reconnect()
        page.submit()
        page.assert_html(f"<p>a.txt:3:{digest(b'one')}</p>")


def test_a_file_that_was_whole_is_there_for_the_next_event_of_a_page_that_is_behind(
    open_page: Open, uploads: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    load, finish = UploadExtension.load_state, DiskSink.finish

    def load_earlier_state(self: UploadExtension, data: Any) -> None:
        load(self, data)
        for entry in self._entries.values():
            entry.state = State.RECEIVING

    def finish_slowly(self: DiskSink) -> None:
        time.sleep(0.1)
        finish(self)

    monkeypatch.setattr(UploadExtension, "load_state", load_earlier_state)
    with override_settings(DJUST={"UPLOAD_DIR": str(uploads), "STATE_BACKEND": "cache"}):
        page = open_page(views.Photos)
        page.upload("input", "a.txt", b"one")
        page.restart_server()
        monkeypatch.setattr(DiskSink, "finish", finish_slowly)
        page.reconnect()
        page.submit()
        page.assert_html(f"<p>a.txt:3:{digest(b'one')}</p>")


def test_a_page_that_is_left_leaves_nothing(open_page: Open, uploads: Path) -> None:
    page = open_page(views.Photos)
    page.upload("input", "a.txt", b"one")
    page.close()
    until(lambda: files(uploads) == [])


@pytest.mark.parametrize(
    "options",
    [
        {"accept": ["png"]},
        {"max_entries": 0},
        {"max_file_size": -1},
        {"chunk_size": 2_000_000},
        {"writer": views.Digest, "external": views.Digest},
        {"max_entries": True},
    ],
)
def test_impossible_options_are_refused(open_page: Open, options: dict[str, object]) -> None:
    page = open_page(views.Photos)
    with pytest.raises(BadUploadOptions):
        page.view.allow_upload("photos", **options)
    with pytest.raises(BadUploadOptions):
        page.view.allow_upload("no name")


def test_accept_is_what_an_input_takes(open_page: Open) -> None:
    page = open_page(views.Photos)
    config = page.view.uploads.photos.config
    assert isinstance(config, UploadConfig)
    assert page.find("input")["accept"] == ".png,.txt,.pdf,.bin" == str(config.accept)


def test_a_file_goes_to_one_place_however_often_its_browser_comes_back(
    open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(UploadExtension, "stand_in", "wires.Wire")
    keys = itertools.count()

    def place(view: Elsewhere, entry: UploadEntry) -> dict[str, Any]:
        return {"url": "https://storage.example/", "fields": {"key": str(next(keys))}}

    monkeypatch.setattr(Elsewhere, "place", place)
    page = open_page(Elsewhere)
    browser = Attacker(page)
    browser.add(1, "film.txt", 10)
    browser.wait(lambda: browser.wire.said("accept"))
    page.reconnect()
    browser.add(1, "film.txt", 10)
    browser.wait(lambda: len(browser.wire.said("accept")) == 2)
    first, second = (accepted[-1] for accepted in browser.wire.said("accept"))
    assert first == second == {"url": "https://storage.example/", "fields": {"key": "0"}}
