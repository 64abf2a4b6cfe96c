"""The table's handlers."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from pages.seeds import catalogue
from pages.table import COLUMNS, SeedTableView


@pytest.fixture
def view(mounted: Callable[[type[SeedTableView]], SeedTableView]) -> SeedTableView:
    return mounted(SeedTableView)


def row(view: SeedTableView, pk: int) -> dict[str, Any]:
    return next(row for row in view.get_context_data()["rows"] if row["id"] == pk)


def test_the_catalogue_holds_each_variety_once() -> None:
    rows = catalogue()
    assert len(rows) == 1_000
    assert len({(row["name"], row["crop"]) for row in rows}) == 1_000


def test_an_edit_changes_its_row_and_the_totals(view: SeedTableView) -> None:
    before = view.get_context_data()
    old = dict(row(view, 7))
    view.set_stock(pk=7, value="100")
    after = view.get_context_data()
    assert row(view, 7) == {**old, "stock": 100, "value": old["price"] * 100}
    assert after["packets"] - before["packets"] == 100 - old["stock"]
    assert after["value"] - before["value"] == old["price"] * (100 - old["stock"])


@pytest.mark.parametrize("value", ["", "-1", "1.5", "10000", "many", "²"])
def test_a_wrong_number_changes_nothing_and_is_marked(view: SeedTableView, value: str) -> None:
    old = dict(row(view, 7))
    view.set_stock(pk=7, value=value)
    assert row(view, 7) == old
    assert view.get_context_data()["refused"] == 7
    view.set_stock(pk=7, value="1")
    assert view.get_context_data()["refused"] == 0


@pytest.mark.parametrize("column", COLUMNS)
def test_sorting_twice_turns_round(view: SeedTableView, column: str) -> None:
    view.sort(column)  # type: ignore[arg-type]
    values = [row[column] for row in view.get_context_data()["rows"]]
    assert values == sorted(values)
    view.sort(column)  # type: ignore[arg-type]
    values = [row[column] for row in view.get_context_data()["rows"]]
    assert values == sorted(values, reverse=True)


def test_find_matches_every_word_in_either_column(view: SeedTableView) -> None:
    view.find("AMBER tom")
    context = view.get_context_data()
    assert [(row["name"], row["crop"]) for row in context["rows"]] == [("Amber Dawn", "Tomato")]
    assert isinstance(context["value"], Decimal)
    view.find("nothing at all")
    assert view.get_context_data()["rows"] == []
