"""The system checks of live views."""

from __future__ import annotations

from djust_live.checks import CHECKS

__all__ = ["CHECKS"]
