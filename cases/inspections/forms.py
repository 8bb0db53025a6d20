"""Recording a finding, answering it, deciding on the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.directory.answering import Accountability
from cases.directory.models import Organisation
from cases.files.fields import FilesField
from cases.inspections.models import Count
from cases.inspections.services import inspectable
from cases.journal.plainwords import PlainForm
from cases.register.caseform import day_input, tiles
from cases.register.models import Case

if TYPE_CHECKING:
    from cases.directory.models import User


class FindingForm(PlainForm):
    """A finding on a unit of one county; files only where a case is named, since files belong to a case."""

    use_required_attribute = False

    unit = forms.ModelChoiceField(Organisation.objects.none(), label=_("Unit"), empty_label=_("Please choose"))
    count = forms.ChoiceField(label=_("Count"), choices=Count, widget=tiles("three"))
    facts = forms.CharField(
        label=_("Facts"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("What you saw, where and when. Name no child here: put the case number below."),
    )
    demand = forms.CharField(label=_("What the unit must put right"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
    answer_by = forms.DateField(label=_("Answer by"), widget=day_input())
    number = forms.CharField(
        label=_("Case number"),
        max_length=40,
        required=False,
        help_text=_("Of the case that shows it; empty if it is about the unit as a whole."),
    )
    evidence = FilesField(label=_("Evidence"), required=False, help_text=_("Photos or PDF, at most 10 MB each; only together with a case number."))

    def __init__(self, *args: Any, user: User, county_id: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        field = self.fields["unit"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = inspectable(user, county_id)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        number = said.pop("number", "").strip()
        said["case"] = None
        if number:
            said["case"] = Case.objects.visible_to(self.user).filter(number=number).first()
            if said["case"] is None:
                self.add_error("number", _("You may see no case with this number."))
        return said


class AnswerForm(PlainForm):
    use_required_attribute = False

    answer = forms.CharField(label=_("What was put right"), max_length=4000, widget=forms.Textarea(attrs={"rows": 6}))
    proof = FilesField(label=_("Evidence"), required=False, help_text=_("Photos or PDF, at most 10 MB each."))

    def __init__(self, *args: Any, with_files: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not with_files:
            del self.fields["proof"]


class DecisionForm(PlainForm):
    """Closing needs an answer; an accountability finding may also follow a day that passed without one."""

    use_required_attribute = False

    outcome = forms.ChoiceField(
        label=_("How you decide"),
        choices=[("close", _("Close the finding")), ("accountable", _("Make an accountability finding"))],
        widget=tiles("two"),
    )
    measure = forms.ChoiceField(label=_("Kind of accountability"), required=False, choices=Accountability, widget=tiles("two"))
    remark = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Needed for an accountability finding. It goes into the record and to the unit."),
    )

    def __init__(self, *args: Any, answered: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not answered:
            field = self.fields["outcome"]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("accountable", _("Make an accountability finding"))]
            field.initial = "accountable"

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        said["close"] = said.pop("outcome", "") == "close"
        return said
