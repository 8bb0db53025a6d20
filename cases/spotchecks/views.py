"""The draws of spot checks with their results, and one draw with the proof that it was left to chance."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cases.directory.edge import OfficerRequest, officers_only
from cases.register.models import Case
from cases.spotchecks import services
from cases.spotchecks.models import Draw, SpotCheck, SpotFinding

PAGE = 30
TONES: dict[str, tuple[str, str]] = {
    SpotFinding.TRUE: ("green", "circle-check"),
    SpotFinding.NOT_TRUE: ("red", "circle-x"),
    SpotFinding.NOT_FOUND: ("amber", "help"),
    "": ("grey", "clock"),
}


@require_safe
@officers_only
def draws(request: OfficerRequest) -> HttpResponse:
    """Every draw that the user may see, the newest first, with what came of it."""
    rows = Draw.objects.visible_to(request.user).select_related("county").annotate(
        drawn=Count("checks"),
        waiting=Count("checks", filter=Q(checks__finding="")),
        true=Count("checks", filter=Q(checks__finding=SpotFinding.TRUE)),
        not_true=Count("checks", filter=Q(checks__finding=SpotFinding.NOT_TRUE)),
        not_found=Count("checks", filter=Q(checks__finding=SpotFinding.NOT_FOUND)),
    )  # fmt: skip
    page = Paginator(rows.order_by("-year", "-quarter", "county"), PAGE).get_page(request.GET.get("page"))
    found = SpotCheck.objects.filter(draw__in=Draw.objects.visible_to(request.user)).aggregate(
        drawn=Count("pk"),
        waiting=Count("pk", filter=Q(finding="")),
        not_true=Count("pk", filter=Q(finding=SpotFinding.NOT_TRUE)),
        not_found=Count("pk", filter=Q(finding=SpotFinding.NOT_FOUND)),
    )
    return render(request, "cases/spotchecks/draws.html", {"page": page, "found": found})


@require_safe
@officers_only
def draw(request: OfficerRequest, pk: int) -> HttpResponse:
    """What was drawn from how many with which seed, who was sent, what was found."""
    found = get_object_or_404(Draw.objects.visible_to(request.user).select_related("county"), pk=pk)
    checks = found.checks.select_related("case__student", "clearance__decided_by", "case__school", "organisation", "by").order_by("pk")
    may_see = set(Case.objects.visible_to(request.user).filter(spot_checks__draw=found).values_list("pk", flat=True))
    context = {
        "draw": found,
        "rows": [_row(check, may_see) for check in checks],
        "holds": services.holds(found),
        "crumbs": [(_("Spot checks"), reverse("draws")), (str(found.county), "")],
    }
    return render(request, "cases/spotchecks/draw.html", context)


def _row(check: SpotCheck, may_see: set[int]) -> dict[str, Any]:
    tone, icon = TONES[check.finding]
    return {
        "check": check,
        "url": check.case.get_absolute_url() if check.case_id in may_see else "",
        "tone": tone,
        "icon": icon,
        "words": check.get_finding_display() if check.finding else _("waits for the visit"),
    }
