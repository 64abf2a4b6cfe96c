from __future__ import annotations

import io
import os
from pathlib import Path

import pytest
from conftest import files
from django.core.management import call_command
from django.test import override_settings
from djust_uploads import spool
from djust_uploads.checks import check_upload_dir
from djust_uploads.errors import UnsafeUploadDir


def test_bytes_go_where_they_belong(uploads: Path) -> None:
    file = spool.SpoolFile(spool.page_folder("", "page"), "1", "print")
    assert file.write(0, [b"abc", b"def"]) == 6
    assert file.write(3, [b"def", b"ghi"]) == 9
    other = spool.SpoolFile(spool.page_folder("", "page"), "1", "print")
    assert (other.size(), other.head(4)) == (9, b"abcd")
    other.cut(4)
    file.close()
    assert file.path.read_bytes() == b"abcd"
    file.remove()
    assert (other.size(), other.head(4)) == (0, b"")


def test_a_folder_that_others_may_open_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "open"
    folder.mkdir(mode=0o755)
    with override_settings(DJUST={"UPLOAD_DIR": str(folder)}):
        with pytest.raises(UnsafeUploadDir):
            spool.root()
        [message] = check_upload_dir()
        assert message.id == "djust.U001"
    (tmp_path / "file").write_text("")
    with override_settings(DJUST={"UPLOAD_DIR": str(tmp_path / "file")}):
        [message] = check_upload_dir()
        assert "kept" in message.msg
    with override_settings(DJUST={"UPLOAD_DIR": str(tmp_path / "new")}):
        assert check_upload_dir() == []


def test_a_link_in_place_of_a_file_is_not_followed(uploads: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.write_text("safe")
    file = spool.SpoolFile(spool.page_folder("", "page"), "1", "print")
    file.path.parent.mkdir(parents=True)
    file.path.symlink_to(target)
    with pytest.raises(OSError, match="symbolic links"):
        file.write(0, [b"evil"])
    assert target.read_text() == "safe"


def test_what_nobody_came_back_for_is_removed(uploads: Path) -> None:
    old = spool.SpoolFile(spool.page_folder("acme", "old"), "1", "print")
    new = spool.SpoolFile(spool.page_folder("acme", "new"), "1", "print")
    for file in (old, new):
        file.write(0, [b"abc"])
        file.close()
    taken = old.take()
    old.write(0, [b"abcd"])
    old.close()
    for path in (taken, old.path):
        os.utime(path, (1, 1))
    output = io.StringIO()
    call_command("djust_clean_uploads", stdout=output)
    assert output.getvalue() == "2 files removed, 7 bytes.\n"
    assert files(uploads) == [new.path]
    call_command("djust_clean_uploads", older_than=-1.0, stdout=output)
    assert [path.name for path in uploads.rglob("*")].count("acme") == 0
    assert files(uploads) == []


def test_the_folder_of_a_page_goes_with_it(uploads: Path) -> None:
    file = spool.SpoolFile(spool.page_folder("acme", "page"), "1", "print")
    file.write(0, [b"abc"])
    spool.remove_page(file.path.parent)
    assert list((uploads / "pages").glob("*")) == [] if (uploads / "pages").exists() else True
    assert file.write(3, [b"def"]) == 6  # an open file is written to, and gone when it is closed
    file.close()
    assert files(uploads) == []


def test_one_process_cleans_once_in_a_while(uploads: Path) -> None:
    file = spool.SpoolFile(spool.page_folder("", "page"), "1", "print")
    file.write(0, [b"abc"])
    file.close()
    os.utime(file.path, (1, 1))
    sweeper = spool.Sweeper()
    thread = sweeper.wake()
    assert thread is not None
    thread.join(10)
    assert files(uploads) == []
    assert sweeper.wake() is None
