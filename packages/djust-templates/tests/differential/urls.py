"""A URL for ``{% url %}`` in generated templates."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import path


def page(request: HttpRequest, number: int) -> HttpResponse:
    """Answer nothing; the templates only need its address."""
    return HttpResponse()


urlpatterns = [path("page/<int:number>/", page, name="page")]
