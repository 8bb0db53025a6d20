"""What a phone takes along: the tasks, the children that go with them, and the words of its forms. No identity numbers, a fixed number of queries."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection
from django.db.models import BooleanField, ExpressionWrapper, F, Prefetch, Q
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from cases.codes.models import CodeList
from cases.codes.services import choices, item, label
from cases.directory.capabilities import BY_CLASS, BY_PLACE, BY_SCHOOL, Capability
from cases.mobile.names import short
from cases.mobile.tasks import Task, tasks
from cases.protection.models import Danger
from cases.register.models import Case, CasePlan, Guardian, Student
from cases.visits.models import IN_PERSON, HomeVisit, Met, Mode, VisitOutcome
from cases.visits.numbers import NUMBERS

if TYPE_CHECKING:
    from cases.directory.models import User
    from cases.mobile.models import Phone

MOST = 300  # cases, and tasks
MOST_PUPILS = 600  # for the report of a suspicion; a larger school looks for the child on the page
LONGEST_TEXT = 300  # signs of a plan or of an account

NEAR = BY_CLASS | BY_SCHOOL | BY_PLACE  # who goes to the door takes every open case along, not only those with a task


@dataclass(frozen=True)
class Worklist:
    content: dict[str, Any]
    tasks: list[Task]
    cases: list[int]

    @property
    def etag(self) -> str:
        """Of what is in it; the moment at which it was asked for is not."""
        text = json.dumps(self.content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()[:32]


def worklist(user: User, *, now: datetime) -> Worklist:
    """Everything that the phone shows without a network. At most eight queries, however many children."""
    mine = tasks().of(user, limit=MOST)
    cases = _cases(user, mine)
    known = {case.pk for case in cases}
    mine = [task for task in mine if task.case_id in known]
    lasts = _last_visits(known)
    content = {
        "user": str(user.pk),
        "tasks": [_task(task, now) for task in mine],
        "cases": [_case(case, lasts.get(case.pk)) for case in cases],
        "options": _options(),
        "numbers": NUMBERS,
        "students": _pupils(user),
    }
    return Worklist(content, mine, [case.pk for case in cases])


def take_along(phone: Phone, listed: Worklist, *, now: datetime) -> None:
    """Note what the phone has from now on; that ends its silence. One statement."""
    with_task = {task.case_id for task in listed.tasks}
    pairs = [(task.case_id, task.pk) for task in listed.tasks] + [(case, 0) for case in listed.cases if case not in with_task]
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO cases_phonetask (phone_id, case_id, task, since, until)
            SELECT %s, "case", task, %s, %s FROM unnest(%s::bigint[], %s::bigint[]) AS given ("case", task)
            ON CONFLICT (phone_id, case_id, task) DO UPDATE SET until = excluded.until, silent_at = NULL
            """,
            [phone.pk, now, now, [case for case, _task in pairs], [task for _case, task in pairs]],
        )


def _cases(user: User, mine: Sequence[Task]) -> list[Case]:
    """Those of the tasks first, then whatever else is open at the user's school or in the user's place."""
    wanted = list(dict.fromkeys(task.case_id for task in mine))
    plans = CasePlan.objects.filter(episode=F("case__episode")).only("case_id", "goal")
    rows = (
        Case.objects.visible_to(user)
        .filter(Q(pk__in=wanted) | (Q(closed_at=None) if _goes_to_doors(user) else Q(pk__in=[])))
        .select_related("student", "school", "school_class", "township")
        .defer("student__id_cipher", "student__id_hash", "student__id_head", "student__id_tail", "student__roll_number")
        .prefetch_related(Prefetch("student__guardians", Guardian.objects.order_by("-is_main", "pk")), Prefetch("plans", plans, to_attr="plan_now"))
        .order_by("-opened_at", "-pk")
    )
    place = {case: number for number, case in enumerate(wanted)}
    if wanted:
        rows = rows.annotate(of_a_task=ExpressionWrapper(Q(pk__in=wanted), output_field=BooleanField())).order_by("-of_a_task", "-opened_at", "-pk")
    found = list(rows[:MOST])
    return sorted(found, key=lambda case: place.get(case.pk, len(place)))


def _goes_to_doors(user: User) -> bool:
    return user.can(Capability.LOG_VISIT) and any(post.role in NEAR for post in user.posts())


def _last_visits(cases: Iterable[int]) -> dict[int, HomeVisit]:
    rows = HomeVisit.objects.filter(case_id__in=list(cases), corrected_by=None).order_by("case_id", "-occurred_at").distinct("case_id")
    return {visit.case_id: visit for visit in rows.select_related("visitor")}


def _task(task: Task, now: datetime) -> dict[str, Any]:
    return {
        "task": task.pk,
        "case": task.case_id,
        "step": task.step,
        "title": task.title,
        "due_at": _iso(task.due_at),
        "overdue": bool(task.due_at and task.due_at < now),
        "visit": task.visit,
        "url": f"/tasks/{task.pk}/",
    }


def _case(case: Any, last: HomeVisit | None) -> dict[str, Any]:
    student = case.student
    return {
        "id": case.pk,
        "number": case.number,
        "child": short(student.name),
        "full": student.name,
        "school": case.school.name if case.school else "",
        "grade": case.school_class.name if case.school_class else "",
        "township": case.township.name,
        "address": student.address,
        "guardians": [
            {"name": guardian.name, "relation": label(CodeList.RELATION, guardian.relation), "phone": guardian.phone}
            for guardian in student.guardians.all()
        ],
        "standing": case.standing,
        "standing_text": case.get_standing_display(),
        "reason": case.reason,
        "opened_at": _iso(case.opened_at),
        "last_visit": {"at": _iso(last.occurred_at), "by": last.visitor.name, "summary": _summary(last)} if last else None,
        "plan": case.plan_now[0].goal[:LONGEST_TEXT] if case.plan_now else None,
        "case_url": f"/cases/{case.pk}/",
    }


def _summary(visit: HomeVisit) -> str:
    said = [visit.get_outcome_display()]
    if visit.promised_on:
        said.append(_("promised for %(day)s") % {"day": date_format(visit.promised_on, "DATE_FORMAT")})
    if visit.account:
        said.append(visit.account[:LONGEST_TEXT])
    return " · ".join(said)


def _options() -> dict[str, Any]:
    """The codes of the forms, worded in the reader's language, and what the forms must know about them."""

    def worded(kind: Any) -> list[tuple[str, str]]:
        return [(member.value, str(member.label)) for member in kind]

    known = {code: item(CodeList.REASON, code) for code, _label in choices(CodeList.REASON)}
    causes = {code for code, found in known.items() if found and found.ministry_priority}
    reasons = sorted(choices(CodeList.REASON), key=lambda pair: pair[0] not in causes)
    return {
        "mode": sorted(worded(Mode), key=lambda pair: pair[0] not in IN_PERSON),
        "in_person": [mode.value for mode in Mode if mode in IN_PERSON],
        "met": worded(Met),
        "whereabouts": choices(CodeList.WHEREABOUTS),
        "reason": reasons,
        "outcome": worded(VisitOutcome),
        "danger_kind": worded(Danger),
        "suspicion_reason": reasons,
        "reason_first": len(causes),  # the ministry's causes, which begin the list
        "reason_text": [code for code, found in known.items() if found and found.wants_text],
    }


def _pupils(user: User) -> list[dict[str, Any]]:
    """Children of the own class or school without an open case."""
    posts = [post for post in user.posts() if post.role in BY_CLASS | BY_SCHOOL]
    if not posts or not user.can(Capability.OPEN_CASE):
        return []
    own = Q(pk__in=[])
    for post in posts:
        own |= Q(school_class_id=post.school_class_id) if post.role in BY_CLASS else Q(school_id=post.organisation_id)
    rows = Student.objects.visible_to(user).filter(own).exclude(case__isnull=False, case__closed_at=None).order_by("name", "pk")
    columns = rows.values_list("pk", "name", "school_class__name")[:MOST_PUPILS]
    return [{"id": pk, "name": name, "class": school_class or ""} for pk, name, school_class in columns]


def _iso(moment: datetime | None) -> str | None:
    return localtime(moment).isoformat(timespec="seconds") if moment else None
