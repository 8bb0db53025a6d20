"""The administration of code lists, settings and organisations. Facts and people's data have no page here: they have their own, with their rules."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.models import Group
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from cases.codes import services as codes
from cases.codes.forms import CodeItemForm, SettingForm
from cases.codes.models import CodeItem, Setting
from cases.directory.models import Area, Organisation, SchoolClass
from cases.journal import clock
from cases.journal.services import record
from cases.journal.verbs import Verb

admin.site.unregister(Group)


class Journalled(admin.ModelAdmin[Any]):
    """Every change of a setting is in the journal, and nothing that facts refer to is deleted."""

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        record(Verb.SETTING_CHANGED, at=clock.now(), actor=request.user, model=obj._meta.label_lower, pk=str(obj.pk))  # type: ignore[arg-type]  # staff are people
        codes.invalidate()

    def get_changelist_formset(self, request: HttpRequest, **kwargs: Any) -> Any:
        """The list's own fields stand under their column's head, which names them to whoever sees; this names them to whoever listens."""
        formset = super().get_changelist_formset(request, **kwargs)
        for field in formset.form.base_fields.values():
            field.widget.attrs.setdefault("aria-label", field.label)
        return formset

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(CodeItem)
class CodeItemAdmin(Journalled):
    form = CodeItemForm
    list_display = ("list", "code", "zh", "en", "position", "active")
    list_filter = ("list", "active")
    list_editable = ("position", "active")
    search_fields = ("code", "zh", "en")
    ordering = ("list", "position")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("list", "code") if obj else ()  # facts keep the code


@admin.register(Setting)
class SettingAdmin(Journalled):
    form = SettingForm
    list_display = ("code", "county", "in_words", "basis")
    autocomplete_fields = ("county",)
    ordering = ("code",)

    @admin.display(description=_("value"), ordering="value")
    def in_words(self, setting: Setting) -> str:
        return (str(_("yes")) if setting.value else str(_("no"))) if isinstance(setting.value, bool) else str(setting.value)


@admin.register(Area)
class AreaAdmin(Journalled):
    list_display = ("code", "name", "level", "ledger_name", "is_custom", "active")
    list_filter = ("level", "is_custom", "active")
    search_fields = ("code", "name")
    autocomplete_fields = ("parent",)
    ordering = ("code",)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("code", "level", "parent") if obj else ()  # cases copy the code


@admin.register(Organisation)
class OrganisationAdmin(Journalled):
    list_display = ("name", "kind", "department", "line", "area", "superior", "active")
    list_filter = ("kind", "line", "active")
    search_fields = ("name", "code")
    autocomplete_fields = ("area", "superior")
    list_select_related = ("area", "superior")
    ordering = ("area", "kind", "name")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        # What its people may see hangs on these: another area would be a grant of posts, which is not this administrator's.
        return ("kind", "department", "line", "area") if obj else ()


@admin.register(SchoolClass)
class SchoolClassAdmin(Journalled):
    list_display = ("school", "grade", "name", "active")
    list_filter = ("grade", "active")
    search_fields = ("name", "school__name")
    autocomplete_fields = ("school",)
    list_select_related = ("school",)
    ordering = ("school", "grade", "name")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return ("school",) if obj else ()  # the class's teachers see its children
