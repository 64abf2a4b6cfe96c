"""The to-do list's handlers, against the database."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from pages.models import Task
from pages.todo import SAMPLE_TASKS, TodoView

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The topics that views published to; these tests run without a live session."""
    topics: list[str] = []
    monkeypatch.setattr(TodoView, "subscribe", lambda view, topic: None)
    monkeypatch.setattr(TodoView, "broadcast", lambda view, topic, message: topics.append(topic))
    return topics


@pytest.fixture
def view(sent: list[str], mounted: Callable[[type[TodoView]], TodoView]) -> TodoView:
    return mounted(TodoView)


def titles(view: TodoView) -> list[str]:
    return [task.title for task in view.get_context_data()["tasks"]]


def tasks(view: TodoView) -> list[Task]:
    return list(view.get_context_data()["tasks"])


def test_a_new_visitor_gets_samples_and_keeps_them(view: TodoView, visit: HttpRequest) -> None:
    assert titles(view) == SAMPLE_TASKS
    again = TodoView()
    again.mount(visit)
    assert tasks(again) == tasks(view)


def test_visitors_do_not_share_a_list(view: TodoView, visit: HttpRequest) -> None:
    mine = tasks(view)[0]
    visit.session = SessionStore()
    other = TodoView()
    other.mount(visit)
    other.remove(pk=mine.pk)
    other.rename(pk=mine.pk, value="taken over")
    assert titles(view) == SAMPLE_TASKS
    other.toggle(pk=mine.pk)
    other.move(pk=mine.pk, by=1)
    assert tasks(view)[0] == mine
    assert view.get_context_data()["open"] == 3


def test_add_appends_a_trimmed_title_and_passes_over_blanks(view: TodoView) -> None:
    view.add(title="  Water the beans ")
    view.add(title="   ")
    assert titles(view) == [*SAMPLE_TASKS, "Water the beans"]


def test_rename_keeps_the_old_title_instead_of_a_blank_one(view: TodoView) -> None:
    first, second, _ = tasks(view)
    view.rename(pk=first.pk, value=" Renamed ")
    view.rename(pk=second.pk, value=" ")
    assert titles(view) == ["Renamed", *SAMPLE_TASKS[1:]]


def test_move_changes_places_and_stops_at_the_ends(view: TodoView) -> None:
    first, second, third = tasks(view)
    view.move(pk=second.pk, by=-1)
    assert tasks(view) == [second, first, third]
    view.move(pk=second.pk, by=-1)
    view.move(pk=third.pk, by=1)
    assert tasks(view) == [second, first, third]


def test_move_jumps_over_hidden_rows(view: TodoView) -> None:
    first, second, third = tasks(view)
    view.toggle(pk=second.pk)
    view.show("open")
    view.move(pk=third.pk, by=-1)
    assert tasks(view) == [third, first]
    view.show("all")
    assert tasks(view) == [third, second, first]


def test_the_filter_shows_and_the_counts_stay(view: TodoView) -> None:
    first, *rest = tasks(view)
    view.toggle(pk=first.pk)
    view.show("done")
    context = view.get_context_data()
    assert (context["tasks"], context["open"], context["total"]) == ([first], 2, 3)
    view.show("open")
    assert tasks(view) == rest


def test_remove_done_leaves_the_open_tasks(view: TodoView) -> None:
    first, *rest = tasks(view)
    view.toggle(pk=first.pk)
    view.remove_done()
    assert tasks(view) == rest


def test_a_row_that_is_gone_meanwhile_is_passed_over(view: TodoView) -> None:
    first, *rest = tasks(view)
    view.remove(pk=first.pk)
    view.toggle(pk=first.pk)
    view.move(pk=first.pk, by=1)
    view.rename(pk=first.pk, value="Too late")
    view.remove(pk=first.pk)
    assert tasks(view) == rest


def test_each_change_is_told_to_the_other_tabs(view: TodoView, sent: list[str]) -> None:
    first, second, _ = tasks(view)
    view.add(title="New")
    view.toggle(pk=first.pk)
    view.rename(pk=first.pk, value="Renamed")
    view.move(pk=second.pk, by=-1)
    view.remove(pk=second.pk)
    view.remove_done()
    assert sent == [view.topic] * 6


def test_what_changes_nothing_is_told_to_nobody(view: TodoView, sent: list[str]) -> None:
    view.show("done")
    view.add(title=" ")
    view.rename(pk=tasks(view)[0].pk if tasks(view) else 0, value="")
    view.move(pk=0, by=1)
    assert sent == []


def test_rendering_takes_one_query(
    view: TodoView, django_assert_num_queries: Callable[[int], object]
) -> None:
    with django_assert_num_queries(1):  # type: ignore[attr-defined]
        view.get_context_data()
