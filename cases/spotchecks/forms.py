"""What the unit that was sent found."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases.register.caseform import day_input, tiles
from cases.register.formparts import EvidenceForm, account
from cases.spotchecks.models import SpotFinding


class SpotCheckForm(EvidenceForm):
    """`subject` is the spot check."""

    finding = forms.ChoiceField(label=_("Finding"), choices=SpotFinding, widget=tiles("list"))
    visited_on = forms.DateField(label=_("Visited on"), widget=day_input())
    account = account(label=_("What was seen, where, and who was met"), required=True)

    field_order = ("finding", "visited_on", "account", "evidence")
    evidence_kinds = ("visit_photo", "attendance_list", "enrolment_certificate", "roll_screenshot", "other_proof")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["evidence"].help_text = gettext("A photo of the visit or another proof, unless the child was not found.")
        if not self.is_bound:
            self.initial.setdefault("visited_on", self.today)
