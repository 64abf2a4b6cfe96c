"""What can go wrong that Django has no error for, each with a stable code and a hint."""

from __future__ import annotations

from django.template import TemplateSyntaxError


class TemplateTooDeep(TemplateSyntaxError):
    """Tags or conditions of a template are nested beyond any use."""

    code = "DJT101"
    hint = "Move inner parts of the template to files of their own and include them."


class TemplateTooLarge(TemplateSyntaxError):
    """The source of a template is larger than the compiler accepts."""

    code = "DJT102"
    hint = "Pass the data to the template instead of writing it into the source."


class RenderTooDeep(RecursionError):
    """Templates include one another without end, or too deep for the stack."""

    code = "DJT201"
    hint = "Give the recursive include a condition under which it stops."
