"""Editing a ladder: a word that nobody can climb is refused, since every new task would fail with it."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.journal.plainwords import RefusesNumbers
from workflows.ladders import RECIPIENTS
from workflows.models import Ladder

FARTHEST = 1000  # working days, or hours
MOST = 12  # rungs


class LadderForm(RefusesNumbers, forms.ModelForm[Ladder]):
    class Meta:
        model = Ladder
        fields: ClassVar = ["code", "name", "rungs"]
        help_texts: ClassVar = {
            "rungs": gettext_lazy(
                'Each rung: its number ("rung"), whom it tells ("to": holder, head, superior, both_lines, prefecture), and when: working days '
                '("offset") or hours ("hours") from the due moment, less than 0 for before it.'
            )
        }

    def clean_rungs(self) -> list[dict[str, Any]]:
        rows = self.cleaned_data["rungs"]
        if not isinstance(rows, list) or not 0 < len(rows) <= MOST or not all(_is_rung(row) for row in rows):
            raise forms.ValidationError(_("Give each rung a number, whom it tells, and either working days or hours."))
        numbers = [row["rung"] for row in rows]
        if numbers != sorted(set(numbers)):
            raise forms.ValidationError(_("The numbers of the rungs rise, each stands there once."))
        if len({"hours" in row for row in rows}) > 1:
            raise forms.ValidationError(_("A ladder counts in working days or in hours, not in both."))
        whens = [row.get("hours", row.get("offset")) for row in rows]
        if whens != sorted(whens):
            raise forms.ValidationError(_("A higher rung never comes before a lower one."))
        return rows


def _is_rung(row: object) -> bool:
    if not isinstance(row, dict) or row.keys() not in ({"rung", "to", "offset"}, {"rung", "to", "hours"}) or row["to"] not in RECIPIENTS:
        return False
    when, number = row["hours"] if "hours" in row else row["offset"], row["rung"]
    whole = all(isinstance(value, int) and not isinstance(value, bool) for value in (when, number))
    return whole and 1 <= number <= 99 and abs(when) <= FARTHEST
