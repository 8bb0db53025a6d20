"""What a unit must answer for beside the cases: it begins with a fact of its room, and ends when that room has nothing open any more.

Differences to the school-roll system are one task for each unit and list, and not one for each child: a list of a county brings hundreds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from viewflow.workflow.models import Task

from cases.directory.answering import ANSWERS_FOR
from cases.directory.models import OrganisationKind, Role
from cases.inspections.models import Finding
from cases.journal.verbs import Verb
from cases.rosters.models import Discrepancy, Roster
from workflows import running
from workflows.models import Assignment, AssignmentState, MatterKind, MatterProcess, UnitMatter

if TYPE_CHECKING:
    from datetime import date, datetime

    from django.db.models import QuerySet

    from cases.directory.models import User
    from cases.journal.models import Entry

ROSTERS = frozenset({Verb.ROSTER_COMPARED, Verb.DISCREPANCY_SETTLED, Verb.DISCREPANCY_GIVEN})
FINDINGS = frozenset({Verb.FINDING_RECORDED, Verb.FINDING_ANSWERED, Verb.FINDING_CLOSED, Verb.FINDING_ACCOUNTABLE})


def react(entry: Entry) -> None:
    """Inside the writing transaction. A fact about a case comes here as well: a difference or a finding may name one."""
    if entry.verb == Verb.ROSTER_COMPARED:
        _begin_differences(Roster.objects.get(pk=entry.data["roster"]), entry.occurred_at)
        settled_by_lists(entry.data["roster"], now=entry.occurred_at)
    elif entry.verb in ROSTERS:
        found = Discrepancy.objects.select_related("found_in").get(pk=entry.data["discrepancy"])
        follow(found, by=entry.actor, now=entry.occurred_at)
    elif entry.verb == Verb.FINDING_RECORDED:
        _begin_finding(Finding.objects.select_related("unit").get(pk=entry.data["finding"]), entry.occurred_at)
    elif entry.verb in FINDINGS:
        for matter in _running(UnitMatter.objects.filter(finding=entry.data["finding"])):
            _end(matter, by=entry.actor, now=entry.occurred_at)


def settled_by_lists(roster_id: int, *, now: datetime) -> None:
    """A list closes what older ones had found; so it ends their tasks."""
    county = Roster.objects.values_list("county_id", flat=True).get(pk=roster_id)
    for found_in in _running(UnitMatter.objects.filter(county=county, kind=MatterKind.DIFFERENCES)).values_list("roster_id", flat=True).distinct():
        _end_differences(found_in, by=None, now=now)


def follow(found: Discrepancy, *, by: User | None, now: datetime) -> None:
    """A difference changed hands: the new unit has a task for the list, the old one none if that was its last."""
    _begin_differences(found.found_in, now)
    _end_differences(found.found_in_id, by=by, now=now)


def _begin_differences(roster: Roster, now: datetime) -> None:
    """One matter for each unit at which differences of this list are open."""
    known = set(UnitMatter.objects.filter(roster=roster).values_list("organisation_id", flat=True))
    wanted: dict[int, tuple[Role, date]] = {}
    rows = Discrepancy.objects.filter(found_in=roster, settled="", due_on__isnull=False).exclude(organisation__in=known)
    for organisation, kind, due_on in rows.values_list("organisation_id", "organisation__kind", "due_on"):
        role = Role.PRINCIPAL if kind == OrganisationKind.SCHOOL else Role.COUNTY_OFFICER
        wanted[organisation] = (role, min(due_on, wanted.get(organisation, (role, due_on))[1]))
    for organisation, (role, due_on) in sorted(wanted.items()):
        matter = UnitMatter(kind=MatterKind.DIFFERENCES, number=roster.taken_on.isoformat(), organisation_id=organisation, role=role, due_on=due_on)
        matter.county_id, matter.roster = roster.county_id, roster
        _begin(matter, now)


def _end_differences(roster_id: int, *, by: User | None, now: datetime) -> None:
    """End the task of each unit at which nothing of this list is open any more. Two who settle the last two at once wait for each other here."""
    for matter in _running(UnitMatter.objects.filter(roster=roster_id)).select_for_update(no_key=True, of=("self",)).order_by("pk"):
        if not Discrepancy.objects.filter(found_in=roster_id, organisation=matter.organisation_id, settled="").exists():
            _end(matter, by=by, now=now)


def _begin_finding(finding: Finding, now: datetime) -> None:
    role = ANSWERS_FOR.get(finding.unit.kind)
    if role is None:
        return
    matter = UnitMatter(kind=MatterKind.FINDING, number=finding.number, organisation=finding.unit, role=role, due_on=finding.answer_by)
    matter.county_id, matter.finding = finding.unit.area_id[:6], finding
    _begin(matter, now)


def _begin(matter: UnitMatter, now: datetime) -> None:
    matter.save(force_insert=True)
    running.flow_of(matter.kind).start.run(matter=matter, moment=now)


def _running(matters: QuerySet[UnitMatter]) -> QuerySet[UnitMatter]:
    return matters.filter(assignments__state=AssignmentState.OPEN)


def _end(matter: UnitMatter, *, by: User | None, now: datetime) -> None:
    for assignment in Assignment.objects.select_related("task").filter(matter=matter, state=AssignmentState.OPEN):
        task: Task = assignment.task
        task.process = MatterProcess.objects.get(pk=task.process_id)
        task.process.matter = assignment.matter = matter
        running.finish(assignment, by=by, moment=now)
