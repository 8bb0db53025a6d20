"""Forms of what people do to tasks."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cases.directory.models import Appointment, Organisation, Role
from cases.journal.plainwords import PlainForm
from workflows import reporttasks
from workflows.steps import STEPS, title

if TYPE_CHECKING:
    from cases.directory.models import User
    from cases.register.models import Case


PLEASE_CHOOSE = _("Please choose")


class CaseForm(PlainForm):
    """A form about a case: every form that a task page shows takes the same arguments."""

    def __init__(self, data: Any = None, files: Any = None, *, case: Case, user: User, subject: Any = None, **kwargs: Any) -> None:
        super().__init__(data, files, **kwargs)
        self.case, self.user, self.subject = case, user, subject


class ExtraAnswerForm(CaseForm):
    answer = forms.CharField(label=_("What was done"), widget=forms.Textarea(attrs={"rows": 4}), max_length=2000)


class NoteForm(CaseForm):
    """A reason or instruction that goes into the record and to those concerned."""

    note = forms.CharField(label=_("Reason or instruction"), widget=forms.Textarea(attrs={"rows": 3}), max_length=1000)


class ReassignForm(NoteForm):
    to = forms.ModelChoiceField(label=_("New responsible person"), queryset=Appointment.objects.none(), empty_label=PLEASE_CHOOSE)
    restart = forms.BooleanField(label=_("Start the deadline anew"), required=False, initial=True)
    field_order = ("to", "restart", "note")

    def __init__(self, data: Any = None, files: Any = None, **kwargs: Any) -> None:
        super().__init__(data, files, **kwargs)
        field = self.fields["to"]
        assert isinstance(field, forms.ModelChoiceField)
        own = at_its_unit(self.subject)
        if getattr(self.subject, "report_id", None):
            del self.fields["restart"]  # its day is counted back from one that never moves
        field.queryset = candidates(self.case, first=getattr(self.subject, "organisation_id", None)) if own is None else own
        setattr(field, "label_from_instance", described)  # noqa: B010 (Django's way to word the choices; a plain assignment is no method to mypy)


class ExtendForm(NoteForm):
    until = forms.DateField(label=_("New last day"), widget=forms.DateInput(attrs={"type": "date"}))
    field_order = ("until", "note")

    def __init__(self, data: Any = None, files: Any = None, **kwargs: Any) -> None:
        super().__init__(data, files, **kwargs)
        until = self.fields["until"]
        until.widget.attrs["min"] = (timezone.localdate() + timedelta(days=1)).isoformat()
        if getattr(self.subject, "report_id", None) and (day := reporttasks.last_day(self.subject)):
            until.widget.attrs["max"] = day.isoformat()
            until.help_text = reporttasks.never_moves(self.subject)


class SendBackForm(NoteForm):
    step = forms.ChoiceField(label=_("Back to"))
    field_order = ("step", "note")

    def __init__(self, data: Any = None, files: Any = None, *, steps: list[str], **kwargs: Any) -> None:
        super().__init__(data, files, **kwargs)
        field = self.fields["step"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(step, title(step)) for step in steps]


class ExtraTaskForm(CaseForm):
    title = forms.CharField(label=_("Task"), max_length=60)
    instructions = forms.CharField(label=_("Instructions"), widget=forms.Textarea(attrs={"rows": 3}), required=False, max_length=1000)
    post = forms.ModelChoiceField(label=_("Who is to do it"), queryset=Appointment.objects.none(), empty_label=PLEASE_CHOOSE)
    working_days = forms.IntegerField(label=_("Working days"), min_value=1, max_value=60, initial=3)

    def __init__(self, data: Any = None, files: Any = None, **kwargs: Any) -> None:
        super().__init__(data, files, **kwargs)
        field = self.fields["post"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = candidates(self.case)
        setattr(field, "label_from_instance", described)  # noqa: B010 (Django's way to word the choices; a plain assignment is no method to mypy)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        post = cleaned.pop("post", None)
        if post is not None:
            cleaned["organisation"], cleaned["role"] = post.organisation, post.role
        return cleaned


WORKERS = (
    Role.CLASS_TEACHER,
    Role.PRINCIPAL,
    Role.VILLAGE_CADRE,
    Role.TOWNSHIP_OFFICER,
    Role.TOWNSHIP_HEAD,
    Role.COUNTY_OFFICER,
    Role.COUNTY_HEAD,
    Role.CONFERENCE_OFFICE,
    Role.DEPARTMENT_OFFICER,
)


def candidates(case: Case, *, first: int | None = None) -> Any:
    """The present posts to which work on this case can be given: the case's school, village, township, county bureau and the county's departments.

    The organisation `first` stands first, then the case's own, then the county's others.
    """
    today = timezone.localdate()
    own = [pk for pk in (case.school_id, case.village_id, case.township_id, case.education_id) if pk]
    departments = Organisation.objects.filter(area_id=case.county_id, kind__in=("department", "conference_office"), active=True)
    return (
        Appointment.objects.filter(
            Q(organisation__in=own) | Q(organisation__in=departments), role__in=WORKERS, since__lte=today, user__is_active=True
        )
        .filter(Q(until=None) | Q(until__gte=today))
        .select_related("organisation", "user")
        .annotate(
            nearness=models.Case(
                models.When(organisation=first, then=0), models.When(organisation__in=own, then=1), default=2, output_field=models.IntegerField()
            )
        )
        .order_by("nearness", "organisation__line", "organisation__name", "role", "user__name")
    )


def at_its_unit(task: Any) -> Any:
    """The present posts of the unit to which a task fell that is none of the case's; None for every other task."""
    if getattr(task, "report_id", None):
        return reporttasks.candidates(task)
    rule = STEPS.get(getattr(task, "step", ""))
    if not (rule and rule.outside):
        return None
    rows = Appointment.objects.present().filter(organisation_id=task.organisation_id, role__in=WORKERS, user__is_active=True)
    return rows.select_related("organisation", "user").order_by("role", "user__name")


def described(appointment: Appointment) -> str:
    """Organisation, post and name: as a supervisor looks for people."""
    return f"{appointment.organisation.name} · {appointment.get_role_display()} · {appointment.user.name}"
