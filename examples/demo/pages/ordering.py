"""The form of an order: lines of seeds, as many as somebody wants."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms

MAX_LINES = 8
MAX_PACKETS = 20


@dataclass(frozen=True)
class Seed:
    """What the shop has."""

    slug: str
    name: str
    cents: int
    note: str


SEEDS = (
    Seed("beans", "Runner beans", 320, "Climb two metres and like company."),
    Seed("kale", "Curly kale", 280, "Sweeter after the first frost."),
    Seed("poppy", "Corn poppy", 190, "Sow where it may stay."),
)
BY_SLUG = {seed.slug: seed for seed in SEEDS}


class LineForm(forms.Form):
    """One line."""

    seed = forms.ChoiceField(
        choices=[("", "Choose …"), *((seed.slug, seed.name) for seed in SEEDS)]
    )
    packets = forms.IntegerField(min_value=1, max_value=MAX_PACKETS, initial=1)
    note = forms.CharField(label="Label text", required=False, max_length=40)


class BaseOrder(forms.BaseFormSet):
    """The lines together: each kind of seed once."""

    def clean(self) -> None:
        seen = set()
        for form in self.forms:
            slug = form.cleaned_data.get("seed") if hasattr(form, "cleaned_data") else None
            if slug and slug in seen:
                form.add_error("seed", "This seed is in another line.")
            seen.add(slug)


OrderForm = forms.formset_factory(
    LineForm, formset=BaseOrder, extra=1, min_num=1, validate_min=True, max_num=MAX_LINES
)
