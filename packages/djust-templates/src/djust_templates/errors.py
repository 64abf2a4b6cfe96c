"""What can go wrong that Django has no error for, each with a stable code and a hint."""

from __future__ import annotations

from typing import ClassVar, Literal

from django.template import TemplateSyntaxError

Attribution = Literal["app", "network", "internal"]


class TemplateTooDeep(TemplateSyntaxError):
    """Tags or conditions of a template are nested beyond any use."""

    code: ClassVar[str] = "DJT101"
    attribution: ClassVar[Attribution] = "app"
    hint: ClassVar[str] = "Move inner parts of the template to files of their own."

    def __str__(self) -> str:
        """Return code, text and hint in one line."""
        return f"{self.code}: {super().__str__()} {self.hint}"


class TemplateTooLarge(TemplateSyntaxError):
    """The source of a template is larger than the compiler accepts."""

    code: ClassVar[str] = "DJT102"
    attribution: ClassVar[Attribution] = "app"
    hint: ClassVar[str] = "Pass the data to the template instead of writing it into the source."

    def __str__(self) -> str:
        """Return code, text and hint in one line."""
        return f"{self.code}: {super().__str__()} {self.hint}"


class RenderTooDeep(RecursionError):
    """Templates include one another without end, or too deep for the stack."""

    code: ClassVar[str] = "DJT201"
    attribution: ClassVar[Attribution] = "app"
    hint: ClassVar[str] = "Give the recursive include a condition under which it stops."

    def __str__(self) -> str:
        """Return code, text and hint in one line."""
        return f"{self.code}: {super().__str__()} {self.hint}"
