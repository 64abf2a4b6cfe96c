"""Teams and their cards."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.models import User
from django.db import models, transaction


class Team(models.Model):
    """A tenant: nobody sees the cards of a team but its members."""

    name = models.CharField(max_length=40)
    slug = models.SlugField(unique=True, max_length=40)
    members = models.ManyToManyField(User, related_name="teams")

    def __str__(self) -> str:
        return self.name


class Card(models.Model):
    """One card on the board of a team."""

    class Status(models.TextChoices):
        """The columns of a board."""

        TODO = "todo", "To do"
        DOING = "doing", "Doing"
        DONE = "done", "Done"

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="cards")
    title = models.CharField(max_length=120)
    notes = models.TextField(blank=True)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.TODO)
    position = models.PositiveIntegerField(default=0)
    assignee = models.ForeignKey(
        User, on_delete=models.SET_NULL, null=True, blank=True, related_name="cards"
    )

    class Meta:
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return self.title

    def move(self, status: str, before: int | None) -> None:
        """Put the card into a column: in front of card ``before``, else at the end."""
        with transaction.atomic():
            column = list(self.team.cards.filter(status=status).exclude(pk=self.pk))
            places = [card.pk for card in column]
            column.insert(places.index(before) if before in places else len(column), self)
            self.status = status
            for position, card in enumerate(column):
                card.position = position
            Card.objects.bulk_update(column, ["position", "status"])


class Step(models.Model):
    """One line of a card's checklist."""

    card = models.ForeignKey(Card, on_delete=models.CASCADE, related_name="steps")
    text = models.CharField(max_length=80)
    done = models.BooleanField(default=False)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("position", "pk")

    def __str__(self) -> str:
        return self.text


def found(team: Team, user: User, samples: list[tuple[str, str]], **values: Any) -> None:
    """Give a team its first member and its first cards: title and status each."""
    team.members.add(user)
    for position, (title, status) in enumerate(samples):
        team.cards.create(title=title, status=status, position=position, **values)
