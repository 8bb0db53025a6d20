"""A case on half a page: whom to call, what the last visits found, the child's own facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from cases.codes.models import CodeList
from cases.codes.services import label
from cases.visits.models import HomeVisit

if TYPE_CHECKING:
    from cases.register.models import Case, Guardian


@dataclass(frozen=True)
class Contact:
    """A guardian as a page shows one: with the relation in words, and a number that a phone can dial."""

    guardian: Guardian
    relation: str


def guardians(case: Case) -> list[Contact]:
    """The main guardian first; one query."""
    return [Contact(found, label(CodeList.RELATION, found.relation)) for found in case.student.guardians.order_by("-is_main", "pk")]


def last_visits(case: Case, count: int = 3) -> list[HomeVisit]:
    """The last visits of the case, the latest first, by when they were made."""
    return list(HomeVisit.objects.filter(case=case).select_related("visitor", "organisation").order_by("-occurred_at")[:count])


def age(born_on: date, today: date) -> int:
    """Full years."""
    return today.year - born_on.year - ((today.month, today.day) < (born_on.month, born_on.day))


def days_absent(case: Case, today: date) -> int | None:
    """Natural days since the last day at school; None for a child that never went, or is back, or whose case is closed."""
    if case.last_attended_on is None or case.back_since or case.closed_at:
        return None
    return (today - case.last_attended_on).days


def facts(case: Case, today: date) -> list[tuple[str, Any]]:
    """What one has to know about the case."""
    absent = days_absent(case, today)
    rows: list[tuple[str, Any]] = [
        (_("Case number"), case.number),
        (
            _("School"),
            " · ".join(filter(None, (case.school.name if case.school else "", case.school_class.name if case.school_class else ""))) or _("none"),
        ),
        (_("Township"), case.township.name),
        (_("Address"), case.student.address),
        (_("Main reason"), label(CodeList.REASON, case.reason) if case.reason else ""),
        (_("Last day at school"), date_format(case.last_attended_on, "DATE_FORMAT") if case.last_attended_on else _("has never been enrolled")),
    ]
    if absent is not None:
        rows.append((_("Absent"), ngettext("%(days)d day", "%(days)d days", absent) % {"days": absent}))
    if case.back_since:
        rows.append((_("Back at school since"), date_format(case.back_since, "DATE_FORMAT")))
    if case.entered_ledger_on:
        rows.append((_("On the ledger since"), date_format(case.entered_ledger_on, "DATE_FORMAT")))
        entered, by = case.in_roll_ledger_on, case.in_roll_ledger_by
        words = " · ".join(filter(None, (date_format(entered, "DATE_FORMAT"), by.name if by else ""))) if entered else _("not entered yet")
        rows.append((_("Entered in the school-roll system"), words))
    if case.ends_on:
        rows.append((_("Deferral or leave ends on"), date_format(case.ends_on, "DATE_FORMAT")))
    return rows


def groups(case: Case) -> list[str]:
    """The special groups of the child, in words."""
    return [label(CodeList.SPECIAL_GROUP, code) for code in case.student.groups]
