"""The inbox: one query for the rows of a page, one for every number and filter around it."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, F, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject

from cases.journal.models import Entry
from workflows.models import Assignment, AssignmentState, Escalation
from workflows.rows.asked import asked_of
from workflows.rows.days import Borders
from workflows.rows.pages import number, page_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from django.core.paginator import Page
    from django.db.models import QuerySet

    from cases.directory.models import User

LATELY = timedelta(days=30)
TABS = ("todo", "mine", "post", "done")

COLUMNS = (
    "id", "case_id", "kind", "step", "line", "role", "state", "due_at", "created_at", "done_at",
    "case__number", "case__standing", "case__paused_at", "case__danger", "case__student__name", "case__school__name",
    "case__school_class__name", "case__township__name", "organisation__name", "holder__name",
    "report_id", "report__kind", "report__unit__name", "report__school__name", "report__year", "report__month",
    "matter_id", "matter__kind", "matter__number",
)  # fmt: skip


@dataclass
class Facets:
    """The numbers of the whole inbox, and what can be filtered by: [(code, name or "", how many)]."""

    total: int = 0
    mine: int = 0
    late: int = 0
    today: int = 0
    week: int = 0
    shown: int = 0
    steps: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    places: dict[str, tuple[str, int]] = field(default_factory=dict)

    @property
    def post(self) -> int:
        return self.total - self.mine


def facets(user: User, borders: Borders, chosen: Q) -> Facets:
    """Every number around the list in one query; `chosen` are the filters in force, counted as `shown`."""
    groups: Iterable[Any] = (  # the type checker takes a case for granted; a report's task has none
        Assignment.objects.inbox_of(user)
        .order_by()
        .values("step", "kind", "case__township_id", "case__township__name")
        .annotate(
            n=Count("pk"),
            mine=Count("pk", filter=Q(holder=user)),
            late=Count("pk", filter=Q(due_at__lt=borders.now)),
            today=Count("pk", filter=Q(due_at__gte=borders.now, due_at__lt=borders.tomorrow)),
            week=Count("pk", filter=Q(due_at__gte=borders.tomorrow, due_at__lt=borders.monday)),
            shown=Count("pk", filter=chosen),
        )
    )
    found = Facets()
    places: dict[str, str] = {}
    by_place: Counter[str] = Counter()
    for group in groups:
        for name in ("mine", "late", "today", "week", "shown"):
            setattr(found, name, getattr(found, name) + group[name])
        found.total += group["n"]
        found.steps[group["step"]] += group["n"]
        found.kinds[group["kind"]] += group["n"]
        if group["case__township_id"] is None:  # a report's, which lies in no township
            continue
        place = str(group["case__township_id"])
        places[place] = group["case__township__name"]
        by_place[place] += group["n"]
    found.places = {place: (name, by_place[place]) for place, name in sorted(places.items(), key=lambda item: item[1])}
    return found


def narrowed(*, user: User, borders: Borders, tab: str, q: str = "", step: str = "", kind: str = "", place: str = "", when: str = "") -> Q:
    """The filters of the address as one condition."""
    chosen = Q(pk__isnull=False)
    if tab == "mine":
        chosen &= Q(holder=user)
    elif tab == "post":
        chosen &= Q(holder=None)
    if step:
        chosen &= Q(step=step)
    if kind:
        chosen &= Q(kind=kind)
    if place:
        chosen &= Q(case__township_id=number(place))
    if q:
        chosen &= (
            Q(case__student__name__contains=q) | Q(case__number__contains=q) | Q(case__school__name__contains=q) | Q(report__unit__name__contains=q)
        )
    return chosen & _when(when, borders)


def _when(when: str, borders: Borders) -> Q:
    if when == "late":
        return Q(due_at__lt=borders.now)
    if when == "today":
        return Q(due_at__gte=borders.now, due_at__lt=borders.tomorrow)
    if when == "week":
        return Q(due_at__gte=borders.tomorrow, due_at__lt=borders.monday)
    return Q()


def open_page(user: User, chosen: Q, page: str | None, *, length: int) -> Page[Any]:
    """The tasks to do, the most urgent first."""
    rows = _dressed(Assignment.objects.inbox_of(user).filter(chosen)).order_by(F("due_at").asc(nulls_last=True), "pk")
    return page_of(rows, page, length=length)


def done_page(user: User, now: datetime, chosen: Q, page: str | None) -> Page[Any]:
    """What the user finished within the last 30 days, the newest first."""
    rows = Assignment.objects.filter(chosen, done_by=user, state=AssignmentState.DONE, done_at__gte=now - LATELY)
    return page_of(_dressed(rows).order_by("-done_at", "-pk"), page, length=rows.count())


def _dressed(rows: QuerySet[Assignment]) -> QuerySet[Assignment]:
    """With names, with what the task came from (the journal entry of the moment in which it was made), and the highest rung it was raised to."""
    origin = Entry.objects.filter(case=OuterRef("case"), occurred_at=OuterRef("created_at")).order_by("-pk")
    raised = Escalation.objects.filter(assignment=OuterRef("pk"), state="open").order_by("-rung")
    return (
        rows.select_related(
            "case__student",
            "case__school",
            "case__school_class",
            "case__township",
            "organisation",
            "holder",
            "report__unit",
            "report__school",
            "matter",
        )
        .only(*COLUMNS)
        .annotate(
            origin=Subquery(origin.values(json=JSONObject(verb="verb", name="actor__name"))[:1]),
            raised_to=Subquery(raised.values("rung")[:1]),
            asked=asked_of(OuterRef("seed")),
        )
    )


def grouped(rows: list[Any], borders: Borders) -> list[tuple[str, list[Any]]]:
    """The rows of a page under late, today, week and later; groups without rows are left out."""
    groups: defaultdict[str, list[Any]] = defaultdict(list)
    for row in rows:
        groups[borders.group_of(row.due_at)].append(row)
    return [(name, groups[name]) for name in ("late", "today", "week", "later") if groups[name]]
