"""The case list: one query for the rows of a page, one for every number and filter around it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import JSONObject

from cases.register.models import Case, Standing
from workflows.models import Assignment
from workflows.rows.pages import number, page_of

if TYPE_CHECKING:
    from datetime import datetime

    from django.core.paginator import Page
    from django.db.models import QuerySet

    from cases.directory.models import User

TABS = {
    "suspected": Q(standing=Standing.SUSPECTED, closed_at=None),
    "ledger": Q(entered_ledger_on__isnull=False, closed_at=None),
    "all": Q(pk__isnull=False),
    "closed": Q(closed_at__isnull=False),
}
SORTS: dict[str, tuple[Any, ...]] = {
    "due": (F("next_due").asc(nulls_last=True), "-pk"),
    "opened": ("-opened_at", "-pk"),
    "absent": (F("last_attended_on").asc(nulls_last=True), "-pk"),
    "name": ("student__name", "pk"),
}
COUNTY_DIGITS = 6

COLUMNS = (
    "id", "number", "standing", "episode", "reason", "opened_at", "last_attended_on", "entered_ledger_on", "closed_at", "paused_at", "danger",
    "priority_household", "student__name", "student__sex", "student__born_on", "student__id_head", "student__id_tail",
    "school__name", "school_class__name", "township__name",
)  # fmt: skip


@dataclass
class Facets:
    tabs: Counter[str] = field(default_factory=Counter)
    late: int = 0
    shown: int = 0
    places: list[tuple[str, str, int]] = field(default_factory=list)  # code, name, cases
    schools: list[tuple[str, str, int]] = field(default_factory=list)
    by_county: bool = False


def wide(user: User) -> bool:
    """Whether the user looks at more than one county, so that counties are the places to filter by."""
    return any(len(post.organisation.area_id) < COUNTY_DIGITS for post in user.posts())


def overdue(now: datetime) -> Q:
    """Cases with a task that is past its day."""
    return Q(Exists(Assignment.objects.filter(case=OuterRef("pk"), state="open", due_at__lt=now, organisation__isnull=False)))


def narrowed(
    *,
    now: datetime,
    by_county: bool,
    tab: str,
    q: str = "",
    standing: str = "",
    step: str = "",
    place: str = "",
    school: str = "",
    reason: str = "",
    late: bool = False,
) -> Q:
    """The filters of the address as one condition."""
    chosen = TABS[tab]
    if q:
        chosen &= Q(student__name__contains=q) | Q(number__contains=q.upper()) | Q(school__name__contains=q)
    if standing:
        chosen &= Q(standing=standing)
    if step:
        chosen &= Q(Exists(Assignment.objects.filter(case=OuterRef("pk"), state="open", step=step)))
    if place:
        chosen &= Q(county_id=place) if by_county else Q(township_id=number(place))
    if school:
        chosen &= Q(school_id=number(school))
    if reason:
        chosen &= Q(reason=reason)
    if late:
        chosen &= overdue(now)
    return chosen


def facets(user: User, chosen: Q, *, now: datetime) -> Facets:
    """Every number around the list in one query: by township and school, or by county for those who look at several."""
    found = Facets(by_county=wide(user))
    keys = ("county_id", "county__name") if found.by_county else ("township_id", "township__name", "school_id", "school__name")
    groups = (
        Case.objects.visible_to(user)
        .order_by()
        .values(*keys)
        .annotate(
            **{f"tab_{name}": Count("pk", filter=condition) for name, condition in TABS.items()},
            late=Count("pk", filter=Q(closed_at=None) & overdue(now)),
            shown=Count("pk", filter=chosen),
        )
    )
    places: Counter[tuple[str, str]] = Counter()
    schools: Counter[tuple[str, str]] = Counter()
    for group in groups:
        for name in TABS:
            found.tabs[name] += group[f"tab_{name}"]
        found.late += group["late"]
        found.shown += group["shown"]
        places[str(group[keys[0]]), group[keys[1]] or ""] += group["tab_all"]
        if not found.by_county and group["school_id"]:
            schools[str(group["school_id"]), group["school__name"]] += group["tab_all"]
    found.places = [(code, name, n) for (code, name), n in sorted(places.items(), key=lambda item: item[0][1])]
    found.schools = [(code, name, n) for (code, name), n in sorted(schools.items(), key=lambda item: item[0][1])]
    return found


def list_page(user: User, chosen: Q, page: str | None, *, sort: str, length: int) -> Page[Any]:
    """The cases of a page. Which ones is found first, by their keys alone; their names and tasks are then joined to those few."""
    order = SORTS.get(sort, SORTS["due"])
    keys = Case.objects.visible_to(user).filter(chosen)
    if sort == "due":
        keys = keys.annotate(next_due=Subquery(_tasks().values("due_at")[:1]))
    found = page_of(keys.order_by(*order).values("pk"), page, length=length, read=False)
    found.object_list = list(_dressed(Case.objects.filter(pk__in=found.object_list)).order_by(*order))
    return found


def listed(user: User, chosen: Q, *, sort: str) -> QuerySet[Case]:
    """Every case of the list, as a page shows it."""
    return _dressed(Case.objects.visible_to(user).filter(chosen)).order_by(*SORTS.get(sort, SORTS["due"]))


def _tasks() -> QuerySet[Assignment]:
    """The open tasks of the case around it, the one that is due first before the others."""
    tasks: QuerySet[Assignment] = Assignment.objects.filter(case=OuterRef("pk"), state="open")
    return tasks.order_by(F("due_at").asc(nulls_last=True), "pk")


def _dressed(rows: QuerySet[Case]) -> QuerySet[Case]:
    """With names, and with the open task that is due first: {step, due, who, organisation, role}."""
    tasks = _tasks()
    return (
        rows.select_related("student", "school", "school_class", "township")
        .only(*COLUMNS)
        .annotate(
            next_due=Subquery(tasks.values("due_at")[:1]),
            next_task=Subquery(
                tasks.values(json=JSONObject(pk="pk", step="step", who="holder__name", organisation="organisation__name", role="role"))[:1]
            ),
        )
    )
