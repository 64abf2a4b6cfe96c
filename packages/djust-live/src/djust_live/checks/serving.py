"""Checks of what has to stand around live views: ASGI, middleware, apps, the collected client."""

from __future__ import annotations

import ast
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage

from djust_live.checks.messages import error, unsilenced, warning
from djust_live.checks.places import Place
from djust_live.checks.python_sources import PythonSource, read
from djust_live.checks.routes import routed_views
from djust_live.checks.syntax import calls
from djust_live.live_view import LiveView

_SOCKET_NAMES = frozenset({"live_application", "LiveConsumer", "websocket_urlpatterns"})
_NEEDED = (
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
)
_MIXINS = frozenset({"LoginRequiredMixin", "PermissionRequiredMixin", "UserPassesTestMixin"})
# What gives the sockets behind it a session and a user.
_WITH_USER = frozenset(
    {"live_application", "AuthMiddlewareStack", "AuthMiddleware", "SessionMiddlewareStack"}
)
_CLIENT = Path(__file__).parent.parent / "static" / "djust" / "dist"


def check_asgi(**kwargs: Any) -> list[CheckMessage]:
    """Look for the socket in the project's ``asgi.py``, without importing it."""
    name = _asgi_module()
    if name is None or not routed_views():
        return []
    source = _asgi_source()
    if source is not None and _names(source.tree) & _SOCKET_NAMES:
        return []
    return unsilenced(
        [
            warning(
                "C006",
                f"{name} serves no socket, so live views are plain pages.",
                "Add: application = live_application(application) from djust_live.asgi.",
            )
        ]
    )


def check_socket_route(**kwargs: Any) -> list[CheckMessage]:
    """Look in ``asgi.py`` for consumers of the project's own that get no session and no user."""
    source = _asgi_source()
    if source is None or not routed_views():
        return []
    names = _names(source.tree)
    if "URLRouter" not in names or names & _WITH_USER:
        return []
    others = [
        ast.unparse(call.func.value)
        for call, name in calls(source.tree)
        if name == "as_asgi" and isinstance(call.func, ast.Attribute)
    ]
    others = [one for one in others if one.rpartition(".")[2] != "LiveConsumer"]
    if not others:
        return []  # the live consumer finds session and user by itself
    return unsilenced(
        [
            warning(
                "C010",
                f"{others[0]} is routed without AuthMiddlewareStack, so its sockets have no user.",
                "Give its routes to live_application(…, websocket_urlpatterns=[…]), or put "
                "AuthMiddlewareStack around the URLRouter.",
                Place(str(source.path), 1),
            )
        ]
    )


def check_middleware(**kwargs: Any) -> list[CheckMessage]:
    """Name the middleware that a view with access rules needs for its page."""
    guarded = [view for view in routed_views() if _asks_user(view)]
    lacking = [one for one in _NEEDED if one not in settings.MIDDLEWARE]
    # A project may have its own in their place; it then derives from them or names them.
    lacking = [one for one in lacking if not _has_own(one.rpartition(".")[2])]
    if not guarded or not lacking:
        return []
    return unsilenced(
        [
            error(
                "C007",
                f"{guarded[0].__qualname__} asks who is logged in, and MIDDLEWARE lacks "
                f"{lacking[0].rpartition('.')[2]}.",
                f"Add {lacking[0]!r}; nobody can be let in without it.",
                guarded[0],
            )
        ]
    )


def check_apps(**kwargs: Any) -> list[CheckMessage]:
    """See that the development server of Daphne is the one that runs."""
    apps = list(settings.INSTALLED_APPS)
    static = "django.contrib.staticfiles"
    if "daphne" not in apps or static not in apps or apps.index("daphne") < apps.index(static):
        return []
    return unsilenced(
        [
            warning(
                "C008",
                "daphne stands after django.contrib.staticfiles, whose runserver has no sockets.",
                'Put "daphne" first in INSTALLED_APPS.',
            )
        ]
    )


def check_collected(**kwargs: Any) -> list[CheckMessage]:
    """Compare the collected client with the one of this version."""
    root = getattr(settings, "STATIC_ROOT", None)
    if not root or settings.DEBUG:
        return []
    folder = Path(root) / "djust" / "dist"
    if not folder.is_dir():
        return []
    stale = [
        file.name
        for file in sorted(_CLIENT.glob("*.js"))
        if not (folder / file.name).is_file()
        or (folder / file.name).read_bytes() != file.read_bytes()
    ]
    if not stale:
        return []
    return unsilenced(
        [
            error(
                "C009",
                f"{folder / stale[0]} is not the client of this version.",
                "Run manage.py collectstatic.",
            )
        ]
    )


def _asgi_module() -> str | None:
    given = getattr(settings, "ASGI_APPLICATION", None)
    if given:
        return str(given).rpartition(".")[0]
    beside = getattr(settings, "WSGI_APPLICATION", None)
    package = str(beside).split(".")[0] if beside else ""
    return f"{package}.asgi" if package else None


def _asgi_source() -> PythonSource | None:
    name = _asgi_module()
    try:
        spec = find_spec(name) if name else None
    except ModuleNotFoundError:
        spec = None
    return read(Path(spec.origin)) if spec is not None and spec.origin else None


def _names(tree: ast.AST) -> set[str]:
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return names | {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}


def _asks_user(view: type[LiveView]) -> bool:
    has_mixin = any(base.__name__ in _MIXINS for base in view.__mro__)
    return bool(view.login_required or view.permission_required) or has_mixin


def _has_own(name: str) -> bool:
    return any(one.endswith(name) for one in settings.MIDDLEWARE)
