"""A county at work: children on every stretch of the road, tasks that are late, escalations that wait."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from tests.cast import NOON
from tests.factories import make_guardian, make_place, make_student, make_user
from tests.paper import pdf, photo
from tests.workflows.roads import enter, look, papers, persuade, plan, spend, visit, weekdays

if TYPE_CHECKING:
    from cases.directory.models import User
    from cases.register.models import Case
    from tests.factories import Place
    from workflows.models import Assignment

CHILDREN = ("suspected", "looked", "found", "planned", "persuaded", "helped", "spent", "returning", "deducted", "deferred", "endangered")


class Scene:
    """The cases by what has happened to them, and the moment at which everybody looks."""

    def __init__(self, place: Place, people: dict[str, User], clock: Callable[[datetime], None]) -> None:
        self.place, self.people = place, people
        who = {name.replace("-", "_"): user for name, user in people.items()}
        self.cases = {name: self._open(number, name) for number, name in enumerate(CHILDREN)}
        teacher, village, principal, township = who["teacher"], who["village"], who["principal"], who["township"]
        lookers = (teacher, village, principal)
        look(self.cases["looked"], teacher, village, NOON)
        later = NOON
        for name in ("found", "planned", "helped", "deducted", "deferred"):
            later = enter(self.cases[name], *lookers, NOON)
        for name in ("planned", "helped"):
            plan(self.cases[name], principal, township, later, [self._measure("civil_affairs"), self._measure("labour")])
        self._persuade_in_vain(later, teacher, township)
        for name in ("persuaded", "returning"):
            persuade(self.cases[name], *lookers, township, NOON)
        spend(self.cases["spent"], *lookers, township, NOON)
        self._ways_off(later, principal)
        self._law(later, who)
        self._danger(teacher)
        self._supervise(later, who)
        self.now = later + timedelta(days=12)
        clock(self.now)
        while _sweep():
            pass

    def _open(self, number: int, name: str) -> Case:
        from cases.register.opening import open_case

        student = make_student(self.place, name=f"张小{'一二三四五六七八九十百'[number]}")
        make_guardian(student)
        return open_case(
            student, channel="attendance", last_attended_on=(NOON - timedelta(days=8)).date(), reason="tired_of_school", note="电话无人接听",
            by=self.people["teacher"], now=NOON,
        )  # fmt: skip

    def _persuade_in_vain(self, now: datetime, teacher: User, township: User) -> None:
        """Both lines visit, three rounds are held: the departments of the plan are asked."""
        from cases.visits.rounds import hold_round
        from cases.visits.services import log_visit

        case = self.cases["helped"]
        for person in (teacher, township):
            log_visit(case, **visit(now), by=person, now=now)
        for _round in range(3):
            hold_round(case, held_on=now.date(), participants="镇、校、村", result="refused", note="不愿返校", by=township, now=now)

    def _measure(self, department: str) -> Any:
        return {"organisation": self.place.departments[department], "means": "aid", "task": "核实家庭困难，落实救助"}

    def _ways_off(self, now: datetime, principal: User) -> None:
        from cases.register.clearance import apply_deferral, propose_deduction, propose_return, report_return

        back, days = self.cases["returning"], weekdays(now.date(), 5)
        report_return(back, on=now.date(), by=principal, now=now)
        propose_return(
            back, stayed=True, placement="same_class", attendance=days, evidence=papers("attendance_list"), by=principal, now=now + timedelta(days=8)
        )
        propose_deduction(
            self.cases["deducted"], ground="moved_away", occurred_on=now.date(), evidence=papers("register_transfer", "receiving_reply"),
            by=principal, now=now,
        )  # fmt: skip
        apply_deferral(
            self.cases["deferred"], ground="illness", occurred_on=now.date(), until=now.date() + timedelta(days=200),
            evidence=papers("application", "diagnosis"), by=principal, now=now,
        )  # fmt: skip

    def _law(self, now: datetime, who: dict[str, User]) -> None:
        from cases.documents.services import file_document

        case = self.cases["spent"]
        file_document(case, kind="written_report", dated_on=now.date(), scan=pdf(), by=who["principal"], now=now)
        file_document(case, kind="talk_record", dated_on=now.date(), scan=pdf(), by=who["township"], now=now)
        file_document(case, kind="order_to_comply", number="古政责字〔2026〕1号", dated_on=now.date(), scan=pdf(), by=who["township_head"], now=now)

    def _danger(self, teacher: User) -> None:
        from cases.protection.services import report_danger
        from cases.visits.services import log_visit

        case = self.cases["endangered"]
        log_visit(case, **visit(NOON, photos=[photo()]), by=teacher, now=NOON)
        report_danger(case, kind="other", facts="孩子独自在家，三天无人照看。", by=teacher, now=NOON)

    def _supervise(self, now: datetime, who: dict[str, User]) -> None:
        from cases.conferences.services import put_on_agenda
        from cases.inspections.services import record_finding
        from cases.supervision.services import answer_order, issue_order

        case, day = self.cases["planned"], now.date() + timedelta(days=5)
        self.order = issue_order(case, addressee=self.place.school, demand="限期家访并报结果", answer_by=day, by=who["conference"], now=now)
        answer_order(self.order, text="已家访", by=who["principal"], now=now)
        self.item = put_on_agenda(case, reason="多次劝返无果", by=who["county"], now=now)
        self.finding = record_finding(
            unit=self.place.school, count="numbers", facts="名册与学籍不符", demand="逐人核实", answer_by=day, case=case, by=who["inspector"], now=now
        )

    def task(self, step: str, name: str = "") -> Assignment:
        """The open task of a step, of that child or of whichever has it."""
        from workflows.models import Assignment

        rows = Assignment.objects.filter(step=step, state="open")
        found: Assignment | None = (rows.filter(case=self.cases[name]) if name else rows).order_by("pk").first()
        assert found is not None, f"nobody has {step}"
        return found

    def next_door(self) -> tuple[Place, Case, User]:
        """Another county, a child on its ledger, and its officer."""
        from cases.register.opening import open_case
        from cases.register.verification import conclude_verification
        from tests.cast import conclusion

        far = make_place("420528", "长阳土家族自治县", "100", "龙舟坪镇")
        officer = make_user("far", "county_officer", far.education, name="覃立新")
        absent = (self.now - timedelta(days=40)).date()
        case = open_case(make_student(far, name="谭小梅"), channel="door_to_door", last_attended_on=absent, reason="work", by=officer, now=self.now)
        conclude_verification(case, **conclusion(), by=officer, now=self.now)
        return far, case, officer


def _sweep() -> int:
    from workflows import escalation

    return escalation.sweep()
