"""System checks of djust-live, by what they look at."""

from __future__ import annotations

from djust_live.checks.deployment import check_channel_layer
from djust_live.checks.exposure import check_exposure
from djust_live.checks.gates import check_gates
from djust_live.checks.markup import check_markup
from djust_live.checks.quality import check_quality
from djust_live.checks.security import check_hosts, check_security
from djust_live.checks.serving import (
    check_apps,
    check_asgi,
    check_collected,
    check_middleware,
    check_socket_route,
)
from djust_live.checks.settings import check_settings
from djust_live.checks.state import check_state_cache, check_view_state
from djust_live.checks.templates import check_templates
from djust_live.checks.textual import check_textual
from djust_live.checks.unbound import check_unbound
from djust_live.checks.unmounted import check_unmounted
from djust_live.checks.variables import check_variables
from djust_live.checks.views import check_views

CHECKS = (
    check_settings,
    check_channel_layer,
    check_state_cache,
    check_asgi,
    check_middleware,
    check_socket_route,
    check_apps,
    check_collected,
    check_views,
    check_view_state,
    check_unbound,
    check_gates,
    check_unmounted,
    check_hosts,
    check_security,
    check_exposure,
    check_templates,
    check_variables,
    check_textual,
    check_markup,
    check_quality,
)

__all__ = ["CHECKS"]
