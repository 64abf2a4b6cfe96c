"""A seed catalogue of 1,000 varieties, the same at every start."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

_CROPS = [
    "Tomato", "Lettuce", "Carrot", "Beetroot", "Radish", "Onion", "Leek", "Kale", "Spinach",
    "Chard", "Cucumber", "Courgette", "Pumpkin", "Runner bean", "Broad bean", "Pea", "Sweetcorn",
    "Chilli", "Pepper", "Aubergine", "Fennel", "Celeriac", "Parsnip", "Turnip", "Cabbage",
]  # fmt: skip
_NAMES = [
    "Amber Dawn", "April Cross", "Autumn King", "Black Prince", "Blue Lake", "Bright Lights",
    "Cinnabar", "Copper Bell", "Crimson Star", "Early Wonder", "Ember", "Fenland", "First Light",
    "Giant Bruno", "Golden Hour", "Green Arrow", "Harvest Moon", "Ivory Queen", "Jade", "Heron",
    "Lady Anne", "Long Standing", "Marlow", "May Fair", "Midnight", "Moneymaker", "New Harbour",
    "Old Abbey", "Paragon", "Quicksilver", "Red Baron", "Rosalind", "Sandpiper", "Silver Mill",
    "Summer Snow", "Tall Telegraph", "Unwin", "Viceroy", "White Gem", "Winter Keeper",
]  # fmt: skip


def catalogue() -> list[dict[str, Any]]:
    """Return 1,000 rows: a variety each, with days to harvest, price, packets and value."""
    rows = []
    for number in range(len(_CROPS) * len(_NAMES)):
        price = Decimal(180 + number * 37 % 320).scaleb(-2)
        stock = number * 61 % 97
        rows.append(
            {
                "id": number + 1,
                # 27 and 40 share no factor with each other, so all pairs appear before one repeats.
                "name": _NAMES[number * 27 % len(_NAMES)],
                "crop": _CROPS[number // len(_NAMES)],
                "days": 45 + number * 13 % 90,
                "price": price,
                "stock": stock,
                "value": price * stock,
            }
        )
    return rows
