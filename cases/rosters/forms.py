"""The forms of 人账相符."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.directory.models import User
from cases.journal.plainwords import PlainForm
from cases.register.caseform import CaseForm, day_input, tiles
from cases.rosters.models import Difference, Settled

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

ACCEPT = ".xlsx,.xls,.csv,text/csv,application/vnd.ms-excel,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# what settles which difference, the usual way first
WAYS: dict[str, tuple[Settled, ...]] = {
    Difference.MISSING_THERE: (Settled.THEIRS_CORRECTED, Settled.OURS_CORRECTED, Settled.BOTH_RIGHT),
    Difference.MISSING_HERE: (Settled.CASE_OPENED, Settled.THEIRS_CORRECTED, Settled.OURS_CORRECTED, Settled.BOTH_RIGHT),
    Difference.STATUS: (Settled.OURS_CORRECTED, Settled.THEIRS_CORRECTED, Settled.BOTH_RIGHT),
    Difference.IDENTITY: (Settled.THEIRS_CORRECTED, Settled.OURS_CORRECTED, Settled.BOTH_RIGHT),
    Difference.ROLL: (Settled.THEIRS_CORRECTED, Settled.OURS_CORRECTED, Settled.BOTH_RIGHT),
    Difference.POSSIBLE: (Settled.SAME, Settled.NOT_SAME),
}
IN_BULK = (Settled.OURS_CORRECTED, Settled.THEIRS_CORRECTED, Settled.BOTH_RIGHT)


class RollEntryForm(CaseForm):
    """When the child was entered there."""

    on = forms.DateField(label=gettext_lazy("Entered in the school-roll system on"), widget=day_input())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.is_bound:
            self.initial.setdefault("on", self.today)


class RosterForm(PlainForm):
    """A list as the school-roll system exports it."""

    use_required_attribute = False
    file = forms.FileField(
        label=gettext_lazy("List of the school-roll system (.xlsx, .csv or its .xls export)"),
        widget=forms.ClearableFileInput(attrs={"accept": ACCEPT}),
    )
    taken_on = forms.DateField(label=gettext_lazy("As of"), help_text=gettext_lazy("The day on which the list was exported."), widget=day_input())

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        if not self.is_bound:
            self.initial["taken_on"] = today

    def clean_taken_on(self) -> date:
        taken_on: date = self.cleaned_data["taken_on"]
        if taken_on > self.today:
            raise forms.ValidationError(_("This day lies in the future."))
        return taken_on


class SettleForm(PlainForm):
    """How a difference was settled."""

    use_required_attribute = False
    how = forms.ChoiceField(label=gettext_lazy("How it was settled"), widget=tiles("list"))
    reason = forms.CharField(
        label=gettext_lazy("Reason"), required=False, max_length=1000, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("What was corrected where, or why both are right."),
    )  # fmt: skip

    def __init__(self, *args: Any, ways: Iterable[Settled], reason_needed: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = self.fields["how"]
        assert isinstance(found, forms.ChoiceField)
        found.choices = [(way.value, way.label) for way in ways]
        self.fields["reason"].required = reason_needed


class GiveForm(PlainForm):
    """Whose a difference is from now on."""

    use_required_attribute = False
    to = forms.ModelChoiceField(label=gettext_lazy("Responsible person"), queryset=User.objects.none(), empty_label=gettext_lazy("Please choose"))

    def __init__(self, *args: Any, people: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        found = self.fields["to"]
        assert isinstance(found, forms.ModelChoiceField)
        found.queryset = people


class FilterForm(PlainForm):
    """What the worklist shows."""

    use_required_attribute = False
    state = forms.ChoiceField(
        label=gettext_lazy("State"), required=False,
        choices=[("", gettext_lazy("open")), ("late", gettext_lazy("overdue")), ("mine", gettext_lazy("mine")), ("settled", gettext_lazy("settled"))],
    )  # fmt: skip
    kind = forms.ChoiceField(label=gettext_lazy("Difference"), required=False, choices=[("", gettext_lazy("all")), *Difference.choices])
    school = forms.IntegerField(required=False, widget=forms.HiddenInput)
    county = forms.CharField(required=False, max_length=6, widget=forms.HiddenInput)
    list = forms.IntegerField(required=False, widget=forms.HiddenInput)
    unit = forms.IntegerField(required=False, widget=forms.HiddenInput)
