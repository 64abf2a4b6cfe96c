"""Tenants: one site, several customers, none of whom sees what another's pages do."""

from __future__ import annotations

from djust_live.tenants.current import activated, current_tenant, tenant_key
from djust_live.tenants.middleware import TenantMiddleware
from djust_live.tenants.mixin import TenantMixin
from djust_live.tenants.resolvers import (
    ChainedResolver,
    HeaderResolver,
    PathResolver,
    SessionResolver,
    SubdomainResolver,
    resolve,
)

__all__ = [
    "ChainedResolver",
    "HeaderResolver",
    "PathResolver",
    "SessionResolver",
    "SubdomainResolver",
    "TenantMiddleware",
    "TenantMixin",
    "activated",
    "current_tenant",
    "resolve",
    "tenant_key",
]
