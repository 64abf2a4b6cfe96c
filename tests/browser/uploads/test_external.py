"""Files that a browser sends past the server, and files of a page with a view inside."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.uploads.server import UploadServer
from tests.browser.uploads.storage import Storage
from tests.browser.uploads.test_uploads import READY, digest, expect_saved, text_file

TEXT = "film " * 50_000


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[UploadServer]:
    """One server for this module."""
    made = UploadServer(tmp_path_factory.mktemp("external"))
    made.start()
    yield made
    made.stop()
    assert "Traceback" not in made.log, made.log


@pytest.fixture
def storage() -> Iterator[Storage]:
    """Where files go."""
    with Storage() as made:
        yield made


@pytest.fixture
def film() -> FilePayload:
    """A file."""
    return text_file("my film.txt", TEXT)


def opened(page: Page, server: UploadServer, path: str) -> None:
    page.goto(f"http://127.0.0.1:{server.port}/{path}")
    expect(page.locator(READY)).to_be_attached()


def test_a_file_is_put_into_the_storage(
    page: Page, server: UploadServer, storage: Storage, film: FilePayload
) -> None:
    opened(page, server, f"away/?to={storage.url}/put/")
    page.set_input_files("input", film)
    expect(page.locator("ul i")).to_have_text("100")
    expect_saved(page, "my_film.txt")
    assert storage.taken == {"/put/my_film.txt": ("PUT", TEXT.encode())}
    assert server.files() == []


def test_a_file_is_posted_with_the_fields_of_the_storage(
    page: Page, server: UploadServer, storage: Storage, film: FilePayload
) -> None:
    opened(page, server, f"away/?to={storage.url}/&policy=signed")
    page.set_input_files("input", film)
    expect(page.locator("ul i")).to_have_text("100")
    expect_saved(page, "my_film.txt")
    ((path, (method, body)),) = storage.taken.items()
    assert (path, method) == ("/my_film.txt", "POST")
    # The file is the last field: S3 looks at nothing behind it.
    assert body.index(b'name="policy"') < body.index(b"signed") < body.index(b'name="file"')
    assert TEXT.encode() in body


def test_a_storage_that_refuses_leaves_a_reason(
    page: Page, server: UploadServer, storage: Storage, film: FilePayload
) -> None:
    opened(page, server, f"away/?to={storage.url}/forbidden/")
    page.set_input_files("input", film)
    expect(page.locator("ol li")).to_contain_text("my film.txt: ")
    expect_saved(page, "")
    assert storage.taken == {}


def test_a_form_waits_until_the_storage_has_its_files(
    page: Page, server: UploadServer, storage: Storage, film: FilePayload
) -> None:
    opened(page, server, f"away/?to={storage.url}/late/&when=submit")
    page.set_input_files("input", film)
    expect(page.locator("ul i")).to_have_text("0")
    assert storage.taken == {}
    expect_saved(page, "my_film.txt")
    assert storage.taken["/late/my_film.txt"][1] == TEXT.encode()


def test_a_page_takes_files_while_a_view_inside_lives_for_itself(
    page: Page, server: UploadServer
) -> None:
    opened(page, server, "around/")
    page.set_input_files("input", text_file("a.txt", "one"))
    expect(page.locator("ul i")).to_have_text("100")
    inner = page.locator("#inner")
    inner.get_by_role("button").click()
    expect(inner.locator("b")).to_have_text("1")
    expect(page.locator("ul i")).to_have_text("100")
    expect_saved(page, f"a.txt:3:{digest('one')}")
    expect(inner.locator("b")).to_have_text("1")
