"""Django forms in live views."""

from __future__ import annotations

from djust_live.forms import FormMixin, Messages
from djust_live.wizard import WizardMixin

__all__ = ["FormMixin", "Messages", "WizardMixin"]
