from __future__ import annotations

import io
import time
import zipfile

import pytest
from djust_uploads.errors import ActiveContent, WrongType
from djust_uploads.sniffing import HEAD_BYTES, accepted, check_claim, check_content


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<document/>")
    return buffer.getvalue()


GOOD = {
    "a.png": b"\x89PNG\r\n\x1a\n" + bytes(50),
    "a.jpg": b"\xff\xd8\xff\xe0\0\x10JFIF" + bytes(50),
    "a.jpeg": b"\xff\xd8\xff\xe1\0\x10Exif" + bytes(50),
    "a.gif": b"GIF89a" + bytes(50),
    "a.webp": b"RIFF\x24\0\0\0WEBPVP8 " + bytes(50),
    "a.pdf": b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + bytes(50),
    "plain.pdf": b"%PDF-1.4\n1 0 obj\n",
    "a.docx": zipped(),
    "a.zip": zipped(),
    "a.mp4": b"\0\0\0\x18ftypmp42" + bytes(50),
    "a.heic": b"\0\0\0\x18ftypheic" + bytes(50),
    "a.mp3": b"\xff\xfb\x90\0" + bytes(50),
    "tagged.mp3": b"ID3\4\0" + bytes(50),
    "a.wav": b"RIFF\x24\0\0\0WAVEfmt " + bytes(50),
    "a.gz": b"\x1f\x8b\x08\0" + bytes(50),
    "a.txt": "Größe".encode(),
    "latin.txt": "Größe".encode("latin-1"),
    "wide.csv": "\ufeffa;b\n1;2\n".encode("utf-16-le"),
    "bm.csv": b"BM,name\n1,2\n",
    "a.json": b'{"a": 1}',
    "a.md": b"# Title\n\nif a < b: text",
    "empty.txt": b"",
    "a.dat": bytes(range(256)),
    "noname": b"\x89PNG\r\n\x1a\n" + bytes(50),
}


@pytest.mark.parametrize("name", GOOD)
def test_files_are_what_they_say(name: str) -> None:
    assert check_content(GOOD[name], name, "", ())


def test_names_without_extension_are_what_the_browser_says() -> None:
    assert check_content(GOOD["a.png"], "photo", "image/png", ["image/*"]) == "image/png"
    with pytest.raises(WrongType):
        check_content(GOOD["a.pdf"], "photo", "image/png", ["image/*"])


@pytest.mark.parametrize("name", ["a.png", "a.pdf", "a.mp4", "a.docx", "a.gz", "a.mp3"])
@pytest.mark.parametrize("other", ["a.gif", "a.txt", "a.dat", "a.wav"])
def test_files_that_are_something_else(name: str, other: str) -> None:
    with pytest.raises(WrongType):
        check_content(GOOD[other], name, "", ())


@pytest.mark.parametrize("accept", [[".svg"], ["image/svg+xml"]])
def test_active_content_that_is_named_may_come(accept: list[str]) -> None:
    svg = b"<svg xmlns='http://www.w3.org/2000/svg'/>"
    check_claim("a.svg", "image/svg+xml", accept)
    assert check_content(svg, "a.svg", "", accept) == "image/svg+xml"
    with pytest.raises(ActiveContent):
        check_content(svg, "a.png", "", [*accept, ".png"])


def test_images_of_all_kinds_do_not_mean_drawings_with_scripts() -> None:
    with pytest.raises(ActiveContent):
        check_claim("a.svg", "image/svg+xml", ["image/*"])


@pytest.mark.parametrize(
    ("name", "declared", "accept", "wanted"),
    [
        ("a.png", "", (), True),
        ("a.PNG", "image/png", (".png",), True),
        ("a.webp", "", ("image/*",), True),
        ("a.jpg", "", ("image/jpeg",), True),
        ("a.dat", "image/png", ("image/*",), False),
        ("a", "image/png", ("image/*",), True),
        ("a.png.exe", "image/png", ("image/*", ".png"), False),
    ],
)
def test_what_is_accepted(name: str, declared: str, accept: tuple[str, ...], wanted: bool) -> None:
    assert accepted(name, declared, accept) is wanted


@pytest.mark.parametrize(
    "text", ["<!---->" * 1_100 + "x", "<?xml?>" * 1_100, " " * 8_000, "<!--" * 2_000, "<" * 8_000]
)
def test_looking_takes_no_time_whatever_is_there(text: str) -> None:
    started = time.process_time()
    check_content(text.encode()[:HEAD_BYTES], "a.txt", "", ())
    assert time.process_time() - started < 1
