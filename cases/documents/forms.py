"""Filing a document, its service, a referral and the state before the courts."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from cases.codes.services import setting
from cases.directory.capabilities import Capability, may
from cases.directory.models import Department, Organisation
from cases.documents.filing import COERCIVE, may_author
from cases.documents.models import CourtState, Document, DocumentKind, ServiceWay, Venue
from cases.documents.rules import NUMBERED, ORDER_BASIS
from cases.files.fields import ScanField
from cases.register.caseform import CaseForm, day_input, tiles


def number_field(*, required: bool) -> forms.CharField:
    return forms.CharField(label=_("Document number"), max_length=60, required=required, help_text=_("As on the paper, such as 兴政教〔2026〕12号."))


class DocumentForm(CaseForm):
    """A document for the file. `initial["kind"]` fixes the kind, as the steps of the workflow do."""

    kind = forms.ChoiceField(label=_("Kind of document"))
    number = number_field(required=False)
    dated_on = forms.DateField(label=_("Dated"), widget=day_input())
    legal_basis = forms.CharField(label=_("Legal basis"), max_length=120, required=False)
    term_days = forms.IntegerField(
        label=_("Term in days"), min_value=1, max_value=90, required=False, help_text=_("Natural days from the service of the order.")
    )
    scan = ScanField(label=_("Scan"), required=False, help_text=_("Photo or PDF, at most 10 MB."))
    note = forms.CharField(label=_("Note"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, kind: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fixed: str = kind or self.initial.get("kind", "")
        self.initial = {"dated_on": self.today, **self.initial}
        if self.fixed:
            self._fix_kind()
        else:
            self.offer("kind", [(item.value, item.label) for item in self.kinds()])

    def kinds(self) -> list[DocumentKind]:
        """What this person may file for this case by hand; a referral has a form of its own."""
        able = {DocumentKind.REFERRAL: False}
        coerce = may(self.user, Capability.ISSUE_ORDER, self.case)
        able |= dict.fromkeys(COERCIVE, coerce)
        if not setting("penalty_enabled", self.case.county_id, False):
            able[DocumentKind.PENALTY_DECISION] = False
        return [kind for kind in DocumentKind if able.get(kind, True) and may_author(self.user, kind, self.case)]

    def _fix_kind(self) -> None:
        del self.fields["kind"]
        if self.fixed in NUMBERED:
            self.fields["number"].required = True
        if self.fixed == DocumentKind.ORDER_TO_COMPLY:
            self.fields["scan"].required = True
            self.initial.setdefault("legal_basis", ORDER_BASIS)
            self.initial.setdefault("term_days", setting("order_term_days", self.case.county_id, 7))
        else:
            del self.fields["term_days"]
        if self.fixed not in COERCIVE:
            del self.fields["legal_basis"]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        return {"legal_basis": "", "term_days": None, **said, "kind": self.fixed or said.get("kind", "")}


class ServiceForm(CaseForm):
    """How the document in `subject` reached the guardian."""

    service_way = forms.ChoiceField(label=_("Way of service"), widget=tiles("auto"), choices=ServiceWay)
    served_on = forms.DateField(
        label=_("Served on"),
        widget=day_input(),
        help_text=_("Handed over, left, received or published on this day. A public notice counts later, by itself."),
    )
    witness = forms.CharField(
        label=_("Witness or recipient"), max_length=60, required=False, help_text=_("Who signed. What is left at the home needs a witness.")
    )
    proof = ScanField(
        label=_("Proof of service"),
        required=False,
        help_text=_("Photo or scan of the signed proof. Before a court the term counts only with it."),
    )
    service_note = forms.CharField(
        label=_("Note on the service"), max_length=200, required=False, help_text=_("For electronic service: when and how the guardian consented.")
    )
    term_days = forms.IntegerField(
        label=_("Term in days"), min_value=1, max_value=90, required=False, help_text=_("Natural days from the service of the order.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        document = self.subject if isinstance(self.subject, Document) else None
        usual = document.term_days if document else setting("order_term_days", self.case.county_id, 7)
        self.initial = {"served_on": self.today, "term_days": usual, **self.initial}
        if document and document.kind != DocumentKind.ORDER_TO_COMPLY:
            del self.fields["term_days"]


class ReferralForm(CaseForm):
    venue = forms.ChoiceField(
        label=_("To whom"), widget=tiles("three"), choices=Venue, help_text=_("A court is asked only after the term of the order ran out.")
    )
    organisation = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("Organisation"), required=False, help_text=_("If it works in this system, it sees the case from now on.")
    )
    number = number_field(required=True)
    dated_on = forms.DateField(label=_("Dated"), widget=day_input())
    scan = ScanField(label=_("Scan"), required=False, help_text=_("Photo or PDF, at most 10 MB."))
    note = forms.CharField(label=_("Note"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = {"dated_on": self.today, **self.initial}
        found = self.fields["organisation"]
        assert isinstance(found, forms.ModelChoiceField)
        found.queryset = Organisation.objects.filter(
            area_id=self.case.county_id, active=True, department__in=[Department.PROCURATORATE, Department.COURT, Department.JUSTICE]
        ).order_by("name")


class CourtForm(CaseForm):
    venue = forms.ChoiceField(label=_("Before whom"), widget=tiles("three"), choices=Venue)
    state = forms.ChoiceField(label=_("State of the matter"), widget=tiles("list"), choices=CourtState)
    on = forms.DateField(label=_("Day"), widget=day_input())
    return_on = forms.DateField(
        label=_("Agreed day of return"), required=False, widget=day_input(), help_text=_("When mediated, or when a decision names it.")
    )
    note = forms.CharField(label=_("Note"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        referral = self.case.documents.filter(episode=self.case.episode, kind=DocumentKind.REFERRAL).order_by("-dated_on", "-pk").first()
        self.initial = {"on": self.today, "venue": referral.venue if referral else "", **self.initial}
