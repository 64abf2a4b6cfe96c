"""The law of live templates: after each update the browser has what a fresh render would give it.

Templates and values are random. The reference is the page that the HTML parser of the differ makes
of a plain render; the browser is the replica, which knows the first text and the ops only.
"""

from __future__ import annotations

import copy
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

from django.utils.safestring import SafeString
from djust_templates.live import LivePage, LiveTemplate, Unsayable
from djust_vdom import Document, Replica
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.live.grammar import Grammar, Row
from tests.live.pages import BACKEND, STEPS, RandomPage
from tests.live.wide_grammar import WideGrammar


def shape(page: LivePage | Document) -> tuple[int, int]:
    return page.node_count, page.structure_hash


def check(shown: RandomPage, live: LiveTemplate) -> str:
    """Drive one page; return how it ended."""
    printed = live.render(dict(shown.values))
    assert printed is not None
    assert printed.text == shown.template.render(dict(shown.values))
    page = live.page(printed, shown.secret)
    if page is None:
        return "parsed from the start"
    assert shape(page) == shape(Document(printed.text)), printed.text
    browser = Replica(printed.text)
    for _ in range(STEPS):
        shown.change()
        partial = live.render(dict(shown.values), page=page)
        printed = live.render(dict(shown.values))
        assert partial is not None
        assert printed is not None
        ops = page.update(partial)
        if ops is None:
            return "parsed later"
        browser.apply(ops)
        wanted = Document(printed.text)
        assert Document(browser.html).update(printed.text) == b"[]", (ops, printed.text)
        assert (browser.title or "") == (wanted.title or "")
        assert shape(page) == shape(wanted), (ops, printed.text)
        assert page.digest == digest_after(live, copy.deepcopy(shown.values), shown.secret)
    return "live"


def digest_after(live: LiveTemplate, values: dict[str, Any], secret: int) -> bytes:
    """The digest that another process has of the same values."""
    printed = live.render(values)
    assert printed is not None
    page = live.page(printed, secret)
    assert page is not None
    return page.digest


def run(seed: int, grammar: type[Grammar] = Grammar) -> str:
    shown = RandomPage(seed, grammar)
    try:
        live = LiveTemplate(shown.template.template)
    except Unsayable:
        return "no plan"
    return check(shown, live)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32))
@example(1486)
@example(1865)
def test_ops_lead_to_what_a_fresh_render_prints(seed: int) -> None:
    run(seed)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32))
def test_ops_lead_to_a_fresh_render_whatever_the_template_says(seed: int) -> None:
    run(seed, WideGrammar)


def test_most_random_pages_stay_live() -> None:
    """The law would hold for pages that are always parsed, too; these are not."""
    ends = Counter(run(seed) for seed in range(200))
    assert ends["live"] > 120, ends


def drive(source: str, *contexts: dict[str, Any]) -> list[bytes | None]:
    """The ops between contexts, checked."""
    live = LiveTemplate(BACKEND.from_string(source).template)
    printed = live.render(dict(contexts[0]))
    assert printed is not None
    page = live.page(printed, 7)
    assert page is not None
    browser = Replica(printed.text)
    ops = []
    for values in contexts[1:]:
        partial = live.render(dict(values), page=page)
        printed = live.render(dict(values))
        assert partial is not None
        assert printed is not None
        ops.append(page.update(partial))
        if ops[-1] is None:
            break
        browser.apply(ops[-1])
        assert Document(browser.html).update(printed.text) == b"[]"
        assert shape(page) == shape(Document(printed.text))
    return ops


ROWS = (
    '<table><tbody>{% for r in rows %}\n<tr dj-key="{{ r.id }}"><td>{{ r.a }}</td></tr>'
    "{% endfor %}\n</tbody></table>"
)


def keyed(*ids: int) -> dict[str, Any]:
    return {"rows": [{"id": key, "a": f"a{key}"} for key in ids]}


def test_a_cell_is_one_op() -> None:
    after = keyed(1, 2, 3)
    after["rows"][1]["a"] = "<b>"
    assert drive(ROWS, keyed(1, 2, 3), after) == [b'[[1,10,"<b>"]]']


def test_an_unkeyed_cell_is_one_op() -> None:
    source = ROWS.replace(' dj-key="{{ r.id }}"', "")
    after = keyed(1, 2, 3)
    after["rows"][1]["a"] = "x"
    assert drive(source, keyed(1, 2, 3), after) == [b'[[1,10,"x"]]']


def test_a_row_in_front_of_unkeyed_rows_is_one_op() -> None:
    source = ROWS.replace(' dj-key="{{ r.id }}"', "")
    (ops,) = drive(source, keyed(1, 2, 3, 4), keyed(9, 1, 2, 3, 4))
    assert ops is not None
    assert ops.count(b"[") == 2


def test_a_row_moves_in_one_op() -> None:
    (ops,) = drive(ROWS, keyed(1, 2, 3, 4, 5), keyed(1, 3, 4, 2, 5))
    assert ops is not None
    assert ops.count(b"[") == 2
    assert b"td" not in ops


def test_many_moves_become_one_permutation() -> None:
    before, after = keyed(*range(40)), keyed(*reversed(range(40)))
    (ops,) = drive(ROWS, before, after)
    assert ops is not None
    assert ops.startswith(b"[[12,")
    assert len(ops) < 130


def test_a_page_starts_its_numbers_anew_when_most_are_dead() -> None:
    contexts = [keyed(*range(at * 100, at * 100 + 100)) for at in range(12)]
    assert any(ops is not None and b"[13]" in ops for ops in drive(ROWS, *contexts))


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32))
def test_rows_that_come_go_and_change_are_found(seed: int) -> None:
    random = Random(seed)
    values = keyed(*random.sample(range(30), random.randrange(12)))
    contexts = [copy.deepcopy(values)]
    for _ in range(12):
        for _ in range(random.choice([1, 1, 1, 2, 5])):
            edit(random, values["rows"])
        contexts.append(copy.deepcopy(values))
    source = random.choice([ROWS, ROWS.replace(' dj-key="{{ r.id }}"', "")])
    assert len(drive(source, *contexts)) == 12


class WithDefault(dict[str, Any]):
    """Has a value for what it does not hold."""

    def __missing__(self, key: str) -> str:
        return f"no {key} among {len(self)}"


# What a cell may hold: also what equals another value, and what looks the same and may not be.
CELLS: list[Callable[[], Any]] = [
    *(lambda: "a", lambda: "b", lambda: 1.5, lambda: 2, lambda: 10**20, lambda: True, lambda: None),
    *(
        lambda: "".join(["lo", "ng"]),
        lambda: SafeString("a"),
        lambda: Decimal("1.50"),
        lambda: ["a"],
    ),
    *(lambda: lambda: "called", lambda: date(2026, 1, 1)),
]


def edit(random: Random, rows: list[dict[str, Any]]) -> None:
    kind = random.randrange(5)
    at = random.randrange(len(rows) + 1)
    if kind == 0 or at == len(rows):
        # Rows that print the same are next to each other as often as not.
        kind_of_row = random.choice([dict, dict, dict, WithDefault])
        rows.insert(at, kind_of_row({"id": random.randrange(30), "a": random.choice(CELLS)()}))
    elif kind == 1:
        rows.pop(at)
    elif kind == 2:
        rows[at]["a"] = random.choice(CELLS)()
    elif kind == 3:
        rows[at].pop("a", None)
    else:
        rows.insert(random.randrange(len(rows)), rows.pop(at))


def test_a_loop_over_what_cannot_change_is_not_looked_at() -> None:
    rows = tuple(Row(key, f"a{key}", None, True) for key in range(3))
    source = ROWS + "<p>{{ title }}</p>"
    contexts = [{"rows": rows, "title": title} for title in range(5)]
    live = LiveTemplate(BACKEND.from_string(source).template)
    printed = live.render(contexts[0])
    assert printed is not None
    page = live.page(printed, 7)
    assert page is not None
    lengths = []
    for values in contexts[1:]:
        partial = live.render(values, page=page)
        assert partial is not None
        lengths.append(len(partial.text))
        assert page.update(partial) == b'[[1,17,"%d"]]' % values["title"]
    # All rows, then only what is around their elements, then nothing of them.
    assert lengths[0] > lengths[1] >= lengths[2]
    assert "tr" not in partial.text
    other = (*rows[:2], Row(2, "new", None, True))
    (*_, ops) = drive(source, *contexts, {"rows": other, "title": 4})
    assert ops == b'[[1,14,"new"]]'


def test_a_frozen_class_with_a_property_is_looked_at() -> None:
    now = iter(range(100))

    @dataclass(frozen=True)
    class Clock:
        id: int = 1

        @property
        def a(self) -> int:
            return next(now)

    values = {"rows": (Clock(),)}
    live = LiveTemplate(BACKEND.from_string(ROWS).template)
    printed = live.render(values)
    assert printed is not None
    page = live.page(printed, 7)
    assert page is not None
    for step in range(1, 6):
        partial = live.render(values, page=page)
        assert partial is not None
        assert page.update(partial) == b'[[1,6,"%d"]]' % step


def test_a_value_that_closes_its_parent_is_left_to_the_parser() -> None:
    from django.utils.safestring import SafeString

    assert drive("<p>{{ a }}</p>", {"a": "x"}, {"a": SafeString("</p>")}) == [None]


def test_the_title_outside_of_the_root_follows() -> None:
    source = "<!doctype html><html><head><title>{{ a }}</title></head><body>x</body></html>"
    assert drive(source, {"a": "1"}, {"a": "2"}) == [b'[[14,"2"]]']


def test_threads_share_a_template() -> None:
    live = LiveTemplate(BACKEND.from_string(ROWS + "<p>{{ who }}</p>").template)
    errors: list[BaseException] = []

    def visit(who: int) -> None:
        try:
            random = Random(who)
            values = {**keyed(*range(who, who + 20)), "who": who}
            printed = live.render(values)
            assert printed is not None
            page = live.page(printed, 7)
            assert page is not None
            browser = Replica(printed.text)
            for step in range(60):
                random.shuffle(values["rows"])
                values["rows"][0]["a"] = f"{who} {step}"
                printed = live.render(values, page=page)
                assert printed is not None
                ops = page.update(printed)
                assert ops is not None
                browser.apply(ops)
            printed = live.render(values)
            assert printed is not None
            assert Document(browser.html).update(printed.text) == b"[]"
        except BaseException as error:  # noqa: BLE001 - told to the main thread
            errors.append(error)

    threads = [threading.Thread(target=visit, args=(who,)) for who in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
