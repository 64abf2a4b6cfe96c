"""The tenant of every request of the project, live or not."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.deprecation import MiddlewareMixin

from djust_live.tenants.current import activate
from djust_live.tenants.resolvers import resolve


class TenantMiddleware(MiddlewareMixin):
    """Sets ``request.tenant`` and makes it the current tenant while the request is answered.

    Stands behind the session middleware. A request without a tenant passes with None: what needs
    one refuses by itself.
    """

    def process_request(self, request: HttpRequest) -> None:
        """Find the tenant."""
        tenant = resolve(request)
        attributes: Any = request
        attributes.tenant = tenant
        activate(tenant)

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Leave no tenant to the next request of this thread."""
        activate(None)
        return response
