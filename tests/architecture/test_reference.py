"""The reference pages list what there is, no more and no less."""

from __future__ import annotations

import re

import pytest

from tools import api_reference
from tools.workspace import ROOT, packages

REFERENCE = ROOT / "docs" / "reference"
TAGS = ROOT / "packages/djust-live/src/djust_live/templatetags/djust.py"
CLIENT = "\n".join(
    path.read_text(encoding="utf-8")
    for path in sorted(ROOT.glob("packages/*/src/*/static/djust/src/*.js"))
)
# `dj-…` names that the client puts into pages itself; nobody writes them.
OWN = {"dj-cursor", "dj-cursor-layer", "dj-hue", "dj-selection", "dj-typing", "dj-over"}


def test_the_api_page_is_written_from_the_docstrings_as_they_are_now() -> None:
    written = api_reference.PAGE.read_text(encoding="utf-8")
    assert written == api_reference.page(), "Run: ./dev nox -s reference"


@pytest.mark.parametrize("package", [name for name in packages() if name != "djust"])
def test_every_export_is_explained(package: str) -> None:
    entries = list(api_reference.exports(packages()[package]))
    assert entries
    assert [entry.name for entry in entries if not entry.summary] == []


def test_every_template_tag_has_its_entry() -> None:
    source = TAGS.read_text(encoding="utf-8")
    tags = set(re.findall(r'register\.tag\("(\w+)"', source))
    tags |= set(re.findall(r"@register\.simple_tag\([^)]*\)\ndef (\w+)", source))
    page = (REFERENCE / "template-tags.md").read_text(encoding="utf-8")
    assert set(re.findall(r"(?m)^## `\{% (\w+) %\}`$", page)) == tags


def test_every_attribute_that_the_client_names_is_documented() -> None:
    # Most names are written without the prefix that all of them have; these are the others.
    found = set(re.findall(r"\bdj-[a-z]+(?:-[a-z]+)*", CLIENT)) - OWN
    assert len(found) > 10
    page = (REFERENCE / "client.md").read_text(encoding="utf-8")
    assert sorted(name for name in found if name not in page) == []
