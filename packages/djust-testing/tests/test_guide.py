"""The guide's examples, run as they are printed."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from djust_testing import LiveViewTestClient

GUIDE = Path(__file__).parents[3] / "docs" / "guides" / "testing.md"


@pytest.fixture(scope="module")
def guide() -> dict[str, Any]:
    names: dict[str, Any] = {"__name__": "guide"}
    # The familiar names are those of another package; here only their owners are installed.
    code = "\n".join(re.findall(r"(?ms)^```python\n(.*?)^```$", GUIDE.read_text()))
    code = code.replace("from djust import", "from djust_live import")
    exec(code.replace("from djust.decorators", "from djust_live.decorators"), names)
    return names


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["test_counting", "test_a_tunnel", "test_a_click_is_cheap"])
def test_examples_pass(
    name: str, guide: dict[str, Any], live_client: Any, django_user_model: Any
) -> None:
    example = guide[name]
    wanted = example.__code__.co_varnames[: example.__code__.co_argcount]
    offered = {"live_client": live_client, "django_user_model": django_user_model}
    example(**{name: offered[name] for name in wanted})


@pytest.mark.django_db
def test_the_test_case_passes(guide: dict[str, Any]) -> None:
    guide["CounterTest"]("test_counting").test_counting()
    assert guide["LiveViewTestClient"] is LiveViewTestClient
