"""The escalation queue: one query for the rows of a page, one for every number and filter around it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Exists, F, Min, OuterRef, Q
from django.utils import timezone

from cases.journal.models import Entry
from cases.journal.verbs import Verb
from workflows.models import Escalation, EscalationState, Fire
from workflows.rows import silent
from workflows.rows.asked import asked_of, sits_elsewhere
from workflows.rows.days import Borders
from workflows.rows.pages import number, page_of

if TYPE_CHECKING:
    from django.core.paginator import Page
    from django.db.models import QuerySet

    from cases.directory.models import User

TABS = ("waiting", "requests", "followed", "handled")
LATELY = timedelta(days=30)
SHOWN_STEPS = 6

COLUMNS = (
    "id", "rung", "at", "state", "decision", "handled_at", "line", "case_id", "assignment_id",
    "case__number", "case__reason", "case__paused_at", "case__danger", "case__last_attended_on", "case__student__name", "case__school__name",
    "case__school_class__name", "case__township__name", "assignment__step", "assignment__role", "assignment__due_at", "assignment__state",
    "assignment__report_id", "assignment__report__kind", "assignment__report__unit__name", "assignment__report__school__name",
    "assignment__report__year", "assignment__report__month",
    "assignment__matter_id", "assignment__matter__number",
    "assignment__organisation__name", "assignment__organisation__phone", "assignment__holder__name", "assignment__holder__phone",
    "handled_by__name",
)  # fmt: skip


@dataclass
class Facets:
    waiting: int = 0
    late: int = 0
    today: int = 0
    shown: int = 0
    oldest: datetime | None = None
    rungs: Counter[int] = field(default_factory=Counter)
    steps: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    places: list[tuple[str, str, int]] = field(default_factory=list)
    units: list[tuple[str, str, int]] = field(default_factory=list)
    ages: Counter[str] = field(default_factory=Counter)
    silent: int = 0  # on phones of which nothing is heard


def waiting(user: User) -> QuerySet[Escalation]:
    """What waits for the user's posts: of each task only the highest rung that reached the post."""
    rows: QuerySet[Escalation] = Escalation.objects.queue_of(user)
    higher = Escalation.objects.filter(
        assignment=OuterRef("assignment"),
        organisation=OuterRef("organisation"),
        role=OuterRef("role"),
        state=EscalationState.OPEN,
        rung__gt=OuterRef("rung"),
    )
    return rows.filter(~Exists(higher))


def of_tab(user: User, tab: str, now: datetime) -> QuerySet[Escalation]:
    """`waiting` for the user's posts; `followed`: those of them already answered by a reminder, and not done yet; `handled` by the user lately."""
    rows: QuerySet[Escalation]
    if tab == "handled":
        rows = Escalation.objects.visible_to(user).filter(handled_by=user, handled_at__gte=now - LATELY).exclude(state=EscalationState.OPEN)
    else:
        rows = waiting(user)
        if tab == "followed":
            rows = rows.filter(handled_by__isnull=False)
    return rows


def narrowed(
    *,
    borders: Borders,
    tab: str,
    q: str = "",
    rung: str = "",
    step: str = "",
    place: str = "",
    reason: str = "",
    when: str = "",
    unit: str = "",
    age: str = "",
    phone: str = "",
) -> Q:
    """The filters of the address as one condition."""
    chosen = Q(pk__isnull=False)
    if tab == "followed":
        chosen &= Q(handled_by__isnull=False)
    if rung:
        chosen &= Q(rung=min(number(rung), 99))
    if step:
        chosen &= Q(assignment__step=step)
    if place:
        chosen &= Q(case__township_id=number(place))
    if unit:
        chosen &= Q(assignment__organisation_id=number(unit))
    if age:
        chosen &= aged(borders).get(age, Q(pk__in=[]))
    if phone == "silent":
        chosen &= silent.is_silent("assignment_id")
    if reason:
        chosen &= Q(case__reason=reason)
    if when == "late":
        chosen &= Q(assignment__due_at__lt=borders.now)
    elif when == "today":
        chosen &= Q(assignment__due_at__gte=borders.now, assignment__due_at__lt=borders.tomorrow)
    if q:
        chosen &= (
            Q(case__student__name__contains=q)
            | Q(case__number__contains=q)
            | Q(case__school__name__contains=q)
            | Q(assignment__report__unit__name__contains=q)
        )
    return chosen


def aged(borders: Borders) -> dict[str, Q]:
    """Overdue for up to 3, 7, 15 natural days, or longer."""
    now, late = borders.now, Q(assignment__due_at__lt=borders.now)
    three, seven, fifteen = (Q(assignment__due_at__gte=now - timedelta(days=days)) for days in (3, 7, 15))
    return {"3": late & three, "7": late & seven & ~three, "15": late & fifteen & ~seven, "over": late & ~fifteen}


def facets(user: User, borders: Borders, chosen: Q) -> Facets:
    """Every number around the queue in one query."""
    groups: Any = (
        waiting(user)
        .order_by()
        .values(
            "rung", "assignment__step", "case__reason", "case__township_id", "case__township__name", "assignment__organisation_id",
            "assignment__organisation__name",
        )
        .annotate(
            n=Count("pk"),
            late=Count("pk", filter=Q(assignment__due_at__lt=borders.now)),
            today=Count("pk", filter=Q(assignment__due_at__gte=borders.now, assignment__due_at__lt=borders.tomorrow)),
            shown=Count("pk", filter=chosen),
            oldest=Min("assignment__due_at"),
            silent=Count("pk", filter=silent.is_silent("assignment_id")),
            **{f"age_{age}": Count("pk", filter=condition) for age, condition in aged(borders).items()},
        )
    )  # fmt: skip
    found = Facets()
    places: Counter[tuple[str, str]] = Counter()
    units: Counter[tuple[str, str]] = Counter()
    for group in groups:
        found.waiting += group["n"]
        found.late += group["late"]
        found.today += group["today"]
        found.shown += group["shown"]
        found.silent += group["silent"]
        found.rungs[group["rung"]] += group["n"]
        found.steps[group["assignment__step"]] += group["n"]
        if group["case__township_id"] is not None:  # a report has no reason and lies in no township
            found.reasons[group["case__reason"]] += group["n"]
            places[str(group["case__township_id"]), group["case__township__name"]] += group["n"]
        units[str(group["assignment__organisation_id"]), group["assignment__organisation__name"] or ""] += group["n"]
        for age in aged(borders):
            found.ages[age] += group[f"age_{age}"]
        if group["oldest"] and (found.oldest is None or group["oldest"] < found.oldest):
            found.oldest = group["oldest"]
    found.places = [(code, name, n) for (code, name), n in sorted(places.items(), key=lambda item: item[0][1])]
    found.units = [(code, name, n) for (code, name), n in sorted(units.items(), key=lambda item: item[0][1])]
    return found


def queue_page(user: User, chosen: Q, page: str | None, *, tab: str, now: datetime, length: int | None) -> Page[Any]:
    """The rows of a tab: the highest rung first, and within a rung what is overdue longest."""
    rows = of_tab(user, tab, now).filter(chosen)
    order = ("-handled_at", "-pk") if tab == "handled" else ("-rung", F("assignment__due_at").asc(nulls_last=True), "pk")
    dressed = rows.select_related(
        "case__student",
        "case__school",
        "case__school_class",
        "case__township",
        "assignment__organisation",
        "assignment__holder",
        "handled_by",
        "assignment__report__unit",
        "assignment__report__school",
        "assignment__matter",
    ).only(*COLUMNS)
    dressed = dressed.annotate(
        silent_since=silent.since("assignment_id"),
        asked=asked_of(OuterRef("assignment__seed")),
        taken_to=sits_elsewhere("assignment__", timezone.localdate(now)),
    )
    return page_of(dressed.order_by(*order), page, length=rows.count() if length is None else length)


def climb(escalation: Escalation) -> tuple[list[Fire], list[Entry]]:
    """How it came to this: the rungs that were passed, and what people did about the task. Two queries."""
    fires = list(Fire.objects.filter(deadline=escalation.fire.deadline_id).order_by("-rung", "-generation"))
    words = (Verb.TASK_REMINDED, Verb.TASK_REASSIGNED, Verb.TASK_EXTENDED, Verb.TASK_CLAIMED, Verb.TASK_RAISED, Verb.AGENDA_ADDED)
    entries = list(
        Entry.objects.filter(case=escalation.case_id, verb__in=words, data__assignment=escalation.assignment_id)
        .select_related("actor", "remark")
        .order_by("-pk")[:SHOWN_STEPS]
    )
    return fires, entries
