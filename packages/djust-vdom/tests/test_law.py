"""Applying ``diff(a, b)`` to ``a`` gives ``b``."""

from __future__ import annotations

from djust_vdom import Document, Replica, apply, diff
from hypothesis import given, settings
from hypothesis import strategies as st

TEXTS = st.sampled_from(
    ["a", "b", " ", "\n  ", "1 &lt; 2", "&amp;", "é😀", "&#13;", "<!-- c -->", "<?x y?>"]
)
NAMES = st.sampled_from(
    "div ul li p b a table tr td select option textarea svg template pre".split()
)
ATTRIBUTES = st.sampled_from(
    ["", " id=a", " id=b", " dj-key=a", " dj-key=b", " dj-key=c", " class=x", " value=''"]
)


def element(children: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    def write(name: str, attributes: str, inside: list[str]) -> str:
        return f"<{name}{attributes}>{''.join(inside)}</{name}>"

    return st.builds(write, NAMES, ATTRIBUTES, st.lists(children, max_size=5))


PAGES = st.lists(st.recursive(TEXTS, element, max_leaves=20), max_size=4).map("".join)


@settings(max_examples=300)
@given(PAGES, PAGES)
def test_ops_lead_from_any_page_to_any_other(old: str, new: str) -> None:
    assert apply(old, diff(old, new)) == Document(new).html


@settings(max_examples=100)
@given(st.lists(PAGES, min_size=2, max_size=6))
def test_numbers_stay_in_step_over_many_updates(pages: list[str]) -> None:
    document, replica = Document(pages[0]), Replica(pages[0])
    for page in pages[1:]:
        replica.apply(document.update(page))
        assert replica.html == document.html
        assert replica.node_count == document.node_count
        assert replica.structure_hash == document.structure_hash


@settings(max_examples=100)
@given(st.permutations(list(range(12))), st.booleans())
def test_keyed_rows_are_moved_and_never_written_again(order: list[int], spaced: bool) -> None:
    space = "\n  " if spaced else ""

    def table(rows: list[int]) -> str:
        return "<ul>" + "".join(f"{space}<li dj-key={row}>row {row}</li>" for row in rows) + "</ul>"

    old, new = table(sorted(order)), table(order)
    ops = diff(old, new)
    assert b"row" not in ops
    assert apply(old, ops) == Document(new).html


@settings(max_examples=50)
@given(PAGES)
def test_same_page_needs_no_ops(page: str) -> None:
    assert diff(page, page) == b"[]"
