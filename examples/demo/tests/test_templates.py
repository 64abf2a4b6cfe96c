"""The templates of the demo, as the engine that the demo names compiles them."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.template.loader import get_template

FOLDERS = sorted(Path(__file__).parents[1].glob("*/templates"))
NAMES = [
    str(path.relative_to(folder)) for folder in FOLDERS for path in sorted(folder.rglob("*.html"))
]


@pytest.mark.parametrize("name", NAMES)
def test_no_template_is_left_to_djangos_engine(name: str) -> None:
    compiled = get_template(name).template
    assert compiled.session is not None, compiled.fallback_reason
