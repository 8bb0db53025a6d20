"""A child belongs to another unit now: its open tasks go to the new posts, each with a new day and a word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from cases.directory.models import Organisation
from cases.journal.services import record
from cases.journal.verbs import Verb
from cases.register.involvement import involve
from cases.register.models import Clearance, PlanMeasure
from workflows import deadlines, planning, running, tasks
from workflows.assignment import resolve
from workflows.models import Assignment, Kind
from workflows.steps import STEPS

if TYPE_CHECKING:
    from datetime import datetime

    from cases.journal.models import Entry
    from cases.register.models import Case

# They stay with whom they were given: a danger was reported there, an order demands an answer of that very unit.
STAYS = frozenset({"confirm_receipt", "answer_order", "decide_on_answer"})


def follow(case: Case, entry: Entry, *, between_counties: bool) -> list[int]:
    """Give every open task of the case to the post that has to do it now. Returns who had one that went to somebody else (pks).

    The new post gets the whole allowance from today; a legal term runs on as it is. An extra task of the old county is no longer needed.
    """
    from workflows.telling import people_of

    moment = entry.occurred_at
    if between_counties:
        running.leave(case, (Kind.EXTRA,), moment=moment)
    before: list[int] = []
    moved = 0
    for row in running.open_assignments(case):
        had = (row.organisation_id, row.role, row.holder_id)
        if row.organisation_id is None or row.step in STAYS or STEPS[row.step].outside:
            continue
        people = people_of(row)
        place = _new_place(row, case, between_counties=between_counties)
        if place is None:
            continue
        assigned = resolve(case, STEPS[row.step], today=timezone.localdate(moment), **place)
        if (assigned.organisation_id, assigned.role) == had[:2] and (assigned.holder_id == had[2] or had[2] in assigned.people):
            continue  # whoever holds it may do it still
        row.organisation_id, row.role, row.holder_id = assigned.organisation_id, assigned.role, assigned.holder_id
        row.save(update_fields=["organisation", "role", "holder"])
        _replan(row, case, moment)
        tasks.tell(row, assigned, message="task_reassigned", key=f"moved:{entry.pk}:{row.pk}", moment=moment)
        before += [person for person in people if person not in assigned.people]
        moved += 1
    if moved:
        record(Verb.TASKS_HANDED_OVER, case=case, actor=entry.actor, at=moment, count=moved)
    return before


def _new_place(row: Assignment, case: Case, *, between_counties: bool) -> dict[str, Any] | None:
    """What `resolve` must know beside the rule; None where the task stays."""
    rule = STEPS[row.step]
    if row.step == "department_help":
        return _same_department(row, case) if between_counties else None
    if not rule.posts:
        return None
    if rule.four_eyes and row.seed:
        return {"not_user": Clearance.objects.values_list("proposed_by_id", flat=True).get(pk=row.seed)}
    return {}


def _same_department(row: Assignment, case: Case) -> dict[str, Any] | None:
    """The measure goes to the same department of the new county; where that has none, it stays, and the old one keeps its part."""
    measure = PlanMeasure.objects.select_related("organisation").get(pk=row.seed or 0)
    found = Organisation.objects.filter(kind="department", department=measure.organisation.department, area_id=case.county_id, active=True).first()
    involve(case, found or measure.organisation)
    if found is None:
        return None
    measure.organisation = found
    measure.save(update_fields=["organisation"])
    return {"organisation_id": found.pk}


def _replan(row: Assignment, case: Case, moment: datetime) -> None:
    rule, process = STEPS[row.step], row.task.process
    process.case, process.moment = case, moment
    due = rule.due(process)
    plan = planning.plan(
        row.step, now=moment, county_id=case.county_id, from_day=due.from_day, on=due.on, at_least=max(due.at_least, 1), legal=rule.legal
    )
    if plan.due_at != row.due_at:
        deadlines.replan(row, plan, now=moment)
