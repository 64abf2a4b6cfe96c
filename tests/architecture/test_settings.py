"""Every setting is documented and read; the page is that of the class as it is now."""

from __future__ import annotations

import re

import pytest

from tests.architecture.sources import python_sources
from tools import setting_reference

SOURCES = setting_reference.sources()
KEYS = [s.key for source in SOURCES.values() for s in setting_reference.settings(source)]


def test_the_page_is_written_from_the_class_as_it_is_now() -> None:
    written = setting_reference.PAGE.read_text(encoding="utf-8")
    assert written == setting_reference.page(), "Run: ./dev nox -s reference"


@pytest.mark.parametrize("key", KEYS)
def test_something_reads_the_setting(key: str) -> None:
    used = re.compile(rf"\bconfig(?:\(\))?\.{key}\b|\"{key}\"")
    readers = [s for s in python_sources() if s.path not in SOURCES.values()]
    assert [s.path for s in readers if used.search(s.text)] != []
