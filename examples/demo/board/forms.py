"""The forms of the board: three steps to a new team, and the lines of a checklist."""

from __future__ import annotations

from django import forms
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from board.models import Team

RESERVED = frozenset({"login", "logout"})


class PersonForm(forms.Form):
    username = forms.CharField(max_length=40, widget=forms.TextInput({"autocomplete": "username"}))
    password = forms.CharField(widget=forms.PasswordInput({"autocomplete": "new-password"}))

    def clean_username(self) -> str:
        name: str = self.cleaned_data["username"]
        if User.objects.filter(username__iexact=name).exists():
            raise ValidationError("This name is taken.")
        return name

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password)
        return password


class TeamForm(forms.Form):
    name = forms.CharField(label="Team", max_length=40)
    slug = forms.SlugField(
        label="Address", max_length=40, help_text="The board is at /board/address/."
    )

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if slug in RESERVED or Team.objects.filter(slug=slug).exists():
            raise ValidationError("This address is taken.")
        return slug


class CardsForm(forms.Form):
    first = forms.CharField(label="A first card", max_length=120, initial="Invite the others")


class StepForm(forms.Form):
    text = forms.CharField(max_length=80)
    done = forms.BooleanField(required=False)


StepFormSet = forms.formset_factory(StepForm, extra=0, min_num=1, max_num=12, can_delete=False)
