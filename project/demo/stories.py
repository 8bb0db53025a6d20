"""What happens to the demo's children, told through the services: each fact of a road, and what its form says by default."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from itertools import count, islice
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image, ImageDraw

from cases.directory.models import Department, Organisation, User
from cases.protection.services import report_danger
from cases.register.clearance import apply_deferral, end_deferral, propose_deduction, report_return
from cases.register.models import Case, Student
from cases.register.opening import open_case
from cases.register.schooldays import is_school_day
from cases.visits.services import log_visit
from project.demo.plots import Plot
from project.demo.world import COUNTY
from workflows.actions import ACTIONS
from workflows.models import Assignment
from workflows.telling import people_of


@dataclass
class Life:
    """One child's road: when each fact happens, and the case once it is there."""

    student: Student
    plot: Plot
    moments: list[datetime]
    case: Case | None = None
    done: int = 0
    trail: list[str] = field(default_factory=list)


def moments(plot: Plot, now: datetime, minute: int) -> list[datetime]:
    """The moments of a road that ended `idle` days ago, in office hours; a return is confirmed when five school days have passed."""
    today = timezone.localdate(now)
    last = today - timedelta(days=plot.idle)
    start = last - timedelta(days=sum(days for _fact, days in plot.road))
    start -= max(_days(plot, start)[-1] - last, timedelta())  # holidays made the road longer: it began earlier
    found = []
    for number, day in enumerate(_days(plot, start)):
        moment = timezone.make_aware(datetime.combine(day, time(9, 0))) + timedelta(minutes=number * 7 + minute % 50)
        found.append(min(moment, now - timedelta(minutes=len(plot.road) - number)))
    return found


def _days(plot: Plot, start: date) -> list[date]:
    found, day = [], start
    for fact, gap in plot.road:
        earliest = day + timedelta(days=gap)
        day = max(earliest, _fifth_school_day(day)) if fact == "confirm_return" else earliest
        found.append(day)
    return found


def _fifth_school_day(first: date) -> date:
    days = (first + timedelta(days=n) for n in count())
    return next(islice((day for day in days if is_school_day(day, COUNTY)), 4, None))


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


def fresh(life: Life) -> Case:
    assert life.case is not None
    life.case = Case.objects.get(pk=life.case.pk)
    return life.case


def at(case: Case, role: str) -> User:
    """Somebody at a post of the case."""
    place = case.education_id if role == "county_officer" else case.township_id if role == "township_officer" else case.school_id
    assert place is not None
    people = User.objects.filter(appointments__organisation_id=place, appointments__role=role).order_by("pk")
    return people.get(appointments__school_class=case.school_class) if role == "class_teacher" else people[0]


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

# ── what a form says by default

REASONS = ("tired_of_school", "study_difficulty", "work", "family_change", "poverty", "internet", "no_guardian", "early_marriage")
ACCOUNTS_GIVEN = (
    "孩子说跟不上课，怕被点名。奶奶希望他读书，父亲在外务工，约定晚上通话。",
    "孩子想去亲戚的店里帮忙，母亲态度犹豫，答应再商量。",
    "在家玩手机，作息颠倒。父母都在外地，由祖父照看。",
    "家里新近变故，孩子照顾弟弟。愿意回校，担心住宿费。",
)


def reason_of(life: Life) -> str:
    if life.plot.put_off:
        return "illness"
    return REASONS[life.student.pk % len(REASONS)]


def visit(life: Life, now: datetime) -> dict[str, Any]:
    return {
        "visit_id": uuid4(),
        "occurred_at": now - timedelta(minutes=40),
        "mode": "home",
        "met": ["child", "grandparent"],
        "whereabouts": "at_home",
        "reason": reason_of(life),
        "outcome": "hesitant",
        "account": ACCOUNTS_GIVEN[(life.student.pk + life.done) % len(ACCOUNTS_GIVEN)],
    }


def _plan(life: Life, now: datetime) -> dict[str, Any]:
    county = fresh(life).county_id
    measures = [
        {"organisation": Organisation.objects.get(area_id=county, department=department), "means": means, "task": task}
        for department, means, task in (
            (Department.CIVIL_AFFAIRS, "aid", "核实家庭困难情况，落实临时救助"),
            (Department.WOMEN, "care", "结对关爱，每月走访一次"),
        )
    ]
    return {
        "reason": reason_of(life),
        "situation": "学生在家，由祖辈照看；学业基础薄弱，与同学关系一般。",
        "goal": "一个月内返校，随班就读并安排学业帮扶。",
        "means": ["care", "aid"],
        "school_person": "班主任",
        "township_person": "驻村干部",
        "measures": measures,
    }


def _document(life: Life, now: datetime) -> dict[str, Any]:
    return {
        "number": f"示例〔{now.year}〕{life.student.pk * 10 + life.done}号",
        "dated_on": timezone.localdate(now),
        "scan": paper("文书扫描件"),
        "note": "",
    }


def school_days(start: date, end: date, county_id: str) -> list[date]:
    """The first five school days from the first day back to today."""
    days = (start + timedelta(days=n) for n in range((end - start).days + 1))
    return [day for day in days if is_school_day(day, county_id)][:5]


def _return(life: Life, now: datetime) -> dict[str, Any]:
    case = fresh(life)
    assert case.back_since is not None
    return {
        "stayed": True,
        "placement": "same_class",
        "receiving_school": "",
        "attendance": school_days(case.back_since, timezone.localdate(now), case.county_id),
        "note": "学生情绪稳定，已安排同桌帮扶。",
        "evidence": [("attendance_list", paper("考勤记录"))],
    }


FIELDS: dict[str, Callable[[Life, datetime], dict[str, Any]]] = {
    "first_visit": visit,
    "school_persuasion": visit,
    "township_persuasion": visit,
    "village_check": lambda life, now: {"found": "at_home", "household": "祖孙三人同住", "note": ""},
    "write_plan": _plan,
    "sign_plan": lambda life, now: {"sign": True, "note": ""},
    "joint_persuasion": lambda life, now: {
        "held_on": timezone.localdate(now),
        "participants": "镇分管领导、校长、村支书、班主任",
        "result": "hesitant",
        "promised_on": None,
        "note": "家长口头同意，孩子仍犹豫，约定一周后再谈。",
    },
    "department_help": lambda life, now: {
        "answer": "done",
        "answer_note": "已入户核实并落实救助。",
        "evidence": [("other_proof", paper("救助材料"))],
    },
    "written_report": _document,
    "talk_on_record": _document,
    "issue_order": lambda life, now: _document(life, now) | {"legal_basis": "《义务教育法》第五十八条"},
    "serve_order": lambda life, now: {
        "served_on": timezone.localdate(now),
        "service_way": "direct",
        "witness": "监护人本人签收",
        "proof": paper("送达回证"),
        "term_days": 7,
    },
    "refer": lambda life, now: _document(life, now) | {"venue": "court"},
    "confirm_return": _return,
    "watch": lambda life, now: {"school_days": 20, "days_present": 20, "note": "按时到校，作业能完成。"},
}


def paper(title: str) -> SimpleUploadedFile:
    """A photographed sheet of paper: nothing of a real document."""
    return SimpleUploadedFile(f"{title}.jpg", _sheet(), "image/jpeg")


@cache
def _sheet() -> bytes:
    image = Image.new("RGB", (450, 600), "#f7f3e8")
    draw = ImageDraw.Draw(image)
    draw.rectangle((30, 30, 420, 570), outline="#b9ac8c", width=2)
    for line in range(18):
        draw.line((60, 110 + line * 22, 390 - (line * 19) % 80, 110 + line * 22), fill="#8a8575", width=2)
    draw.ellipse((300, 450, 390, 540), outline="#c4271f", width=4)
    data = io.BytesIO()
    image.save(data, "JPEG", quality=70)
    return data.getvalue()
