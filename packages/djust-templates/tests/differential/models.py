"""The model whose instances and querysets are put into generated contexts."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class Shelf(models.Model):
    """The other end of a relation."""

    name = models.CharField(max_length=50)

    class Meta:
        app_label = "differential"

    def __str__(self) -> str:
        return self.name


class Book(models.Model):
    """A model with the kinds of fields that templates print."""

    class Kind(models.TextChoices):
        """Choices, which templates must not call."""

        PAPER = "paper", _("Paper & ink")
        SOUND = "sound", _("Sound")

    name = models.CharField(max_length=50)
    count = models.IntegerField(default=0)
    price = models.DecimalField(max_digits=12, decimal_places=2, null=True)
    printed = models.DateTimeField(null=True)
    kind = models.CharField(max_length=5, choices=Kind.choices, default=Kind.PAPER)
    shelf = models.ForeignKey(Shelf, models.CASCADE, null=True)

    class Meta:
        app_label = "differential"
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"<{self.name}>"

    @property
    def x(self) -> str:
        """A property beside the fields."""
        return f"x of {self.name}"

    def method(self) -> int:
        """Answer something that a template calls."""
        return self.count + 1

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        raise AssertionError("a template must never call what alters data")

    delete.alters_data = True  # type: ignore[attr-defined]
