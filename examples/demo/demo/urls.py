"""The URLs of the demo: one path a page."""

from __future__ import annotations

from board.urls import urlpatterns as board_urlpatterns
from django.contrib import admin
from django.urls import path
from pages.assistant import AssistantView
from pages.chat import ChatView
from pages.counter import CounterView
from pages.form import BookingView
from pages.home import HomeView
from pages.order import OrderView
from pages.photos import PhotosView
from pages.table import SeedTableView
from pages.todo import TodoView

from demo.staticfiles import staticfiles_urlpatterns

urlpatterns = [
    path("", HomeView.as_view(), name="home"),
    path("counter/", CounterView.as_view(), name="counter"),
    path("todo/", TodoView.as_view(), name="todo"),
    path("table/", SeedTableView.as_view(), name="table"),
    path("form/", BookingView.as_view(), name="form"),
    path("order/", OrderView.as_view(), name="order"),
    path("assistant/", AssistantView.as_view(), name="assistant"),
    path("chat/", ChatView.as_view(), name="chat"),
    path("chat/<slug:room>/", ChatView.as_view(), name="chat"),
    path("photos/", PhotosView.as_view(), name="photos"),
    *board_urlpatterns,
    path("admin/", admin.site.urls),
    *staticfiles_urlpatterns(),
]
