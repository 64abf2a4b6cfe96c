from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import override_settings
from django.urls import path
from djust_live import LiveView, event_handler, reloading
from djust_live.backends import state_backend
from djust_live.backends.base import Entry
from djust_live.backends.memory import MemoryBackend
from djust_live.draining import drain
from djust_live.joining import away_ms, sessions
from djust_live.template_watch import TemplateWatch, tell
from live_project.browser import Browser

ENTRY = Entry(b"page", 7, b"state", 100.0)


@pytest.fixture(autouse=True)
def _developing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with override_settings(DEBUG=True, ROOT_URLCONF=__name__):
        yield


def held() -> MemoryBackend:
    backend = state_backend()
    assert isinstance(backend, MemoryBackend)
    return backend


def another_process() -> None:
    """As if this one had been started anew."""
    held().clear()
    reloading.take()


def test_what_is_left_is_taken_once() -> None:
    held().write([ENTRY])
    reloading.leave()
    assert stat.S_IMODE(reloading.path_of_file().stat().st_mode) == 0o600
    another_process()
    [entry] = held().entries()
    assert (entry.page_id, entry.epoch, entry.data) == (b"page", 7, b"state")
    assert 90 < entry.ttl_s <= 100
    assert not reloading.path_of_file().exists()
    another_process()
    assert held().entries() == []


def test_nothing_is_left_outside_of_debug_or_when_it_is_off() -> None:
    held().write([ENTRY])
    with override_settings(DEBUG=False):
        reloading.leave()
    assert not reloading.path_of_file().exists()
    with override_settings(DJUST={"HOT_RELOAD": False}):
        held().write([ENTRY])
        reloading.leave()
    assert not reloading.path_of_file().exists()


def test_a_file_that_is_none_is_passed_over(caplog: pytest.LogCaptureFixture) -> None:
    reloading.path_of_file().write_bytes(b"\x93nonsense")
    another_process()
    assert held().entries() == []
    assert "cannot be read" in caplog.text


def test_a_link_that_lies_there_is_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "precious"
    target.write_text("x")
    reloading.path_of_file().symlink_to(target)
    held().write([ENTRY])
    reloading.leave()
    assert target.read_text() == "x"
    assert not reloading.path_of_file().is_symlink()


def test_a_developer_does_not_wait_for_a_spread() -> None:
    assert away_ms() == 200


class Noted(LiveView):
    template_name = "reloaded.html"
    count = 0

    @event_handler
    def more(self) -> None:
        self.count += 1


urlpatterns = [path("noted/", Noted.as_view())]


@pytest.fixture
def template(tmp_path: Path) -> Iterator[Path]:
    written = tmp_path / "reloaded.html"
    written.write_text("<p>{{ count }} notes</p>")
    settings: Any = {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [tmp_path],
        "OPTIONS": {"context_processors": ["django.template.context_processors.request"]},
    }
    with override_settings(TEMPLATES=[settings]):
        yield written


@pytest.mark.django_db(transaction=True)
async def test_pages_show_a_template_that_changed(browser: Browser, template: Path) -> None:
    await browser.load("/noted/")
    await browser.join()
    await browser.event("more")
    template.write_text("<b>{{ count }} things</b>")
    TemplateWatch().changed()
    tell()
    frame = await browser.next(lambda frame: frame[0] == "html")
    assert "<b>1 things</b>" in frame[2]
    assert "2 things" in str((await browser.event("more"))[3])


@pytest.mark.django_db(transaction=True)
async def test_a_template_that_fails_leaves_the_page(browser: Browser, template: Path) -> None:
    await browser.load("/noted/")
    await browser.join()
    template.write_text("{% nothing %}")
    TemplateWatch().changed()
    tell()
    frame = await browser.next(lambda frame: frame[0] == "push")
    assert frame[3]["error"]["code"] == "DJL205"
    assert "1 notes" in str((await browser.event("more"))[3])


@pytest.mark.django_db(transaction=True)
async def test_a_page_goes_on_in_the_next_process(browser: Browser, template: Path) -> None:
    await browser.load("/noted/")
    await browser.join()
    await browser.event("more")
    try:
        await drain.begin()
    finally:
        drain.reset()
    assert len(sessions) == 0
    await browser.drop()
    another_process()
    assert (await browser.join(rev=1, ref=1))[:3] == ["ready", 1, 1]
    assert "2 notes" in str((await browser.event("more"))[3])
