"""Open views when a login changes: log-out, another password, other permissions."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.core.exceptions import PermissionDenied
from django.db.models.signals import m2m_changed, post_save
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import Resolver404

from djust_live import identity, tokens
from djust_live.auth import check_object, check_view_auth, login_redirect
from djust_live.entering import enter
from djust_live.errors import AccessDenied, LiveError, ViewGone
from djust_live.mounting import RunAsync, SocketMount, enter_tenant
from djust_live.topics import publish_verb

if TYPE_CHECKING:
    from djust_live.live_view import LiveView

# All workers hear of every change; each knows which of its pages it concerns.
TOPIC = "auth:"
_NAMESPACE = "auth"


def disconnect_user(user: Any) -> None:
    """Let all open views of ``user``, in all workers, load again; they lead to the login page.

    Events that arrive meanwhile are refused.
    """
    publish_verb(TOPIC, _NAMESPACE, "out", {"user": str(user.pk)})


def listen() -> None:
    """Hear of logins; called once when Django is ready."""
    if not apps.is_installed("django.contrib.auth"):
        return
    user_model = get_user_model()
    user_logged_in.connect(_on_login, dispatch_uid="djust_live.login")
    user_logged_out.connect(_on_logout, dispatch_uid="djust_live.logout")
    post_save.connect(_on_user, sender=user_model, dispatch_uid="djust_live.user")
    for name in ("groups", "user_permissions"):
        through = getattr(getattr(user_model, name, None), "through", None)
        if through is not None:
            m2m_changed.connect(_on_user, sender=through, dispatch_uid=f"djust_live.{name}")


def concerns(view: LiveView, data: Mapping[str, str]) -> bool:
    """Return whether an announced change is about the browser session or the user of ``view``."""
    runtime = view._mounted()
    if "session" in data:
        token = tokens.verify(runtime.token, math.inf)
        return bool(token.session) and token.session.hex() == data["session"]
    return runtime.user_key != "" and runtime.user_key == data.get("user")


def refusal(view: LiveView, scope: Mapping[str, Any], run_async: RunAsync) -> LiveError | None:
    """Return why the user may not go on with ``view``; None when they may.

    Asks the session, the user and everything around the view, as a GET of the page would.
    """
    runtime = view._mounted()
    try:
        token = tokens.verify(runtime.token, math.inf)
        request = identity.request_of(scope, token.path)
        identity.check(token, request)
        _ask(view, request, token, run_async)
        check_object(view, request)
    except PermissionDenied as error:
        return AccessDenied(str(error))
    except (Resolver404, Http404):
        return ViewGone(f"{view.request.path} leads to no page.")
    except LiveError as error:
        return error
    if hasattr(request, "user"):
        view.request.user = request.user  # whose permissions are read anew
    return None


def _ask(
    view: LiveView, request: HttpRequest, token: tokens.MountToken, run_async: RunAsync
) -> None:
    passed = []

    def probe(other: LiveView, asked: HttpRequest, run_async: RunAsync) -> HttpResponseBase:
        login_url = check_view_auth(other, asked)
        if login_url is not None:
            return login_redirect(other, asked, login_url)
        enter_tenant(other, asked)
        passed.append(True)
        return HttpResponse()

    request._djust_mount = SocketMount(token, "", run_async, probe)  # type: ignore[attr-defined]
    response: Any = enter(request, token.urlconf)
    if not passed:
        raise AccessDenied(f"The page answered with status {response.status_code}.")


def _on_login(sender: Any, request: HttpRequest | None = None, **kwargs: Any) -> None:
    """The pages of the browser's session up to now are another user's."""
    # The login has given the session a new key by now; the cookie still has the old one.
    if request is not None:
        _announce(request.COOKIES.get(settings.SESSION_COOKIE_NAME))


def _on_logout(sender: Any, request: HttpRequest | None = None, **kwargs: Any) -> None:
    session = getattr(request, "session", None)
    _announce(getattr(session, "session_key", None))


def _announce(key: str | None) -> None:
    if key:
        binding = tokens.bind_session_key(key).hex()
        publish_verb(TOPIC, _NAMESPACE, "session", {"session": binding})


def _on_user(sender: Any, instance: Any, **kwargs: Any) -> None:
    """A user was saved, or their groups or permissions changed."""
    if not kwargs.get("created") and getattr(instance, "pk", None) is not None:
        publish_verb(TOPIC, _NAMESPACE, "user", {"user": str(instance.pk)})
