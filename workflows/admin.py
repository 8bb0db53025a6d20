"""The administration of allowances, ladders and calendars. Viewflow's own pages are taken down: they show `data`."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from viewflow.workflow.models import Process, Task

from cases.admin import Journalled
from cases.journal import clock
from workflows import announcing, policies, previewing
from workflows.ladderform import LadderForm
from workflows.models import CalendarDay, Ladder, SchoolTerm, StepPolicy
from workflows.steps import STEPS, title

for model in (Process, Task):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


class OfTheEngine(Journalled):
    """What the engine keeps in memory is read anew after a change; running deadlines keep the allowance and ladder that they began with.

    Beside "save" stands "preview": what the change would do to what is running, before it is put into force.
    """

    change_form_template = "workflows/admin/change_form.html"

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> Any:
        if request.method == "POST" and "_preview" in request.POST and self.has_change_permission(request):
            row = self.get_object(request, object_id) if object_id else None
            form = self.get_form(request, row, change=row is not None)(request.POST, request.FILES, instance=row)
            if form.is_valid():
                return self._preview(request, form)
        return super().changeform_view(request, object_id, form_url, extra_context)

    def _preview(self, request: HttpRequest, form: Any) -> TemplateResponse:
        changed = form.save(commit=False)
        today = timezone.localdate(clock.now())
        effects = previewing.preview(changed.save, on=max(today, getattr(changed, "valid_from", today)))
        context = {
            **self.admin_site.each_context(request),
            "title": _("Preview"),
            "opts": self.opts,
            "object": changed,
            "effects": [(title(step), effect) for step, effect in effects.items() if effect.touched],
            "running": sum(effect.running for effect in effects.values()),
            "at_once": isinstance(changed, CalendarDay | SchoolTerm),
            "kept": [(name, value) for name, values in request.POST.lists() if not name.startswith(("_", "csrf")) for value in values],
        }
        return TemplateResponse(request, "workflows/admin/preview.html", context)

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

    def save_model(self, request: HttpRequest, obj: StepPolicy, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        announcing.policy_changed(obj, now=clock.now())

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
    form = LadderForm
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
