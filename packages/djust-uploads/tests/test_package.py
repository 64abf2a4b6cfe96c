"""The package as it is installed."""

from __future__ import annotations

from importlib.metadata import requires, version

import djust_uploads


def test_version_is_the_installed_one() -> None:
    assert djust_uploads.__version__ == version("djust-uploads")


def test_nothing_is_exported_that_does_not_exist() -> None:
    assert all(hasattr(djust_uploads, name) for name in djust_uploads.__all__)


def test_djust_live_is_pinned_to_the_same_version() -> None:
    assert f"djust-live=={version('djust-uploads')}" in (requires("djust-uploads") or [])
