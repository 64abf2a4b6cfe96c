"""URLs of the test project."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import path

from live_project import views

urlpatterns = [
    path("counter/", views.Counter.as_view()),
    path("document/", views.Document.as_view()),
    path("gate/", views.Gate.as_view()),
    path("private/", views.Private.as_view()),
    path("login/", lambda request: HttpResponse("log in"), name="login"),
]
