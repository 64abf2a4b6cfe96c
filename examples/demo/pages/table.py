"""A thousand rows: a plain list of dicts, changed in place."""

from __future__ import annotations

from typing import Any, Literal

from django.http import HttpRequest
from djust import LiveView
from djust.decorators import debounce, event_handler

from pages.seeds import catalogue

COLUMNS = {
    "name": "Variety",
    "crop": "Crop",
    "days": "Days",
    "price": "Price",
    "stock": "Packets",
    "value": "Value",
}
MAX_STOCK = 9_999


class SeedTableView(LiveView):
    template_name = "pages/table.html"

    def mount(self, request: HttpRequest, **kwargs: object) -> None:
        self.rows = catalogue()
        self.search = ""
        self.sorted_by = ""
        self.descending = False
        self.refused = 0

    def get_context_data(self, **kwargs: object) -> dict[str, Any]:
        words = self.search.casefold().split()
        rows = [
            row
            for row in self.rows
            if all(word in f"{row['name']} {row['crop']}".casefold() for word in words)
        ]
        return {
            "rows": rows,
            "columns": COLUMNS,
            "search": self.search,
            "sorted_by": self.sorted_by,
            "descending": self.descending,
            "refused": self.refused,
            "packets": sum(row["stock"] for row in rows),
            "value": sum(row["value"] for row in rows),
        }

    @event_handler
    def set_stock(self, pk: int, value: str) -> None:
        valid = value.isdecimal() and int(value) <= MAX_STOCK
        self.refused = 0 if valid else pk
        row = next((row for row in self.rows if row["id"] == pk), None)
        if valid and row is not None:
            row["stock"] = int(value)
            row["value"] = row["price"] * row["stock"]

    @event_handler
    def sort(self, column: Literal["name", "crop", "days", "price", "stock", "value"]) -> None:
        self.descending = column == self.sorted_by and not self.descending
        self.sorted_by = column
        self.rows.sort(key=lambda row: row[column], reverse=self.descending)

    @event_handler
    @debounce(wait=0.15)
    def find(self, value: str) -> None:
        self.search = value
