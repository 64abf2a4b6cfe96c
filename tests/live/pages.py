"""Random pages: a template, and values for it that change step by step."""

from __future__ import annotations

from random import Random

import django
from django.conf import settings

if not settings.configured:
    settings.configure(SECRET_KEY="only-for-tests")  # pragma: allowlist secret
    django.setup()

from djust_templates import DjustTemplates

from tests.live.grammar import INCLUDED, Grammar, context, freeze, mutate, mutate_frozen

LOADER = ("django.template.loaders.locmem.Loader", {"included.html": INCLUDED})
OPTIONS = {"loaders": [("django.template.loaders.cached.Loader", [LOADER])]}
BACKEND = DjustTemplates({"NAME": "law", "DIRS": [], "APP_DIRS": False, "OPTIONS": OPTIONS})
# How often the values of a page change.
STEPS = 8


class RandomPage:
    """A template and its values, the same ones for the same seed.

    Args:
        seed: Of all choices.
        grammar: Of its template.

    Attributes:
        template: Of the backend.
        values: What it prints now.
        secret: A key for hashes.
    """

    def __init__(self, seed: int, grammar: type[Grammar] = Grammar) -> None:
        random = self._random = Random(seed)
        self.template = BACKEND.from_string(grammar(random).template())
        self.values = context(random)
        self._mutate = mutate
        if random.random() < 0.3:
            self.values, self._mutate = freeze(self.values), mutate_frozen
        self.secret = random.getrandbits(64)

    def change(self) -> None:
        """Change some of the values; lists are changed in place as often as not."""
        self.values = self._mutate(self._random, self.values)
