"""The monthly report on its road: drawn up, compiled, signed, checked, accepted; sent back; late; corrected by the month after."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from cases.directory.capabilities import NotAllowed
from cases.directory.models import Area, User
from cases.journal.models import Entry
from cases.journal.refused import Refused
from cases.ledger import reporting
from cases.ledger.adjustments import difference
from cases.ledger.drawing import draw_up_month, is_time
from cases.ledger.models import Closure, Line, Report, ReportName, ReportState
from cases.ledger.verifying import verify
from cases.register.models import Case, Standing
from notifications.models import Notification
from tests.cast import SHANGHAI
from tests.databases import as_owner
from tests.factories import Place, make_user
from tests.ledger.test_figures import fact
from workflows.escalation import sweep
from workflows.models import Assignment, Deadline, Escalation

Clock = Callable[[datetime], None]
TWELFTH = datetime(2026, 11, 12, 6, 30, tzinfo=SHANGHAI)  # a Thursday; the 15th is a Sunday


def at(day: int, hour: int = 9, month: int = 11) -> datetime:
    return datetime(2026, month, day, hour, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def october(db: None, clock: Clock) -> None:
    """When the child entered the ledger."""
    clock(datetime(2026, 10, 17, 9, tzinfo=SHANGHAI))


@pytest.fixture
def report(on_ledger: Case, county: User, county_head: User, prefecture: User, province: User, clock: Clock) -> Report:
    """The November report of 兴山县, drawn up on the 12th."""
    clock(TWELFTH)
    assert draw_up_month(2026, 11, now=TWELFTH) == 1
    drawn_up: Report = Report.objects.get()
    return drawn_up


def task(report: Report) -> Assignment:
    return Assignment.objects.get(report=report, state="open")


def up(report: Report, *steps: tuple[Callable[..., Report], User, datetime]) -> Report:
    for step, by, now in steps:
        report = step(report, note="已核对", by=by, now=now)
    return report


def closed(report: Report, county: User, county_head: User, prefecture: User, province: User) -> Report:
    return up(
        report,
        (reporting.compile_report, county, at(12)),
        (reporting.sign, county_head, at(13)),
        (reporting.check, prefecture, at(13, 14)),
        (reporting.accept, province, at(14)),
    )


def test_the_month_is_drawn_up_on_the_twelfth_once(report: Report, county: User) -> None:
    assert not is_time(datetime(2026, 11, 12, 5, tzinfo=SHANGHAI))
    assert is_time(TWELFTH)
    assert draw_up_month(2026, 11, now=TWELFTH) == 0, "twice is harmless"
    assert (report.due_on, report.number) == (date(2026, 11, 15), "420526-2026-11")
    line = Line.objects.get(kind="county")
    assert (line.on_ledger, line.still_out) == (1, 1)
    assert ReportName.objects.get().column == "still_out"
    assert Notification.objects.filter(recipient=county, message="report_task_assigned").exists()
    with pytest.raises(Refused):
        draw_up_month(2026, 12, now=TWELFTH)


def test_the_steps_are_counted_back_from_the_fifteenth_which_never_moves(
    report: Report, county: User, county_head: User, prefecture: User, province: User
) -> None:
    days = [task(report).due_at]
    for step, by, now in (
        (reporting.compile_report, county, at(12)),
        (reporting.sign, county_head, at(12, 11)),
        (reporting.check, prefecture, at(13)),
    ):
        step(report, note="", by=by, now=now)
        days.append(task(report).due_at)
    assert [day.astimezone(SHANGHAI).day for day in days if day] == [12, 13, 15, 17], "the province has two working days from the 15th"
    assert Deadline.objects.filter(state="armed", assignment__report=report).count() == 1


def test_each_step_belongs_to_its_post_and_the_signer_is_somebody_else(
    report: Report, county: User, county_head: User, prefecture: User, province: User, stranger: User
) -> None:
    for nobody in (prefecture, province, stranger):
        with pytest.raises(NotAllowed):
            reporting.compile_report(report, note="", by=nobody, now=at(12))
    reporting.compile_report(report, note="", by=county_head, now=at(12))
    with pytest.raises(Refused):
        reporting.sign(report, by=county_head, now=at(12))
    with pytest.raises(NotAllowed):
        reporting.sign(report, by=county, now=at(12))
    with pytest.raises(Refused):
        reporting.check(report, by=prefecture, now=at(12))


# Tables and lists of names are made of the newest edition: an empty one would stand in the place of the closed month.
LATE_EDITION = """INSERT INTO cases_edition (report_id, number, cut_off, until, rules, by_id)
                  SELECT report_id, number + 1, cut_off, until, rules, by_id FROM cases_edition"""


def test_an_accepted_month_is_closed_for_good(report: Report, county: User, county_head: User, prefecture: User, province: User) -> None:
    done = closed(report, county, county_head, prefecture, province)
    assert done.state == ReportState.ACCEPTED
    assert not Assignment.objects.filter(report=report, state="open").exists()
    assert Entry.objects.get(verb="report.accepted").data["digest"] == Closure.objects.get().digest
    assert verify() == []
    for statement in (
        "UPDATE cases_line SET still_out = 0, returned = 1",
        "DELETE FROM cases_reportname",
        "UPDATE cases_report SET due_on = '2026-12-15'",
        """INSERT INTO cases_reportname (edition_id, case_id, "column", priority, township, school)
           SELECT edition_id, case_id + 1000000, 'returned', false, '', NULL FROM cases_reportname""",
        LATE_EDITION,
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    with pytest.raises((Refused, NotAllowed)):
        reporting.send_back(done, note="再核", by=province, now=at(14))


@pytest.mark.django_db(transaction=True)
def test_whoever_gets_around_the_guard_is_found_and_the_month_named(
    report: Report, county: User, county_head: User, prefecture: User, province: User, capsys: pytest.CaptureFixture[str]
) -> None:
    closed(report, county, county_head, prefecture, province)
    with as_owner(str(connection.settings_dict["NAME"])) as owner:
        owner.execute("ALTER TABLE cases_edition DISABLE TRIGGER month_is_open")
        owner.execute(LATE_EDITION)
        owner.execute("ALTER TABLE cases_edition ENABLE TRIGGER month_is_open")
    assert [(fault.unit, fault.month) for fault in verify()] == [("兴山县", "2026-11")]
    with as_owner(str(connection.settings_dict["NAME"])) as owner:
        owner.execute("ALTER TABLE cases_line DISABLE TRIGGER append_only")
        owner.execute("UPDATE cases_line SET still_out = returned, returned = still_out")
        owner.execute("ALTER TABLE cases_line ENABLE TRIGGER append_only")
    faults = verify()
    assert {(fault.unit, fault.month) for fault in faults} == {("兴山县", "2026-11")}
    assert len(faults) == 3, "the names no longer bear the numbers out, either, and there is an edition too many"
    with pytest.raises(CommandError, match="2026-11"):
        call_command("verify_ledger")
    assert "兴山县" in capsys.readouterr().err


def test_what_is_sent_back_is_counted_anew_with_a_cut_off_of_its_own(
    report: Report, county: User, county_head: User, prefecture: User, on_ledger: Case, clock: Clock
) -> None:
    up(report, (reporting.compile_report, county, at(12)), (reporting.sign, county_head, at(12, 10)))
    with pytest.raises(Refused):
        reporting.send_back(report, note=" ", by=prefecture, now=at(12, 11))
    reporting.send_back(report, note="复学证明未附", by=prefecture, now=at(12, 11))
    assert task(report).step == "compile_report"
    clock(at(12, 12))
    fact(on_ledger, Standing.RETURNED, date(2026, 11, 12))
    clock(at(12, 13))
    again = reporting.compile_report(report, note="已补附", by=county, now=at(12, 13))
    assert (again.sent_back, reporting.latest(again).number) == (1, 2)
    first, second = again.editions.order_by("number")
    assert (first.lines.get(kind="county").returned, second.lines.get(kind="county").returned) == (0, 1), "the first stays on record"
    assert second.cut_off == at(12, 13)


def test_a_late_report_is_escalated_like_every_task(report: Report, county_head: User, prefecture: User) -> None:
    sweep(now=at(12, 18))
    assert Escalation.objects.filter(assignment__report=report, organisation=report.education, role="county_head", state="open").count() == 1
    sweep(now=at(18, 18))
    above = Escalation.objects.filter(assignment__report=report, organisation=report.prefecture).first()
    assert above is not None
    assert Notification.objects.filter(recipient=prefecture, message="report_escalated").exists()


def test_a_county_that_reports_straight_to_the_province_skips_the_prefecture(province: User, on_ledger: Case, place: Place, clock: Clock) -> None:
    from tests.factories import make_organisation

    area = Area.objects.get(code="429004")
    bureau = make_organisation("county_education", area, "仙桃市教育局", superior=province.posts()[0].organisation, line="education")
    officer, head = make_user("xt", "county_officer", bureau), make_user("xt-head", "county_head", bureau)
    clock(TWELFTH)
    draw_up_month(2026, 11, now=TWELFTH)
    report = Report.objects.get(unit=area)
    up(report, (reporting.compile_report, officer, at(12)), (reporting.sign, head, at(13)))
    report.refresh_from_db()
    assert (report.prefecture_id, report.state, task(report).step) == (None, ReportState.ACCEPTING, "accept_report")


def test_a_later_correction_is_an_adjusting_entry_of_the_month_after(
    report: Report, county: User, county_head: User, prefecture: User, province: User, on_ledger: Case, clock: Clock
) -> None:
    closed(report, county, county_head, prefecture, province)
    clock(at(20))
    told = fact(on_ledger, Standing.RETURNED, date(2026, 11, 10))  # so on the 10th, told on the 20th
    clock(at(12, 7, month=12))
    assert draw_up_month(2026, 12, now=at(12, 7, month=12)) == 1
    december = Report.objects.get(month=12)
    adjustment = reporting.latest(december).adjustments.get()
    assert (adjustment.corrects, adjustment.case, adjustment.before, adjustment.after) == (report, on_ledger, "still_out", "returned")
    assert adjustment.entry == told.entry
    [change] = difference(reporting.latest(december))
    assert (change.kind, change.adjusts) == ("moved", True)
    assert report.editions.get().lines.get(kind="county").still_out == 1, "November stays as it was closed"
    with pytest.raises(Refused):
        reporting.compile_report(december, note="", by=county, now=at(14, month=12))
    reporting.compile_report(december, note="复学材料迟到", by=county, now=at(14, month=12))
    assert verify() == []
