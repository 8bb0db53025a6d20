"""What a post may do to a periodic report, beside what it may not; and who finds a hand in it."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from cases.directory.capabilities import NotAllowed
from cases.directory.models import User
from cases.journal.refused import Refused
from cases.ledger.models import Edition, Report, ReportKind
from cases.ledger.verifying import verify
from cases.periodic import services
from cases.periodic.drawing import draw_up, draw_up_unit, latest
from cases.periodic.periods import quarter_of
from cases.register.models import Case
from tests.databases import as_owner
from tests.factories import Place
from tests.periodic.conftest import Clock, at

pytestmark = pytest.mark.django_db

YES = {"compared": "yes", "all_here": "yes", "door_to_door": "not_due", "on_roll": 400, "present": 399, "nothing": False}
REVIEW = {"findings": "两所学校考勤不全。", "measures": "限期补齐，月底复查。", "opening_schools": 12, "opening_account": "开学秩序正常。"}


@pytest.fixture
def school_month(case: Case, principal: User, clock: Clock) -> Report:
    clock(at(2026, 9, 25))
    draw_up(ReportKind.SCHOOL, now=at(2026, 9, 25))
    found: Report = Report.of_every_kind.get()
    return found


@pytest.fixture
def review(place: Place, case: Case, county: User, county_head: User, clock: Clock) -> Report:
    clock(at(2026, 10, 5))
    draw_up_unit(place.area, quarter_of(2026, 3), now=at(2026, 10, 5))
    found: Report = Report.of_every_kind.get()
    return found


def test_a_principal_sends_the_month_and_it_is_closed(school_month: Report, principal: User, teacher: User, county: User) -> None:
    now = at(2026, 9, 26)
    for other in (teacher, county):
        with pytest.raises(NotAllowed):
            services.file_report(school_month, said=YES, note="已家访。", by=other, now=now)
    for said, note in (({**YES, "nothing": True}, ""), (YES, " "), ({**YES, "compared": ""}, "已家访。"), ({**YES, "present": 401}, "已家访。")):
        with pytest.raises(Refused):  # a child is suspected of dropping out: that is something
            services.file_report(school_month, said=said, note=note, by=principal, now=now)
    sent = services.file_report(school_month, said=YES, note="已家访。", by=principal, now=now)
    assert (sent.state, sent.sent_at, sent.closed_at) == ("filed", now, now)
    assert not sent.assignments.filter(state="open").exists()
    assert sent.process.status == "DONE"
    with pytest.raises(Refused):
        services.file_report(school_month, said=YES, note="已家访。", by=principal, now=now)
    with pytest.raises(DatabaseError), transaction.atomic():
        Report.of_every_kind.filter(pk=sent.pk).update(state="compiling", closed_at=None)


def test_nothing_to_report_where_there_is_nothing(place: Place, principal: User, clock: Clock) -> None:
    clock(at(2026, 9, 25))
    draw_up(ReportKind.SCHOOL, now=at(2026, 9, 25))
    report = Report.of_every_kind.get()
    with pytest.raises(Refused):
        services.file_report(report, said={**YES, "all_here": "no", "nothing": True}, by=principal, now=at(2026, 9, 25))
    services.file_report(report, said={**YES, "nothing": True}, by=principal, now=at(2026, 9, 25))
    assert report.acts.filter(act="filed", said__nothing=True).exists()


def test_a_review_is_compiled_and_signed_by_two_people(review: Report, county: User, county_head: User, prefecture: User) -> None:
    now = at(2026, 10, 8)
    for said in ({**REVIEW, "findings": " "}, {**REVIEW, "opening_schools": None}):
        with pytest.raises(Refused):  # the autumn term began in this quarter
            services.compile_review(review, said=said, by=county, now=now)
    with pytest.raises(NotAllowed):
        services.compile_review(review, said=REVIEW, by=prefecture, now=now)
    services.compile_review(review, said=REVIEW, by=county, now=now)
    with pytest.raises(NotAllowed):
        services.sign(review, by=county, now=now)
    with pytest.raises(Refused):
        services.send_back(review, note=" ", by=county_head, now=now)
    services.send_back(review, note="措施不具体。", by=county_head, now=now)
    services.compile_review(review, said=REVIEW, again=True, by=county, now=now)
    assert (latest(review).number, latest(review).cut_off) == (2, now)
    signed = services.sign(review, by=county_head, now=now)
    assert (signed.state, signed.sent_back) == ("filed", 1)
    assert [task.step for task in signed.assignments.order_by("pk")] == ["compile_review", "sign_review"] * 2
    assert {task.state for task in signed.assignments.all()} == {"done"}


def test_a_head_who_compiled_does_not_sign(review: Report, county_head: User) -> None:
    services.compile_review(review, said=REVIEW, by=county_head, now=at(2026, 10, 8))
    with pytest.raises(Refused):
        services.sign(review, by=county_head, now=at(2026, 10, 8))


def test_only_who_stands_above_reminds(school_month: Report, county: User, principal: User, prefecture: User, stranger: User) -> None:
    now = at(2026, 9, 29)
    for other in (principal, prefecture, stranger):
        with pytest.raises(NotAllowed):
            services.remind(school_month, by=other, now=now)
    services.remind(school_month, note="请尽快报送。", by=county, now=now)
    assert list(services.to_be_urged_by(county, Report.of_every_kind.all())) == [school_month]
    assert not services.to_be_urged_by(stranger, Report.of_every_kind.all()).exists()
    services.file_report(school_month, said=YES, note="已家访。", by=principal, now=now)
    with pytest.raises(Refused):
        services.remind(school_month, by=county, now=now)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("UPDATE cases_edition SET figures = jsonb_set(figures, '{work,still_out}', '9')", "数据"),
        ("UPDATE cases_reportact SET note = '全部到校' WHERE act = 'filed'", "填报内容"),
        ("UPDATE cases_reportact SET digest = repeat('0', 64) WHERE act = 'filed'", "填报内容"),
    ],
)
def test_a_hand_in_a_closed_report_is_found(school_month: Report, principal: User, change: str, words: str) -> None:
    services.file_report(school_month, said=YES, note="已家访。", by=principal, now=at(2026, 9, 26))
    assert verify() == []
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
    with as_owner(str(connection.settings_dict["NAME"])) as owner:
        table = change.split()[1]
        owner.execute(f"ALTER TABLE {table} DISABLE TRIGGER append_only")
        owner.execute(change)
        owner.execute(f"ALTER TABLE {table} ENABLE TRIGGER append_only")
    faults: list[Any] = verify()
    assert any(words in fault.what and fault.month == "2026-09" for fault in faults)
    assert Edition.objects.count() == 1
