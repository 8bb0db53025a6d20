"""What the demo's people write into their forms."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.utils import timezone

from cases.directory.models import Department, Organisation
from cases.register.schooldays import is_school_day
from project.demo.lives import Life, fresh
from project.demo.papers import paper

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
