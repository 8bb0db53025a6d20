"""The filters above the lists: their state is the address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.codes.models import CodeList
from cases.codes.services import label
from cases.journal.plainwords import PlainForm
from workflows.models import Kind
from workflows.steps import title

Choices = Iterable[tuple[str, str]]


class ListFilter(PlainForm):
    """Selects whose first choice is "all"; a value that is no choice is ignored, so that an old address still works."""

    q = forms.CharField(
        label=_("Name, school or case number"),
        required=False,
        max_length=40,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Name, school or number"), "autocomplete": "off"}),
    )

    def __init__(self, data: Mapping[str, Any]) -> None:
        super().__init__(data, auto_id="filter_%s")

    def value_of(self, name: str) -> str:
        """What the address says, as far as the form understands it."""
        self.is_valid()
        return str(self.cleaned_data.get(name) or "").strip()

    def offer(self, name: str, choices: Choices) -> None:
        """Put the choices behind "all" of a select."""
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", str(field.label)), *choices]


class Open(forms.ChoiceField):
    """A select that takes any short word: what it offers is counted from the rows, after the address was read."""

    def valid_value(self, value: Any) -> bool:
        return len(str(value)) <= 40


def one_of(text: Any) -> Open:
    return Open(label=text, choices=[("", text)], required=False)


class InboxFilter(ListFilter):
    step = one_of(_("All steps"))
    kind = one_of(_("All kinds"))
    place = one_of(_("All townships"))
    when = forms.ChoiceField(
        label=_("All deadlines"),
        required=False,
        choices=[("", _("All deadlines")), ("late", _("Overdue")), ("today", _("Due today")), ("week", _("Later this week"))],
    )


class CaseFilter(ListFilter):
    standing = one_of(_("All standings"))
    step = one_of(_("All steps"))
    place = one_of(_("All places"))
    school = one_of(_("All schools"))
    reason = one_of(_("All reasons"))
    late = forms.ChoiceField(label=_("All deadlines"), required=False, choices=[("", _("All deadlines")), ("1", _("Overdue"))])
    sort = forms.ChoiceField(
        label=_("Order"),
        required=False,
        choices=[
            ("", _("Sorted by: next deadline")),
            ("opened", _("Sorted by: newest first")),
            ("absent", _("Sorted by: longest absent")),
            ("name", _("Sorted by: name")),
        ],
    )


class QueueFilter(ListFilter):
    place = one_of(_("All townships"))
    unit = one_of(_("All units"))
    rung = one_of(_("All rungs"))
    reason = one_of(_("All reasons"))
    step = one_of(_("All steps"))
    when = forms.ChoiceField(
        label=_("All deadlines"), required=False, choices=[("", _("All deadlines")), ("late", _("Overdue")), ("today", _("Due today"))]
    )
    age = one_of(_("Any age"))
    phone = one_of(_("Every phone"))


def steps(counted: Mapping[str, int]) -> Choices:
    return [(step, f"{title(step)} ({n})") for step, n in counted.items()]


def kinds(counted: Mapping[str, int]) -> Choices:
    return [(kind, f"{Kind(kind).label} ({n})") for kind, n in counted.items()]


def places(counted: Iterable[tuple[str, str, int]]) -> Choices:
    return [(code, f"{name} ({n})") for code, name, n in counted]


def reasons(counted: Mapping[str, int]) -> Choices:
    return [(code, f"{label(CodeList.REASON, code)} ({n})") for code, n in counted.items() if code]
