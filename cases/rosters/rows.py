"""Differences as pages show them, and which of them the filters of an address choose."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from cases.register.models import Standing
from cases.rosters.forms import FilterForm
from cases.rosters.models import Difference, Discrepancy, Settled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet

    from cases.directory.models import User

ICONS: dict[str, tuple[str, str]] = {
    Difference.MISSING_THERE: ("amber", "arrow-right"),
    Difference.MISSING_HERE: ("red", "alert-triangle"),
    Difference.STATUS: ("amber", "refresh"),
    Difference.IDENTITY: ("blue", "id"),
    Difference.ROLL: ("blue", "id"),
    Difference.POSSIBLE: ("grey", "help"),
}


def narrowed(user: User, said: Mapping[str, Any], today: date) -> tuple[FilterForm, QuerySet[Discrepancy]]:
    """The filters of an address, and the differences that they show of those the user may see."""
    form = FilterForm(said)
    form.is_valid()
    chosen = form.cleaned_data
    rows = Discrepancy.objects.visible_to(user).select_related("case__student", "row", "school", "organisation", "holder")
    state = chosen.get("state")
    rows = rows.exclude(settled="") if state == "settled" else rows.filter(settled="")
    if state == "late":
        rows = rows.filter(due_on__lt=today)
    elif state == "mine":
        rows = rows.filter(holder=user)
    for name, column in (("kind", "kind"), ("school", "school"), ("county", "county"), ("list", "found_in"), ("unit", "organisation")):
        if chosen.get(name):
            rows = rows.filter(**{column: chosen[name]})
    return form, rows.order_by("-settled_at", "-pk") if state == "settled" else rows.order_by("due_on", "pk")


def row(found: Discrepancy, today: date) -> dict[str, Any]:
    """One difference in words."""
    tone, icon = ICONS[found.kind]
    name = found.case.student.name if found.case else found.row.name if found.row else ""
    return {
        "found": found,
        "tone": tone,
        "icon": icon,
        "name": name,
        "school": found.school.name if found.school else (found.row.school_name if found.row else ""),
        "ours": _said(found.ours) or (_("not there") if found.kind == Difference.MISSING_HERE else _("not known")),
        "theirs": _said(found.theirs) or (_("not there") if found.kind == Difference.MISSING_THERE else _("not sound")),
        "who": found.holder.name if found.holder else found.organisation.name,
        "late": not found.settled and found.due_on is not None and found.due_on < today,
        "by_list": found.settled == Settled.GONE,
    }


def _said(word: str) -> str:
    return str(Standing(word).label) if word in Standing.values else word
