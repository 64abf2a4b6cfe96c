"""Photos, without a browser."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from djust.testing import LiveViewTestClient
from pages.photos import PhotosView

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def state_in_memory(settings: Any) -> None:
    """Let no other thread wait for the transaction of the test."""
    settings.DJUST = {}


GIF = b"GIF89a\x01\0\x01\0\x80\0\0\xff\xff\xff\0\0\0!\xf9\4\1\0\0\0\0,\0\0\0\0\1\0\1\0\0\2\2D\1\0;"


def test_a_photo_is_looked_at() -> None:
    with LiveViewTestClient(PhotosView) as page:
        page.mount()
        page.upload("input", "dot.gif", GIF)
        page.submit("form")
        digest = hashlib.sha256(GIF).hexdigest()
        size = "43\xa0bytes"
        page.assert_state(
            seen=[{"name": "dot.gif", "type": "image/gif", "size": size, "digest": digest}]
        )
        page.assert_html(f"<code>{digest}</code>", ".seen")


def test_what_is_no_photo_is_refused() -> None:
    with LiveViewTestClient(PhotosView) as page:
        page.mount()
        page.upload("[dj-drop]", "dot.gif", b"<script>alert(1)</script>")
        assert "dot.gif" in page.find("[role=alert]").get_text()
        assert page.find_all(".photo") == []
