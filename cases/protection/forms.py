"""Reporting danger, and confirming that the report arrived."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.protection.models import Danger, Receipt
from cases.register.caseform import CaseForm, tiles


class DangerForm(CaseForm):
    kind = forms.ChoiceField(label=_("Which danger"), widget=tiles("two"), choices=Danger)
    facts = forms.CharField(
        label=_("What was seen or heard"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("Who, where, when, as far as you know. Suspicion is enough: the law asks you to report it, not to prove it."),
    )


class ReceiptForm(CaseForm):
    """`subject` is the receipt; the page shows the report above it."""

    template_name = "cases/protection/receipt_form.html"

    measures = forms.CharField(
        label=_("What is being done"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Who takes it on and what happens first."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.receipt: Receipt | None = self.subject if isinstance(self.subject, Receipt) else None
