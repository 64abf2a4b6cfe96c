"""System checks of djust-live, by what they look at."""

from __future__ import annotations

from djust_live.checks.deployment import check_channel_layer
from djust_live.checks.settings import check_settings
from djust_live.checks.state import check_state_cache, check_view_state
from djust_live.checks.templates import check_templates
from djust_live.checks.views import check_views

CHECKS = (
    check_settings,
    check_channel_layer,
    check_state_cache,
    check_views,
    check_view_state,
    check_templates,
)

__all__ = ["CHECKS"]
