"""The forms of the register. What a form shows is decided here; what is right is decided by the service."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.db.models import TextChoices
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases.codes.lists import NEEDS_CANNOT_ATTEND
from cases.codes.models import CodeList
from cases.codes.services import choices, item, label, name_evidence, setting
from cases.files.fields import EvidenceField
from cases.journal.plainwords import PlainForm
from cases.register.caseform import CaseForm, day_input, many_tiles, tiles
from cases.register.clearance import NEEDS_SCHOOL
from cases.register.evidence import OF_A_LEAVE, OF_A_RETURN, UNABLE_TO_ATTEND
from cases.register.fields import AttendanceField, MeasuresField, helpers_of
from cases.register.models import CasePlan, Clearance, Conclusion, HelpAnswer, Means
from cases.register.students import Purpose
from cases.register.verification import PUTS_OFF, LeaveEnd

YES_NO = {"yes": True, "no": False}


def account(**kwargs: Any) -> forms.CharField:
    """A text of several lines."""
    rows = kwargs.pop("rows", 4)
    return forms.CharField(**{"max_length": 2000, "required": False, "widget": forms.Textarea(attrs={"rows": rows}), **kwargs})


class Answer(forms.TypedChoiceField):
    """Two tiles, cleaned into True or False."""

    def __init__(self, yes: Any, no: Any, **kwargs: Any) -> None:
        super().__init__(choices=[("yes", yes), ("no", no)], coerce=YES_NO.__getitem__, widget=tiles("two"), **kwargs)


def kinds(*codes: str) -> list[tuple[str, str]]:
    """The kinds of evidence with these codes, worded; all that are offered when there are none."""
    return [(code, label(CodeList.EVIDENCE, code)) for code in codes] or choices(CodeList.EVIDENCE)


class Follows(PlainForm):
    """Fields that only matter after a certain answer are shown when it is given; without scripts they are simply there."""

    class Media:
        js: ClassVar = [forms.widgets.Script("cases/visits/visits.js", type="module")]


class EvidenceForm(CaseForm):
    """A form with evidence: the kinds are those that the matter may need."""

    evidence = EvidenceField([], label=_("Evidence"), required=False)
    evidence_kinds: tuple[str, ...] = ()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["evidence"]
        assert isinstance(field, EvidenceField)
        field.kinds = field.widget.kinds = kinds(*self.evidence_kinds)


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


class PurposeForm(PlainForm):
    """For what an identity number is shown."""

    use_required_attribute = False
    purpose = forms.ChoiceField(label=_("For what do you need the number?"), choices=Purpose, widget=tiles("list"))
