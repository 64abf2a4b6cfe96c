"""Who may see a view; with Django's own mixins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from djust_live import auth as live_auth
from djust_live.auth import check_view_auth

if TYPE_CHECKING:
    from django.contrib.auth.mixins import (
        LoginRequiredMixin,
        PermissionRequiredMixin,
        UserPassesTestMixin,
    )
    from djust_live.auth import disconnect_user

__all__ = [
    "LoginRequiredMixin",
    "PermissionRequiredMixin",
    "UserPassesTestMixin",
    "check_view_auth",
    "disconnect_user",
]


def __getattr__(name: str) -> Any:
    # Django's mixins need its auth application, so they load on first use.
    return getattr(live_auth, name)
