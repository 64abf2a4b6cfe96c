"""An engine that is broken on purpose: verify mode notices, says what is wrong, and goes on."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from typing import Any

import pytest
from djust_live import LiveView
from djust_live.errors import PageDiffers
from djust_live.live_rendering import CANNOT_SAY, VerifyingRenderer
from djust_templates.live import LivePage, live_template
from djust_vdom import Document, Replica

from tests.live.pages import BACKEND

Ops = list[list[Any]]
SOURCE = (
    "<h1>{{ title }}</h1>"
    '<ul>{% for row in rows %}<li dj-key="{{ row }}">{{ row }}</li>{% endfor %}</ul>'
)


class Memo:
    def turn(self) -> None: ...


class Runtime:
    memo = Memo()
    csrf_token = ""

    def extension_context(self) -> dict[str, Any]:
        return {}


class Shelf:
    """As much of a view as a renderer needs."""

    request = None

    def __init__(self) -> None:
        self.values: dict[str, Any] = {"title": "Shelf", "rows": [1, 2, 3]}

    def _mounted(self) -> Runtime:
        return Runtime()

    def get_context_data(self) -> dict[str, Any]:
        return dict(self.values)


def drop_one(ops: Ops) -> Ops:
    return ops[:-1]


def say_another_text(ops: Ops) -> Ops:
    return [[1, op[1], "another"] if op[0] == 1 else op for op in ops]


def name_another_node(ops: Ops) -> Ops:
    return [[ops[0][0], ops[0][1] + 1, *ops[0][2:]], *ops[1:]]


@pytest.mark.parametrize("spoil", [drop_one, say_another_text, name_another_node])
def test_wrong_ops_are_noticed_and_told_and_the_next_update_is_right(
    spoil: Callable[[Ops], Ops], monkeypatch: pytest.MonkeyPatch
) -> None:
    template = BACKEND.from_string(SOURCE)
    live = live_template(template)
    assert live is not None
    shelf: Any = Shelf()
    view: LiveView = shelf
    renderer = VerifyingRenderer(live, template)
    renderer.first(view)
    shelf.values = {"title": "Other", "rows": [3, 1, 9]}
    original = LivePage.update

    def broken(page: LivePage, printed: Any) -> bytes:
        return json.dumps(spoil(json.loads(original(page, printed) or b"[]"))).encode()

    with monkeypatch.context() as patch:
        patch.setattr(LivePage, "update", broken)
        with pytest.raises(PageDiffers) as caught:
            renderer.update(view)

    # What is told is enough to see it again.
    told = str(caught.value)
    assert "<unknown source>" in told
    assert SOURCE in told
    one, other = told_values(told, "before"), told_values(told, "now")
    assert repr(template.render(one)) in told
    assert repr(template.render(other)) in told
    ops = told.partition("Ops: ")[2].partition("\n")[0]
    assert not leads_to(template.render(one), ops, template.render(other))

    # Nobody has got the ops, so the browser is given the root.
    assert renderer.update(view) == CANNOT_SAY
    root = renderer.rebase(view).html
    shelf.values["title"] = "Third"
    ops = renderer.update(view).decode()
    assert leads_to(root, ops, template.render(shelf.values))


def told_values(told: str, when: str) -> dict[str, Any]:
    values: dict[str, Any] = ast.literal_eval(
        told.partition(f"Values {when}: ")[2].partition("\n")[0]
    )
    return values


def test_what_is_told_is_as_small_as_it_can_be(monkeypatch: pytest.MonkeyPatch) -> None:
    template = BACKEND.from_string(
        "<h1>{{ title }}</h1><ul>{% for row in rows %}<li dj-key='{{ row.id }}'>{{ row.name }}</li>"
        "{% endfor %}</ul>{% if shown %}<p>{{ note }}</p>{% endif %}"
    )
    live = live_template(template)
    assert live is not None
    shelf: Any = Shelf()
    rows = [{"id": number, "name": f"row {number}", "tags": [1, 2]} for number in range(200)]
    shelf.values = {"title": "Shelf", "rows": rows, "shown": True, "note": "n", "unused": [3] * 9}
    renderer = VerifyingRenderer(live, template)
    renderer.first(shelf)
    original = LivePage.update

    def broken(page: LivePage, printed: Any) -> bytes:
        """Say nothing of texts that become loud."""
        ops = json.loads(original(page, printed) or b"[]")
        return json.dumps([op for op in ops if "LOUD" not in op]).encode()

    rows[150]["name"] = "LOUD"
    shelf.values["title"] = "Other"
    monkeypatch.setattr(LivePage, "update", broken)
    with pytest.raises(PageDiffers) as caught:
        renderer.update(shelf)
    told = str(caught.value)
    assert "on a page of its own" in told
    one, other = told_values(told, "before"), told_values(told, "now")
    assert {**other, "rows": []} == {"rows": []}
    assert [row["name"] for row in other["rows"]] == ["LOUD"]
    assert len(one.get("rows", [])) <= 1
    assert len(told) < 1500


def test_what_only_one_page_shows_is_told_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    template = BACKEND.from_string(SOURCE)
    live = live_template(template)
    assert live is not None
    shelf: Any = Shelf()
    renderer = VerifyingRenderer(live, template)
    renderer.first(shelf)
    renderer.update(shelf)
    page = renderer._page
    shelf.values["title"] = "Other"
    original = LivePage.update
    monkeypatch.setattr(
        LivePage, "update", lambda one, printed: b"[]" if one is page else original(one, printed)
    )
    with pytest.raises(PageDiffers) as caught:
        renderer.update(shelf)
    told = str(caught.value)
    assert "Only this page goes wrong" in told
    assert told_values(told, "before")["title"] == "Shelf"
    assert told_values(told, "now")["title"] == "Other"


def leads_to(before: str, ops: str, after: str) -> bool:
    browser = Replica(before)
    try:
        browser.apply(ops)
    except ValueError:
        return False
    return Document(browser.html).update(after) == b"[]"
