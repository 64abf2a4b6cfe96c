"""A formset whose lines come and go live, beside components that talk to it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from djust import LiveComponent, LiveView
from djust.decorators import event_handler
from djust.forms import FormMixin

from pages.ordering import BY_SLUG, MAX_PACKETS, SEEDS, OrderForm


class SeedCard(LiveComponent):
    name = "seed-card"
    props = {"title": str, "cents": int}
    template_name = "pages/seed_card.html"

    cents: int
    packets = 1

    @property
    def price(self) -> str:
        return f"{self.cents / 100:.2f}"

    @event_handler
    def change(self, by: int) -> None:
        self.packets = min(max(self.packets + by, 1), MAX_PACKETS)

    @event_handler
    def put(self) -> None:
        self.send_parent("put", self.packets)
        self.packets = 1


class OrderTotal(LiveComponent):
    name = "order-total"
    props = {"packets": int}
    template_name = "pages/order_total.html"


class OrderView(FormMixin, LiveView):
    template_name = "pages/order.html"
    form_class = OrderForm
    seeds = SEEDS

    def mount(self, request: HttpRequest, **kwargs: object) -> None:
        self.placed: list[str] = []

    @property
    def packets(self) -> int:
        return sum(count for _, count in self._lines())

    @property
    def price(self) -> str:
        cents = sum(BY_SLUG[slug].cents * count for slug, count in self._lines())
        return f"{cents / 100:.2f}"

    def handle_component_event(self, component_id: str, name: str, payload: Any) -> None:
        slugs = [form["seed"].value() or "" for form in self.form]
        if component_id in slugs:
            row = slugs.index(component_id)
            packets = min(int(self.form[row]["packets"].value() or 0) + payload, MAX_PACKETS)
        elif "" in slugs:
            row, packets = slugs.index(""), payload
        else:
            self.add_row()
            row, packets = len(slugs), payload
        if row < self.form.total_form_count():
            self.validate_field(f"form-{row}-seed", component_id)
            self.validate_field(f"form-{row}-packets", packets)

    def form_valid(self, form: Any) -> None:
        lines = (line.cleaned_data for line in form if line.cleaned_data)
        self.placed = [f"{line['packets']} {BY_SLUG[line['seed']].name}" for line in lines]

    @event_handler
    def begin(self) -> None:
        self.placed = []
        self.reset_form()

    def _lines(self) -> list[tuple[str, int]]:
        """What the lines say so far, wrong ones left out."""
        values = [(form["seed"].value(), str(form["packets"].value() or "")) for form in self.form]
        return [(slug, int(n)) for slug, n in values if slug in BY_SLUG and n.isdecimal()]
