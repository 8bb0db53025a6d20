"""Stretches of the road that several journeys share, each step in its own role."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cases.register.models import Standing
from tests.journeys.driver import Story, weekdays
from tests.paper import pdf

if TYPE_CHECKING:
    from cases.directory.models import User
    from cases.register.models import Student

PLAN = {"reason": "tired_of_school", "situation": "祖母照看，不愿上学", "goal": "两周内返校", "means": ["care", "aid"]}


class Cast:
    """The people of a journey by their posts: `who.teacher`."""

    def __init__(self, everybody: list[User]) -> None:
        self._by_name = {user.username.replace("-", "_"): user for user in everybody}

    def __getattr__(self, name: str) -> User:
        if name.startswith("_") or name not in self._by_name:
            raise AttributeError(name)
        return self._by_name[name]


def look(story: Story, who: Cast, student: Student, **reported: Any) -> None:
    """Reported; both lines looked on the same day."""
    story.report(who.teacher, student, **reported)
    assert story.waiting == {"first_visit": "teacher", "village_check": "village"}
    story.later(hours=4)
    story.visits(who.teacher, "first_visit")
    story.does(who.village, "village_check", found="at_home", household="祖母在家")
    assert story.waiting == {"conclude_verification": "principal"}


def enter(story: Story, who: Cast, student: Student) -> None:
    look(story, who, student)
    conclude(story, who)


def conclude(story: Story, who: Cast) -> None:
    """Found to have dropped out: on the ledger."""
    story.later(days=1)
    story.does(who.principal, "conclude_verification", conclusion="dropped_out", reason="tired_of_school")
    assert story.case.standing == Standing.STILL_OUT
    assert story.case.entered_ledger_on == story.today
    assert story.waiting == {"write_plan": "principal"}


def plan(story: Story, who: Cast, **more: Any) -> None:
    """One plan, signed by both lines."""
    story.later(days=1)
    story.does(who.principal, "write_plan", **PLAN | more)
    story.does(who.township, "sign_plan", sign=True)


def persuade(story: Story, who: Cast) -> None:
    """Each line visits; neither succeeds."""
    assert story.waiting == {"school_persuasion": "teacher", "township_persuasion": "township"}
    story.later(days=2)
    story.visits(who.teacher, "school_persuasion")
    story.visits(who.township, "township_persuasion", outcome="refused")
    assert story.waiting == {"joint_persuasion": "township"}


def hold_rounds(story: Story, who: Cast, count: int) -> None:
    for _round in range(count):
        story.later(days=3)
        story.does(who.township, "joint_persuasion", participants="镇、校、村、派出所", result="refused", note="孩子不愿返校。")


def confirm_return(story: Story, who: Cast) -> None:
    """Reported back by the teacher, confirmed by the school after five school days, approved by the county."""
    first_day = weekdays(story.today, 1)[0]
    story.on(first_day)
    story.acts(who.teacher, "return-report", on=first_day)
    assert story.waiting == {"confirm_return": "principal"}
    story.later(days=7)
    days = weekdays(first_day, 5)
    story.does(who.principal, "confirm_return", stayed=True, attendance=days, placement="same_class", evidence={"attendance_list": pdf("考勤.pdf")})
    assert set(story.waiting) == {"approve_return"}
    story.later(days=1)
    story.does(who.county, "approve_return", approve=True)
    assert story.case.standing == Standing.RETURNED
    assert story.waiting == {"watch_30": "teacher"}


def watch(story: Story, who: Cast, number: int, **said: Any) -> None:
    """The teacher looks on the day of the watch."""
    story.on(story.day_after_return(number))
    story.does(who.teacher, f"watch_{number}", **{"school_days": 20, "days_present": 20, "passed": True} | said)
