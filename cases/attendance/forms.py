"""The form of a watch."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases.attendance.services import watched_since
from cases.register.caseform import CaseForm
from cases.register.forms import Answer, account


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

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "school_days" in data and "days_present" in data and data["days_present"] > data["school_days"]:
            self.add_error("days_present", gettext("The child cannot have been present on more days than there were."))
        if data.get("passed") is False and not data.get("note", "").strip():
            self.add_error("note", gettext("Please say in words what happened."))
        data["number"] = self.number
        return data
