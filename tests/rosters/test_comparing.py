"""Two ledgers side by side: what differs, who settles it, what the next list closes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from cases.directory.capabilities import NotAllowed
from cases.journal.models import Entry
from cases.journal.refused import Refused
from cases.journal.verbs import Verb
from cases.rosters import figures, importing, settling
from cases.rosters.models import Discrepancy, RosterRow, SameChild
from cases.rosters.settling import AlreadySettled, ReasonMissing
from tests.factories import identity_number
from tests.rosters.conftest import LATER
from tests.rosters.lists import compared, line, number_of

if TYPE_CHECKING:
    from cases.directory.models import User
    from cases.register.models import Case
    from tests.factories import Place

DAY = LATER.date()
Make = Callable[..., "Case"]


def open_kinds() -> dict[str, int]:
    kinds = list(Discrepancy.objects.filter(settled="").values_list("kind", flat=True))
    return {kind: kinds.count(kind) for kind in sorted(set(kinds))}


def test_where_both_say_the_same_nothing_differs(entered: Make, county: User) -> None:
    case = entered()
    roster = compared([line(case.student)], county, taken_on=DAY, now=LATER)
    assert open_kinds() == {}
    assert RosterRow.objects.get(roster=roster).matched_by == "identity"
    assert figures.together(figures.rates(case.county_id, today=DAY)).rate == 100.0


def test_each_kind_of_difference_is_found_once_with_its_day_and_its_person(entered: Make, county: User, principal: User, place: Place) -> None:
    absent, back, renumbered, rolled = entered("缺者"), entered("返者"), entered("改号"), entered("学籍异")
    for case, roll in ((renumbered, "L2024001"), (rolled, "L2024002")):
        case.student.roll_number = roll
        case.student.save(update_fields=["roll_number"])
    maybe = entered("同名")
    unknown = identity_number(born_on=date(2012, 3, 3))
    rows = [
        line(back.student, "已复学"),
        line(renumbered.student, number=identity_number(), roll="L2024001"),
        line(rolled.student, roll="L2024999"),
        line(maybe.student, number="不详"),
        ("陌生人", unknown, "", "2012-03-03", place.school.name, "仍辍学", ""),
    ]
    compared(rows, county, taken_on=DAY, now=LATER)
    assert open_kinds() == {"identity": 1, "missing_here": 1, "missing_there": 1, "possible": 1, "roll": 1, "status": 1}
    found = Discrepancy.objects.get(kind="missing_there")
    assert found.case == absent
    assert found.holder == principal
    assert found.organisation == place.school
    assert found.due_on is not None
    assert 3 <= (found.due_on - DAY).days <= 6  # three working days
    assert (Discrepancy.objects.get(kind="status").ours, Discrepancy.objects.get(kind="status").theirs) == ("still_out", "returned")
    assert figures.together(figures.rates(absent.county_id, today=DAY)).rate == 0.0


def test_the_next_list_finds_the_same_difference_again_and_closes_what_has_vanished(entered: Make, county: User) -> None:
    one, other = entered("一"), entered("二")
    first = compared([line(one.student, "已复学")], county, taken_on=DAY, now=LATER)
    assert open_kinds() == {"missing_there": 1, "status": 1}
    second = compared([line(one.student, "已复学"), line(other.student)], county, taken_on=DAY + timedelta(days=1), now=LATER + timedelta(days=1))
    assert open_kinds() == {"status": 1}
    gone = Discrepancy.objects.get(kind="missing_there")
    assert (gone.settled, gone.settled_in, gone.settled_by) == ("gone", second, None)
    assert Discrepancy.objects.get(kind="status").found_in == first
    assert second.found["gone"] == 1
    assert second.found["new"] == 0


def test_both_right_holds_as_long_as_both_say_the_same(entered: Make, county: User) -> None:
    case = entered()
    compared([line(case.student, "已复学")], county, taken_on=DAY, now=LATER)
    found = Discrepancy.objects.get()
    with pytest.raises(ReasonMissing):
        settling.settle(found, how="both_right", by=county, now=LATER)
    settling.settle(found, how="both_right", reason="系统按周更新", by=county, now=LATER)
    with pytest.raises(AlreadySettled):
        settling.settle(found, how="ours_corrected", by=county, now=LATER)
    compared([line(case.student, "已复学")], county, taken_on=DAY + timedelta(days=1), now=LATER + timedelta(days=1))
    assert open_kinds() == {}
    compared([line(case.student, "核减")], county, taken_on=DAY + timedelta(days=2), now=LATER + timedelta(days=2))
    assert open_kinds() == {"status": 1}
    assert Entry.objects.filter(verb=Verb.DISCREPANCY_SETTLED, case=case).count() == 1


def test_what_was_said_to_be_corrected_and_was_not_comes_again(entered: Make, county: User) -> None:
    case = entered()
    compared([line(case.student, "已复学")], county, taken_on=DAY, now=LATER)
    settling.settle(Discrepancy.objects.get(), how="theirs_corrected", by=county, now=LATER)
    compared([line(case.student, "已复学")], county, taken_on=DAY + timedelta(days=1), now=LATER + timedelta(days=1))
    assert open_kinds() == {"status": 1}


def test_a_confirmed_match_holds_for_every_later_list(entered: Make, county: User) -> None:
    case, other = entered("同名"), identity_number(born_on=date(2013, 5, 4))
    compared([line(case.student, number=other)], county, taken_on=DAY, now=LATER)
    assert open_kinds() == {"possible": 1}
    settling.settle(Discrepancy.objects.get(), how="same", by=county, now=LATER)
    assert SameChild.objects.get().student == case.student
    compared([line(case.student, number=other)], county, taken_on=DAY + timedelta(days=1), now=LATER + timedelta(days=1))
    assert open_kinds() == {"identity": 1}


def test_two_different_children_are_two_differences(entered: Make, county: User) -> None:
    case = entered("同名")
    other = line(case.student, number=identity_number(born_on=date(2013, 5, 4)))
    compared([other], county, taken_on=DAY, now=LATER)
    settling.settle(Discrepancy.objects.get(), how="not_same", by=county, now=LATER)
    compared([other], county, taken_on=DAY + timedelta(days=1), now=LATER + timedelta(days=1))
    assert open_kinds() == {"missing_here": 1, "missing_there": 1}


def test_a_case_counts_as_opened_only_when_it_is(entered: Make, county: User, place: Place) -> None:
    case = entered()
    compared(
        [line(case.student), ("陌生人", identity_number(born_on=date(2012, 3, 3)), "", "2012-03-03", place.school.name, "辍学", "")],
        county, taken_on=DAY, now=LATER,
    )  # fmt: skip
    found = Discrepancy.objects.get(kind="missing_here")
    with pytest.raises(Refused):
        settling.settle(found, how="case_opened", by=county, now=LATER)


def test_a_principal_settles_the_own_schools_and_nobody_else_elsewhere(
    entered: Make, county: User, principal: User, teacher: User, stranger: User
) -> None:
    case = entered()
    compared([line(case.student, "已复学")], county, taken_on=DAY, now=LATER)
    found = Discrepancy.objects.get()
    for nobody in (teacher, stranger):
        assert not Discrepancy.objects.visible_to(nobody).exists()
        with pytest.raises(NotAllowed):
            settling.settle(found, how="ours_corrected", by=nobody, now=LATER)
    assert Discrepancy.objects.visible_to(principal).exists()
    settling.settle(found, how="ours_corrected", by=principal, now=LATER)


def test_many_are_settled_with_one_reason_each_by_itself(entered: Make, county: User) -> None:
    one, other = entered("一"), entered("二")
    compared([line(one.student, "已复学"), line(other.student, "已复学")], county, taken_on=DAY, now=LATER)
    some = list(Discrepancy.objects.select_related("case").order_by("pk"))
    settling.settle(some[0], how="ours_corrected", by=county, now=LATER)
    done, refused = settling.settle_many(some, how="theirs_corrected", reason="已更正", by=county, now=LATER)
    assert done == 1
    assert [found for found, _words in refused] == [some[0]]


def test_an_older_list_is_not_compared_after_a_newer_one(entered: Make, county: User) -> None:
    case = entered()
    compared([line(case.student)], county, taken_on=DAY, now=LATER)
    with pytest.raises(importing.NotReady):
        compared([line(case.student, "已复学")], county, taken_on=DAY - timedelta(days=1), now=LATER)


def test_lines_that_nobody_needs_any_more_are_destroyed(entered: Make, county: User) -> None:
    case = entered()
    first = compared([line(case.student)], county, taken_on=DAY, now=LATER)
    compared([line(case.student)], county, taken_on=DAY + timedelta(days=1), now=LATER)
    assert not RosterRow.objects.filter(roster=first).exists()
    assert number_of(case.student) not in str(list(RosterRow.objects.values()))
