"""The rows beside a token: assignment, clock, and the word to whoever must act."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone

from cases import sql
from cases.directory.models import Line, Role
from cases.protection.models import Receipt
from cases.register.models import Clearance, PlanMeasure
from cases.supervision.models import SupervisionOrder
from notifications.messages import worded
from notifications.services import Message, notify_many
from workflows import deadlines, outside, planning
from workflows.assignment import Assigned, resolve
from workflows.models import Assignment, AssignmentState, CaseProcess, ExtraTask, Kind, MatterProcess, ReportProcess, UnitMatter
from workflows.steps import STEPS

if TYPE_CHECKING:
    from datetime import datetime

    from viewflow.workflow.models import Task

    from cases.directory.models import User

ABOUT_ITS_START = frozenset({Kind.DEDUCTION, Kind.DEFERRAL, Kind.EXTRA, Kind.PROTECTION, Kind.ORDER, Kind.TRANSFER, Kind.INQUIRY, Kind.SPOT_CHECK})
# Whose a task of a supervision order is: the unit's that must answer, then the post's that issued it.
ORDER_POSTS = {"answer_order": ("addressee_id", "addressee_role"), "decide_on_answer": ("issuer_id", "issuer_role")}
SUBJECT = {CaseProcess: "case", ReportProcess: "report", MatterProcess: "matter"}
TOLD_BY_THEIR_FACT = frozenset({"answer_finding"})  # the word about the finding names its day, too
EDUCATION_ROLES = frozenset(
    {
        Role.CLASS_TEACHER,
        Role.PRINCIPAL,
        Role.COUNTY_OFFICER,
        Role.COUNTY_HEAD,
        Role.PREFECTURE_OFFICER,
        Role.PREFECTURE_HEAD,
        Role.PROVINCE_OFFICER,
        Role.PROVINCE_HEAD,
    }
)


def assign(task: Task, process: CaseProcess | ReportProcess | MatterProcess, step: str, *, seed: int | None = None) -> Assignment:
    """Give a new task its post, its clock and its notice, in the transaction that creates it.

    A step that cannot get a deadline fails that transaction.
    """
    rule, subject, moment = STEPS[step], process.about, process.moment
    about = subject_of(process, step, seed) if isinstance(process, CaseProcess) else None
    place = {"organisation_id": subject.organisation_id, "role": subject.role} if isinstance(subject, UnitMatter) else _place_of(step, about)
    assigned = resolve(subject, rule, today=timezone.localdate(moment), **place)
    due = rule.due(process)
    plan = planning.plan(
        step,
        now=moment,
        county_id=subject.county_id,
        from_day=due.from_day,
        on=due.on,
        at_least=due.at_least,
        legal=rule.legal,
        amount=_own_allowance(step, about),
    )
    assignment = Assignment(
        task=task,
        **{SUBJECT[type(process)]: subject},
        kind=process.kind,
        step=step,
        line=_line_of(place, rule.line),
        organisation_id=assigned.organisation_id,
        role=assigned.role,
        holder_id=assigned.holder_id,
        seed=about,
        created_at=moment,
        due_at=plan.due_at,
    )
    deadlines.arm(assignment, plan, now=moment, road=rule.road)
    if step not in TOLD_BY_THEIR_FACT:
        tell(assignment, assigned, message=worded("task_assigned", beside=assignment.beside), key=f"assigned:{task.pk}", moment=moment)
    return assignment


def tell(assignment: Assignment, assigned: Assigned, *, message: str, key: str, moment: datetime) -> None:
    """One line in the inbox of everybody who may do the task: the case number and the step, nothing about the child."""
    notify_many(messages(assignment, assigned, message=message, key=key))


def messages(assignment: Assignment, assigned: Assigned, *, message: str, key: str) -> list[Message]:
    """What `tell` says."""
    due_on = timezone.localdate(assignment.due_at) if assignment.due_at else None
    params = {"case": assignment.about.number, "step": assignment.step, "due": due_on.isoformat() if due_on else ""}
    return [
        Message(
            recipient_id=person,
            message=message,
            params=params,
            link=f"/tasks/{assignment.pk}/",
            key=f"{key}:{person}",
            urgent=assignment.kind == Kind.PROTECTION,
            receipt=assignment.kind == Kind.PROTECTION or assignment.step == "answer_order",
        )
        for person in assigned.people
    ]


def done(assignment: Assignment, token: Task, *, by: User | None, moment: datetime) -> None:
    """The task is done with its token, whose columns are set: so is its clock, and what lay before supervisors because of it."""
    assignment.state, assignment.done_at, assignment.done_by = AssignmentState.DONE, moment, by
    sql.tell(
        """
        WITH token AS (UPDATE viewflow_task SET status = %s, owner_id = %s, started = %s, finished = %s WHERE id = %s)
        UPDATE workflows_assignment SET state = %s, done_at = %s, done_by_id = %s WHERE id = %s
        """,
        *(token.status.value, token.owner_id, token.started, token.finished, token.pk),
        *(AssignmentState.DONE.value, moment, assignment.done_by_id, assignment.pk),
    )
    deadlines.meet(assignment.pk, now=moment)


def dropped(task: Task, process: CaseProcess | ReportProcess | MatterProcess) -> None:
    """The task is no longer needed or was cancelled; `process.leaving` says which."""
    assignment = Assignment.objects.get(task=task)
    moment = process.moment
    assignment.state, assignment.done_at = process.leaving, moment
    assignment.save(update_fields=["state", "done_at"])
    deadlines.cancel(assignment.pk, now=moment)


def subject_of(process: CaseProcess, step: str, seed: int | None) -> int | None:
    """The pk of what a task is about: a measure, a receipt, a clearance, a document, an extra task; None: the case itself."""
    case = process.case
    if seed is not None:
        return seed
    if process.kind in ABOUT_ITS_START:
        return process.round
    if step == "approve_return":
        return int(case.clearances.get(outcome="returned", state="proposed").pk)
    if step == "serve_order":
        return int(case.documents.filter(episode=process.episode, kind="order_to_comply").latest("filed_at", "pk").pk)
    return None


def _place_of(step: str, about: int | None) -> dict[str, Any]:
    """The post that a task's subject names, where the rule names none, and who may not get it."""
    if about is None:
        return {}
    if step == "department_help":
        return {"organisation_id": PlanMeasure.objects.values_list("organisation_id", flat=True).get(pk=about)}
    if step == "confirm_receipt":
        organisation_id, kind = Receipt.objects.values_list("organisation_id", "organisation__kind").get(pk=about)
        return {"organisation_id": organisation_id, "role": Role.COUNTY_OFFICER if kind == "county_education" else Role.DEPARTMENT_OFFICER}
    if step == "extra_task":
        organisation_id, role = ExtraTask.objects.values_list("organisation_id", "role").get(pk=about)
        return {"organisation_id": organisation_id, "role": role}
    if step in ORDER_POSTS:
        organisation_id, role = SupervisionOrder.objects.values_list(*ORDER_POSTS[step]).get(pk=about)
        return {"organisation_id": organisation_id, "role": role}
    if STEPS[step].outside:
        return outside.post_of(step, about) or {}
    if STEPS[step].four_eyes:
        return {"not_user": Clearance.objects.values_list("proposed_by_id", flat=True).get(pk=about)}
    return {}


def _own_allowance(step: str, about: int | None) -> int | None:
    """Working days that whoever added an extra task gave it; None: the policy decides."""
    return ExtraTask.objects.get(pk=about).working_days if step == "extra_task" and about is not None else None


def _line_of(place: dict[str, Any], usual: str) -> str:
    """A task that names its organisation lies in that organisation's line."""
    return Line.EDUCATION if place.get("role") in EDUCATION_ROLES else usual
