"""Findings as the list shows them: one query for every number around it, one for the rows of a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.paginator import Page, Paginator
from django.db.models import Count as CountOf
from django.db.models import Q

from cases.inspections.models import Count, Finding, FindingState

if TYPE_CHECKING:
    from cases.directory.models import User

PER_PAGE = 25
UNITS = 12  # lines of the table by unit


@dataclass
class Found:
    page: Page[Any]
    states: Counter[str]
    units: list[tuple[int, str, list[int], int]] = field(default_factory=list)  # pk, name, number a count, sum
    choices: list[tuple[str, str]] = field(default_factory=list)


def listed(user: User, words: Mapping[str, str], *, today: date, page: str | None) -> Found:
    """The findings that the address asks for, and the table of units by count over all that the user may see."""
    seen = Finding.objects.visible_to(user)
    chosen = _narrowed(words, today)
    groups = seen.order_by().values("unit_id", "unit__name", "count", "state").annotate(n=CountOf("pk"), shown=CountOf("pk", filter=chosen))
    length = 0
    states: Counter[str] = Counter()
    by_unit: dict[int, tuple[str, Counter[str]]] = {}
    for group in groups:
        states[group["state"]] += group["n"]
        length += group["shown"]
        by_unit.setdefault(group["unit_id"], (group["unit__name"], Counter()))[1][group["count"]] += group["n"]
    units = [(pk, name, [counts[count] for count in Count.values], counts.total()) for pk, (name, counts) in by_unit.items()]
    units.sort(key=lambda unit: (-unit[3], unit[1]))
    rows = seen.filter(chosen).select_related("unit", "inspectorate", "found_by", "case").order_by("-pk")
    paginator = Paginator(rows, PER_PAGE)
    paginator.count = length  # counted above, with everything else
    return Found(
        paginator.get_page(page), states, units[:UNITS], [(str(pk), name) for pk, name, _counts, _sum in sorted(units, key=lambda unit: unit[1])]
    )


def _narrowed(words: Mapping[str, str], today: date) -> Q:
    chosen = Q()
    if q := words.get("q"):
        chosen &= Q(number__contains=q) | Q(unit__name__contains=q) | Q(facts__contains=q)
    if words.get("count"):
        chosen &= Q(count=words["count"])
    if words.get("state"):
        chosen &= Q(state=words["state"])
    if (unit := words.get("unit", "")).isascii() and unit.isdigit() and len(unit) < 19:
        chosen &= Q(unit_id=int(unit))
    if words.get("late"):
        chosen &= Q(state=FindingState.OPEN, answer_by__lt=today)
    return chosen
