"""What a hostile visitor may try: each is refused with a reason, and leaves nothing on the disk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import Open, files, until
from django.test import override_settings
from djust_uploads import frames
from djust_uploads.extension import UploadExtension
from djust_uploads.writing import WriteQueue
from uploads_project import views
from wires import Attacker

CHUNK = 65_536
Attack = Callable[..., Attacker]


@pytest.fixture
def attack(open_page: Open, monkeypatch: pytest.MonkeyPatch) -> Iterator[Attack]:
    monkeypatch.setattr(UploadExtension, "stand_in", "wires.Wire")

    def opener(view: Any = views.Photos, **options: Any) -> Attacker:
        return Attacker(open_page(view, **options))

    return opener


def refused(attacker: Attacker, code: str, uploads: Path) -> str:
    """Check that the only file was refused, shown to the visitor, and is gone."""
    attacker.page.settle()
    assert attacker.codes() == [code]
    reason = str(attacker.upload.errors[0])
    shown = [item.get_text() for item in attacker.page.find_all("ol li")]
    assert shown == [reason]
    assert attacker.wire.said("gone")[-1][1:] == [code, attacker.upload.errors[0].text]
    until(lambda: files(uploads) == [])
    return reason


def test_a_hole(attack: Attack, uploads: Path) -> None:
    attacker = attack()
    attacker.add(1, "a.bin", 3 * CHUNK)
    attacker.piece(0, b"\1" * CHUNK)
    attacker.piece(2 * CHUNK, b"\1" * CHUNK)
    assert "missing" in refused(attacker, "DJU107", uploads)


def test_an_overlap(attack: Attack, uploads: Path) -> None:
    attacker = attack()
    attacker.add(1, "a.bin", 3 * CHUNK)
    attacker.piece(0, b"\1" * CHUNK)
    attacker.piece(0, b"\1" * CHUNK)
    refused(attacker, "DJU107", uploads)


@pytest.mark.parametrize("length", [1, CHUNK - 1, CHUNK + 1])
def test_a_piece_of_a_wrong_length(attack: Attack, uploads: Path, length: int) -> None:
    attacker = attack()
    attacker.add(1, "a.bin", 3 * CHUNK)
    attacker.piece(0, b"\1" * length)
    assert "length" in refused(attacker, "DJU106", uploads)


def test_more_than_was_announced(attack: Attack, uploads: Path) -> None:
    attacker = attack()
    attacker.add(1, "a.bin", 10)
    attacker.piece(0, b"\1" * 11)
    refused(attacker, "DJU106", uploads)


def test_pieces_behind_the_end(attack: Attack) -> None:
    attacker = attack()
    attacker.add(1, "a.bin", 10)
    attacker.piece(0, b"\1" * 10)
    attacker.wait(lambda: attacker.wire.said("done"))
    attacker.piece(10, b"\1" * 10)
    assert [entry.done for entry in attacker.upload.entries] == [True]


@pytest.mark.parametrize("size", [10_000_001, 2**62, -1])
def test_too_big(attack: Attack, uploads: Path, size: int) -> None:
    attacker = attack()
    attacker.add(1, "a.bin", size)
    assert "10 MB" in refused(attacker, "DJU102", uploads)


def test_too_many(attack: Attack, uploads: Path) -> None:
    attacker = attack()
    for ref in range(1, 4):
        attacker.add(ref, "a.txt", 1)
    attacker.add(4, "b.txt", 1)
    assert "3 files" in refused(attacker, "DJU101", uploads)
    assert len(attacker.upload.live) == 3


def test_files_that_nobody_took_count(attack: Attack, uploads: Path) -> None:
    attacker = attack()
    for ref in range(1, 4):
        attacker.add(ref, "a.txt", 1)
        attacker.piece(0, b"x")
        attacker.wait(lambda ref=ref: ref in attacker.wire.said("done"))
    attacker.add(4, "a.txt", 1)
    assert attacker.codes() == ["DJU101"]
    attacker.page.submit()
    attacker.add(5, "a.txt", 1)
    assert attacker.codes() == []


def test_a_flood_of_entries(attack: Attack, uploads: Path) -> None:
    attacker = attack()
    many = [[ref, f"{ref}.txt", 1, "", 0, ""] for ref in range(1, 1_001)]
    attacker.wire.tell("add", ["photos", many])
    attacker.page.settle()
    assert len(attacker.upload.entries) == 4
    assert len(attacker.wire.said("gone")) == 997
    for ref in range(1_001, 1_031):
        attacker.add(ref, "a.txt", 1)
    assert len(attacker.upload.entries) <= 13
    assert files(uploads) == []


@pytest.mark.parametrize(
    ("name", "mime"),
    [
        ("a.exe", ""),
        ("a.gif", "image/gif"),
        ("a", ""),
        ("a.png.gif", ""),
        ("a.png", "text/plain"),
        ("a.txt", "image/png"),
    ],
)
def test_a_type_that_is_not_accepted(attack: Attack, uploads: Path, name: str, mime: str) -> None:
    attacker = attack()
    attacker.add(1, name, 1, mime)
    assert attacker.codes()[0] in ("DJU104", "DJU105")
    refused(attacker, attacker.codes()[0], uploads)


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("a.png", b"just some text", "DJU104"),
        ("a.png", b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(40), "DJU104"),
        ("a.pdf", b"\x89PNG\r\n\x1a\n" + bytes(40), "DJU104"),
        ("a.txt", b"\x89PNG\r\n\x1a\n" + bytes(40), "DJU104"),
        ("a.png", b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "DJU105"),
        ("a.txt", b" \n<!-- x --><!-- y --><!DOCTYPE html><p>", "DJU105"),
        ("a.txt", b"\xef\xbb\xbf<?xml version='1.0'?><svg onload=alert(1)>", "DJU105"),
        ("a.txt", "\ufeff<html>".encode("utf-16-le"), "DJU105"),
        ("a.txt", "<script>alert(1)</script>".encode("utf-16-be"), "DJU105"),
        ("a.txt", b"some text, then <ScRiPt src=x>", "DJU105"),
        ("a.txt", b"GIF89a/*<svg/onload=alert(1)>*/", "DJU105"),
        ("a.txt", b"<?php system($_GET['x']);", "DJU105"),
        ("a.txt", b"#!/bin/sh\nrm -rf /\n", "DJU105"),
        ("a.bin", b"MZ\x90\0" + bytes(200), "DJU105"),
        ("a.bin", b"\x7fELF\2\1\1" + bytes(200), "DJU105"),
    ],
)
def test_content_that_is_something_else(
    attack: Attack, uploads: Path, name: str, data: bytes, code: str
) -> None:
    attacker = attack()
    attacker.add(1, name, len(data))
    attacker.piece(0, data)
    attacker.wait(lambda: attacker.wire.said("gone"))
    refused(attacker, code, uploads)


def test_a_disguise_is_seen_before_the_rest_is_sent(attack: Attack, uploads: Path) -> None:
    attacker = attack()
    attacker.add(1, "a.png", 100 * CHUNK)
    attacker.piece(0, b"<html>" + b"x" * (CHUNK - 6))
    attacker.wait(lambda: attacker.wire.said("gone"))
    refused(attacker, "DJU105", uploads)


@pytest.mark.parametrize("name", ["a.svg", "a.html", "a.js", "a.SVG", "a.svg.", "a.php", "a.sh"])
def test_active_content_needs_to_be_named(attack: Attack, uploads: Path, name: str) -> None:
    attacker = attack(views.Big)
    attacker.add(1, name, 10)
    refused(attacker, "DJU105", uploads)


@pytest.mark.parametrize(
    "name",
    [
        "../a.txt",
        "/etc/passwd",
        "C:\\a.txt",
        "a\\b.txt",
        "..",
        ".",
        "",
        " . ",
        "a\0.txt",
        "a\n.txt",
        "gpj.\u202etxt",
        "x" * 300 + ".txt",
        "\ud800.txt",
    ],
)
def test_a_path_in_the_name(attack: Attack, uploads: Path, name: str) -> None:
    if name == "\ud800.txt":
        name = "a\ue000.txt"  # JSON cannot carry half a character
    attacker = attack()
    attacker.add(1, name, 1)
    assert attacker.codes() == ["DJU103"]
    until(lambda: files(uploads) == [])


def test_never_finished(attack: Attack, uploads: Path) -> None:
    settings = {"UPLOAD_DIR": str(uploads), "UPLOAD_STALL_S": 0.05, "UPLOAD_MIN_FREE_BYTES": 0}
    with override_settings(DJUST=settings):
        attacker = attack()
        attacker.add(1, "a.bin", 2 * CHUNK)
        attacker.piece(0, b"\1" * CHUNK)
        attacker.wait(lambda: attacker.wire.said("gone"))
        refused(attacker, "DJU109", uploads)


def test_faster_than_the_window(
    attack: Attack, uploads: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = {
        "UPLOAD_DIR": str(uploads),
        "UPLOAD_WINDOW_BYTES": CHUNK,
        "UPLOAD_MIN_FREE_BYTES": 0,
    }
    with override_settings(DJUST=settings):
        attacker = attack()
        attacker.add(1, "a.bin", 10 * CHUNK)
        monkeypatch.setattr(WriteQueue, "_run", _never)
        for number in range(3):
            attacker.wire.piece(attacker.channel(), number * CHUNK, b"\1" * CHUNK)
        attacker.page.settle()
        refused(attacker, "DJU108", uploads)


async def _never(self: WriteQueue) -> None:
    """A disk that takes nothing."""
    self._is_running = False


def test_no_room(attack: Attack, uploads: Path) -> None:
    settings = {"UPLOAD_DIR": str(uploads), "UPLOAD_MIN_FREE_BYTES": 2**62}
    with override_settings(DJUST=settings):
        attacker = attack()
        attacker.add(1, "a.bin", 10)
        refused(attacker, "DJU110", uploads)


def test_a_piece_of_no_file(attack: Attack, uploads: Path) -> None:
    attacker = attack()
    for channel in (0, 1, 7):
        attacker.piece(0, b"x", channel)
    assert [said[1] for said in attacker.wire.said("gone")] == ["DJU113"] * 3
    attacker.wire.raw(b"")
    attacker.wire.raw(b"\1\0\0")
    attacker.wire.raw(b"\7" + frames.write(1, 0, b"x")[1:])
    attacker.page.settle()
    assert [said[1] for said in attacker.wire.said("gone")][3:] == ["DJU114"] * 3
    assert files(uploads) == []


@pytest.mark.parametrize(
    ("verb", "data"),
    [
        ("add", None),
        ("add", ["photos"]),
        ("add", ["photos", [[1]]]),
        ("add", ["photos", [[0, "a.txt", 1, "", 0, ""]]]),
        ("add", ["photos", [[2**40, "a.txt", 1, "", 0, ""]]]),
        ("add", ["photos", [["1", "a.txt", 1, "", 0, ""]]]),
        ("add", ["photos", [[1, "a.txt", 1.5, "", 0, ""]]]),
        ("drop", "x"),
        ("sent", [1]),
        ("fly", None),
    ],
)
def test_messages_that_are_none(attack: Attack, verb: str, data: Any) -> None:
    attacker = attack()
    attacker.wire.tell(verb, data)
    attacker.page.settle()
    assert [said[1] for said in attacker.wire.said("gone")] == ["DJU114"]
    assert attacker.upload.entries == []


def test_a_file_that_the_browser_has_no_more_is_gone_however_often_it_says_so(
    attack: Attack, uploads: Path
) -> None:
    attacker = attack()
    attacker.add(1, "a.txt", 1)
    for ref in (1, 1, 2):
        attacker.wire.tell("drop", ref)
    attacker.page.settle()
    assert attacker.wire.said("gone") == [[1, "", ""], [1, "", ""], [2, "", ""]]
    assert attacker.upload.entries == []
    assert files(uploads) == []


def test_an_upload_that_is_not_allowed(attack: Attack) -> None:
    attacker = attack()
    attacker.add(1, "a.txt", 1, upload="other")
    assert [said[1] for said in attacker.wire.said("gone")] == ["DJU001"]


def test_a_file_that_comes_here_has_not_gone_elsewhere(attack: Attack) -> None:
    attacker = attack()
    attacker.add(1, "a.txt", 1)
    attacker.wire.tell("sent", [1, 1, "done"])
    attacker.page.settle()
    assert [said[1] for said in attacker.wire.said("gone")] == ["DJU114"]
    assert not attacker.upload.entries[0].done


def test_another_file_under_the_same_number(attack: Attack) -> None:
    attacker = attack()
    attacker.add(1, "a.txt", 5)
    attacker.add(1, "b.txt", 5)
    assert attacker.wire.said("gone") == [[1, "", ""]]
    assert [entry.client_name for entry in attacker.upload.entries] == ["a.txt"]


def test_a_preview_is_an_address_of_the_browser_or_none(attack: Attack) -> None:
    attacker = attack()
    for ref, preview in enumerate(
        [
            "blob:http://testserver/6f0c-11",
            "javascript:alert(1)",
            "blob:http://testserver/x' onerror='alert(1)",
            "https://evil.example/x.png",
        ],
        start=1,
    ):
        attacker.wire.tell("drop", ref - 1)
        attacker.wire.tell("add", ["photos", [[ref, "a.png", 9, "image/png", 0, preview]]])
        attacker.page.settle()
        shown = [entry.preview for entry in attacker.upload.entries]
        assert shown == ([preview] if ref == 1 else [""])


def test_a_drop_in_the_middle_goes_on(attack: Attack, uploads: Path) -> None:
    attacker = attack()
    data = bytes(range(256)) * 768
    attacker.add(1, "a.bin", len(data))
    attacker.piece(0, data[:CHUNK])
    old = attacker.channel()
    attacker.page.drop()
    attacker.page.reconnect()
    attacker.piece(CHUNK, data[CHUNK : 2 * CHUNK], old)  # from the connection that is gone
    attacker.add(1, "a.bin", len(data))
    assert attacker.wire.said("accept")[-1][2] == CHUNK
    for offset in (CHUNK, 2 * CHUNK):
        attacker.piece(offset, data[offset : offset + CHUNK])
    attacker.wait(lambda: attacker.wire.said("done"))
    [taken] = attacker.page.view.consume_uploaded_entries("photos")
    assert taken.read() == data
    taken.close()


def test_it_begins_anew_when_it_may_not_go_on(attack: Attack, uploads: Path) -> None:
    attacker = attack(views.Fresh)
    attacker.add(1, "a.bin", 2 * CHUNK)
    attacker.piece(0, b"\1" * CHUNK)
    attacker.page.drop()
    attacker.page.reconnect()
    attacker.add(1, "a.bin", 2 * CHUNK)
    assert attacker.wire.said("accept")[-1][2] == 0


@pytest.mark.parametrize("backend", ["memory", "cache"])
def test_a_restart_in_the_middle_goes_on(attack: Attack, uploads: Path, backend: str) -> None:
    settings = {"UPLOAD_DIR": str(uploads), "STATE_BACKEND": backend, "UPLOAD_MIN_FREE_BYTES": 0}
    with override_settings(DJUST=settings):
        attacker = attack()
        data = bytes(range(256)) * 768
        attacker.add(1, "a.bin", len(data))
        attacker.piece(0, data[:CHUNK])
        attacker.wait(lambda: attacker.wire.said("ack"))
        attacker.page.restart_server()
        attacker.page.reconnect()
        attacker.add(1, "a.bin", len(data))
        assert attacker.wire.said("accept")[-1][2] == CHUNK
        for offset in (CHUNK, 2 * CHUNK):
            attacker.piece(offset, data[offset : offset + CHUNK])
        attacker.wait(lambda: attacker.wire.said("done"))
        [taken] = attacker.page.view.consume_uploaded_entries("photos")
        assert taken.read() == data
        taken.close()


def test_tenants_have_folders_of_their_own(attack: Attack, uploads: Path) -> None:
    places = set()
    for tenant in ("red", "blue"):
        attacker = attack(views.Office, query={"tenant": tenant})
        attacker.add(1, "a.txt", 1)
        attacker.piece(0, b"x")
        attacker.wait(lambda attacker=attacker: attacker.wire.said("done"))
        [path] = set(files(uploads)) - places
        places.add(path)
    owners = {path.parent.parent for path in places}
    assert len(owners) == 2
    assert not any("red" in str(owner) or "blue" in str(owner) for owner in owners)


def test_files_and_folders_are_private(attack: Attack, uploads: Path) -> None:
    attacker = attack()
    attacker.add(1, "a.txt", 1)
    attacker.piece(0, b"x")
    attacker.wait(lambda: attacker.wire.said("done"))
    for path in uploads.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0
