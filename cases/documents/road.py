"""Where a case stands on the road of the law: talk, order, service, term, referral, court; in this order and no other."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from cases.documents.models import Document, DocumentKind

if TYPE_CHECKING:
    from cases.register.models import Case


def road(case: Case, today: date) -> list[dict[str, Any]]:
    """The entries of a timeline, those behind us with their day and document; two queries."""
    filed = list(Document.objects.filter(case=case, episode=case.episode).select_related("organisation").order_by("dated_on", "pk"))
    first = {kind: next((document for document in filed if document.kind == kind), None) for kind in DocumentKind}
    order = next((document for document in filed if document.kind == DocumentKind.ORDER_TO_COMPLY and document.served_on), None)
    order = order or first[DocumentKind.ORDER_TO_COMPLY]
    court = case.court_records.filter(episode=case.episode).order_by("-on", "-pk").first()
    ends_on = order.term_ends_on if order else None
    return [
        _paper(_("Written report of the school"), first[DocumentKind.WRITTEN_REPORT]),
        _paper(_("Talk with the guardian on record"), first[DocumentKind.TALK_RECORD]),
        _paper(_("Order to comply"), order),
        _entry(_("Order served"), done_on=order.served_on if order and order.served_on and order.served_on <= today else None),
        _entry(
            _("Term of the order over"),
            done_on=ends_on if ends_on and ends_on < today else None,
            detail=_("runs to %(day)s") % {"day": date_format(ends_on)} if ends_on and ends_on >= today else "",
        ),
        _paper(_("Referred"), first[DocumentKind.REFERRAL]),
        _entry(_("Before procuratorate, court or mediation"), done_on=court.on if court else None, detail=court.get_state_display() if court else ""),
    ]


def _paper(text: str, document: Document | None) -> dict[str, Any]:
    if document is None:
        return _entry(text)
    return _entry(text, done_on=document.dated_on, detail=document.number, url=document.get_absolute_url())


def _entry(text: str, *, done_on: date | None = None, detail: str = "", url: str = "") -> dict[str, Any]:
    words = [date_format(done_on)] if done_on else []
    return {
        "text": text,
        "detail": " · ".join([*words, detail] if detail else words),
        "url": url,
        "icon": "check" if done_on else "circle-dashed",
        "tone": "green" if done_on else "",
    }
