"""One path a page."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import include, path

from live_site import (
    asked,
    crispy,
    decorated,
    errors,
    filtered,
    moving,
    nested,
    paged,
    places,
    private,
    shelf,
    tenants,
    wizard,
    words,
)

urlpatterns = [
    path("", lambda request: HttpResponse("<p>site</p>")),
    path("crispy/", crispy.GuestView.as_view()),
    path("decorated/", decorated.DecoratedView.as_view()),
    path("shelf/", shelf.ShelfView.as_view()),
    path("around/", decorated.AroundView.as_view()),
    path("shelves/", decorated.ShelvesView.as_view()),
    path("errors/", errors.ErrorsView.as_view()),
    path("nested/", nested.Board.as_view()),
    path("break/<str:name>/<int:on>/", nested.break_gauge),
    path("asked/", asked.AskedView.as_view()),
    path("wizard/", wizard.SignUpView.as_view()),
    path("wall/", tenants.WallView.as_view()),
    path("members/", private.Members.as_view()),
    path("staff/", private.Staff.as_view()),
    path("login/", private.log_in),
    path("logout/", private.log_out),
    path("revoke/<str:name>/", private.revoke),
    path("expire/", private.expire),
    path("places/", places.PlaceView.as_view()),
    path("zone/", places.choose_zone),
    path("i18n/", include("django.conf.urls.i18n")),
    path("words/", words.WordsView.as_view()),
    path("plain-words/", words.plain),
    path("told/", words.told),
    path("rights/", filtered.RightsView.as_view()),
    path("paged/", paged.PagedView.as_view()),
    *moving.urlpatterns,
]
