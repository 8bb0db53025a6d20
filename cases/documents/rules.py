"""The order in which the law lets things happen, and the days it counts (reference 1.5)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from cases.codes.services import setting
from cases.documents.models import Document, DocumentKind, ServiceWay
from cases.journal.refused import Refused

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from cases.register.models import Case

ORDER_BASIS = "《中华人民共和国义务教育法》第五十八条"

# Without a number these could not be told apart before an authority.
NUMBERED = frozenset({DocumentKind.NOTICE_TO_RETURN, DocumentKind.ORDER_TO_COMPLY, DocumentKind.PENALTY_DECISION, DocumentKind.REFERRAL})
# Papers that only count once the guardian has them.
SERVED = frozenset({DocumentKind.NOTICE_TO_RETURN, DocumentKind.ORDER_TO_COMPLY, DocumentKind.PENALTY_DECISION})


class BadDocument(Refused):
    """A document that lacks something; `field` is the form's field that it is about."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class OutOfOrder(Refused):
    """The law wants another step first."""


class PenaltyOff(Refused):
    """National law knows no penalty here; a local regulation must allow it and be cited."""


def require_order(case: Case, kind: str, dated_on: date) -> None:
    """The steps that must lie before a document of this kind. Raises OutOfOrder or PenaltyOff."""
    if kind == DocumentKind.ORDER_TO_COMPLY:
        # Compulsory education law, article 58: criticise and educate, then order.
        talk = of_kind(case, DocumentKind.TALK_RECORD).order_by("dated_on").first()
        if talk is None:
            raise OutOfOrder(_("First comes the talk with the guardian: file its record before the order."))
        if talk.dated_on > dated_on:
            raise OutOfOrder(_("The order is dated before the talk with the guardian."))
    elif kind == DocumentKind.PENALTY_DECISION:
        if not setting("penalty_enabled", case.county_id, False):
            raise PenaltyOff(
                _("Penalties are switched off: national law provides none. An administrator can switch them on and cite a local regulation.")
            )
        require_term_over(case, dated_on)


def require_term_over(case: Case, on: date) -> Document:
    """The served order whose term has run out before `on`. Raises OutOfOrder."""
    order = of_kind(case, DocumentKind.ORDER_TO_COMPLY).filter(served_on__isnull=False).order_by("served_on", "pk").first()
    if order is None:
        raise OutOfOrder(_("First the order to comply must be served."))
    if order.term_ends_on is None or order.term_ends_on >= on:
        raise OutOfOrder(_("The term of the order still runs, to %(day)s.") % {"day": order.term_ends_on})
    return order


def of_kind(case: Case, kind: str) -> QuerySet[Document]:
    """The case's documents of a kind in the present episode."""
    return Document.objects.filter(case=case, episode=case.episode, kind=kind)


def day_of_service(way: str, on: date, county_id: str) -> date:
    """When a document counts as served. A public notice counts so many days after its publication (setting public_notice_days)."""
    return on + timedelta(days=int(setting("public_notice_days", county_id, 30))) if way == ServiceWay.PUBLIC else on


def end_of_term(served_on: date, days: int) -> date:
    """The last natural day of a term; the day of service is not counted.

    A last day on a holiday moves to the next working day (administrative procedure). The calendar belongs to the workflow, whose
    deadline does that; here stands the plain end.
    """
    return served_on + timedelta(days=days)
