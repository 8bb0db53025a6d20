"""Findings of the inspectorate: on which unit, who answers, who decides, who reads along."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from cases.directory.capabilities import NotAllowed
from cases.directory.models import User
from cases.inspections.models import Finding, FindingState
from cases.inspections.services import BadFinding, NotItsTurn, answer_finding, decide_on_finding, inspectable, record_finding
from cases.journal.models import Entry
from cases.register.models import Case
from notifications.models import Notification
from tests.factories import Place
from tests.paper import pdf

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("everybody")]


@pytest.fixture(autouse=True)
def shelf(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path


def words(place: Place, now: datetime, **more: Any) -> dict[str, Any]:
    return {
        "unit": place.school, "count": "numbers", "facts": "花名册与学籍系统相差三人", "demand": "逐人核实并更正",
        "answer_by": now.date() + timedelta(days=10),
    } | more  # fmt: skip


@pytest.fixture
def finding(place: Place, inspector: User, noon: datetime) -> Finding:
    return record_finding(**words(place, noon), by=inspector, now=noon)


def test_a_finding_on_a_unit_tells_whoever_answers_for_it(finding: Finding, principal: User) -> None:
    assert finding.number == "督查〔2026〕1号"
    told = Notification.objects.get(message="finding_recorded")
    assert (told.recipient, told.asks_receipt, told.link) == (principal, True, finding.get_absolute_url())
    assert Entry.objects.get(verb="finding.recorded").case is None


def test_the_unit_answers_and_the_inspectorate_closes(
    finding: Finding, principal: User, teacher: User, county: User, inspector: User, noon: datetime
) -> None:
    for person in (teacher, county, inspector):
        with pytest.raises(NotAllowed):
            answer_finding(finding, answer="已更正", by=person, now=noon)
    with pytest.raises(NotItsTurn):
        decide_on_finding(finding, close=True, by=inspector, now=noon)
    answer_finding(finding, answer="三人均已核实更正。", by=principal, now=noon)
    assert Notification.objects.filter(recipient=inspector, message="finding_answered").exists()
    with pytest.raises(NotAllowed):
        decide_on_finding(finding, close=True, by=county, now=noon)

    closed = decide_on_finding(finding, close=True, by=inspector, now=noon)

    assert (closed.state, closed.decided_by) == (FindingState.CLOSED, inspector)
    with pytest.raises(NotItsTurn):
        answer_finding(finding, answer="补充", by=principal, now=noon)


def test_an_accountability_finding_names_its_kind_and_may_follow_silence(finding: Finding, principal: User, inspector: User, noon: datetime) -> None:
    said: dict[str, Any] = {"close": False, "remark": "逾期未答复", "measure": "talk"}
    with pytest.raises(NotItsTurn):
        decide_on_finding(finding, **said, by=inspector, now=noon)
    later = noon + timedelta(days=11)
    for lacking in ({"measure": ""}, {"remark": " "}):
        with pytest.raises(BadFinding):
            decide_on_finding(finding, **said | lacking, by=inspector, now=later)
    with pytest.raises(NotItsTurn):
        decide_on_finding(finding, close=True, by=inspector, now=later)

    held = decide_on_finding(finding, **said, by=inspector, now=later)

    assert (held.state, held.measure) == (FindingState.ACCOUNTABLE, "talk")
    assert Notification.objects.get(recipient=principal, message="finding_accountable").urgent


def test_a_case_that_shows_it_brings_evidence_and_its_journal(place: Place, case: Case, inspector: User, principal: User, noon: datetime) -> None:
    with pytest.raises(BadFinding):
        record_finding(**words(place, noon), evidence=[pdf()], by=inspector, now=noon)
    found = record_finding(**words(place, noon, count="persuasion"), case=case, evidence=[pdf()], by=inspector, now=noon)
    assert found.evidence.count() == 1
    answer_finding(found, answer="已整改", proof=[pdf()], by=principal, now=noon)
    assert list(Entry.objects.filter(case=case, verb__startswith="finding.").values_list("verb", flat=True)) == [
        "finding.recorded",
        "finding.answered",
    ]


def test_a_department_without_a_part_sees_the_case_that_shows_its_fault(
    place: Place, case: Case, inspector: User, police: User, noon: datetime
) -> None:
    record_finding(**words(place, noon, unit=place.departments["police"]), case=case, by=inspector, now=noon)
    assert Case.objects.visible_to(police).filter(pk=case.pk).exists()


@pytest.mark.parametrize("wrong", [{"count": "manners"}, {"facts": " "}, {"demand": ""}, {"answer_by": None}, {"answer_by": 91}])
def test_a_finding_lacks_nothing(place: Place, inspector: User, noon: datetime, wrong: dict[str, Any]) -> None:
    if "answer_by" in wrong:
        wrong = {"answer_by": noon.date() + timedelta(days=wrong["answer_by"] or 0)}
    with pytest.raises(BadFinding):
        record_finding(**words(place, noon, **wrong), by=inspector, now=noon)


def test_an_inspectorate_inspects_its_own_county_downwards(place: Place, neighbour: Place, inspector: User, county: User, noon: datetime) -> None:
    for unit in (neighbour.school, place.government, place.inspectorate):
        with pytest.raises(NotAllowed):
            record_finding(**words(place, noon, unit=unit), by=inspector, now=noon)
    with pytest.raises(NotAllowed):
        record_finding(**words(place, noon), by=county, now=noon)
    assert place.school in inspectable(inspector, place.area.pk)
    assert not inspectable(inspector, neighbour.area.pk).exists()


def test_who_reads_a_finding(finding: Finding, place: Place, inspector: User, noon: datetime, request: pytest.FixtureRequest) -> None:
    names = (
        "teacher", "principal", "village", "township", "township_head", "police", "county", "county_head", "conference", "convener", "inspector",
        "prefecture", "province", "stranger", "admin", "auditor",
    )  # fmt: skip
    everyone = {name: request.getfixturevalue(name) for name in names}
    sees = [name for name, user in everyone.items() if Finding.objects.visible_to(user).exists()]
    assert sees == ["principal", "county", "county_head", "conference", "convener", "inspector", "prefecture", "province"]
    on_the_bureau = record_finding(**words(place, noon, unit=place.education), by=inspector, now=noon)
    sees = [name for name, user in everyone.items() if Finding.objects.visible_to(user).filter(pk=on_the_bureau.pk).exists()]
    assert sees == ["county", "county_head", "conference", "convener", "inspector", "prefecture", "province"]
