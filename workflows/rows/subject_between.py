"""What a task of another unit is about: the offer, the request for help, the clearance to look at again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from cases.codes.services import label
from cases.spotchecks.models import SpotCheck
from cases.transfers.models import Inquiry, Transfer
from workflows.rows.described import LISTS, Subject, files

if TYPE_CHECKING:
    from workflows.models import Assignment


def transfer(assignment: Assignment) -> Subject:
    rows = Transfer.objects.select_related("from_county", "from_school", "from_education", "to_place", "to_school", "offered_by")
    found = rows.prefetch_related("evidence").get(pk=assignment.seed or 0)
    facts = [
        (
            pgettext("direction", "From"),
            f"{found.from_education.name} · {found.from_school.name}" if found.from_school else found.from_education.name,
        ),
        (_("Reason"), found.get_reason_display()),
        (_("To the school"), found.to_school.name if found.to_school else _("none yet")),
        (_("Lives in"), found.to_place.name),
        (_("Offered by"), f"{found.offered_by.name} · {date_format(found.offered_at, 'DATE_FORMAT')}"),
        (_("Until you accept"), _("the child stays on the other county's ledger")),
    ]
    return Subject(_("What is offered"), facts, found.note, files(found.evidence.all()))


def inquiry(assignment: Assignment) -> Subject:
    found = Inquiry.objects.select_related("from_education", "asked_by").get(pk=assignment.seed or 0)
    facts = [
        (_("Asked by"), f"{found.from_education.name} · {found.asked_by.name} · {found.asked_by.phone or found.from_education.phone}".rstrip(" ·")),
        (_("Believed to be"), found.believed_at),
    ]
    return Subject(_("What is asked"), facts, found.question)


def spot_check(assignment: Assignment) -> Subject:
    """What the clearance claims, and where to look: the school for a return, else the home."""
    found = SpotCheck.objects.select_related("clearance", "case__student", "case__place", "draw__county").get(pk=assignment.seed or 0)
    clearance, student, place = found.clearance, found.case.student, found.case.place.name
    facts = [
        (_("The clearance says"), clearance.get_outcome_display()),
        (_("Placement or ground"), label(LISTS[clearance.outcome], clearance.code)),
        (_("Since"), date_format(clearance.occurred_on, "DATE_FORMAT")),
        (_("Receiving school"), clearance.receiving_school),
        (_("Address"), student.address if student.address.startswith(place) else f"{place} {student.address}".strip()),
        (_("Drawn by lot"), _("%(year)s, quarter %(quarter)s, %(county)s") % {
            "year": found.draw.year, "quarter": found.draw.quarter, "county": found.draw.county.name
        }),
    ]  # fmt: skip
    return Subject(_("What is to be looked at"), [(name, value) for name, value in facts if value])
