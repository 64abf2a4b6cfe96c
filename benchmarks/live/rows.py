"""The table of six columns that pages of these benchmarks show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

ROWS = """<h1>{{ title }}</h1><table><tbody>{% for row in rows %}<tr dj-key="{{ row.id }}">
<td>{{ row.id }}</td><td>{{ row.name }}</td><td>{{ row.price }}</td><td>{{ row.stock }}</td>
<td>{{ row.state }}</td><td>{{ row.note }}</td></tr>{% endfor %}</tbody></table>"""


@dataclass(frozen=True)
class Article:
    """A row that cannot change."""

    id: int
    name: str
    price: float
    stock: int
    state: str
    note: str


def make_rows(count: int) -> list[dict[str, Any]]:
    return [
        {
            "id": number,
            "name": f"Article {number}",
            "price": number * 1.25,
            "stock": number % 17,
            "state": "open",
            "note": "—",
        }
        for number in range(count)
    ]
