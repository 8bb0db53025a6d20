"""The forms of the register. What a form shows is decided here; what is right is decided by the service."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases.codes.models import CodeList
from cases.codes.services import choices, setting
from cases.journal.plainwords import PlainForm
from cases.register.caseform import CaseForm, day_input, many_tiles, tiles
from cases.register.evidence import OF_A_LEAVE
from cases.register.fields import MeasuresField, helpers_of
from cases.register.formparts import Answer, EvidenceForm, Follows, account
from cases.register.models import CasePlan, Conclusion, HelpAnswer, Means
from cases.register.students import Purpose
from cases.register.verification import PUTS_OFF, LeaveEnd


class ConclusionForm(Follows, EvidenceForm):
    """What the verification came to."""

    conclusion = forms.ChoiceField(label=_("Conclusion"), choices=Conclusion, widget=tiles("three"))
    finding = forms.ChoiceField(label=_("What was found"), required=False, widget=forms.Select(attrs={"data-shown-when": "conclusion=not_dropout"}))
    ends_on = forms.DateField(
        label=_("The leave ends on"), required=False, widget=day_input(**{"data-shown-when": "conclusion=suspended_by_rule,on_leave"})
    )
    reason = forms.ChoiceField(label=_("Main reason for not attending"), required=False)
    note = account(label=_("Explanation"))

    field_order = ("conclusion", "finding", "ends_on", "reason", "note", "evidence")
    evidence_kinds = (
        *OF_A_LEAVE, "enrolment_certificate", "roll_screenshot", "police_certificate", "register_transfer", "register_cancelled",
        "death_certificate", "passport_visa", "graduation_certificate", "expert_opinion", "disability_card",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("finding", [("", gettext("Please choose")), *choices(CodeList.NOT_DROPOUT)])
        self.offer("reason", [("", gettext("Please choose")), *choices(CodeList.REASON)])
        self.fields["reason"].initial = self.case.reason
        if self.case.last_attended_on:
            self.fields["conclusion"].help_text = gettext("Last at school on %(date)s; dropped out counts from %(days)s days.") % {
                "date": self.case.last_attended_on.isoformat(),
                "days": setting("dropped_out_after_days", self.case.county_id, 30),
            }

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        conclusion = data.get("conclusion")
        if conclusion == Conclusion.NOT_DROPOUT and not data.get("finding"):
            self.add_error("finding", gettext("Please choose what was found."))
        if conclusion in PUTS_OFF and not data.get("ends_on") and "ends_on" not in self.errors:
            self.add_error("ends_on", gettext("Please say on which day the leave ends."))
        if conclusion in {Conclusion.DROPPED_OUT, Conclusion.OUT_OF_SCHOOL} and not data.get("reason"):
            self.add_error("reason", gettext("Please give the main reason: the ledger needs it."))
        return data


class LeaveEndForm(Follows, CaseForm):
    """What became of a leave or suspension."""

    result = forms.ChoiceField(label=_("Result"), choices=LeaveEnd, widget=tiles("three"))
    on = forms.DateField(label=_("Date"), widget=day_input(), help_text=_("The first day back, or the day after which the child stayed away."))
    ends_on = forms.DateField(label=_("New end of the leave"), required=False, widget=day_input(**{"data-shown-when": "result=extended"}))
    note = account(label=_("Explanation"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("result") == LeaveEnd.EXTENDED and not data.get("ends_on") and "ends_on" not in self.errors:
            self.add_error("ends_on", gettext("Please say on which day the leave ends."))
        return data


class PlanForm(CaseForm):
    """One plan a child; a draft that came back is there to be improved."""

    reason = forms.ChoiceField(label=_("Main reason for not attending"))
    situation = account(label=_("Situation of the child and the family"), required=True, rows=5)
    goal = account(label=_("Goal"), required=True, help_text=_("What should be reached, and by when."))
    means = forms.MultipleChoiceField(label=_("Means"), choices=Means, widget=many_tiles("auto"))
    school_person = forms.CharField(label=_("Responsible at the school"), max_length=40, required=False)
    township_person = forms.CharField(label=_("Responsible at the township"), max_length=40, required=False)
    measures = MeasuresField(label=_("Help by departments"), help_text=_("Each department gets its own task once the township has signed."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offer("reason", [("", gettext("Please choose")), *choices(CodeList.REASON)])
        measures = self.fields["measures"]
        assert isinstance(measures, MeasuresField)
        measures.offer(helpers_of(self.case))
        if not self.is_bound:
            self.initial = {**self._draft(), **self.initial}

    def _draft(self) -> dict[str, Any]:
        plan = CasePlan.objects.filter(case=self.case, episode=self.case.episode).first()
        if plan is None:
            return {"reason": self.case.reason, "school_person": self.user.name}
        copied = ("reason", "situation", "goal", "means", "school_person", "township_person")
        rows = [(str(measure.organisation_id), measure.means, measure.task) for measure in plan.measures.order_by("pk")]
        return {name: getattr(plan, name) for name in copied} | {"measures": rows}


class PlanSignForm(CaseForm):
    """The township signs the plan or sends it back."""

    sign = Answer(_("Sign for the township"), _("Send back"), label=_("Decision"))
    note = account(label=_("What the plan lacks"), help_text=_("Needed when you send it back."))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("sign") is False and not data.get("note", "").strip():
            self.add_error("note", gettext("Please say in words what the plan lacks."))
        return data


class HelpAnswerForm(EvidenceForm):
    """A department's answer for its measure, which is the subject."""

    answer = forms.ChoiceField(label=_("Answer"), choices=HelpAnswer, widget=tiles("three"))
    answer_note = account(label=_("What was done, by when it will be, or why it is not possible"), required=True)

    field_order = ("answer", "answer_note", "evidence")
    evidence_kinds = ("department_answer", "official_document", "other_proof")


class PurposeForm(PlainForm):
    """For what an identity number is shown."""

    use_required_attribute = False
    purpose = forms.ChoiceField(label=_("For what do you need the number?"), choices=Purpose, widget=tiles("list"))
