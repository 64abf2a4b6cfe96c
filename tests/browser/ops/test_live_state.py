"""What the visitor and other scripts did to the page survives the ops; see ``harness/state.js``."""

from __future__ import annotations

import json

import djust_vdom
from playwright.sync_api import Page


def test_live_state_survives(harness: Page) -> None:
    """All cases in one page: a case takes a few milliseconds, a page a second."""
    # Focus, scrolling and frames need a window that is really there.
    harness.bring_to_front()
    lost = []
    cases = harness.evaluate("harness.cases()")
    for name, old, new in cases:
        ops = json.loads(djust_vdom.diff(old, new))
        harness.evaluate("document.querySelector('#old').focus()")
        if not harness.evaluate("([name, ops]) => harness.runCase(name, ops)", [name, ops]):
            lost.append(f"{name}: {ops}")
    assert len(cases) >= 42
    assert lost == []
