"""Fixing a meeting, and recording what it decided."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cases.journal.plainwords import PlainForm
from cases.register.caseform import CaseForm, day_input, tiles


class MeetingForm(PlainForm):
    """The day of a meeting for the items that were picked."""

    use_required_attribute = False

    meeting_on = forms.DateField(label=_("Meeting on"), widget=day_input())


class DecisionForm(CaseForm):
    """`subject` is the item. A task may follow from the decision; the pages that know posts offer them."""

    taken_up = forms.ChoiceField(label=_("Result"), choices=[("yes", _("Decided")), ("no", _("Not taken up"))], initial="yes", widget=tiles("two"))
    held_on = forms.DateField(label=_("Meeting held on"), widget=day_input())
    decision = forms.CharField(
        label=pgettext_lazy("of a conference", "Decision"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("What was decided, who does it and by when; or why it was not taken up."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        item = self.subject
        self.initial = {"held_on": item.meeting_on if item and item.meeting_on and item.meeting_on <= self.today else self.today, **self.initial}

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if "taken_up" in said:
            said["taken_up"] = said["taken_up"] == "yes"
        return said
