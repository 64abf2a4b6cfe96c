"""Files that a handler took before it failed are where they were."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path
from typing import Any

import pytest
from conftest import Open, files, until
from django.core.files.storage import InMemoryStorage
from djust_live import event_handler
from djust_live.errors import BadParameter
from djust_testing import EventFailed
from uploads_project import views


class Failing(views.Photos):
    """Takes the files, and fails then as it is told."""

    template = views.Photos.template + "{{ boom }}"

    @property
    def boom(self) -> str:
        """Fail in the template."""
        if self.how == "template":
            raise ValueError("on purpose")
        return ""

    def mount(self, request: Any, **kwargs: Any) -> None:
        """Begin with nothing wrong."""
        super().mount(request)
        self.how = ""

    @event_handler
    def save(self, **fields: Any) -> None:
        """Take and read them."""
        super().save()
        self.fail()

    @event_handler
    def store(self, how: str) -> None:
        """Save them in a storage."""
        self.how = how
        self.save_uploads("photos", storage=InMemoryStorage())
        self.fail()

    @event_handler
    def fetch(self, how: str) -> None:
        """Take and read them."""
        self.how = how
        self.save()

    def fail(self) -> None:
        """Fail in the handler."""
        if self.how == "raise":
            raise ValueError("on purpose")
        if self.how == "refuse":
            raise BadParameter("on purpose")


class FailingWriter(Failing):
    """The same with files that go to a writer."""

    options = views.Written.options
    save = views.Written.save

    @event_handler
    def fetch(self, how: str) -> None:
        """Take them."""
        self.how = how
        self.save()
        self.fail()


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.mark.parametrize("has_links", [True, False])
@pytest.mark.parametrize("handler", ["fetch", "store"])
@pytest.mark.parametrize("how", ["raise", "refuse", "template"])
def test_files_stay_when_the_handler_that_took_them_fails(
    open_page: Open,
    uploads: Path,
    monkeypatch: pytest.MonkeyPatch,
    handler: str,
    how: str,
    has_links: bool,
) -> None:
    def none(*args: Any, **options: Any) -> None:
        raise OSError(errno.EPERM, "no links here")

    if not has_links:
        monkeypatch.setattr(os, "link", none)
    page = open_page(Failing)
    for name in ("a.txt", "b.txt"):
        page.upload("input", name, name.encode())
    for _ in range(2):
        with pytest.raises(EventFailed):
            page.send_event(handler, how=how)
        assert [each.client_name for each in page.view.uploads.photos.entries] == ["a.txt", "b.txt"]
        until(lambda: len(files(uploads)) == 2)
    assert len(page.find_all("ul li")) == 2
    page.upload("input", "c.txt", b"c.txt")
    page.submit("form")
    expected = " ".join(f"{n}.txt:5:{digest(f'{n}.txt'.encode())}" for n in "abc")
    page.assert_html(f"<p>{expected}</p>")
    page.settle()
    assert page.view.uploads.photos.entries == []
    until(lambda: files(uploads) == [])


def test_what_a_writer_made_is_there_for_the_next_try(open_page: Open) -> None:
    views.Digest.aborted.clear()
    page = open_page(FailingWriter)
    page.upload("input", "a.txt", b"one")
    with pytest.raises(EventFailed):
        page.send_event("fetch", how="raise")
    page.submit("form")
    page.assert_html(f"<p>{digest(b'one')}</p>")
    assert views.Digest.aborted == []


def test_files_that_were_given_back_survive_a_restart(open_page: Open) -> None:
    page = open_page(Failing)
    page.upload("input", "a.txt", b"a.txt")
    with pytest.raises(EventFailed):
        page.send_event("fetch", how="raise")
    page.drop()
    page.reconnect()
    page.submit("form")
    page.assert_html(f"<p>a.txt:5:{digest(b'a.txt')}</p>")
