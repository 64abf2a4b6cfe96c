"""The package as it is installed."""

from __future__ import annotations

from importlib.metadata import requires, version

import djust_presence


def test_version_is_the_installed_one() -> None:
    assert djust_presence.__version__ == version("djust-presence")


def test_everything_that_is_exported_exists() -> None:
    assert all(hasattr(djust_presence, name) for name in djust_presence.__all__)
    assert set(djust_presence.__all__) <= set(dir(djust_presence))


def test_djust_live_is_pinned_to_the_same_version() -> None:
    assert f"djust-live=={version('djust-presence')}" in (requires("djust-presence") or [])
