"""Issuing an order, answering it, deciding on the answer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.directory.answering import Accountability
from cases.directory.models import Organisation
from cases.files.fields import FilesField
from cases.register.caseform import CaseForm, day_input, tiles
from cases.supervision.models import Verdict
from cases.supervision.rules import BASIS, units


class IssueForm(CaseForm):
    """`initial` may bring the unit, the words and the day, when the order answers an escalation."""

    addressee = forms.ModelChoiceField(
        Organisation.objects.none(),
        label=_("Addressed to"),
        empty_label=_("Please choose"),
        help_text=_("Whoever answers for the unit gets the task, and the unit sees the case from now on."),
    )
    demand = forms.CharField(
        label=_("What the unit must do"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("What is missing, what is to be done, and what proves it."),
    )
    answer_by = forms.DateField(label=_("Answer by"), widget=day_input())
    legal_basis = forms.CharField(label=_("Basis"), max_length=200, initial=BASIS)
    escalation = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["addressee"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = Organisation.objects.filter(pk__in=[unit.pk for unit in units(self.case, self.user)]).order_by("line", "kind", "name")


class ReplyForm(CaseForm):
    """`subject` is the order."""

    text = forms.CharField(
        label=_("What was done"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Answer each point of the order: who did what, when, and what came of it."),
    )
    evidence = FilesField(label=_("Evidence"), required=False, help_text=_("Photos or PDF, at most 10 MB each."))


class VerdictForm(CaseForm):
    """`subject` is the order. A reason is needed unless the answer is accepted."""

    template_name = "cases/supervision/verdict_form.html"

    outcome = forms.ChoiceField(label=_("How you decide"), choices=Verdict, widget=tiles("three"))
    again_by = forms.DateField(label=_("Answer again by"), required=False, widget=day_input())
    measure = forms.ChoiceField(label=_("Kind of accountability"), required=False, choices=Accountability, widget=tiles("two"))
    reason = forms.CharField(
        label=_("Reason"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Needed unless you accept the answer. It goes into the record and to the unit."),
    )


class WithdrawForm(CaseForm):
    reason = forms.CharField(label=_("Reason"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
