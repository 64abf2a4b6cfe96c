"""Tenants: what keeps the customers of one site apart."""

from __future__ import annotations

from djust_live.tenants import (
    ChainedResolver,
    HeaderResolver,
    PathResolver,
    SessionResolver,
    SubdomainResolver,
    TenantMiddleware,
    TenantMixin,
    activated,
    current_tenant,
    resolve,
    tenant_key,
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
