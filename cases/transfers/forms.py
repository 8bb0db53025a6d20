"""Offering and answering a transfer, moving a child inside the county, asking another county for help and answering it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from cases.directory.models import Area, Level, Organisation, OrganisationKind, SchoolClass
from cases.files.fields import EvidenceField
from cases.journal.plainwords import PlainForm
from cases.register.caseform import CaseForm, tiles
from cases.register.formparts import Answer, EvidenceForm, account
from cases.register.responsible import TOWNSHIP
from cases.transfers.models import InquiryFinding, Transfer, TransferReason
from cases.transfers.moving import PROOF

KINDS = ("roll_screenshot", "enrolment_certificate", "register_transfer", "police_certificate", "visit_photo", "other_proof")


class CountyForm(PlainForm):
    """Which county it is about: asked first, because the places and schools to choose from depend on it."""

    county = forms.ModelChoiceField(Area.objects.none(), label=_("County"), empty_label=_("Please choose"))

    def __init__(self, *args: Any, own: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["county"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = counties(own)


def counties(own: str) -> Any:
    """The other counties whose education bureau is entered."""
    bureaus = Organisation.objects.filter(kind=OrganisationKind.COUNTY_EDUCATION, active=True).values("area")
    return Area.objects.filter(level=Level.COUNTY, active=True, pk__in=bureaus).exclude(pk=own).order_by("code")


def schools(county: str) -> Any:
    return Organisation.objects.filter(kind=OrganisationKind.SCHOOL, active=True, area__code__startswith=county).order_by("area", "name")


def townships(county: str) -> Any:
    """Those whose government is entered: somebody must answer for the child."""
    entered = Organisation.objects.filter(kind=OrganisationKind.TOWNSHIP, active=True).values("area")
    return Area.objects.filter(level=Level.TOWNSHIP, active=True, code__startswith=county, pk__in=entered).order_by("code")


class PlaceForm(EvidenceForm):
    """What an offer and a move inside the county share. `county` is the one in which the places lie."""

    reason = forms.ChoiceField(label=_("Reason"), choices=TransferReason, widget=tiles("two"))
    to_school = forms.ModelChoiceField(
        Organisation.objects.none(), label=_("School"), required=False, empty_label=_("none, the child has no school there yet")
    )
    to_place = forms.ModelChoiceField(Area.objects.none(), label=_("Township in which the child lives"), empty_label=_("Please choose"))
    note = account(label=_("Explanation"), rows=3)

    field_order: tuple[str, ...] = ("reason", "to_school", "to_place", "note", "evidence")
    evidence_kinds = KINDS

    def __init__(self, *args: Any, county: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.county = county
        for name, rows in (("to_school", schools(county)), ("to_place", self.places())):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = rows

    def places(self) -> Any:
        return townships(self.county)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("reason") == TransferReason.OTHER and not data.get("note", "").strip():
            self.add_error("note", gettext("Please explain the reason in words."))
        return data


class OfferForm(PlaceForm):
    """The county was chosen before."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        evidence = self.fields["evidence"]
        assert isinstance(evidence, EvidenceField)
        evidence.help_text = gettext(
            "A change of school needs the screenshot of the school-roll system or the certificate of enrolment, a moved register its certificate."
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        given = {kind for kind, _upload in data.get("evidence") or []}
        if any(given.isdisjoint(kinds) for kinds in PROOF.get(data.get("reason", ""), [])) and "evidence" not in self.errors:
            self.add_error("evidence", gettext("Please add what proves it: the other county decides by that."))
        if data.get("reason") == TransferReason.SCHOOL_CHANGED and not data.get("to_school") and "to_school" not in self.errors:
            self.add_error("to_school", gettext("Please name the school to which the child changed."))
        return data


class MoveForm(PlaceForm):
    """Inside the county, by its education bureau."""

    to_class = forms.ModelChoiceField(SchoolClass.objects.none(), label=_("Class"), required=False, empty_label=_("not known yet"))

    field_order = ("reason", "to_school", "to_class", "to_place", "note", "evidence")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["to_class"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = (
            SchoolClass.objects.filter(school__in=schools(self.county), active=True).select_related("school").order_by("school", "grade", "name")
        )
        setattr(field, "label_from_instance", _with_its_school)  # noqa: B010 (a plain assignment is no method to mypy)
        self.fields["to_place"].label = gettext("Township or village in which the child lives")
        if not self.is_bound:
            self.initial.setdefault("to_place", self.case.place_id)

    def places(self) -> Any:
        return Area.objects.filter(level__in=(Level.TOWNSHIP, Level.VILLAGE), active=True, code__startswith=self.county).order_by("code")


def _with_its_school(found: SchoolClass) -> str:
    return f"{found.school.name} {found.name}"


class TransferAnswerForm(CaseForm):
    """The receiving county's answer; `subject` is the transfer."""

    accept = Answer(_("Accept the child"), _("Refuse"), label=_("Decision"))
    school = forms.ModelChoiceField(Organisation.objects.none(), label=_("School"), required=False, empty_label=_("none yet"))
    school_class = forms.ModelChoiceField(SchoolClass.objects.none(), label=_("Class"), required=False, empty_label=_("not known yet"))
    place = forms.ModelChoiceField(Area.objects.none(), label=_("Village in which the child lives"), required=False, empty_label=_("not known yet"))
    note = account(label=_("Words to the other county"), help_text=_("Needed when you refuse."))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        transfer = self.subject
        assert isinstance(transfer, Transfer)
        rows = {
            "school": schools(transfer.to_county_id),
            "school_class": SchoolClass.objects.filter(school=transfer.to_school_id, active=True).order_by("grade", "name"),
            "place": Area.objects.filter(level=Level.VILLAGE, active=True, code__startswith=transfer.to_place_id[:TOWNSHIP]).order_by("code"),
        }
        for name, queryset in rows.items():
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)
            field.queryset = queryset
        if not self.is_bound:
            self.initial.setdefault("school", transfer.to_school_id)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("accept") is False and not data.get("note", "").strip():
            self.add_error("note", gettext("Please say in words why you refuse."))
        return data


class InquiryForm(CaseForm):
    """The county was chosen before."""

    believed_at = forms.CharField(
        label=_("Where the child is believed to be"), max_length=200, help_text=_("Place, employer, relatives: what helps to find the child.")
    )
    question = account(label=_("What you ask for"), required=True, rows=4)


class InquiryAnswerForm(EvidenceForm):
    """The asked county's answer; `subject` is the request."""

    finding = forms.ChoiceField(label=_("Finding"), choices=InquiryFinding, widget=tiles("two"))
    answer = account(label=_("What was found, where and by whom"), required=True)

    field_order = ("finding", "answer", "evidence")
    evidence_kinds = ("enrolment_certificate", "roll_screenshot", "visit_photo", "police_certificate", "other_proof")
