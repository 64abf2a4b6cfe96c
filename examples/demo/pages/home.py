"""The index: an ordinary Django view, in the same project as the live ones."""

from __future__ import annotations

from django.views.generic import TemplateView


class HomeView(TemplateView):
    template_name = "pages/home.html"
