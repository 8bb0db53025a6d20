"""The forms of the ways off the ledger, of their decision and of their end."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases.codes.lists import NEEDS_CANNOT_ATTEND
from cases.codes.models import CodeList
from cases.codes.services import choices, item, name_evidence, setting
from cases.files.fields import EvidenceField
from cases.register.caseform import CaseForm, day_input, tiles
from cases.register.clearance import NEEDS_SCHOOL
from cases.register.evidence import OF_A_RETURN, UNABLE_TO_ATTEND
from cases.register.fields import AttendanceField
from cases.register.formparts import Answer, EvidenceForm, account, kinds
from cases.register.models import Clearance


class ReturnForm(EvidenceForm):
    """The school confirms that the child is back and stays."""

    stayed = Answer(_("Yes, the child attends"), _("No, the child left again"), label=_("Did the child stay?"))
    attendance = AttendanceField(label=_("Days on which the child was present"))
    placement = forms.ChoiceField(label=_("Placement"), required=False)
    receiving_school = forms.CharField(
        label=_("Receiving school"), max_length=80, required=False, help_text=_("Needed when another school took the child in.")
    )
    note = account(label=_("Explanation"), help_text=_("Needed when the child left again."))

    field_order = ("stayed", "attendance", "placement", "receiving_school", "note", "evidence")
    evidence_kinds = (*OF_A_RETURN, "visit_photo", *UNABLE_TO_ATTEND)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("placement", [("", gettext("Please choose")), *choices(CodeList.PLACEMENT)])
        attendance = self.fields["attendance"]
        assert isinstance(attendance, AttendanceField)
        if self.case.back_since:
            attendance.offer_from(self.case.back_since, self.today, self.case.county_id)
            least = int(setting("return_school_days", self.case.county_id, 5))
            attendance.help_text = gettext("Back since %(date)s. At least %(days)s school days.") % {
                "date": self.case.back_since.isoformat(),
                "days": least,
            }
        self.fields["evidence"].help_text = gettext("One of: %(kinds)s. Home teaching needs the expert committee's opinion as well.") % {
            "kinds": name_evidence([OF_A_RETURN])
        }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("stayed") is False:
            if not data.get("note", "").strip():
                self.add_error("note", gettext("Please say in words why the child left again."))
        elif data.get("stayed"):
            placement = data.get("placement")
            if not placement:
                self.add_error("placement", gettext("Please choose the placement."))
            elif placement in NEEDS_SCHOOL and not data.get("receiving_school", "").strip():
                self.add_error("receiving_school", gettext("Please name the school that took the child in."))
            least = int(setting("return_school_days", self.case.county_id, 5))
            if placement not in NEEDS_CANNOT_ATTEND and len(data.get("attendance", [])) < least:
                words = gettext("Please mark at least %(least)s school days on which the child was present; these are %(count)s.")
                self.add_error("attendance", words % {"least": least, "count": len(data.get("attendance", []))})
        return data


class DecisionForm(CaseForm):
    """A second person approves or refuses the proposal, which is the subject."""

    approve = Answer(_("Approve"), _("Refuse"), label=_("Decision"))
    note = account(label=_("Reason of the decision"), help_text=_("Needed when you refuse."))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("approve") is False and not data.get("note", "").strip():
            self.add_error("note", gettext("Please say in words why you refuse."))
        return data

    @property
    def proposal(self) -> Clearance | None:
        return self.subject if isinstance(self.subject, Clearance) else None


class DeferralResult(TextChoices):
    ENROLLED = "enrolled", _("is enrolled at a school")
    NOT_ENROLLED = "not_enrolled", _("is not enrolled")


class DeferralEndForm(CaseForm):
    """What became of a deferral. A new application has a page of its own."""

    result = forms.ChoiceField(label=_("Result"), choices=DeferralResult, widget=tiles("two"))
    on = forms.DateField(label=_("Date"), widget=day_input(), help_text=_("The first day at school, or the day on which this was found."))
    note = account(label=_("School and class, or what is done next"))


class ReturnReportForm(CaseForm):
    """The child is back at school."""

    on = forms.DateField(label=_("First day back at school"), widget=day_input())


class DeductionForm(EvidenceForm):
    """核减: ground and the evidence that it demands."""

    ground = forms.ChoiceField(label=_("Ground"), widget=tiles("two"))
    occurred_on = forms.DateField(label=_("Day on which the ground arose"), widget=day_input())
    note = account(label=_("Explanation"))

    field_order: tuple[str, ...] = ("ground", "occurred_on", "note", "evidence")
    code_list = CodeList.GROUND

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        grounds = choices(self.code_list)
        self.offer("ground", [(code, self._with_demands(code, name)) for code, name in grounds])
        demanded = [kind for code, _name in grounds for alternatives in self._demands(code) for kind in alternatives]
        field = self.fields["evidence"]
        assert isinstance(field, EvidenceField)
        field.kinds = field.widget.kinds = kinds(*dict.fromkeys([*self.evidence_kinds, *demanded]))

    def _demands(self, code: str) -> list[list[str]]:
        found = item(self.code_list, code)
        return found.evidence if found else []

    def _with_demands(self, code: str, name: str) -> str:
        demands = self._demands(code)
        return gettext("%(ground)s (needs: %(kinds)s)") % {"ground": name, "kinds": name_evidence(demands)} if demands else name


class DeferralForm(DeductionForm):
    """延缓入学: at most a year, with a diagnosis or the expert committee's opinion."""

    until = forms.DateField(label=_("Until"), widget=day_input(), help_text=_("One year at most."))

    field_order = ("ground", "occurred_on", "until", "note", "evidence")
    code_list = CodeList.DEFERRAL_GROUND
    evidence_kinds = ("application",)  # the guardian's own paper, which the law begins with

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["occurred_on"].label = gettext("From")
        self.fields["occurred_on"].help_text = ""

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        since, until = data.get("occurred_on"), data.get("until")
        if since and until and until <= since:
            self.add_error("until", gettext("Deferred enrolment must end after it begins, and after today."))
        return data
