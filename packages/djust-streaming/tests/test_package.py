"""The package as it is installed."""

from __future__ import annotations

from importlib.metadata import requires, version

import djust_streaming


def test_version_is_the_installed_one() -> None:
    assert djust_streaming.__version__ == version("djust-streaming")


def test_nothing_is_exported_that_does_not_exist() -> None:
    assert all(hasattr(djust_streaming, name) for name in djust_streaming.__all__)


def test_djust_live_is_pinned_to_the_same_version() -> None:
    assert f"djust-live=={version('djust-streaming')}" in (requires("djust-streaming") or [])
