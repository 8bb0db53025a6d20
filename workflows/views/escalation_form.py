"""One form for everything that a supervisor may do about an overdue task."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from workflows.forms import ExtendForm, ReassignForm

HOWS = [
    ("remind", _("Remind")),
    ("reassign", _("Reassign")),
    ("extend", _("Extend")),
    ("take_over", _("Take over")),
    ("raise", _("Raise to the superior")),
    ("agenda", _("Put on the joint conference's agenda")),
    ("note", _("Note, and take it off my queue")),
]


class EscalationForm(ReassignForm):
    """`to` and `restart` belong to a reassignment, `until` to an extension; the words go to those concerned and into the record."""

    how = forms.ChoiceField(label=_("How to act"), choices=HOWS, initial="remind", widget=forms.RadioSelect(attrs={"class": "kc-tiles--auto"}))
    until = forms.DateField(label=_("New last day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["how", "to", "restart", "until", "note"])
        self.fields["to"].required = False
        self.fields["until"].widget.attrs["min"] = ExtendForm(case=self.case, user=self.user).fields["until"].widget.attrs["min"]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("how") == "reassign" and not said.get("to"):
            self.add_error("to", _("Choose who is to do the task."))
        if said.get("how") == "extend" and not said.get("until") and "until" not in self.errors:
            self.add_error("until", _("Give the new last day."))
        return said
