"""A view whose page belongs to one tenant."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest

from djust_live.tenants.current import activate, tenant_key
from djust_live.tenants.resolvers import resolve


class TenantMixin:
    """Finds the tenant before ``mount`` and keeps the page inside it.

    The topics of the view and of its extensions are the tenant's own, and the page attaches only
    where the same tenant is found again.

    Attributes:
        tenant_required: Without a tenant the page does not exist (status 404).
    """

    tenant_required: bool = True

    @property
    def tenant(self) -> Any:
        """What :meth:`resolve_tenant` found; None when nothing was found and nothing need be."""
        runtime = getattr(self, "_djust", None)
        return None if runtime is None else runtime.tenant

    def resolve_tenant(self, request: HttpRequest) -> Any:
        """Return the tenant of ``request``, a text or a model; None: there is none.

        Called for each request of the page, also on the socket, with nothing but the request.
        """
        return resolve(request)

    def _tenant_of(self, request: HttpRequest) -> tuple[str, Any]:
        tenant = self.resolve_tenant(request)
        key = tenant_key(tenant)
        if not key and self.tenant_required:
            raise Http404("There is no such tenant.")
        return key, tenant

    def _enter_tenant(self, request: HttpRequest) -> None:
        runtime: Any = self._djust  # type: ignore[attr-defined]
        runtime.tenant_key, runtime.tenant = self._tenant_of(request)
        runtime.context.run(activate, runtime.tenant)
        activate(runtime.tenant)
