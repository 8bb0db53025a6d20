"""The form of a watch."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases.attendance.models import Absence, AbsenceReason
from cases.attendance.services import attendance, watched_since
from cases.register.caseform import CaseForm, tiles
from cases.register.fields import AttendanceField
from cases.register.formparts import Answer, account


class WatchForm(CaseForm):
    """How often the child was at school since the last watch. `initial["number"]` (30, 60, 90) is the step's, not the person's."""

    school_days = forms.IntegerField(label=_("School days since the last watch"), min_value=1, max_value=120)
    days_present = forms.IntegerField(label=_("Days on which the child was present"), min_value=0, max_value=120)
    passed = Answer(_("Attends regularly"), _("Stays away again"), label=_("Result"))
    note = account(label=_("Learning and life of the child"), help_text=_("Needed when the child stays away: the case is then open again at once."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.number = int(self.initial.get("number", 0))
        since = watched_since(self.case, self.number)
        if since:
            self.fields["school_days"].help_text = gettext("Counted from %(date)s: %(days)s calendar days ago.") % {
                "date": since.isoformat(),
                "days": (self.today - since).days,
            }

        if not self.is_bound and (found := attendance(self.case, self.number, self.today)) and found.school_days:
            self.initial.setdefault("school_days", found.school_days)
            self.initial.setdefault("days_present", found.school_days - found.absent)
            words = gettext("By the class list absent on %(absent)s of %(days)s school days. Correct it if you know better.")
            self.fields["days_present"].help_text = words % {"absent": found.absent, "days": found.school_days}

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "school_days" in data and "days_present" in data and data["days_present"] > data["school_days"]:
            self.add_error("days_present", gettext("The child cannot have been present on more days than there were."))
        if data.get("passed") is False and not data.get("note", "").strip():
            self.add_error("note", gettext("Please say in words what happened."))
        data["number"] = self.number
        return data


LATELY = timedelta(days=13)


class AbsenceForm(CaseForm):
    """Days of the last two weeks on which a child under watch was absent; those on record already are not offered again."""

    days = AttendanceField(label=_("Days on which the child was absent"))
    reason = forms.ChoiceField(label=_("Reason"), choices=AbsenceReason, widget=tiles("three"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        days = self.fields["days"]
        assert isinstance(days, AttendanceField)
        if self.case.back_since:
            days.offer_from(max(self.case.back_since, self.today - LATELY), self.today, self.case.county_id)
            known = {one.isoformat() for one in Absence.objects.filter(case=self.case).values_list("day", flat=True)}
            offered: Any = days.choices
            days.choices = [(value, label) for value, label in offered if str(value) not in known]
