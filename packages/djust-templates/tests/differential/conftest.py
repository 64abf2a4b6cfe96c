"""The extent of the search for differences, and the rows that generated contexts query."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings

# Continuous integration looks at the same examples every time; a search for new differences sets
# DJUST_DIFFERENTIAL_EXAMPLES=20000 and sees others each time.
EXAMPLES = int(os.environ.get("DJUST_DIFFERENTIAL_EXAMPLES", "0"))
hypothesis_settings.register_profile(
    "differential",
    max_examples=EXAMPLES or 250,
    derandomize=not EXAMPLES,
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module", autouse=True)
def books(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Three rows for the querysets in generated contexts."""
    from django.db import connection

    from differential.models import Book, Shelf

    with django_db_blocker.unblock():
        with connection.schema_editor() as editor:
            editor.create_model(Shelf)
            editor.create_model(Book)
        shelf = Shelf.objects.create(name="<shelf>")
        for index in range(3):
            Book.objects.create(name=f"book & {index}", count=index * 1000, shelf=shelf)
        yield
        with connection.schema_editor() as editor:
            editor.delete_model(Book)
            editor.delete_model(Shelf)
