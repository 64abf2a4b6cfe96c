"""The board in Django's admin, whose templates djust-templates renders like all others."""

from __future__ import annotations

from django.contrib import admin

from board.models import Card, Step, Team


class StepInline(admin.TabularInline):
    model = Step
    extra = 1


@admin.register(Card)
class CardAdmin(admin.ModelAdmin):
    list_display = ("title", "team", "status", "assignee")
    list_filter = ("team", "status")
    search_fields = ("title",)
    inlines = (StepInline,)


@admin.register(Team)
class TeamAdmin(admin.ModelAdmin):
    list_display = ("name", "slug")
    prepopulated_fields = {"slug": ("name",)}
    filter_horizontal = ("members",)
