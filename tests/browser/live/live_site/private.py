"""Pages that are not for everybody, and what changes who may see them."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import login, logout
from django.contrib.auth.mixins import LoginRequiredMixin, PermissionRequiredMixin
from django.contrib.auth.models import Permission, User
from django.contrib.sessions.models import Session
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html
from djust import LiveView
from djust.decorators import event_handler, permission_required

TEMPLATE = """<html lang="en"><head><title>Private</title></head><body><main>
<h1>Hello {{ user.username }}</h1><p class="count">{{ count }}</p>
<button dj-click="more">More</button><button dj-click="remove">Remove</button></main></body></html>"""


class Counting(LiveView):
    template = TEMPLATE

    def mount(self, request: HttpRequest, **kwargs: Any) -> None:
        self.count = 0

    @event_handler
    def more(self) -> None:
        self.count += 1

    @event_handler
    @permission_required("auth.delete_user")
    def remove(self) -> None:
        self.count = -1


class Members(LoginRequiredMixin, Counting):
    pass


class Staff(PermissionRequiredMixin, Counting):
    permission_required = "auth.view_user"


def log_in(request: HttpRequest) -> HttpResponse:
    """The login page: it takes everybody who gives a name."""
    name = request.GET.get("name")
    after = request.GET.get("next", "/members/")
    if not name:
        return HttpResponse(format_html("<title>Log in</title><h1>Log in</h1><p>{}</p>", after))
    user, is_new = User.objects.get_or_create(username=name)
    if is_new:
        user.user_permissions.add(Permission.objects.get(codename="view_user"))
    login(request, user)
    return HttpResponseRedirect(after)


def log_out(request: HttpRequest) -> HttpResponse:
    logout(request)
    return HttpResponse("out")


def revoke(request: HttpRequest, name: str) -> HttpResponse:
    """Take all permissions from a user."""
    User.objects.get(username=name).user_permissions.clear()
    return HttpResponse("revoked")


def expire(request: HttpRequest) -> HttpResponse:
    """End all sessions, as time does: nobody is told."""
    Session.objects.all().delete()
    return HttpResponse("expired")
