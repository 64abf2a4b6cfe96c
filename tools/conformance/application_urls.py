"""The URLs of a comparison: the admin's; every other name is answered by ``permissive``."""

from __future__ import annotations

from django.contrib import admin
from django.urls import path

urlpatterns = [path("admin/", admin.site.urls)]
