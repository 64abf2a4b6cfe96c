"""What the ops of live templates make of a page is what the browser makes of a fresh render.

Templates, values and changes are those of ``tests/live``; there a replica is the browser.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import asdict, dataclass
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from djust_live.live_rendering import LiveRenderer, compile_template
from djust_live.rendering import CANNOT_SAY, ReferenceRenderer, Renderer, Root
from djust_vdom import Document
from playwright.sync_api import Page

from tests.live.pages import STEPS, RandomPage

# 400 random pages in batches of this many: one message to the browser each.
BATCH = 100
BATCHES = int(os.environ.get("DJUST_LIVE_BATCHES", "4"))


class ShownView:
    """What a renderer needs of a view.

    Args:
        page: What the view shows.
    """

    request = None

    def __init__(self, page: RandomPage) -> None:
        self._page = page
        self._runtime = SimpleNamespace(
            memo=SimpleNamespace(turn=lambda: None), csrf_token="", extension_context=dict
        )

    def get_context_data(self) -> dict[str, Any]:
        return dict(self._page.values)

    def _mounted(self) -> Any:
        return self._runtime


def renderer_of(page: RandomPage) -> Renderer:
    live = compile_template(page.template)
    return LiveRenderer(live, page.template) if live else ReferenceRenderer(page.template)


@dataclass(frozen=True)
class Step:
    """What the server sends, and what the browser must then show.

    Attributes:
        ops: As JSON.
        root: The whole root, when ops cannot say what has changed.
        page: A fresh render.
        count: Numbered nodes.
        hash: Their shape.
    """

    ops: Any
    root: Root | None
    page: str
    count: int
    hash: int


class Recorder:
    """Drives a random page as a session does, and keeps what it sends.

    Now and then the page rests, or goes on in another process.
    """

    def __init__(self, seed: int) -> None:
        self._page = RandomPage(seed)
        self._view: Any = ShownView(self._page)
        # The page's own choices stay those of tests/live.
        self._random = Random(seed)
        self._renderer = renderer_of(self._page)
        self.first = self._renderer.first(self._view)
        self._renderer.prepare()
        self.shape = (self._renderer.node_count, self._renderer.structure_hash)
        self.steps: list[Step] = []
        for _ in range(STEPS):
            kind = self._random.random()
            if kind < 0.1:
                self._renderer.rest()
            elif kind < 0.2:
                self._resume()
            self._page.change()
            self._keep(self._renderer.update(self._view))

    @property
    def kind(self) -> str:
        """Whether ops said all, or the root was needed."""
        if isinstance(self._renderer, ReferenceRenderer):
            return "parsed"
        return "live" if all(step.root is None for step in self.steps) else "resynced"

    def _resume(self) -> None:
        snapshot = self._renderer.snapshot()
        self._renderer = renderer_of(self._page)
        self._keep(self._renderer.resume(self._view, snapshot) or CANNOT_SAY)

    def _keep(self, ops: bytes) -> None:
        root = self._renderer.rebase(self._view) if ops == CANNOT_SAY else None
        text = self._page.template.render(dict(self._page.values))
        parsed = Document(text)
        shape = (self._renderer.node_count, self._renderer.structure_hash)
        assert shape == (parsed.node_count, parsed.structure_hash), text
        self.steps.append(Step(json.loads(ops), root, text, *shape))


def differences(harness: Page, seeds: range) -> tuple[list[str], Counter[str]]:
    """Return what is wrong, ready to be read, and how the pages went."""
    recorded = [Recorder(seed) for seed in seeds]
    pages = [
        {"first": one.first, "shape": one.shape, "steps": [asdict(step) for step in one.steps]}
        for one in recorded
    ]
    kinds = Counter(one.kind for one in recorded)
    told = []
    for one in harness.evaluate("pages => harness.follow(pages)", pages):
        if one["kind"] == "reading":
            # The browser's parser and the server's differ, which no engine could hide: the browser
            # says so when it joins, and gets the root. What they differ in is tested in ``vdom``.
            kinds["read otherwise"] += 1
            continue
        page = recorded[one["index"]]
        step = page.steps[one["at"]]
        before = page.steps[one["at"] - 1].page if one["at"] else page.first
        told.append(
            f"seed {seeds[one['index']]}, step {one['at']}: {one['kind']} {one['what']}\n"
            f"before: {before!r}\nops: {step.ops}\nroot: {step.root}\nnow: {step.page!r}"
        )
    return told, kinds


@pytest.mark.parametrize("batch", range(BATCHES))
def test_random_pages_follow_a_fresh_render(harness: Page, batch: int) -> None:
    wrong, kinds = differences(harness, range(batch * BATCH, (batch + 1) * BATCH))
    assert wrong == [], "\n\n".join(wrong)
    # The law would hold for pages that are always parsed, too.
    assert kinds["live"] > BATCH // 2, kinds
    assert kinds["read otherwise"] < BATCH // 20, kinds
