"""Files that go straight to S3, of which moto is a stand-in."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import boto3
import pytest
from botocore.config import Config
from conftest import Open, files
from djust_uploads import UploadEntry
from djust_uploads.extension import UploadExtension
from uploads_project.views import Elsewhere
from wires import Attacker

BUCKET = "media"
DATA = b"film" * 10_000


@pytest.fixture(scope="module")
def s3() -> Iterator[Any]:
    """A client of a server that behaves like S3."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    command = [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1"]
    process = subprocess.Popen(
        [*command, "-p", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + 60
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.05)
        client = boto3.client(
            "s3",
            endpoint_url=f"http://127.0.0.1:{port}",
            region_name="us-east-1",
            aws_access_key_id="tests",
            aws_secret_access_key="tests",  # pragma: allowlist secret
            config=Config(signature_version="s3v4"),
        )
        client.create_bucket(Bucket=BUCKET)
        yield client
        client.close()
    finally:
        process.terminate()
        process.wait(30)


def presign_put(s3: Any, entry: UploadEntry) -> dict[str, Any]:
    """Let a browser put exactly this many bytes."""
    key = f"put/{entry.safe_name}"
    where = {"Bucket": BUCKET, "Key": key, "ContentLength": entry.client_size}
    return {"url": s3.generate_presigned_url("put_object", Params=where), "key": key}


def presign_post(s3: Any, entry: UploadEntry) -> dict[str, Any]:
    """Let a browser post a form."""
    key = f"post/{entry.safe_name}"
    limits = [["content-length-range", 0, entry.client_size]]
    return {**s3.generate_presigned_post(BUCKET, key, Conditions=limits), "key": key}


def send(meta: dict[str, Any], name: str) -> None:
    """Do what the browser does with what ``external`` said."""
    if "fields" not in meta:
        request = urllib.request.Request(meta["url"], DATA, method="PUT")
        request.add_header("Content-Type", "text/plain")
    else:
        parts = [
            f'--x\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'
            for field, value in meta["fields"].items()
        ]
        head = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{quote(name)}"\r\n'
        body = "".join(parts).encode() + head.encode() + b"\r\n" + DATA + b"\r\n--x--\r\n"
        request = urllib.request.Request(meta["url"], body, method="POST")
        request.add_header("Content-Type", "multipart/form-data; boundary=x")
    with urllib.request.urlopen(request, timeout=30) as answer:
        assert 200 <= answer.status < 300


@pytest.mark.parametrize("presign", [presign_put, presign_post])
def test_a_file_is_in_the_bucket_and_not_here(
    open_page: Open, uploads: Path, s3: Any, monkeypatch: pytest.MonkeyPatch, presign: Any
) -> None:
    monkeypatch.setattr(UploadExtension, "stand_in", "wires.Wire")
    monkeypatch.setattr(Elsewhere, "place", lambda self, entry: presign(s3, entry))
    page = open_page(Elsewhere)
    browser = Attacker(page)
    browser.add(1, "my film.txt", len(DATA), "text/plain")
    browser.wait(lambda: browser.wire.said("accept"))
    send(browser.wire.said("accept")[-1][-1], "my film.txt")
    browser.wire.tell("sent", [1, 20_000, ""])
    page.settle()
    assert [entry.progress for entry in browser.upload.entries] == [50]
    browser.wire.tell("sent", [1, len(DATA), "done"])
    page.settle()
    page.submit()
    key = page.find("p").get_text()
    assert key.endswith("/my_film.txt")
    assert s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() == DATA
    assert files(uploads) == []


def test_a_file_that_did_not_get_there_is_refused(
    open_page: Open, s3: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(UploadExtension, "stand_in", "wires.Wire")
    monkeypatch.setattr(Elsewhere, "place", lambda self, entry: presign_put(s3, entry))
    browser = Attacker(open_page(Elsewhere))
    browser.add(1, "film.txt", len(DATA))
    browser.wait(lambda: browser.wire.said("accept"))
    browser.wire.tell("sent", [1, 0, "failed"])
    browser.page.settle()
    assert browser.codes() == ["DJU112"]
