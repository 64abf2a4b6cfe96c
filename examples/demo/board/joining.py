"""The way in: a wizard that makes a user and a team."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import User
from django.db import transaction
from django.urls import reverse
from django.utils.http import urlencode
from djust import LiveView
from djust.forms import WizardMixin

from board.forms import CardsForm, PersonForm, TeamForm
from board.models import Card, Team, found

SAMPLES = [("Try to drag this card", Card.Status.DOING), ("Come here", Card.Status.DONE)]


class StartView(WizardMixin, LiveView):
    template_name = "board/start.html"
    # The password comes last, so that no step after it has to keep it.
    steps: ClassVar = (("team", TeamForm), ("cards", CardsForm), ("you", PersonForm))

    def done(self, forms: dict[str, Any]) -> None:
        you, team, cards = (forms[name].cleaned_data for name in ("you", "team", "cards"))
        with transaction.atomic():
            user = User.objects.create_user(you["username"], password=you["password"])
            made = Team.objects.create(**team)
            found(made, user, [(cards["first"], Card.Status.TODO), *SAMPLES], assignee=user)
        self.put_flash("success", f"The board of {made} is ready. Log in to see it.")
        after = reverse("board-team", args=[made.slug])
        self.redirect(f"{reverse('board-login')}?{urlencode({'next': after})}")
