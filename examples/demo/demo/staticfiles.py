"""Static files while DEBUG is on, for any ASGI server and not only for ``runserver``."""

from __future__ import annotations

from django.conf import settings
from django.contrib.staticfiles.views import serve
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLPattern, re_path


def static_file(request: HttpRequest, path: str) -> HttpResponseBase:
    """Return a file of the apps in one piece.

    Django's own view streams it with a synchronous iterator, of which Django then warns under ASGI.
    """
    response = serve(request, path)
    if not isinstance(response, FileResponse):
        return response
    whole = HttpResponse(response.getvalue(), headers=dict(response.headers))
    response.close()
    return whole


def staticfiles_urlpatterns() -> list[URLPattern]:
    """Return the route of the static files; none when DEBUG is off."""
    if not settings.DEBUG:
        return []
    prefix = settings.STATIC_URL.lstrip("/")
    return [re_path(rf"^{prefix}(?P<path>.*)$", static_file)]
