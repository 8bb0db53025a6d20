"""The administration of allowances, ladders and calendars. Viewflow's own pages are taken down: they show `data`."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from viewflow.workflow.models import Process, Task

from cases.admin import Journalled
from workflows import policies
from workflows.models import CalendarDay, Ladder, SchoolTerm, StepPolicy
from workflows.steps import STEPS

for model in (Process, Task):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


class OfTheEngine(Journalled):
    """What the engine keeps in memory is read anew after a change; running deadlines keep what they began with."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        policies.invalidate()


@admin.register(StepPolicy)
class StepPolicyAdmin(OfTheEngine):
    list_display = ("step_title", "county", "valid_from", "amount", "unit", "ladder", "basis")
    list_filter = ("step", "unit")
    autocomplete_fields = ("county",)
    list_select_related = ("county", "ladder")
    ordering = ("step", "county", "-valid_from")

    @admin.display(description=StepPolicy._meta.verbose_name)
    def step_title(self, policy: StepPolicy) -> str:
        rule = STEPS.get(policy.step)
        return str(rule.title) if rule else policy.step

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "step":
            return forms.ChoiceField(label=db_field.verbose_name, choices=[(code, rule.title) for code, rule in STEPS.items()])
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Ladder)
class LadderAdmin(OfTheEngine):
    list_display = ("code", "name")


@admin.register(CalendarDay)
class CalendarDayAdmin(OfTheEngine):
    list_display = ("day", "kind", "county", "working", "reason", "source")
    list_filter = ("kind", "working")
    autocomplete_fields = ("county",)
    date_hierarchy = "day"
    ordering = ("-day",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(getattr(request.user, "is_staff", False))  # a day entered by mistake; no fact refers to it


@admin.register(SchoolTerm)
class SchoolTermAdmin(OfTheEngine):
    list_display = ("name", "county", "starts_on", "ends_on")
    autocomplete_fields = ("county",)
    ordering = ("-starts_on",)
