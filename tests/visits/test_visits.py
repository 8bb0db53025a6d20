"""A visit is written once; only one in person that met the family counts, and a joint one counts for the other line when that line says so."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from cases.codes.models import CodeList
from cases.codes.services import choices
from cases.directory.capabilities import NotAllowed
from cases.directory.models import User
from cases.files.services import BadFile
from cases.journal.models import Entry
from cases.journal.refused import Refused
from cases.journal.services import AlreadyRecorded
from cases.protection.models import MandatoryReport
from cases.register.locking import CaseClosed, CasePaused
from cases.register.models import Case
from cases.visits.joint import CannotConfirm, confirm_visit
from cases.visits.models import HomeVisit
from cases.visits.rules import BadRecord
from cases.visits.services import CannotCorrect, OtherRecord, log_visit
from tests.cast import NOON
from tests.factories import Place, appoint, make_student, make_user
from tests.files.paper import pdf, photo
from tests.visits.saying import AFTERNOON, visit

pytestmark = pytest.mark.usefixtures("own_shelf")


def log(case: Case, by: User, *, submission: Any = None, **said: Any) -> HomeVisit:
    return log_visit(case, **visit(**said), by=by, now=AFTERNOON, submission=submission)


def last(verb: str = "visit.logged") -> dict[str, Any]:
    return Entry.objects.filter(verb=verb).latest("pk").data  # type: ignore[no-any-return]  # JSON


# ── what is written


def test_a_teacher_logs_a_visit_for_the_line_of_the_own_post(case: Case, teacher: User, place: Place) -> None:
    done = log(case, teacher, companions="村支书", photos=[photo(), photo()], signature=pdf())

    assert (done.lines, done.visitor, done.organisation, done.episode) == (["education"], teacher, place.school, 1)
    assert (done.in_person, done.met_family, done.photos.count()) == (True, True, 2)
    assert done.signature is not None
    assert done.signature.kind == "signature"
    said = last()
    assert (said["visit"], said["line"], said["lines"], said["in_person"], said["met"]) == (str(done.pk), "education", ["education"], True, True)


def test_the_journal_holds_no_word_of_the_talk(case: Case, teacher: User) -> None:
    log(case, teacher, companions="王干部", reason="other", reason_text="家里要人照看")
    entry = Entry.objects.get(verb="visit.logged")
    assert not hasattr(entry, "remark")
    assert not any(word in str(entry.data) for word in ("奶奶", "王干部", "照看"))


def test_a_township_officer_speaks_for_the_government_line(case: Case, township: User) -> None:
    log(case, township)
    assert last()["line"] == "government"


@pytest.mark.parametrize("mode", ["phone", "video", "letter"])
def test_a_call_is_a_contact_on_record_and_no_visit(case: Case, teacher: User, mode: str) -> None:
    log(case, teacher, mode=mode)
    assert last()["in_person"] is False


def test_whoever_met_only_a_neighbour_met_nobody_of_the_family(case: Case, teacher: User) -> None:
    log(case, teacher, met=["neighbour"], outcome="not_met")
    assert last()["met"] is False


def test_a_promise_is_kept_only_with_the_outcome_that_makes_it(case: Case, teacher: User) -> None:
    day = (AFTERNOON + timedelta(days=3)).date()
    assert log(case, teacher, outcome="agreed", promised_on=day).promised_on == day
    assert log(case, teacher, outcome="refused", promised_on=day).promised_on is None
    with pytest.raises(IntegrityError), transaction.atomic():
        HomeVisit.objects.update(outcome="agreed", promised_on=None)


# ── what is refused, in words beside the field


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("occurred_at", {"occurred_at": AFTERNOON + timedelta(minutes=11)}),
        ("occurred_at", {"occurred_at": NOON - timedelta(days=31)}),
        ("met", {"met": ["nobody", "child"], "outcome": "not_met"}),
        ("met", {"met": [], "outcome": "not_met"}),
        ("met", {"met": ["ghost"], "outcome": "not_met"}),
        ("outcome", {"met": ["nobody"], "outcome": "refused"}),
        ("outcome", {"met": ["mother"], "outcome": "not_met"}),
        ("outcome", {"outcome": "happy"}),
        ("promised_on", {"outcome": "agreed"}),
        ("promised_on", {"outcome": "agreed", "promised_on": NOON.date() - timedelta(days=1)}),
        ("promised_on", {"outcome": "agreed", "promised_on": NOON.date() + timedelta(days=200)}),
        ("reason_text", {"reason": "other"}),
        ("reason", {"reason": "invented"}),
        ("whereabouts", {"whereabouts": "on the moon"}),
        ("mode", {"mode": "telepathy"}),
        ("account", {"account": "身份证 420526201305041234"}),
        ("account", {"account": "父亲电话13800001234"}),
        ("companions", {"companions": "李干部 13900001234"}),
        ("danger_kind", {"danger": True}),
        ("account", {"danger": True, "danger_kind": "violence", "account": ""}),
        ("photos", {"photos": [None] * 10}),
    ],
)
def test_a_record_that_cannot_be_is_refused_and_leaves_nothing(case: Case, teacher: User, field: str, said: dict[str, Any]) -> None:
    with pytest.raises(BadRecord) as refusal:
        log(case, teacher, **said)
    assert refusal.value.field == field
    assert not HomeVisit.objects.exists()


def test_long_numbers_that_are_neither_identity_nor_telephone_are_no_harm(case: Case, teacher: User) -> None:
    assert log(case, teacher, account="欠费12000元，学籍2026年9月办理，门牌138000012345678901234号") in HomeVisit.objects.all()


def test_a_bad_photo_takes_the_whole_record_back(case: Case, teacher: User) -> None:
    with pytest.raises(BadFile):
        log(case, teacher, photos=[photo(), pdf()])
    assert not HomeVisit.objects.exists()
    assert not Entry.objects.filter(verb="visit.logged").exists()


def test_the_visit_that_raised_the_suspicion_may_lie_before_the_case(case: Case, teacher: User) -> None:
    assert log(case, teacher, occurred_at=NOON - timedelta(days=6)) in HomeVisit.objects.all()


def test_who_does_not_look_after_the_child_logs_nothing(
    case: Case, other_teacher: User, stranger: User, police: User, inspector: User, village: User, principal: User
) -> None:
    for somebody in (other_teacher, stranger, police, inspector):
        with pytest.raises(NotAllowed):
            log(case, somebody)
    assert log(case, village) in HomeVisit.objects.all()
    assert log(case, principal) in HomeVisit.objects.all()


def test_a_suspended_and_a_closed_case_take_no_visit(case: Case, teacher: User) -> None:
    Case.objects.update(paused_at=NOON)
    with pytest.raises(CasePaused):
        log(case, teacher)
    Case.objects.update(paused_at=None, closed_at=NOON)
    with pytest.raises(CaseClosed):
        log(case, teacher)


# ── twice is once


def test_the_same_record_sent_again_counts_once(case: Case, teacher: User) -> None:
    said = visit(photos=[photo()])
    first = log_visit(case, **said, by=teacher, now=AFTERNOON)
    again = log_visit(case, **said, by=teacher, now=AFTERNOON)

    assert (first.pk, HomeVisit.objects.count(), first.photos.count()) == (again.pk, 1, 1)
    assert Entry.objects.filter(verb="visit.logged").count() == 1


def test_the_same_page_posted_twice_counts_once(case: Case, teacher: User) -> None:
    page = uuid4()
    log(case, teacher, submission=page)
    with pytest.raises(AlreadyRecorded):
        log(case, teacher, submission=page)
    assert HomeVisit.objects.count() == 1


def test_nobody_takes_the_id_of_another_record(case: Case, teacher: User, principal: User) -> None:
    taken = log(case, teacher)
    with pytest.raises(OtherRecord):
        log(case, principal, visit_id=taken.pk)


# ── corrections


def test_a_correction_is_a_new_record_that_names_the_old_and_keeps_its_photos(case: Case, teacher: User) -> None:
    old = log(case, teacher, mode="phone", photos=[photo()], signature=photo())
    new = log(case, teacher, mode="home", photos=[photo()], corrects=old)

    old.refresh_from_db()
    assert (old.mode, new.mode, new.corrects) == ("phone", "home", old)
    assert (new.photos.count(), new.signature) == (2, old.signature)
    assert (last()["corrects"], last()["in_person"]) == (str(old.pk), True)


def test_only_the_visitor_corrects_and_only_once(case: Case, teacher: User, principal: User, place: Place) -> None:
    old = log(case, teacher)
    with pytest.raises(CannotCorrect):
        log(case, principal, corrects=old)
    log(case, teacher, corrects=old)
    with pytest.raises(CannotCorrect):
        log(case, teacher, corrects=old)


def test_a_correction_stays_within_its_case(case: Case, teacher: User, place: Place) -> None:
    from cases.register.opening import open_case

    other = open_case(
        make_student(place, name="李小红"), channel="attendance", last_attended_on=(NOON - timedelta(days=8)).date(), by=teacher, now=NOON
    )
    with pytest.raises(OtherRecord):
        log(other, teacher, corrects=log(case, teacher))


def test_a_correction_does_not_report_the_same_danger_twice(case: Case, teacher: User) -> None:
    old = log(case, teacher, danger=True, danger_kind="neglect")
    log(case, teacher, danger=True, corrects=old)
    assert MandatoryReport.objects.count() == 1

    late = log(case, teacher, mode="phone")
    log(case, teacher, danger=True, danger_kind="violence", corrects=late)
    assert MandatoryReport.objects.count() == 2


# ── joint visits


def test_a_joint_visit_counts_for_the_other_line_with_one_tap(case: Case, teacher: User, township: User) -> None:
    joint = log(case, teacher, lines=["education", "government"])
    assert (last()["line"], last()["lines"]) == ("education", ["education", "government"])

    done = confirm_visit(joint, by=township, now=AFTERNOON)

    assert (done.confirmed_by, done.confirmed_at) == (township, AFTERNOON)
    said = last("visit.confirmed")
    assert (said["visit"], said["line"], said["in_person"], said["met"]) == (str(joint.pk), "government", True, True)


def test_a_second_tap_of_the_same_person_changes_nothing(case: Case, teacher: User, township: User) -> None:
    joint = log(case, teacher, lines=["government"])
    confirm_visit(joint, by=township, now=AFTERNOON)
    confirm_visit(joint, by=township, now=AFTERNOON + timedelta(minutes=1))
    assert Entry.objects.filter(verb="visit.confirmed").count() == 1


def test_only_the_other_line_of_this_case_confirms(case: Case, teacher: User, principal: User, stranger: User, township: User, village: User) -> None:
    joint = log(case, teacher, lines=["government"])
    with pytest.raises(CannotConfirm):
        confirm_visit(joint, by=teacher, now=AFTERNOON)
    for somebody in (principal, stranger):
        with pytest.raises(NotAllowed):
            confirm_visit(joint, by=somebody, now=AFTERNOON)
    assert confirm_visit(joint, by=village, now=AFTERNOON).confirmed_by == village
    with pytest.raises(CannotConfirm):
        confirm_visit(joint, by=township, now=AFTERNOON)


def test_whoever_holds_posts_in_both_lines_does_not_confirm_the_own_visit(case: Case, teacher: User, place: Place) -> None:
    appoint(teacher, "township_officer", place.township)
    teacher = User.objects.get(pk=teacher.pk)
    with pytest.raises(CannotConfirm):
        confirm_visit(log(case, teacher, lines=["education", "government"]), by=teacher, now=AFTERNOON)


def test_a_person_of_both_lines_confirms_with_the_post_of_the_other(case: Case, teacher: User, place: Place) -> None:
    both = make_user("both", "principal", place.school)
    appoint(both, "township_officer", place.township)
    done = confirm_visit(log(case, teacher, lines=["government"]), by=both, now=AFTERNOON)
    assert done.confirmed_by == both
    assert Entry.objects.get(verb="visit.confirmed").organisation == place.township


def test_a_visit_of_one_line_and_a_corrected_one_are_not_confirmed(case: Case, teacher: User, township: User) -> None:
    with pytest.raises(CannotConfirm):
        confirm_visit(log(case, teacher), by=township, now=AFTERNOON)
    joint = log(case, teacher, lines=["government"])
    log(case, teacher, lines=["government"], corrects=joint)
    with pytest.raises(CannotConfirm):
        confirm_visit(joint, by=township, now=AFTERNOON)


# ── danger


def test_danger_seen_on_a_visit_is_reported_in_the_same_breath(case: Case, teacher: User) -> None:
    log(case, teacher, danger=True, danger_kind="violence", account="手臂有新伤，孩子不敢回家。")

    report = MandatoryReport.objects.get()
    case.refresh_from_db()
    assert (report.kind, report.facts, report.by, case.danger) == ("violence", "手臂有新伤，孩子不敢回家。", teacher, True)
    assert list(Entry.objects.order_by("pk").values_list("verb", flat=True))[-2:] == ["visit.logged", "danger.reported"]


def test_when_the_danger_cannot_be_reported_the_visit_is_not_half_there(case: Case, teacher: User, place: Place) -> None:
    from cases.directory.models import Organisation

    Organisation.objects.filter(pk__in=[place.education.pk, *(office.pk for office in place.departments.values())]).update(active=False)
    with pytest.raises(Refused):
        log(case, teacher, danger=True, danger_kind="violence")
    assert not HomeVisit.objects.exists()


def test_the_ministrys_four_causes_come_first(case: Case) -> None:
    assert [code for code, _label in choices(CodeList.REASON)][:4] == ["study_difficulty", "work", "early_marriage", "religion"]
