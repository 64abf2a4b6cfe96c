"""System checks of djust-live."""

from __future__ import annotations

from djust_live.checks.settings import check_settings

CHECKS = (check_settings,)

__all__ = ["CHECKS"]
