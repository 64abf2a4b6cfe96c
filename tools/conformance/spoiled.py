"""A backend that is wrong on purpose, to see that the comparison can fail.

python -m tools.conformance --backend tools.conformance.spoiled.SpoiledTemplates --no-gate
"""

from __future__ import annotations

from typing import Any

from django.template.backends.django import DjangoTemplates
from django.template.base import Template
from django.template.engine import Engine


class SpoiledTemplate(Template):
    """Adds a mark to what Django renders."""

    def render(self, context: Any) -> Any:
        return super().render(context) + "!"


class SpoiledEngine(Engine):
    """Makes spoiled templates of the sources that the loaders find."""

    def from_string(self, template_code: str) -> Any:
        return SpoiledTemplate(template_code, engine=self)

    def get_template(self, template_name: str) -> Any:
        found, origin = self.find_template(template_name)
        return SpoiledTemplate(found.source, origin, template_name, engine=self)


class SpoiledTemplates(DjangoTemplates):
    """Django's backend with a mark after every rendered template."""

    def __init__(self, params: dict[str, Any]) -> None:
        super().__init__(params)
        self.engine.__class__ = SpoiledEngine
