"""Whoever once had to do with a child, keeps its system or has a part elsewhere reads nothing that is not theirs now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from cases.conferences.models import AgendaItem
from cases.conferences.services import put_on_agenda
from cases.directory.models import User
from cases.ledger.drawing import draw_up_month
from cases.ledger.models import Edition
from cases.ledger.namelist import Export, names_book
from cases.mobile.models import VisitUpload
from cases.register import identity
from cases.register.models import Case
from cases.transfers import inquiries, services
from cases.transfers.models import Inquiry
from cases.visits.models import HomeVisit
from cases.visits.receiving import LateVisit
from tests.cast import NOON, SHANGHAI
from tests.factories import Place, appoint, make_organisation, make_user
from tests.mobile.phone import Phone, record_of
from tests.transfers.conftest import THEN, words
from tests.workflows.desk import as_
from workflows.escalation import sweep
from workflows.models import Assignment, Escalation, SavedFilter

pytestmark = pytest.mark.django_db


def test_a_task_that_somebody_once_did_shows_no_more_of_a_child_who_left_the_county(
    on_ledger: Case, county: User, teacher: User, neighbour: Place, stranger: User
) -> None:
    task = Assignment.objects.filter(case=on_ledger, organisation__isnull=False).order_by("pk")[0]
    Assignment.objects.filter(pk=task.pk).update(holder=teacher)
    address = reverse("task", args=[task.pk])
    guardian, child = on_ledger.student.guardians.get(), on_ledger.student
    assert guardian.phone in as_(teacher).get(address).content.decode(), "as long as the child is in the own class"

    offered = services.offer(on_ledger, **words(neighbour), by=county, now=THEN)
    services.answer(offered, accept=True, by=stranger, now=THEN)
    Assignment.objects.filter(pk=task.pk).update(holder=teacher, state="done")
    answer = as_(teacher).get(address)
    assert answer.status_code == 200
    for secret in (guardian.phone, guardian.name, child.id_tail, child.address):
        assert secret not in answer.content.decode(), secret


def test_who_keeps_the_system_or_reads_the_journal_meets_no_child_between_two_counties(
    on_ledger: Case, county: User, stranger: User, neighbour: Place
) -> None:
    inquiries.ask(on_ledger, to_county=neighbour.area, believed_at="茅坪镇", question="请核实", by=county, now=THEN)
    task = Assignment.objects.get(case=on_ledger, step="answer_inquiry", state="open")
    for role in ("system_admin", "security_admin", "auditor"):
        keeper = make_user(f"there-{role}", role, neighbour.education)
        assert as_(keeper).get(reverse("task", args=[task.pk])).status_code == 404, role
        assert not Assignment.objects.visible_to(keeper).exists()
    assert as_(stranger).get(reverse("task", args=[task.pk])).status_code == 200


def test_who_stands_above_the_asked_county_reads_the_least_on_its_escalation_too(
    on_ledger: Case, county: User, stranger: User, neighbour: Place, prefecture: User
) -> None:
    head = make_user("there-head", "county_head", neighbour.education)
    inquiries.ask(on_ledger, to_county=neighbour.area, believed_at="茅坪镇", question="请核实", by=county, now=THEN)
    task = Assignment.objects.get(case=on_ledger, step="answer_inquiry", state="open")
    assert task.due_at
    sweep(now=task.due_at + timedelta(days=10))
    raised = Escalation.objects.filter(assignment=task, role="county_head").first()
    assert raised is not None
    page = as_(head).get(reverse("escalation", args=[raised.pk]))
    assert page.status_code == 200
    text = page.content.decode()
    assert on_ledger.student.name in text
    assert on_ledger.school_class is not None
    for more in (on_ledger.school_class.name, on_ledger.get_standing_display(), reverse("case", args=[on_ledger.pk])):
        assert more not in text, more
    above = Escalation.objects.filter(assignment=task, role="prefecture_officer").first()
    if above is not None:  # above both counties the case is no stranger's
        assert reverse("case", args=[on_ledger.pk]) in as_(prefecture).get(reverse("escalation", args=[above.pk])).content.decode()


def test_a_filter_keeps_no_number_as_long_as_an_old_identity_number(county: User) -> None:
    answer = as_(county).post(reverse("filter-save"), {"listing": "cases", "filter": "place=420526130504123", "name": "<script>"})
    assert answer.status_code == 302
    assert not SavedFilter.objects.exists()
    browser = as_(county)
    assert browser.post(reverse("filter-save"), {"listing": "cases", "filter": "place=420526104", "name": "<script>alert(1)"}).status_code == 302
    row = SavedFilter.objects.get()
    assert "<script>alert" not in browser.get(reverse("filters")).content.decode()
    other = as_(make_user("somebody-else", "county_officer", county.posts()[0].organisation))
    for act in (other.get(reverse("filter-edit", args=[row.pk])), other.post(reverse("filter-delete", args=[row.pk]))):
        assert act.status_code == 404
    assert SavedFilter.objects.exists()


def test_no_words_carry_an_identity_number_to_another_county(on_ledger: Case, county: User, neighbour: Place, stranger: User) -> None:
    number = identity.decrypt(bytes(on_ledger.student.id_cipher or b""), on_ledger.student.id_hash)
    browser, address = as_(county), f"{reverse('inquiry-new', args=[on_ledger.pk])}?county={neighbour.area.pk}"
    for spelt in (number, number.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"})):
        answer = browser.post(address, {"believed_at": "茅坪镇", "question": f"身份证{spelt}，请核实"})
        assert answer.status_code == 422
    assert not Inquiry.objects.exists()
    assert browser.post(address, {"believed_at": "茅坪镇", "question": "快递单号123456789012345678，请核实"}).status_code == 302
    assert Inquiry.objects.get().to_county == neighbour.area


def test_what_somebody_laid_before_the_conference_is_theirs_as_long_as_the_post_is(
    on_ledger: Case, township_head: User, conference: User, county: User
) -> None:
    item = put_on_agenda(on_ledger, reason="家长拒不送子女入学", by=township_head, now=THEN)
    assert AgendaItem.objects.visible_to(township_head).get() == item
    township_head.appointments.update(until=(NOON - timedelta(days=1)).date(), since=(NOON - timedelta(days=90)).date())
    left = User.objects.get(pk=township_head.pk)
    assert not AgendaItem.objects.visible_to(left).exists()
    assert as_(left).get(item.get_absolute_url()).status_code == 404
    assert AgendaItem.objects.visible_to(county).exists()


def test_no_department_leaves_a_record_in_a_case_in_which_it_has_no_part(
    case: Case, neighbour: Place, teacher: User, clock: Callable[..., None]
) -> None:
    clock(NOON + timedelta(hours=6))
    far = make_user("far-police", "department_officer", neighbour.departments["police"])
    phone = Phone(far)
    answer, nobody = phone.put(record_of(case)), phone.put(record_of(Case(pk=case.pk + 1000)))
    assert (answer.status_code, answer.json()["error"]) == (nobody.status_code, nobody.json()["error"]) == (404, "not_found")
    assert not LateVisit.objects.exists()
    assert Phone(teacher).put(record_of(case)).status_code == 200


def test_a_record_that_was_only_set_aside_brings_no_photos_into_the_case(
    client: Client, case: Case, teacher: User, other_teacher: User, principal: User, place: Place, clock: Callable[..., None]
) -> None:
    clock(NOON + timedelta(hours=6))
    appoint(
        other_teacher,
        "class_teacher",
        place.school,
        school_class=place.school_class,
        since=(NOON - timedelta(days=30)).date(),
        until=(NOON - timedelta(days=20)).date(),
    )
    phone, record = Phone(other_teacher), record_of(case, photos=1)
    assert phone.put(record).status_code == 200
    [key] = record.photos
    assert phone.send_photo(record, key).status_code == 200
    assert phone.finish(record).json()["error"] == "not_allowed"
    assert VisitUpload.objects.get().refused
    [kept] = LateVisit.objects.get(visit=None).photos.all()
    assert not HomeVisit.objects.filter(photos=kept).exists()
    assert Phone(teacher).send(record_of(case, photos=1)).status_code == 200
    [own] = case.files.exclude(pk=kept.pk)
    client.force_login(teacher)
    page = client.get(f"{case.get_absolute_url()}?tab=files").content.decode()
    assert str(own.pk) in page
    assert str(kept.pk) not in page, "it lies before whoever decides, and before nobody else"
    assert client.get(reverse("file", args=[kept.pk])).status_code == 404
    client.force_login(principal)
    assert client.get(reverse("file", args=[kept.pk])).status_code == 200


def test_a_phone_says_about_itself_what_can_be_kept_and_no_number_of_a_person(teacher: User, place: Place) -> None:
    number = identity.normalise("420526201305041234")
    phone = Phone(teacher)
    said = {"device": str(phone.device), "width": 390, number: "x", "y": int(number), "quota": 5e9}
    assert phone.ask("POST", "diag", said).status_code == 204
    assert teacher.phones.get().self_check == {"width": 390, "quota": 5e9}
    endless = b'{"device": "%s", "quota": 1e999}' % str(phone.device).encode()
    assert phone.ask("POST", "diag", data=endless).status_code == 204


def _row(page: Any) -> dict[str, object]:
    heads, first = list(page.iter_rows(max_row=2, values_only=True))
    return dict(zip(map(str, heads), first, strict=True))


@pytest.fixture
def october(clock: Callable[..., None]) -> None:
    """Before the child entered the ledger."""
    clock(datetime(2026, 10, 17, 9, tzinfo=SHANGHAI))


def test_a_post_that_shows_numbers_elsewhere_takes_none_out_here(
    october: None, on_ledger: Case, county: User, neighbour: Place, place: Place, clock: Callable[..., None]
) -> None:
    now = datetime(2026, 11, 12, 6, 30, tzinfo=SHANGHAI)
    clock(now)
    draw_up_month(2026, 11, now=now)
    edition = Edition.objects.select_related("report__unit").get(report__unit=place.area)
    both = make_user("both", "convener", place.government)
    appoint(both, "principal", neighbour.school)

    def number(by: User) -> object:
        book, _count = names_book([edition], Export(by, now, full=True))
        return _row(load_workbook(BytesIO(book)).active)["身份证件号"]

    assert on_ledger.student.id_cipher
    assert number(both) == on_ledger.student.masked_identity
    assert number(county) == identity.decrypt(bytes(on_ledger.student.id_cipher), on_ledger.student.id_hash)


def test_a_post_that_takes_names_out_elsewhere_takes_none_out_here(
    october: None, on_ledger: Case, neighbour: Place, place: Place, clock: Callable[..., None]
) -> None:
    now = datetime(2026, 11, 12, 6, 30, tzinfo=SHANGHAI)
    clock(now)
    draw_up_month(2026, 11, now=now)
    both = make_user("both", "inspector", place.inspectorate)
    appoint(both, "county_officer", neighbour.education)
    assert Case.objects.visible_to(both).filter(pk=on_ledger.pk).exists()
    for unit, status in ((neighbour.area.pk, 200), (place.area.pk, 404)):
        page = f"{reverse('ledger-names')}?year=2026&month=11&unit={unit}"
        assert as_(both).get(page).status_code == status
    assert as_(both).post(f"{reverse('ledger-names')}?year=2026&month=11&unit={place.area.pk}", {"purpose": "核对"}).status_code == 404
    edition = Edition.objects.select_related("report__unit").get(report__unit=place.area)
    book, _count = names_book([edition], Export(both, now))
    assert _row(load_workbook(BytesIO(book)).active)["姓名"] is None


def test_a_school_that_lies_in_a_county_reads_no_table_of_the_county(
    october: None, on_ledger: Case, place: Place, county: User, clock: Callable[..., None]
) -> None:
    now = datetime(2026, 11, 12, 6, 30, tzinfo=SHANGHAI)
    clock(now)
    draw_up_month(2026, 11, now=now)
    school = make_organisation("school", place.area, "县实验中学", superior=place.education)
    head = as_(make_user("county-school", "principal", school))
    for page in ("ledger-workbook", "ledger-sheet"):
        assert head.get(reverse(page), {"year": 2026, "month": 11}).status_code == 404
        assert as_(county).get(reverse(page), {"year": 2026, "month": 11}).status_code == 200


def test_who_typed_a_joint_visit_in_does_not_confirm_it_for_the_other_line(
    case: Case, village: User, township: User, county: User, principal: User, clock: Callable[..., None]
) -> None:
    from cases.directory.capabilities import NotAllowed
    from cases.visits.joint import confirm_visit
    from cases.visits.overseeing import log_from_paper

    now = NOON + timedelta(hours=6)
    clock(now)
    said: dict[str, Any] = {
        "visit_id": uuid4(), "mode": "home", "met": ["child"], "whereabouts": "at_home", "reason": "tired_of_school", "outcome": "hesitant",
        "account": "孩子在家", "lines": ["education", "government"],
    }  # fmt: skip
    visit = log_from_paper(case, visitor=village, occurred_at=NOON + timedelta(hours=3), by=county, now=now, **said)
    with pytest.raises(NotAllowed):
        confirm_visit(visit, by=county, now=now)
    assert confirm_visit(visit, by=principal, now=now).confirmed_by == principal
