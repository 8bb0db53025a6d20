"""Drawn by lot, visited by another unit, and what is not true comes back to the ledger."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from cases.directory.capabilities import NotAllowed
from cases.directory.models import User
from cases.ledger.deductions import deduction_rates
from cases.ledger.figures import Level, Within, figures
from cases.register.clearance import propose_deduction
from cases.register.decisions import decide
from cases.register.locking import Refused
from cases.register.models import Case, Clearance, Standing
from cases.register.opening import open_case
from cases.register.verification import conclude_verification
from cases.spotchecks import lots, services
from cases.spotchecks.models import Draw, SpotCheck
from tests.cast import NOON, conclusion
from tests.factories import Place, make_area, make_organisation, make_student, make_user
from tests.paper import pdf, photo
from tests.workflows.desk import as_
from workflows.models import Assignment, AssignmentState

pytestmark = pytest.mark.usefixtures("everybody")

CLEARED = NOON + timedelta(days=40)  # in the last quarter of 2026
DRAWN = NOON.replace(year=2027, month=1, day=6)
VISITED = DRAWN + timedelta(days=3)


def found(**more: Any) -> dict[str, Any]:
    """What somebody who looked records."""
    return {
        "visited_on": VISITED.date(), "account": "到家未见学生，邻居称其在外务工。", "evidence": [("visit_photo", photo())], "now": VISITED,
    } | more  # fmt: skip


Clear = Callable[[int], list[Clearance]]


@pytest.fixture
def clear(place: Place, teacher: User, principal: User, county: User) -> Clear:
    """Children who were deducted, proposed by the principal and approved by the county."""

    def cleared(count: int) -> list[Clearance]:
        made = []
        for number in range(count):
            case = open_case(
                make_student(place, name=f"学生{number}", number=""), channel="attendance", last_attended_on=(NOON - timedelta(days=8)).date(),
                reason="work", by=teacher, now=NOON,
            )  # fmt: skip
            conclude_verification(case, **conclusion(), by=principal, now=NOON + timedelta(days=30))
            proposal = propose_deduction(
                case, ground="enrolled_elsewhere", occurred_on=CLEARED.date(), by=principal, now=CLEARED,
                evidence=[("roll_screenshot", pdf()), ("enrolment_certificate", pdf())],
            )  # fmt: skip
            made.append(decide(proposal, approve=True, by=county, now=CLEARED))
        return made

    return cleared


@pytest.fixture
def visitors(place: Place) -> User:
    """The officer of another township of the county."""
    area = make_area("420526105", "昭君镇", "township")
    return make_user("visitor", "township_officer", make_organisation("township", area, "昭君镇人民政府", superior=place.government))


def draw(place: Place, now: datetime = DRAWN) -> Draw:
    made = services.draw(place.area, year=2026, quarter=4, now=now)
    assert made is not None
    return made


def test_a_tenth_is_drawn_by_a_lot_that_anybody_can_repeat(place: Place, clear: Clear, visitors: User) -> None:
    cleared = clear(12)
    made = draw(place)
    checks = list(made.checks.order_by("pk"))
    assert (len(made.candidates), len(checks)) == (12, 2)
    by_hand = sorted((row.pk for row in cleared), key=lambda pk: hashlib.sha256(f"{made.seed}:{pk}".encode()).hexdigest())[:2]
    assert sorted(check.clearance_id for check in checks) == sorted(by_hand)
    assert services.holds(made)
    assert services.draw(place.area, year=2026, quarter=4, now=DRAWN) is None  # drawn once, whatever came out
    assert services.draw(place.area, year=2026, quarter=3, now=DRAWN) is None  # nothing was cleared then


def test_the_lot_is_fair_and_every_share_is_rounded_up() -> None:
    assert [lots.how_many(n, share=10) for n in (0, 1, 9, 10, 11, 100)] == [0, 1, 1, 1, 2, 10]
    drawn = [pk for seed in range(2000) for pk in lots.pick(range(20), seed=str(seed), share=10)]
    assert len(drawn) == 4000
    assert all(140 < drawn.count(pk) < 260 for pk in range(20))  # 200 each, within four standard deviations


def test_what_was_drawn_cannot_be_changed_and_a_check_that_was_not_drawn_is_seen(place: Place, clear: Clear, visitors: User) -> None:
    cleared = clear(3)
    made = draw(place)
    for change in (lambda: Draw.objects.update(seed="1"), lambda: Draw.objects.filter(pk=made.pk).delete()):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()
    other = next(row for row in cleared if row.pk != made.checks.get().clearance_id)
    made.checks.update(clearance=other)
    assert not services.holds(made)


def test_another_unit_is_sent_and_never_one_that_had_a_hand_in_the_clearance(
    place: Place, clear: Clear, visitors: User, township: User, county: User, principal: User
) -> None:
    clear(1)
    check = draw(place).checks.get()
    task = Assignment.objects.get(step="spot_check", state=AssignmentState.OPEN)
    assert (task.holder, task.organisation, check.organisation) == (visitors, visitors.posts()[0].organisation, visitors.posts()[0].organisation)
    for nobody in (township, county, principal):
        with pytest.raises(NotAllowed):
            services.record_check(check, finding="true", by=nobody, **found())


def test_where_no_other_township_has_an_officer_the_inspectorate_is_sent(place: Place, clear: Clear, inspector: User) -> None:
    clear(1)
    check = draw(place).checks.get()
    assert (check.organisation, check.role) == (place.inspectorate, "inspector")
    services.record_check(check, finding="true", by=inspector, **found())


def test_what_is_true_stays_cleared(place: Place, clear: Clear, visitors: User) -> None:
    [cleared] = clear(1)
    check = draw(place).checks.get()
    lacking: dict[str, Any]
    for lacking in ({"account": " "}, {"evidence": []}, {"visited_on": (DRAWN - timedelta(days=1)).date()}):
        with pytest.raises(Refused):
            services.record_check(check, finding="true", by=visitors, **found(**lacking))
    services.record_check(check, finding="true", by=visitors, **found())
    case = Case.objects.get(pk=cleared.case_id)
    assert (case.standing, case.episode, bool(case.closed_at)) == (Standing.DEDUCTED, 1, True)
    assert not Assignment.objects.filter(case=case, state=AssignmentState.OPEN).exists()
    with pytest.raises(services.AlreadyChecked):
        services.record_check(check, finding="not_true", by=visitors, **found())


def test_what_is_not_true_is_back_on_the_ledger_as_a_new_episode_and_is_counted(
    place: Place, clear: Clear, visitors: User, principal: User, county_head: User
) -> None:
    from notifications.models import Notification

    [cleared] = clear(1)
    check = draw(place).checks.get()

    services.record_check(check, finding="not_true", by=visitors, **found())

    case = Case.objects.get(pk=cleared.case_id)
    assert (case.standing, case.episode, case.closed_at, case.entered_ledger_on) == (Standing.STILL_OUT, 2, None, VISITED.date())
    assert "write_plan" in Assignment.objects.filter(case=case, state=AssignmentState.OPEN).values_list("step", flat=True)
    told = set(Notification.objects.filter(message="clearance_not_true").values_list("recipient__username", flat=True))
    assert told == {"principal", "county", "county-head"}
    total = figures(2027, VISITED.date(), within=Within(county=place.area.pk), level=Level.TOWNSHIP)[0]
    assert (total.on_ledger.total, total.still_out.total, total.deducted.total) == (1, 1, 0)
    [rate] = [row for row in deduction_rates(Within(county=place.area.pk), 2026, level=Level.SCHOOL) if row.key == str(place.school.pk)]
    assert (rate.checked, rate.not_true) == (1, 1)


def test_the_unit_that_is_sent_sees_the_claim_and_the_address_and_not_the_case(place: Place, clear: Clear, visitors: User) -> None:
    clear(1)
    draw(place)
    task = Assignment.objects.get(step="spot_check", state=AssignmentState.OPEN)
    browser = as_(visitors)
    text = browser.get(reverse("task", args=[task.pk])).content.decode()
    assert task.case.student.name in text
    assert task.case.student.address in text
    assert f"/cases/{task.case_id}/" not in text
    assert browser.get(task.case.get_absolute_url()).status_code == 404
    said = {
        "finding": "true",
        "visited_on": DRAWN.date().isoformat(),
        "account": "在新学校见到学生。",
        "evidence-0-kind": "visit_photo",
        "evidence-0": photo(),
    }
    assert browser.post(reverse("task", args=[task.pk]), said).status_code in {302, 422}


def test_the_pages_of_the_draws_are_for_those_who_look_after_the_clearances(
    place: Place, clear: Clear, visitors: User, county: User, inspector: User, prefecture: User, teacher: User, stranger: User
) -> None:
    clear(1)
    made = draw(place)
    for reader in (county, inspector, prefecture):
        browser = as_(reader)
        assert place.area.name in browser.get(reverse("draws")).content.decode()
        assert made.seed in browser.get(made.get_absolute_url()).content.decode()
    for other in (teacher, stranger, visitors):
        browser = as_(other)
        assert browser.get(made.get_absolute_url()).status_code == 404
        assert place.area.name not in browser.get(reverse("draws")).content.decode()


def test_the_list_of_draws_costs_the_same_however_many_there_are(place: Place, clear: Clear, visitors: User, county: User) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    clear(2)
    draw(place)
    browser = as_(county)
    with CaptureQueriesContext(
        connection,
    ) as one:
        browser.get(reverse("draws"))
    Draw.objects.bulk_create(Draw(county=place.area, year=2020 + n, quarter=1, seed="1", share=10, candidates=[1], drawn_at=DRAWN) for n in range(5))
    with CaptureQueriesContext(connection) as many:
        browser.get(reverse("draws"))
    assert len(many) == len(one) <= 8
    assert SpotCheck.objects.count() == 1
