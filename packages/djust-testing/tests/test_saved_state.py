"""The client where state is saved to the database that the test's transaction locks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.test import override_settings
from djust_live import LiveView, event_handler
from djust_live.models import SavedState
from djust_testing import LiveViewTestClient


class Counter(LiveView):
    template = "<p>{{ count }}</p>"
    count = 0

    @event_handler
    def add(self) -> None:
        self.count += 1


@pytest.fixture
def _in_table() -> Iterator[None]:
    with override_settings(DJUST={"STATE_BACKEND": "db"}):
        yield


@pytest.mark.django_db
@pytest.mark.usefixtures("_in_table")
def test_state_is_saved_inside_of_the_transaction_of_the_test() -> None:
    User.objects.create(username="ada")  # locks a file of SQLite against all other connections
    with LiveViewTestClient(Counter) as page:
        page.mount()
        page.send_event("add")
        page.restart_server()
        page.reconnect()
        page.send_event("add")
        page.assert_state(count=2)
        assert SavedState.objects.count() == 1
    assert not SavedState.objects.exists()  # the page was left


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_in_table")
def test_state_is_saved_where_the_test_has_no_transaction() -> None:
    with LiveViewTestClient(Counter) as page:
        page.mount()
        page.send_event("add")
        page.restart_server()
        page.reconnect()
        page.assert_state(count=1)
