"""A whole month of the province: 103 counties report, one is sent back, two are late and escalated, the province accepts all of them;
in the month after a correction shows as an adjusting entry.

Three counties walk over the pages, step by step; the others do the same through the services. `make prove-ledger` walks all 103 over HTTP.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from cases.ledger import reporting, tables
from cases.ledger.drawing import draw_up_month
from cases.ledger.models import Closure, Report, ReportState
from cases.ledger.verifying import verify
from tests.cast import SHANGHAI
from tests.journeys.province import Province, make_province
from tests.ledger.test_figures import fact
from workflows.escalation import sweep
from workflows.models import Escalation

Clock = Callable[[datetime], None]
WALKED = frozenset({"420526", "420106", "429004"})  # over the pages; the last reports straight to the province
SENT_BACK, LATE = "420106", ("420222", "429021")


def at(day: int, hour: int = 9, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=SHANGHAI)


@pytest.fixture
def people(db: None, clock: Clock) -> Province:
    clock(at(9, month=10))
    return make_province()


class Walk:
    """One county over the pages, or through the services; the same steps."""

    def __init__(self, client: Client, people: Province, clock: Clock, walked: frozenset[str] | None) -> None:
        self.client, self.people, self.clock, self.walked = client, people, clock, walked

    def step(self, report: Report, act: str, now: datetime, note: str = "") -> None:
        user = self.people.of(report, act)
        if self.walked is None or report.unit_id in self.walked:
            self.clock(now)
            self.client.force_login(user)
            answer = self.client.post(report.get_absolute_url(), {"act": act, "note": note})
            assert answer.status_code == 302, answer.context["form"].errors
        else:
            services: dict[str, Any] = {
                "compiled": reporting.compile_report, "signed": reporting.sign, "checked": reporting.check,
                "accepted": reporting.accept, "sent_back": reporting.send_back,
            }  # fmt: skip
            services[act](report, note=note, by=user, now=now)


def test_a_month_of_the_province(client: Client, people: Province, clock: Clock) -> None:
    play_a_month(Walk(client, people, clock, WALKED))


def play_a_month(walk: Walk) -> None:
    """November of 103 counties, and what December says of it."""
    client, people, clock = walk.client, walk.people, walk.clock
    clock(at(12, 6))
    assert draw_up_month(2026, 11, now=at(12, 6)) == 103
    reports = {report.unit_id: report for report in Report.objects.order_by("unit_id")}

    for unit, report in reports.items():
        if unit not in LATE:
            walk.step(report, "compiled", at(12))
            walk.step(report, "signed", at(13))
    walk.step(reports[SENT_BACK], "sent_back", at(13, 14), "漏报一人")
    walk.step(reports[SENT_BACK], "compiled", at(13, 15), "已补报")
    walk.step(reports[SENT_BACK], "signed", at(13, 16))

    # the 15th is over: two counties have not sent, and their superiors are told
    clock(at(18))
    sweep(limit=2000, now=at(18))
    raised = Escalation.objects.filter(assignment__step="compile_report", state="open").values_list("assignment__report__unit_id", flat=True)
    assert set(raised) == set(LATE)
    client.force_login(people.province)
    board = client.get(reverse("ledger-reports")).context
    assert (board["unsent"], board["late"], board["total"]) == (2, 2, 103)

    for unit in LATE:
        walk.step(reports[unit], "compiled", at(18, 10))
        walk.step(reports[unit], "signed", at(18, 11))
    for report in reports.values():
        if report.prefecture_id:
            walk.step(report, "checked", at(18, 14))
        walk.step(report, "accepted", at(19))
    assert Closure.objects.count() == 103
    assert set(Report.objects.values_list("state", flat=True)) == {ReportState.ACCEPTED}
    clock(at(19, 12))
    table = tables.of_month(2026, 11)
    assert (table.is_closed, table.lines[0].pairs[0], table.lines[0].pairs[4]) == (True, (103, 0), (103, 0))
    client.force_login(people.province)
    assert {row.area.pk for row in client.get(reverse("ledger-reports")).context["rows"] if row.late_before} == set(LATE)

    # a child was back on the 10th, and everybody learns it on the 25th: November stays, December says so
    clock(at(25))
    told = fact(people.case_of("420526"), "returned", at(10).date())
    clock(at(12, 6, month=12))
    assert draw_up_month(2026, 12, now=at(12, 6, month=12)) == 103
    december = Report.objects.get(unit="420526", month=12)
    client.force_login(people.of(december, "compiled"))
    page = client.get(december.get_absolute_url())
    [(adjustment, before, after, seen)] = page.context["adjustments"]
    assert (adjustment.corrects, adjustment.entry, seen) == (reports["420526"], told.entry, True)
    assert (adjustment.before, adjustment.after) == ("still_out", "returned")
    assert [change.adjusts for change, *_rest in page.context["changes"]] == [True]
    assert before != after
    assert tables.of_month(2026, 11).lines[0].pairs[1] == (0, 0)
    assert tables.of_month(2026, 12).lines[0].pairs[1] == (1, 0)
    assert verify() == []
