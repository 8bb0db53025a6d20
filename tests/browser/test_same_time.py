"""Two people at one task at the same moment, one person with an impatient finger, and a browser without scripts."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from tests.browser.conftest import Visit
from tests.browser.visitor import Visitor

if TYPE_CHECKING:
    from cases.register.models import Case
    from workflows.models import Assignment

pytestmark = pytest.mark.django_db(transaction=True)

SEEN = "祖母照看，孩子说跟不上数学。"
STORY = {"met": ["child"], "whereabouts": "at_home", "reason": "tired_of_school", "outcome": "hesitant"}


@pytest.fixture
def first_visit(case: Case, people: dict[str, object]) -> Assignment:
    from workflows.models import Assignment

    found: Assignment = Assignment.objects.get(case=case, step="first_visit", state="open")
    return found


@pytest.fixture
def village_check(case: Case, people: dict[str, object]) -> Assignment:
    from workflows.models import Assignment

    found: Assignment = Assignment.objects.get(case=case, step="village_check", state="open")
    return found


def fill_in(visitor: Visitor) -> None:
    """The form of a visit, as far as it must be."""
    page = visitor.page
    page.check("[name=mode][value=home]", force=True)
    page.check("[name=met][value=child]", force=True)
    for name in ("whereabouts", "reason", "outcome"):
        page.check(f"[name={name}][value={STORY[name]}]", force=True)
    page.fill("[name=account]", SEEN)


def test_one_of_two_wins_and_the_other_reads_who_and_when_and_keeps_the_words(visit: Visit, village_check: Assignment, case: Case) -> None:
    from django.db import transaction
    from django.utils.timezone import localtime

    from cases.register.models import Case

    two = [visit("village"), visit("village")]
    for number, visitor in enumerate(two):
        visitor.go(f"/tasks/{village_check.pk}/")
        visitor.page.check("[name=found][value=at_home]", force=True)
        visitor.page.fill("[name=note]", f"第{number + 1}个人看到的情况")
    with transaction.atomic():  # both arrive while nobody can go on, and then go on together
        Case.objects.select_for_update(no_key=True).get(pk=case.pk)
        for visitor in two:
            visitor.page.click("form[data-draft] [type=submit]", no_wait_after=True)
        time.sleep(1)
    for visitor in two:
        visitor.page.wait_for_selector(".kc-note--green, #too-late")
    late = [visitor for visitor in two if visitor.page.query_selector("#too-late")]
    assert len(late) == 1
    assert case.checks.count() == 1
    loser, words = two.index(late[0]), late[0].words()
    assert f"第{loser + 1}个人看到的情况" in words
    assert "谭明秀" in words  # who
    village_check.refresh_from_db()
    assert village_check.done_at is not None
    assert f"{localtime(village_check.done_at):%H:%M}" in words  # when


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_a_form_that_is_clicked_twice_counts_once(visit: Visit, first_visit: Assignment, case: Case, *, scripts: bool) -> None:
    teacher = visit("teacher", java_script_enabled=scripts)
    teacher.go(f"/tasks/{first_visit.pk}/")
    fill_in(teacher)
    teacher.page.dblclick("form:has([name=visit_id]) .kc-btn--primary", no_wait_after=True)
    teacher.page.wait_for_selector(".kc-messages .kc-note")
    assert case.visits.count() == 1


def test_the_main_road_needs_no_script(visit: Visit, first_visit: Assignment, case: Case) -> None:
    teacher = visit("teacher", java_script_enabled=False)
    assert teacher.path == "/tasks/"
    teacher.page.click(f"a[href='/tasks/{first_visit.pk}/'] >> nth=0")
    fill_in(teacher)
    teacher.page.click("form:has([name=visit_id]) .kc-btn--primary")
    teacher.page.wait_for_selector(".kc-messages .kc-note--green")
    assert case.visits.get().account == SEEN
    teacher.go(f"/tasks/{first_visit.pk}/")
    assert "吴艳" in teacher.page.inner_text("main")
    assert not teacher.page.query_selector("[name=visit_id]")
