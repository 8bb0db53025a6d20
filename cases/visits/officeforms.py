"""The forms of the office about visits: typed in from paper, a correction asked for, note taken of a late record."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.directory.models import User
from cases.register.caseform import CaseForm
from cases.visits.forms import NO_NUMBERS, VisitForm
from cases.visits.numbers import NUMBERS
from cases.visits.overseeing import posts_of, visitors_of
from cases.visits.rules import privacy_problems


class VisitorField(forms.ModelChoiceField[User]):
    """A person, named with the post by which they come to the door."""

    places: Mapping[int, str] = MappingProxyType({})

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} · {self.places[obj.pk]}" if obj.pk in self.places else str(obj.name)


class PaperVisitForm(VisitForm):
    """What somebody wrote on the printed form; the numbers are those of the paper."""

    template_name = "cases/visits/paper_form.html"

    visitor = VisitorField(User.objects.none(), label=_("Who made the visit"), empty_label=_("Please choose"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        visitor = self.fields["visitor"]
        assert isinstance(visitor, VisitorField)
        visitor.queryset, visitor.places = visitors_of(self.case), posts_of(self.case)
        for name, number in NUMBERS.items():
            self.fields[name].label = f"{number}. {self.fields[name].label}"


class InWordsForm(CaseForm):
    """Words of an office, which name no numbers of people."""

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        for field, text in list(said.items()):
            for problem in privacy_problems(field, str(text or "")):
                self.add_error(field, problem.message)
        return said


class CorrectionForm(InWordsForm):
    """What the maker of a record is asked to put right."""

    reason = forms.CharField(label=_("What should be put right"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4}), help_text=NO_NUMBERS)


class DecisionForm(InWordsForm):
    """What becomes of a record of which only a copy was kept."""

    note = forms.CharField(
        label=_("Reason"),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Needed if the record is not taken over. No identity numbers, no telephone numbers."),
    )


class DenialForm(InWordsForm):
    """What was not so about a visit that somebody else entered."""

    reason = forms.CharField(label=_("What was not so"), max_length=1000, widget=forms.Textarea(attrs={"rows": 4}), help_text=NO_NUMBERS)


class SettlementForm(InWordsForm):
    """What was found about it."""

    settlement = forms.CharField(label=_("What was found"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}), help_text=NO_NUMBERS)


class NoteForm(InWordsForm):
    """Taking note of a late record."""

    note = forms.CharField(
        label=_("What follows from it"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3}), help_text=NO_NUMBERS
    )
