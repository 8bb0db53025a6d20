"""The forms of a visit, of the village's check and of a round of joint persuasion; the same for page and phone."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import uuid4

from django import forms
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _

from cases.codes.models import CodeList
from cases.codes.services import choices, item
from cases.files.fields import FilesField, ScanField
from cases.journal.plainwords import PlainForm
from cases.protection.models import Danger
from cases.register.caseform import CaseForm, day_input, many_tiles, tiles
from cases.visits.models import IN_PERSON, Found, HomeVisit, Met, Mode, RoundResult, VisitOutcome
from cases.visits.rules import MOST_PHOTOS, Problem, privacy_problems, promise_problems, visit_problems
from cases.visits.services import BOTH_LINES

NO_NUMBERS = gettext_lazy("Facts only. No identity numbers, no telephone numbers.")


class WhenInput(forms.SplitDateTimeWidget):
    """A day and a time of the day, side by side."""

    template_name = "cases/visits/when.html"

    def __init__(self) -> None:
        date_attrs: dict[str, Any] = {"type": "date", "aria-label": _("Day")}
        time_attrs: dict[str, Any] = {"type": "time", "aria-label": _("Time of the day")}
        super().__init__(date_attrs=date_attrs, time_attrs=time_attrs, date_format="%Y-%m-%d", time_format="%H:%M")


class ReasonInput(forms.RadioSelect):
    """The ministry's four causes first; the others behind them, folded until one of them is chosen."""

    template_name = "cases/visits/reason.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["folded"] = not any(option["selected"] for _group, options, _index in context["widget"]["optgroups"][1:] for option in options)
        return context


class Comfort(PlainForm):
    class Media:
        css: ClassVar = {"all": ["cases/visits/visits.css"]}
        js: ClassVar = [forms.widgets.Script("cases/visits/visits.js", type="module")]


class VisitForm(Comfort, CaseForm):
    """A visit or another contact. `subject` may be the visit that this record corrects."""

    template_name = "cases/visits/visit_form.html"

    visit_id = forms.UUIDField(widget=forms.HiddenInput)
    occurred_at = forms.SplitDateTimeField(label=_("When"), widget=WhenInput)
    mode = forms.ChoiceField(
        label=_("How"), widget=tiles("auto"), help_text=_("Only a visit in person where somebody of the family was met completes the task.")
    )
    lines = forms.BooleanField(
        label=_("Joint visit of school and township"),
        help_text=_("Somebody of the other line confirms it with one tap; then it counts for both."),
        required=False,
    )
    companions = forms.CharField(
        label=_("Who came along"), max_length=120, required=False, help_text=_("Names or posts, such as village cadre, police officer.")
    )
    met = forms.MultipleChoiceField(
        label=_("Who was met or spoken to"), widget=many_tiles("three"), help_text=_("Choose all that apply."), choices=Met
    )
    whereabouts = forms.ChoiceField(label=_("Where the child is now"), widget=tiles("auto"))
    reason = forms.ChoiceField(label=_("Main reason why the child stays away"), widget=ReasonInput)
    reason_text = forms.CharField(label=_("The reason in words"), max_length=120, required=False)
    outcome = forms.ChoiceField(label=_("Result of the talk"), widget=tiles("list"), choices=VisitOutcome)
    promised_on = forms.DateField(label=_("Promised day of return"), required=False, widget=day_input(**{"data-shown-when": "outcome=agreed"}))
    account = forms.CharField(
        label=_("What was seen and said"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=NO_NUMBERS,
    )
    photos = FilesField(
        label=_("Photos"),
        at_most=MOST_PHOTOS,
        photo_only=True,
        required=False,
        help_text=_("At most 9. They are made smaller, and place and device are taken out. Please do not show the child's face."),
    )
    signature = ScanField(
        label=_("Guardian's signature"), required=False, help_text=_("A photo or scan of the signed paper record."), photo_only=False
    )
    danger = forms.BooleanField(
        label=_("The child is in danger"),
        help_text=_("Violence, abuse, abduction, child labour. Ticking this tells the county at once. In an emergency call 110 first."),
        required=False,
        template_name="cases/visits/danger.html",
    )
    danger_kind = forms.ChoiceField(
        label=_("Which danger"),
        required=False,
        widget=forms.RadioSelect(attrs={"class": "kc-tiles--auto", "data-shown-when": "danger=on"}),
        choices=Danger,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.corrects: HomeVisit | None = self.subject if isinstance(self.subject, HomeVisit) else None
        self.offer("mode", _in_person_first())
        self.offer("whereabouts", choices(CodeList.WHEREABOUTS))
        self.offer("reason", _priority_first())
        wordy = [code for code, _label in choices(CodeList.REASON) if (found := item(CodeList.REASON, code)) and found.wants_text]
        self.fields["reason_text"].widget.attrs["data-shown-when"] = "reason=" + ",".join(wordy)
        self.initial = {**self._first_values(), **self.initial}

    def _first_values(self) -> dict[str, Any]:
        old = self.corrects
        if old is None:
            return {"visit_id": uuid4(), "occurred_at": self.now, "mode": Mode.HOME, "reason": self.case.reason}
        kept = ("occurred_at", "mode", "companions", "met", "whereabouts", "reason", "reason_text", "outcome", "promised_on", "account", "danger")
        return {"visit_id": uuid4(), "lines": old.is_joint, **{field: getattr(old, field) for field in kept}}

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        said["lines"] = list(BOTH_LINES) if said.get("lines") else []
        if said.get("outcome") != VisitOutcome.AGREED:
            said["promised_on"] = None
        if not said.get("danger"):
            said["danger_kind"] = ""
        reported = self.corrects is not None and self.corrects.danger
        asked = {**said, "danger_kind": said.get("danger_kind") or reported}
        for problem in visit_problems(asked, opened_at=self.case.opened_at, now=self.now):
            _add(self, problem)
        said["corrects"] = self.corrects
        return said


class VillageCheckForm(CaseForm):
    found = forms.ChoiceField(label=_("What was found"), widget=tiles("list"), choices=Found)
    household = forms.CharField(
        label=_("Situation of the household"), max_length=200, required=False, help_text=_("Who lives there, who works where.")
    )
    note = forms.CharField(label=_("Note"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 4}), help_text=NO_NUMBERS)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        for field in ("household", "note"):
            for problem in privacy_problems(field, said.get(field) or ""):
                _add(self, problem)
        return said


class RoundForm(Comfort, CaseForm):
    held_on = forms.DateField(label=_("Held on"), widget=day_input())
    participants = forms.CharField(
        label=_("Who took part"), max_length=200, help_text=_("Organisations and persons, such as police station, women's federation, village cadre.")
    )
    result = forms.ChoiceField(label=_("Result"), widget=tiles("list"), choices=RoundResult)
    promised_on = forms.DateField(label=_("Promised day of return"), required=False, widget=day_input(**{"data-shown-when": "result=agreed"}))
    note = forms.CharField(label=_("What was said and agreed"), max_length=2000, widget=forms.Textarea(attrs={"rows": 5}), help_text=NO_NUMBERS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"held_on": self.today, **self.initial}

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        held_on = said.get("held_on")
        if held_on and held_on > self.today:
            self.add_error("held_on", gettext("This day lies in the future."))
        if said.get("result") != RoundResult.AGREED:
            said["promised_on"] = None
        elif held_on:
            for problem in promise_problems(said.get("promised_on"), held_on):
                _add(self, problem)
        for field in ("participants", "note"):
            for problem in privacy_problems(field, said.get(field) or ""):
                _add(self, problem)
        return said


def _add(form: forms.Form, problem: Problem) -> None:
    # A field that is wrong already has been told what is wrong with it.
    if problem.field not in form.errors:
        form.add_error(problem.field, problem.message)


def _in_person_first() -> list[tuple[str, Any]]:
    def of(modes: list[Mode]) -> list[tuple[str, Any]]:
        return [(mode.value, mode.label) for mode in modes]

    return [
        (gettext("Visits in person"), of([mode for mode in Mode if mode in IN_PERSON])),
        (gettext("Other contacts, for the record"), of([mode for mode in Mode if mode not in IN_PERSON])),
    ]


def _priority_first() -> list[tuple[str, Any]]:
    """The ministry's four causes, then the others (reference: 教基〔2020〕5号)."""
    four: list[tuple[str, str]] = []
    others: list[tuple[str, str]] = []
    for code, label in choices(CodeList.REASON):
        found = item(CodeList.REASON, code)
        (four if found and found.ministry_priority else others).append((code, label))
    return [(gettext("The ministry's four main causes"), four), (gettext("Other reasons"), others)]
