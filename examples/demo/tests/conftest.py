"""Fixtures of the demo's tests: a visitor, and views that are mounted without a browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest
from django.test import RequestFactory
from djust import LiveView

View = TypeVar("View", bound=LiveView)


@pytest.fixture
def visit() -> HttpRequest:
    """The request of a new visitor, with an empty session."""
    request = RequestFactory().get("/")
    request.session = SessionStore()
    return request


@pytest.fixture
def mounted(visit: HttpRequest) -> Callable[[type[View]], View]:
    """Return a view of this class, mounted for the visitor."""

    def mount(view_class: type[View]) -> View:
        view = view_class()
        view.mount(visit)
        return view

    return mount
