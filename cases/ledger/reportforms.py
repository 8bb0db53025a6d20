"""What may be done to a report by whoever reads it now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.journal.plainwords import PlainForm
from cases.ledger.models import Act, Report, ReportState
from cases.ledger.reporting import is_turn_of, may_remind

if TYPE_CHECKING:
    from cases.directory.models import User

OFFERED: dict[str, tuple[Act, ...]] = {
    ReportState.COMPILING: (Act.COMPILED,),
    ReportState.SIGNING: (Act.SIGNED, Act.SENT_BACK),
    ReportState.CHECKING: (Act.CHECKED, Act.SENT_BACK),
    ReportState.ACCEPTING: (Act.ACCEPTED, Act.SENT_BACK),
    ReportState.ACCEPTED: (),
}
WORDS = {
    Act.COMPILED: gettext_lazy("Every number is right: pass it to the head for signature"),
    Act.SIGNED: gettext_lazy("Sign, and send it up"),
    Act.CHECKED: gettext_lazy("Checked: pass it on to the province"),
    Act.ACCEPTED: gettext_lazy("Accept: the month of this county is closed for good"),
    Act.SENT_BACK: gettext_lazy("Send it back to the county, with a reason"),
    Act.REMINDED: gettext_lazy("Remind whoever has it"),
}


class ActForm(PlainForm):
    act = forms.ChoiceField(label=gettext_lazy("What do you do?"), widget=forms.RadioSelect(attrs={"class": "kc-tiles--list"}))
    again = forms.BooleanField(
        label=gettext_lazy("Count it again first, with what was told since"),
        required=False,
        help_text=gettext_lazy("The report gets a new cut-off. What was sent back is always counted again."),
    )
    note = forms.CharField(label=gettext_lazy("Note or reason"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, report: Report, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        acts = list(OFFERED[report.state]) if is_turn_of(report, user) else []
        if may_remind(report, user) and report.state != ReportState.ACCEPTED and not acts:
            acts.append(Act.REMINDED)
        self.choices = [(act.value, str(WORDS[act])) for act in acts]
        field = self.fields["act"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = self.choices
        if len(acts) == 1:
            field.initial = acts[0].value
        if report.state != ReportState.COMPILING or Act.COMPILED not in acts:
            del self.fields["again"]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        said.setdefault("again", False)
        if said.get("act") == Act.SENT_BACK and not str(said.get("note", "")).strip():
            self.add_error("note", _("Give a reason; the county reads it."))
        return said


class RemindForm(PlainForm):
    note = forms.CharField(label=gettext_lazy("Word to the counties"), max_length=200, required=False)
