"""One path a page."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import path

from live_site import crispy, nested

urlpatterns = [
    path("", lambda request: HttpResponse("<p>site</p>")),
    path("crispy/", crispy.GuestView.as_view()),
    path("nested/", nested.Board.as_view()),
    path("break/<str:name>/<int:on>/", nested.break_gauge),
]
