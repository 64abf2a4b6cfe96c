"""URLs of the test project."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import path

from live_project import noticed, saved, views

urlpatterns = [
    path("noticed/", noticed.Noticed.as_view()),
    path("notice/", noticed.notice),
    path("order/", saved.Order.as_view()),
    path("locked/", saved.Locked.as_view()),
    path("rebuilt/", saved.Rebuilt.as_view()),
    path("versioned/", saved.Versioned.as_view()),
    path("unsaved/", saved.Private.as_view()),
    path("place/<int:number>/", saved.Place.as_view()),
    path("groups/", saved.Groups.as_view()),
    path("ledger/", saved.Ledger.as_view()),
    path("counter/", views.Counter.as_view()),
    path("document/", views.Document.as_view()),
    path("titled/", views.Titled.as_view()),
    path("gate/", views.Gate.as_view()),
    path("lazy/", views.Lazy.as_view()),
    path("private/", views.Private.as_view()),
    path("login/", lambda request: HttpResponse("log in"), name="login"),
]
