"""A list that a FilterSet of django-filter narrows, with the filter in the URL."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.contrib.auth.models import Permission
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, QueryDict
from djust import LiveView
from djust.decorators import event_handler


class PermissionFilter(django_filters.FilterSet):
    name = django_filters.CharFilter(lookup_expr="icontains", label="Name")
    kind = django_filters.MultipleChoiceFilter(
        label="Kind",
        choices=[("add", "Add"), ("delete", "Delete")],
        field_name="codename",
        lookup_expr="startswith",
        widget=forms.CheckboxSelectMultiple,
    )
    order = django_filters.OrderingFilter(fields=["name"], label="Order")

    class Meta:
        model = Permission
        fields = ("name", "kind", "content_type")


class RightsView(LiveView):
    template = """<html lang="en"><head><title>Rights</title></head><body><main><h1>Rights</h1>
    <form method="get" dj-input="narrow" dj-submit="narrow">{{ filter.form.as_div }}<button>Show</button></form>
    <p role="status">{{ page.paginator.count }} found</p>
    <ul>{% for right in page %}<li dj-key="{{ right.pk }}">{{ right.name }}</li>{% endfor %}</ul>
    <nav aria-label="Pages">{% for number in page.paginator.page_range %}
    <a dj-patch href="{% querystring page=number %}"{% if number == page.number %} aria-current="page"{% endif %}>{{ number }}</a>
    {% endfor %}</nav></main></body></html>"""

    def mount(self, request: HttpRequest, **kwargs: Any) -> None:
        self.query = ""

    def handle_params(self, params: Any, uri: str) -> None:
        self.query = self.request.GET.urlencode()

    @property
    def filter(self) -> PermissionFilter:
        return PermissionFilter(QueryDict(self.query), Permission.objects.order_by("pk"))

    @property
    def page(self) -> Page[Permission]:
        return Paginator(self.filter.qs, 5).get_page(QueryDict(self.query).get("page"))

    @event_handler
    def narrow(self, **fields: Any) -> None:
        """Go to the first page of what the form asks for."""
        said = {name: value for name, value in fields.items() if name in self.filter.form.fields}
        self.live_patch(params={name: value or None for name, value in said.items()}, replace=True)
