"""The task board without a browser: who sees what, what handlers do, the admin."""

from __future__ import annotations

from typing import Any

import pytest
from board.forms import TeamForm
from board.models import Card, Team, found
from django.contrib.auth.models import User
from django.test import Client

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> User:
    return User.objects.create_user("ada")


@pytest.fixture
def team(ada: User) -> Team:
    made = Team.objects.create(name="Reds", slug="reds")
    found(made, ada, [("One", "todo"), ("Two", "todo"), ("Three", "done")])
    return made


def titles(team: Team, status: str) -> list[str]:
    return [card.title for card in team.cards.filter(status=status)]


def card(title: str) -> Card:
    return Card.objects.get(title=title)


def test_a_card_goes_before_another_or_to_the_end(team: Team) -> None:
    card("Three").move("todo", card("Two").pk)
    assert titles(team, "todo") == ["One", "Three", "Two"]
    card("One").move("todo", None)
    assert titles(team, "todo") == ["Three", "Two", "One"]
    card("Two").move("doing", card("One").pk)
    assert (titles(team, "todo"), titles(team, "doing")) == (["Three", "One"], ["Two"])


@pytest.mark.parametrize("path", ["", "card/1/", "card/1/checklist/"])
def test_a_board_wants_a_login(client: Client, team: Team, path: str) -> None:
    response: Any = client.get(f"/board/reds/{path}")
    assert response.headers["Location"] == f"/board/login/?next=/board/reds/{path}"


def test_a_board_is_there_for_its_members_only(client: Client, team: Team, ada: User) -> None:
    client.force_login(User.objects.create_user("bob"))
    assert client.get("/board/reds/").status_code == 404
    client.force_login(ada)
    html = client.get("/board/reds/").content.decode()
    assert 'value="One"' in html
    assert "3 of 3 cards" in html
    assert client.get("/board/blues/").status_code == 404


def test_a_card_of_another_team_opens_nowhere(client: Client, team: Team, ada: User) -> None:
    other = Team.objects.create(name="Blues", slug="blues")
    foreign = other.cards.create(title="Secret")
    client.force_login(ada)
    html = client.get(f"/board/reds/card/{foreign.pk}/").content.decode()
    assert "Secret" not in html
    assert client.get(f"/board/reds/card/{foreign.pk}/checklist/").status_code == 404


def test_search_and_filter_come_from_the_address(client: Client, team: Team, ada: User) -> None:
    client.force_login(ada)
    html = client.get("/board/reds/?q=T").content.decode()
    assert "2 of 3 cards" in html
    assert "0 of 3 cards" in client.get("/board/reds/?who=ada").content.decode()


def test_an_open_card_is_in_the_page_without_scripts(client: Client, team: Team, ada: User) -> None:
    client.force_login(ada)
    html = client.get(f"/board/reds/card/{card('One').pk}/").content.decode()
    assert '<h2 id="card-title">One</h2>' in html
    assert "<title>One · Reds · djust</title>" in html


def test_a_checklist_takes_a_plain_post(client: Client, team: Team, ada: User) -> None:
    client.force_login(ada)
    one = card("One")
    lines = {"form-0-text": "First", "form-0-done": "on", "form-1-text": "Second"}
    management = {"form-TOTAL_FORMS": "2", "form-INITIAL_FORMS": "0"}
    client.post(f"/board/reds/card/{one.pk}/checklist/", {**management, **lines})
    assert list(one.steps.values_list("text", "done")) == [("First", True), ("Second", False)]


@pytest.mark.parametrize("slug", ["reds", "login", "logout"])
def test_an_address_is_given_once(team: Team, slug: str) -> None:
    form = TeamForm({"name": "Other", "slug": slug})
    assert form.errors == {"slug": ["This address is taken."]}


def test_the_admin_is_rendered(client: Client, team: Team) -> None:
    client.force_login(User.objects.create_superuser("root"))
    for path, text in [
        ("", "Task board"),
        ("board/card/", "3 cards"),
        (f"board/card/{card('One').pk}/change/", "One"),
        ("board/card/add/", "Add card"),
        ("board/team/", "Reds"),
    ]:
        response = client.get(f"/admin/{path}")
        assert response.status_code == 200
        assert text in response.content.decode()
