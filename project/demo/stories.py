"""What happens to the demo's children, told through the services: each fact of a road."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from cases.directory.models import User
from cases.protection.services import report_danger
from cases.register.clearance import apply_deferral, end_deferral, propose_deduction, report_return
from cases.register.opening import open_case
from cases.visits.services import log_visit
from project.demo.lives import Life, at, fresh
from project.demo.papers import paper
from project.demo.sayings import FIELDS, reason_of, visit
from workflows.actions import ACTIONS
from workflows.models import Assignment
from workflows.telling import people_of


def tell(life: Life, now: datetime) -> None:
    """The next fact of this road, at `now`."""
    fact = life.plot.road[life.done][0]
    life.done += 1
    life.trail.append(fact)
    FACTS[fact](life, now) if fact in FACTS else act(life, fact, now)


def act(life: Life, step: str, now: datetime, *, of: str = "", **fields: Any) -> None:
    """Somebody who may do this task does it, with what such a form says by default."""
    case = fresh(life)
    assignment = Assignment.objects.filter(case=case, state="open", step=step).select_related("case", "holder").order_by("pk").first()
    assert assignment is not None, f"{step} is not open after {life.trail}"
    action = ACTIONS[step]
    by = assignment.holder or User.objects.get(pk=people_of(assignment)[0])
    default = FIELDS.get(of or step)
    said = (default(life, now) if default else {}) | action.fixed | fields
    action.service(action.subject_of(assignment), **said, by=by, now=now)


# ── the facts that need more than a form


def _open(life: Life, now: datetime) -> None:
    student = life.student
    roads = {fact for fact, _days in life.plot.road}
    absent = 33 if "dropped_out" in roads else 9
    teacher = User.objects.get(appointments__school_class=student.school_class, appointments__role="class_teacher")
    life.case = open_case(
        student, channel="attendance", last_attended_on=timezone.localdate(now) - timedelta(days=absent), reason=reason_of(life), by=teacher, now=now
    )


def _conclude(conclusion: str, **fields: Any) -> Callable[[Life, datetime], None]:
    def fact(life: Life, now: datetime) -> None:
        act(life, "conclude_verification", now, conclusion=conclusion, reason=reason_of(life), **fields)

    return fact


def _on_leave(life: Life, now: datetime) -> None:
    act(
        life,
        "conclude_verification",
        now,
        conclusion="suspended_by_rule",
        ends_on=timezone.localdate(now) + timedelta(days=30),
        reason="illness",
        note="骨折住院，凭医院证明休学。",
        evidence=[("diagnosis", paper("诊断证明"))],
    )


def _back_from_leave(life: Life, now: datetime) -> None:
    act(life, "leave_ends", now, result="back", on=timezone.localdate(now))


def _joint_visit(life: Life, now: datetime) -> None:
    case = fresh(life)
    log_visit(
        case, **visit(life, now) | {"lines": ["education", "government"], "companions": "长梁镇干部一同入户"}, by=at(case, "class_teacher"), now=now
    )


def _round(life: Life, now: datetime) -> None:
    act(life, "joint_persuasion", now)


def _help(life: Life, now: datetime) -> None:
    act(life, "department_help", now)


def _mediated(life: Life, now: datetime) -> None:
    act(
        life,
        "follow_case_in_court",
        now,
        venue="court",
        state="mediated",
        on=timezone.localdate(now),
        return_on=timezone.localdate(now) + timedelta(days=10),
        note="经法院调解，监护人同意送子女返校。",
    )


def _back(life: Life, now: datetime) -> None:
    case = fresh(life)
    report_return(case, on=timezone.localdate(now), by=at(case, "principal"), now=now)


def _did_not_stay(life: Life, now: datetime) -> None:
    act(life, "confirm_return", now, stayed=False, placement="", note="到校两天后再次离校。", attendance=[], evidence=[])


def _approve(life: Life, now: datetime) -> None:
    case = fresh(life)
    step = Assignment.objects.get(case=case, state="open", step__startswith="approve_").step
    proposer = case.clearances.get(state="proposed").proposed_by
    by = (
        User.objects.filter(appointments__organisation_id=case.education_id, appointments__role="county_officer")
        .exclude(pk=proposer.pk)
        .order_by("pk")[0]
    )
    assignment = Assignment.objects.select_related("case").get(case=case, state="open", step=step)
    ACTIONS[step].service(ACTIONS[step].subject_of(assignment), approve=True, note="材料齐全，同意。", by=by, now=now)


def _watch(life: Life, now: datetime) -> None:
    step = Assignment.objects.filter(case=fresh(life), state="open", step__startswith="watch_").values_list("step", flat=True).get()
    act(life, step, now, of="watch", passed=True)


def _relapse(life: Life, now: datetime) -> None:
    step = Assignment.objects.filter(case=fresh(life), state="open", step__startswith="watch_").values_list("step", flat=True).get()
    act(life, step, now, of="watch", passed=False, days_present=3, note="近两周未到校，电话联系不上。")


def _deduct(ground: str, kinds: Iterable[str]) -> Callable[[Life, datetime], None]:
    def fact(life: Life, now: datetime) -> None:
        case = fresh(life)
        evidence = [(kind, paper("佐证材料")) for kind in kinds]
        propose_deduction(case, ground=ground, occurred_on=timezone.localdate(now), note="", evidence=evidence, by=at(case, "principal"), now=now)

    return fact


def _defer(days: int) -> Callable[[Life, datetime], None]:
    def fact(life: Life, now: datetime) -> None:
        case, today = fresh(life), timezone.localdate(now)
        apply_deferral(
            case,
            ground="illness",
            occurred_on=today,
            until=today + timedelta(days=days),
            note="",
            evidence=[("application", paper("延缓入学申请")), ("diagnosis", paper("诊断证明"))],
            by=at(case, "principal"),
            now=now,
        )

    return fact


def _danger(life: Life, now: datetime) -> None:
    case = fresh(life)
    report_danger(case, kind="neglect", facts="孩子独自在家多日，无人照料。", by=at(case, "class_teacher"), now=now)


def _not_enrolled(life: Life, now: datetime) -> None:
    end_deferral(fresh(life), result="not_enrolled", on=timezone.localdate(now), note="", by=at(fresh(life), "county_officer"), now=now)


FACTS: dict[str, Callable[[Life, datetime], None]] = {
    "open": _open,
    "dropped_out": _conclude("dropped_out"),
    "still_suspected": _conclude("still_suspected"),
    "not_dropout": _conclude("not_dropout", finding="other_province_no_roll", note="随父母在广东就读，已核对在读证明。"),
    "on_leave": _on_leave,
    "leave_back": _back_from_leave,
    "joint_visit": _joint_visit,
    "round": _round,
    "help": _help,
    "mediated": _mediated,
    "back": _back,
    "did_not_stay": _did_not_stay,
    "approve": _approve,
    "watch": _watch,
    "relapse": _relapse,
    "deduct_moved": _deduct("moved_away", ("register_transfer", "receiving_reply")),
    "deduct_elsewhere": _deduct("enrolled_elsewhere", ("roll_screenshot", "enrolment_certificate")),
    "defer": _defer(300),
    "defer_short": _defer(60),
    "danger": _danger,
    "not_enrolled": _not_enrolled,
}
