"""The pytest plugin beside syrupy and without it."""

from __future__ import annotations

from unittest.mock import Mock

import pytest
from djust_testing import plugin


@pytest.mark.parametrize(("found", "times"), [(None, 1), (object(), 0)])
def test_the_flag_is_ours_where_syrupy_is_not(
    monkeypatch: pytest.MonkeyPatch, found: object, times: int
) -> None:
    monkeypatch.setattr(plugin, "find_spec", lambda name: found)
    parser = Mock()

    plugin.pytest_addoption(parser)

    assert parser.getgroup.return_value.addoption.call_count == times
