"""The mixins of all packages, for the bases of a view."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from djust._optional import require

if TYPE_CHECKING:
    from django.contrib.auth.mixins import (
        LoginRequiredMixin,
        PermissionRequiredMixin,
        UserPassesTestMixin,
    )
    from djust_live.forms import FormMixin
    from djust_live.tenants import TenantMixin
    from djust_live.wizard import WizardMixin
    from djust_presence import LiveCursorMixin, PresenceMixin
    from djust_streaming import StreamingMixin
    from djust_uploads import UploadMixin

__all__ = [
    "FormMixin",
    "LiveCursorMixin",
    "LoginRequiredMixin",
    "PermissionRequiredMixin",
    "PresenceMixin",
    "StreamingMixin",
    "TenantMixin",
    "UploadMixin",
    "UserPassesTestMixin",
    "WizardMixin",
]

# Name -> its module, and the distribution that brings it.
_HOMES = {
    "FormMixin": ("djust_live.forms", "djust-live"),
    "LiveCursorMixin": ("djust_presence", "djust-presence"),
    "LoginRequiredMixin": ("djust_live.auth", "djust-live"),
    "PermissionRequiredMixin": ("djust_live.auth", "djust-live"),
    "PresenceMixin": ("djust_presence", "djust-presence"),
    "StreamingMixin": ("djust_streaming", "djust-streaming"),
    "TenantMixin": ("djust_live.tenants", "djust-live"),
    "UploadMixin": ("djust_uploads", "djust-uploads"),
    "UserPassesTestMixin": ("djust_live.auth", "djust-live"),
    "WizardMixin": ("djust_live.wizard", "djust-live"),
}


def __getattr__(name: str) -> Any:
    # A view of one package does not need the others.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(require(*_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
