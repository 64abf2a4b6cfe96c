"""Querysets fetch what the template prints: fewer queries, the same page."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from board.models import Card, Step, Team
from django.contrib.auth.models import User
from django.db import connection
from django.db.models import Count, Prefetch
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from djust_live.fetching import fetched
from djust_templates import DjustTemplates

pytestmark = pytest.mark.django_db

BACKEND = DjustTemplates({"NAME": "fetching", "DIRS": [], "APP_DIRS": False, "OPTIONS": {}})
SOURCE = (
    "<ul>{% for card in cards %}<li>{{ card.title }} {{ card.team.name }}"
    "{% if card.assignee %}<b>{{ card.assignee.username }}</b>{% endif %}"
    "{% for step in card.steps.all %}<i>{{ step.text }}</i>{% endfor %}"
    "{% with team=card.team %}{% for one in team.members.all %}<u>{{ one.username }}</u>"
    "{% endfor %}{% endwith %}</li>{% endfor %}</ul>"
)


@pytest.fixture(autouse=True)
def _cards() -> None:
    for number in range(4):
        user = User.objects.create_user(f"user{number}")
        team = Team.objects.create(name=f"Team {number}", slug=f"team-{number}")
        team.members.add(user)
        assignee = user if number % 2 else None
        card = Card.objects.create(title=f"Card {number}", team=team, assignee=assignee)
        Step.objects.create(card=card, text="first")
        Step.objects.create(card=card, text="second")


def render(queryset: Any, source: str = SOURCE) -> tuple[str, int]:
    """The page and the number of queries."""
    template = BACKEND.from_string(source)
    context = {"cards": queryset}
    with CaptureQueriesContext(connection) as queries, fetched(template, context):
        text = template.render(context)
    return str(text), len(queries)


def plain(queryset: Any, source: str = SOURCE) -> tuple[str, int]:
    with override_settings(DJUST={"FETCH_PRINTED": False}):
        return render(queryset, source)


def test_a_page_needs_one_query_for_each_kind_of_row(caplog: pytest.LogCaptureFixture) -> None:
    wanted, before = plain(Card.objects.order_by("pk"))
    with caplog.at_level(logging.INFO, "djust_live.fetching"):
        text, queries = render(Card.objects.order_by("pk"))
    assert text == wanted
    assert before > 12
    assert queries == 3
    assert "select_related(assignee, team), prefetch_related(steps, team__members)" in caplog.text


@pytest.mark.parametrize(
    "change",
    [
        lambda cards: cards[:2],
        lambda cards: cards.select_related("team"),
        lambda cards: cards.prefetch_related(Prefetch("steps", Step.objects.filter(text="first"))),
        lambda cards: cards.only("title"),
        lambda cards: cards.defer("team"),
        lambda cards: cards.annotate(many=Count("steps")),
        lambda cards: cards.values("title"),
        lambda cards: cards.order_by().filter(pk=1).union(cards.order_by().filter(pk=2)),
        lambda cards: cards.distinct(),
        lambda cards: cards.filter(assignee__isnull=False).exclude(title="Card 1"),
        lambda cards: cards.none(),
    ],
)
def test_results_stay_the_same(change: Any) -> None:
    wanted, before = plain(change(Card.objects.order_by("pk")))
    text, queries = render(change(Card.objects.order_by("pk")))
    assert text == wanted
    assert queries <= max(before, 4)


def test_a_queryset_is_evaluated_once_and_is_itself_again() -> None:
    cards = Card.objects.order_by("pk")
    query = cards.query
    assert render(cards)[1] == 3
    assert render(cards)[1] == 0
    assert cards.query is query
    # With something to prefetch, iterator would ask for a size.
    assert len(list(cards.iterator())) == 4


def test_keys_and_counts_need_no_join() -> None:
    source = "<ul>{% for card in cards %}<li>{{ card.team_id }} {{ card.steps.count }}</li>{% endfor %}</ul>"
    cards = Card.objects.order_by("pk")
    assert render(cards, source)[1] == plain(Card.objects.order_by("pk"), source)[1]
    assert "JOIN" not in str(cards.query)
