"""What may be done to a periodic report by whoever has it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from cases.journal.plainwords import PlainForm
from cases.periodic.content import MAY_BE_NOT_DUE, OPENING, QUESTIONS, Answer, asks_for_opening, is_nothing

MOST = 100_000  # pupils
WORDS = forms.Textarea(attrs={"rows": 3})


def _tiles() -> forms.RadioSelect:
    return forms.RadioSelect(attrs={"class": "kc-tiles--list"})


class SchoolForm(PlainForm):
    """The three questions, the pupils if the school wants to say, and what was done."""

    compared = forms.ChoiceField(label=QUESTIONS["compared"], choices=(), widget=_tiles())
    all_here = forms.ChoiceField(label=QUESTIONS["all_here"], choices=(), widget=_tiles())
    door_to_door = forms.ChoiceField(label=QUESTIONS["door_to_door"], choices=(), widget=_tiles())
    on_roll = forms.IntegerField(label=gettext_lazy("pupils on the roll"), min_value=0, max_value=MOST, required=False)
    present = forms.IntegerField(label=pgettext_lazy("periodic report", "of them present"), min_value=0, max_value=MOST, required=False)
    nothing = forms.BooleanField(
        label=gettext_lazy("Nothing to report (zero report)"),
        required=False,
        help_text=gettext_lazy("Only where the figures leave nothing to explain and every question is answered with yes."),
    )
    note = forms.CharField(
        label=gettext_lazy("What was done, in a few words"),
        max_length=500,
        required=False,
        widget=WORDS,
        help_text=gettext_lazy("Name no child here; the cases say who it is about."),
    )

    def __init__(self, *args: Any, figures: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in QUESTIONS:
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [(one.value, one.label) for one in Answer if one != Answer.NOT_DUE or name in MAY_BE_NOT_DUE]
        if not is_nothing(figures):
            del self.fields["nothing"]

    def said(self) -> dict[str, Any]:
        """What the service takes; `note` apart."""
        return {"nothing": False} | {name: value for name, value in self.cleaned_data.items() if name != "note"}


class ReviewForm(PlainForm):
    """A bureau's findings and measures, and the visit of the schools where a term began."""

    findings = forms.CharField(label=pgettext_lazy("periodic report", "Findings"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
    measures = forms.CharField(label=gettext_lazy("Measures"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))
    opening_schools = forms.IntegerField(label=gettext_lazy("Schools visited at the opening of the term"), min_value=1, max_value=MOST)
    opening_account = forms.CharField(label=gettext_lazy("What was seen there"), max_length=1000, widget=WORDS)
    again = forms.BooleanField(
        label=gettext_lazy("Count it again first, with what was told since"),
        required=False,
        help_text=gettext_lazy("The report gets a new cut-off."),
    )
    note = forms.CharField(label=gettext_lazy("Remark"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, figures: dict[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not asks_for_opening(figures):
            for name in OPENING:
                del self.fields[name]

    def said(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if name not in {"note", "again"}}


class HeadForm(PlainForm):
    """The head signs, or sends back with a reason."""

    SIGN, BACK = "sign", "back"

    act = forms.ChoiceField(
        label=gettext_lazy("What do you do?"),
        choices=[
            (SIGN, gettext_lazy("Sign: the report is closed and lies open to whoever stands above")),
            (BACK, gettext_lazy("Send it back to whoever compiled, with a reason")),
        ],
        widget=_tiles(),
    )
    note = forms.CharField(label=gettext_lazy("Note or reason"), max_length=500, required=False, widget=WORDS)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("act") == self.BACK and not str(said.get("note", "")).strip():
            self.add_error("note", _("Give a reason; whoever compiled reads it."))
        return said


class RemindForm(PlainForm):
    note = forms.CharField(label=gettext_lazy("Word to those who have not sent"), max_length=200, required=False)
