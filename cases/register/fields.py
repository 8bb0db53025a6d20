"""Form fields of the register: the days a child attended, the measures of a plan, an organisation of the place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cases.directory.models import Organisation, OrganisationKind
from cases.register.models import Means
from cases.register.schooldays import is_school_day

if TYPE_CHECKING:
    from cases.register.models import Case
    from cases.register.plans import Measure

Given = tuple[str, str, str]  # organisation, means, task, as the browser sent them

ATTENDANCE_DAYS = 14  # calendar days offered: two school weeks


class AttendanceField(forms.TypedMultipleChoiceField):
    """The days on which a child was present: cleaned into a list of dates."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            coerce=date.fromisoformat,
            empty_value=[],
            widget=forms.CheckboxSelectMultiple(attrs={"class": "kc-tiles--auto"}),
            required=False,
            **kwargs,
        )

    def offer_from(self, first: date, last: date, county_id: str) -> None:
        """The school days from the return to today, two weeks at most."""
        span = min((last - first).days + 1, ATTENDANCE_DAYS)
        days = [day for n in range(max(span, 0)) if is_school_day(day := first + timedelta(days=n), county_id)]
        self.choices = [(day.isoformat(), f"{date_format(day, 'MONTH_DAY_FORMAT')} {date_format(day, 'D')}") for day in days]


class MeasuresWidget(forms.Widget):
    """Rows of a department, a means and what it is asked to do; empty rows count for nothing."""

    template_name = "cases/register/measures.html"
    use_fieldset = True
    rows, most_rows = 3, 10

    class Media:
        css: ClassVar = {"all": ["cases/files/files.css"]}  # its rows look like those of evidence

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.organisations: list[tuple[str, str]] = []

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        given: list[Given] = value or []
        blank: Given = ("", "", "")
        context["organisations"], context["means"] = self.organisations, Means.choices
        base = context["widget"]["attrs"].get("id") or f"id_{name}"
        context["rows"] = [
            {"number": row + 1, "name": f"{name}-{row}", "id": f"{base}_{row}", "given": given[row] if row < len(given) else blank}
            for row in range(self.most_rows)
        ]
        context["shown"] = max(self.rows, len(given))
        return context

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> list[Given]:
        rows = [
            (data.get(f"{name}-{row}-organisation", ""), data.get(f"{name}-{row}-means", ""), data.get(f"{name}-{row}-task", "").strip())
            for row in range(self.most_rows)
        ]
        return [row for row in rows if row[0] or row[2]]

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return False

    def id_for_label(self, id_: str) -> str:
        return f"{id_}_0" if id_ else id_


class MeasuresField(forms.Field):
    """What departments are asked to do: cleaned into the rows that `write_plan` takes."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=MeasuresWidget(), required=False, **kwargs)
        self.known: dict[str, Organisation] = {}

    def offer(self, organisations: Iterable[Organisation]) -> None:
        self.known = {str(organisation.pk): organisation for organisation in organisations}
        assert isinstance(self.widget, MeasuresWidget)
        self.widget.organisations = [(key, organisation.name) for key, organisation in self.known.items()]

    def clean(self, value: Any) -> list[Measure]:
        measures: list[Measure] = []
        for organisation, means, task in value or []:
            if organisation not in self.known or means not in Means.values or not task:
                raise ValidationError(_("Please give each measure a department, a means and what is to be done."), code="incomplete")
            if len(task) > 200:
                raise ValidationError(_("A measure has 200 characters at most."), code="long")
            measures.append({"organisation": self.known[organisation], "means": means, "task": task})
        return measures


def helpers_of(case: Case) -> Iterable[Organisation]:
    """The organisations of the county that may be asked for help: its departments and its joint conference office."""
    return Organisation.objects.filter(
        area_id=case.county_id, active=True, kind__in=[OrganisationKind.DEPARTMENT, OrganisationKind.CONFERENCE_OFFICE]
    ).order_by("kind", "pk")
