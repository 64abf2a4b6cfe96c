"""The paths of the board: the way in, the log-in, and one live session for all teams."""

from __future__ import annotations

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path
from djust.routing import live_session

from board.joining import StartView
from board.views import BoardView, ChecklistView

urlpatterns = [
    path("board/", StartView.as_view(), name="board"),
    path("board/login/", LoginView.as_view(template_name="board/login.html"), name="board-login"),
    path("board/logout/", LogoutView.as_view(next_page="board"), name="board-logout"),
    *live_session(
        "board/<slug:team>/",
        [
            path("", BoardView.as_view(), name="board-team"),
            path("card/<int:pk>/", BoardView.as_view(), name="board-card"),
            path("card/<int:pk>/checklist/", ChecklistView.as_view(), name="board-checklist"),
        ],
        name="board",
        login_required=True,
    ),
]
