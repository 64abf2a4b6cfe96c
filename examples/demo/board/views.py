"""The board of a team, and the checklist of a card."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.http import urlencode
from djust import LiveView
from djust.decorators import event_handler
from djust.forms import FormMixin
from djust.tenants import TenantMixin

from board.forms import StepFormSet
from board.models import Card, Step, Team

Status = Literal["todo", "doing", "done"]


class TeamPage(TenantMixin, LiveView):
    """A page of a team: it is there for members only, and hears of their changes."""

    def resolve_tenant(self, request: HttpRequest) -> Team | None:
        slug = request.path_info.split("/")[2]
        return Team.objects.filter(slug=slug, members=request.user.pk).first()

    def handle_info(self, message: str) -> None:
        """Somebody has changed the board; what is rendered now shows it."""

    def card(self, pk: int) -> Card | None:
        """Return a card of this team."""
        found: Card | None = self.tenant.cards.filter(pk=pk).first()
        return found

    def changed(self) -> None:
        self.broadcast("board", "changed")


class BoardView(TeamPage):
    template_name = "board/board.html"
    url_state: ClassVar = {"q": str, "who": str}

    def mount(self, request: HttpRequest, **kwargs: object) -> None:
        self.q, self.who, self.opened = "", "", 0
        self.subscribe("board")

    def handle_params(self, params: Any, uri: str) -> None:
        self.opened = self.kwargs.get("pk", 0)

    @property
    def query(self) -> str:
        """The search, for addresses of this board."""
        said = {name: value for name, value in (("q", self.q), ("who", self.who)) if value}
        return f"?{urlencode(said)}" if said else ""

    def get_context_data(self, **kwargs: object) -> dict[str, Any]:
        cards = list(self.tenant.cards.select_related("assignee").prefetch_related("steps"))
        shown = [card for card in cards if self.shows(card)]
        columns = [
            {"status": status, "label": label, "cards": [c for c in shown if c.status == status]}
            for status, label in Card.Status.choices
        ]
        return super().get_context_data(
            columns=columns,
            found=len(shown),
            total=len(cards),
            members=self.tenant.members.order_by("username"),
            card=next((card for card in cards if card.pk == self.opened), None),
        )

    def shows(self, card: Card) -> bool:
        name = card.assignee.username if card.assignee else "nobody"
        return self.q.casefold() in card.title.casefold() and self.who in ("", name)

    @event_handler
    def add(self, title: str) -> None:
        if title.strip():
            last = self.tenant.cards.create(title=title.strip()[:120], assignee=self.request.user)
            last.move(Card.Status.TODO, None)
            self.changed()

    @event_handler
    def rename(self, pk: int, value: str) -> None:
        if value.strip():
            self.tenant.cards.filter(pk=pk).update(title=value.strip()[:120])
            self.changed()

    @event_handler
    def note(self, pk: int, value: str) -> None:
        self.tenant.cards.filter(pk=pk).update(notes=value)
        self.changed()

    @event_handler
    def give(self, pk: int, value: str) -> None:
        member = self.tenant.members.filter(username=value).first()
        self.tenant.cards.filter(pk=pk).update(assignee=member)
        self.changed()

    @event_handler
    def move(self, pk: int, status: Status, before: int | None = None) -> None:
        card = self.card(pk)
        if card is not None:
            card.move(status, before)
            self.changed()

    @event_handler
    def shift(self, pk: int, by: Literal[-1, 1]) -> None:
        card = self.card(pk)
        names = Card.Status.values
        if card is not None and 0 <= names.index(card.status) + by < len(names):
            self.move(pk, names[names.index(card.status) + by])

    @event_handler
    def remove(self, pk: int) -> None:
        self.tenant.cards.filter(pk=pk).delete()
        self.put_flash("info", "The card is gone.")
        self.changed()
        self.close()

    @event_handler
    def close(self) -> None:
        self.live_patch(reverse("board-team", args=[self.tenant.slug]) + self.query)


class ChecklistView(FormMixin, TeamPage):
    template_name = "board/checklist.html"
    form_class = StepFormSet

    def mount(self, request: HttpRequest, pk: int, **kwargs: object) -> None:
        found = self.card(pk)
        if found is None:
            raise Http404("No such card.")
        self.pk, self.title = pk, found.title

    def get_initial(self) -> Any:
        return list(Step.objects.filter(card=self.kwargs["pk"]).values("text", "done"))

    def form_valid(self, form: Any) -> None:
        steps = [line.cleaned_data for line in form if line.cleaned_data]
        Step.objects.filter(card=self.pk, card__team=self.tenant).delete()
        Step.objects.bulk_create(
            Step(card_id=self.pk, position=number, **step) for number, step in enumerate(steps)
        )
        self.changed()
        self.put_flash("success", "The checklist is saved.")
        self.live_redirect(reverse("board-card", args=[self.tenant.slug, self.pk]))
