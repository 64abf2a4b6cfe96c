from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from djust_testing import accessibility, assert_accessible, assert_axe

WRONG = {
    "image-alt": '<img src="a.png">',
    "label": '<input name="a" placeholder="A">',
    "button-name": "<button><i></i></button>",
    "link-name": '<a href="/"></a>',
    "tabindex": '<p tabindex="2"></p>',
    "duplicate-id": '<p id="a"></p><p id="a"></p>',
    "heading-order": "<h1>a</h1><h3>b</h3>",
}
RIGHT = """<h1>a</h1><h2>b</h2><img alt=""><label>A<input></label><label for="b">B</label>
    <select id="b"></select><button aria-label="x"></button><a href="/"><img alt="Home"></a>
    <input type="submit"><p tabindex="-1"></p><a name="x"></a>"""


@pytest.mark.parametrize("rule", WRONG)
def test_a_barrier_is_named(rule: str) -> None:
    with pytest.raises(AssertionError, match=rf"1 barriers:\n{rule}: "):
        assert_accessible(WRONG[rule])
    assert_accessible(WRONG[rule], ignore=[rule])


def test_an_accessible_page_passes() -> None:
    assert_accessible(SimpleNamespace(html=RIGHT))


def test_violations_of_axe_are_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [{"id": "region", "help": "Use landmarks.", "nodes": [{"html": "<p>x</p>"}]}]

    class Axe:
        def run(self, page: Any) -> Any:
            return SimpleNamespace(response={"violations": found})

    monkeypatch.setattr(accessibility, "import_module", lambda name: SimpleNamespace(Axe=Axe))

    with pytest.raises(AssertionError, match="region: Use landmarks"):
        assert_axe(object())
    assert_axe(object(), ignore=["region"])
