"""What supervisors of the demo's county demanded lately: two orders, an item of the agenda, a finding."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from cases.conferences.services import put_on_agenda
from cases.directory.models import User
from cases.inspections.services import record_finding
from cases.register.models import Case, Standing
from cases.supervision.services import answer_order, issue_order
from project.demo.papers import paper


def tell(now: datetime) -> None:
    """An order that waits for its answer, one whose answer waits for the decision, a case before the conference, a finding on the school."""
    who = {user.username: user for user in User.objects.filter(username__in=("conference", "township-head", "county", "inspector", "principal"))}
    school, township = who["principal"].posts()[0].organisation, who["township-head"].posts()[0].organisation
    hard = Case.objects.filter(township=township, standing=Standing.STILL_OUT, closed_at=None, paused_at=None).order_by("pk")
    of_school = hard.filter(school=school)
    first, second, third = _three(list(of_school), list(hard))
    today = timezone.localdate(now)
    issue_order(
        first,
        addressee=school,
        demand="学生辍学已逾一个月，劝返记录不完整。请五日内由校领导带队入户劝返，补齐家访记录，并书面报告结果。",
        answer_by=today + timedelta(days=3),
        by=who["conference"],
        now=now - timedelta(days=2),
    )
    answered = issue_order(
        second,
        addressee=township,
        demand="联合劝返多次逾期。请镇主要负责人包案，组织村、校、派出所联合入户，限期劝返并报送佐证材料。",
        answer_by=today + timedelta(days=1),
        by=who["conference"],
        now=now - timedelta(days=6),
    )
    answer_order(
        answered,
        text="镇长已带队入户，家长签订返校承诺书，孩子答应下周一返校；镇民政所已落实临时救助。",
        evidence=[paper("返校承诺书")],
        by=who["township-head"],
        now=now - timedelta(days=1),
    )
    put_on_agenda(
        third,
        reason="父母长期失联，监护人无力管教，学校和镇多次劝返无果，请联席会议研究监护和救助措施。",
        by=who["county"],
        now=now - timedelta(days=1),
    )
    record_finding(
        unit=school,
        count="numbers",
        facts="抽查八年级花名册，与学籍系统在籍人数相差两人，缺勤台账未逐日登记。",
        demand="逐人核实去向，补登缺勤台账，十日内书面报告。",
        answer_by=today + timedelta(days=7),
        case=first,
        by=who["inspector"],
        now=now - timedelta(days=3),
    )


def _three(own: list[Case], all_of_them: list[Case]) -> tuple[Case, Case, Case]:
    """A case of the school and two others of the township."""
    first = (own or all_of_them)[0]
    others = [case for case in all_of_them if case.pk != first.pk]
    return first, others[0], others[1]
