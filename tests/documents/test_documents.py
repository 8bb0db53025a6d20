"""Documents come in the order that the law wants, under numbers that are unique, and terms run from their service."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from cases.codes.models import Setting
from cases.codes.services import invalidate
from cases.directory.capabilities import NotAllowed
from cases.directory.models import User
from cases.documents.courts import record_court, refer
from cases.documents.models import CourtRecord, Document
from cases.documents.rules import BadDocument, OutOfOrder, PenaltyOff
from cases.documents.services import file_document, serve_document
from cases.journal.models import Entry
from cases.journal.refused import Refused
from cases.journal.services import AlreadyRecorded
from cases.register.models import Case, Involvement
from tests.cast import NOON
from tests.factories import Place
from tests.files.paper import pdf, photo

pytestmark = pytest.mark.usefixtures("own_shelf")

TODAY = NOON + timedelta(days=30)
DAY = TODAY.date()


def later(days: int) -> datetime:
    return TODAY + timedelta(days=days)


def day(days: int) -> date:
    return DAY + timedelta(days=days)


def put(case: Case, kind: str, by: User, *, now: datetime = TODAY, **more: Any) -> Document:
    said: dict[str, Any] = {"number": f"兴字〔2026〕{uuid4().int % 10_000}号", "dated_on": now.date(), "note": "已当面告知法律责任。"}
    return file_document(case, kind=kind, **(said | more), by=by, now=now)


@pytest.fixture
def order(on_ledger: Case, township: User, township_head: User) -> Document:
    put(on_ledger, "talk_record", township)
    return put(on_ledger, "order_to_comply", township_head, scan=pdf())


@pytest.fixture
def served(order: Document, township: User) -> Document:
    return serve_document(order, served_on=DAY, service_way="direct", witness="张大山", by=township, now=TODAY)


def rule(code: str, value: Any) -> None:
    Setting.objects.update_or_create(code=code, county=None, defaults={"value": value})
    invalidate()


@pytest.fixture
def penalties(on_ledger: Case) -> Any:
    rule("penalty_enabled", True)
    yield
    invalidate()


# ── filing


def test_the_school_files_its_written_report(on_ledger: Case, principal: User, place: Place) -> None:
    done = put(on_ledger, "written_report", principal, scan=photo(), note="已家访三次")

    assert (done.organisation, done.filed_by, done.episode, done.term_days) == (place.school, principal, 1, None)
    assert done.scan is not None
    assert done.scan.kind == "official_document"
    assert Entry.objects.get(verb="document.filed").data == {"document": done.pk, "kind": "written_report"}


def test_a_number_is_given_once_by_an_organisation_to_a_kind(on_ledger: Case, county: User, township: User) -> None:
    put(on_ledger, "talk_record", township, number="1号")
    with pytest.raises(BadDocument) as refusal:
        put(on_ledger, "talk_record", township, number=" 1号 ")
    assert refusal.value.field == "number"

    assert put(on_ledger, "minutes", township, number="1号").pk
    assert put(on_ledger, "talk_record", county, number="1号").pk
    assert put(on_ledger, "talk_record", township, number="").number == put(on_ledger, "talk_record", township, number="").number == ""


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("kind", {"kind": "love_letter"}),
        ("kind", {"kind": "referral"}),
        ("number", {"kind": "notice_to_return", "number": " "}),
        ("dated_on", {"kind": "talk_record", "dated_on": day(1)}),
    ],
)
def test_a_document_that_lacks_something_is_refused(on_ledger: Case, township: User, field: str, said: dict[str, Any]) -> None:
    with pytest.raises(BadDocument) as refusal:
        put(on_ledger, by=township, **said)
    assert refusal.value.field == field


def test_who_may_file_and_who_may_not(on_ledger: Case, teacher: User, village: User, stranger: User, county: User) -> None:
    for somebody in (teacher, village, stranger):
        with pytest.raises(NotAllowed):
            put(on_ledger, "minutes", somebody)
    assert put(on_ledger, "minutes", county).pk


def test_the_same_page_posted_twice_files_once(on_ledger: Case, township: User) -> None:
    page = uuid4()
    put(on_ledger, "minutes", township, submission=page)
    with pytest.raises(AlreadyRecorded):
        put(on_ledger, "minutes", township, submission=page)
    assert Document.objects.count() == 1


# ── the order to comply


def test_before_the_order_comes_the_talk(on_ledger: Case, township: User, township_head: User) -> None:
    with pytest.raises(OutOfOrder):
        put(on_ledger, "order_to_comply", township_head, scan=pdf())

    put(on_ledger, "talk_record", township)
    with pytest.raises(OutOfOrder):
        put(on_ledger, "order_to_comply", township_head, scan=pdf(), dated_on=day(-1))
    done = put(on_ledger, "order_to_comply", township_head, scan=pdf())

    assert (done.term_days, "第五十八条" in done.legal_basis) == (7, True)


def test_a_talk_of_an_earlier_episode_is_no_talk(on_ledger: Case, township: User, township_head: User) -> None:
    put(on_ledger, "talk_record", township)
    Case.objects.update(episode=2)
    with pytest.raises(OutOfOrder):
        put(on_ledger, "order_to_comply", township_head, scan=pdf())


def test_an_order_needs_its_scan_and_the_database_holds_it(on_ledger: Case, order: Document, township_head: User) -> None:
    with pytest.raises(BadDocument) as refusal:
        put(on_ledger, "order_to_comply", township_head)
    assert refusal.value.field == "scan"
    with pytest.raises(IntegrityError), transaction.atomic():
        Document.objects.filter(pk=order.pk).update(scan=None)


def test_the_head_orders_and_the_officer_does_not(on_ledger: Case, township: User, township_head: User, county: User) -> None:
    put(on_ledger, "talk_record", township)
    with pytest.raises(NotAllowed):
        put(on_ledger, "order_to_comply", township, scan=pdf())
    assert put(on_ledger, "order_to_comply", township_head, scan=pdf()).pk
    assert put(on_ledger, "order_to_comply", county, scan=pdf()).pk


def test_nobody_is_ordered_to_do_anything_on_suspicion(case: Case, township: User, township_head: User) -> None:
    file_document(case, kind="talk_record", dated_on=NOON.date(), note="已谈话", by=township, now=NOON)
    with pytest.raises(Refused):
        file_document(case, kind="order_to_comply", number="1号", dated_on=NOON.date(), scan=pdf(), by=township_head, now=NOON)


# ── service


def test_the_term_runs_from_the_day_after_service(served: Document) -> None:
    assert (served.served_on, served.term_days, served.term_ends_on) == (DAY, 7, day(7))
    assert Entry.objects.get(verb="document.served").data == {
        "document": served.pk,
        "kind": "order_to_comply",
        "way": "direct",
        "term_ends_on": day(7).isoformat(),
    }


def test_the_term_may_be_set_with_the_order_or_at_its_service(on_ledger: Case, township: User, township_head: User) -> None:
    put(on_ledger, "talk_record", township)
    fifteen = put(on_ledger, "order_to_comply", township_head, scan=pdf(), term_days=15)
    assert serve_document(fifteen, served_on=DAY, service_way="post", by=township, now=TODAY).term_ends_on == day(15)
    other = put(on_ledger, "order_to_comply", township_head, scan=pdf())
    assert serve_document(other, served_on=DAY, service_way="post", term_days=10, by=township, now=TODAY).term_ends_on == day(10)


def test_a_public_notice_counts_thirty_days_after_its_publication(order: Document, township: User) -> None:
    done = serve_document(order, served_on=DAY, service_way="public", service_note="下落不明", by=township, now=TODAY)
    assert (done.published_on, done.served_on, done.term_ends_on) == (DAY, day(30), day(37))


def test_what_is_left_at_the_home_was_seen_by_a_witness(order: Document, township: User) -> None:
    with pytest.raises(BadDocument) as refusal:
        serve_document(order, served_on=DAY, service_way="left", by=township, now=TODAY)
    assert refusal.value.field == "witness"
    done = serve_document(order, served_on=DAY, service_way="left", witness="村委会李某", proof=photo(), by=township, now=TODAY)
    assert done.proof is not None
    assert done.proof.kind == "proof_of_service"


def test_electronic_service_needs_the_guardians_consent(order: Document, township: User) -> None:
    with pytest.raises(BadDocument):
        serve_document(order, served_on=DAY, service_way="electronic", by=township, now=TODAY)
    assert serve_document(order, served_on=DAY, service_way="electronic", service_note="10月1日书面同意", by=township, now=TODAY).served_on == DAY


@pytest.mark.parametrize("days", [-1, 1])
def test_nothing_is_served_before_its_date_or_in_the_future(order: Document, township: User, days: int) -> None:
    with pytest.raises(BadDocument):
        serve_document(order, served_on=day(days), service_way="direct", by=township, now=TODAY)


def test_a_document_is_served_once_and_a_report_never(served: Document, on_ledger: Case, principal: User, township: User) -> None:
    with pytest.raises(OutOfOrder):
        serve_document(served, served_on=DAY, service_way="post", by=township, now=TODAY)
    with pytest.raises(BadDocument):
        serve_document(put(on_ledger, "written_report", principal), served_on=DAY, service_way="post", by=township, now=TODAY)


def test_the_township_serves_and_the_school_does_not(order: Document, principal: User, stranger: User, township: User) -> None:
    for somebody in (principal, stranger):
        with pytest.raises(NotAllowed):
            serve_document(order, served_on=DAY, service_way="post", by=somebody, now=TODAY)
    assert serve_document(order, served_on=DAY, service_way="post", by=township, now=TODAY).served_on == DAY


# ── penalties: off


def test_national_law_knows_no_penalty(on_ledger: Case, served: Document, township_head: User) -> None:
    with pytest.raises(PenaltyOff):
        put(on_ledger, "penalty_decision", township_head, now=later(9), legal_basis="某条例第九条")


@pytest.mark.usefixtures("penalties")
def test_where_a_regulation_allows_one_it_is_named_and_comes_after_the_term(on_ledger: Case, served: Document, township_head: User) -> None:
    with pytest.raises(OutOfOrder):
        put(on_ledger, "penalty_decision", township_head, now=later(7), legal_basis="某条例第九条")
    with pytest.raises(BadDocument) as refusal:
        put(on_ledger, "penalty_decision", township_head, now=later(8))
    assert refusal.value.field == "legal_basis"
    assert put(on_ledger, "penalty_decision", township_head, now=later(8), legal_basis="某条例第九条").pk


# ── referral and court


def hand_over(case: Case, by: User, *, now: datetime = TODAY, **more: Any) -> Document:
    said: dict[str, Any] = {"venue": "court", "number": f"移〔2026〕{uuid4().int % 10_000}号", "dated_on": now.date()}
    return refer(case, **(said | more), by=by, now=now)


def test_a_court_is_asked_after_the_term_of_the_order(on_ledger: Case, order: Document, county_head: User, township: User) -> None:
    with pytest.raises(OutOfOrder):
        hand_over(on_ledger, county_head)
    serve_document(order, served_on=DAY, service_way="direct", by=township, now=TODAY)
    with pytest.raises(OutOfOrder):
        hand_over(on_ledger, county_head, now=later(7))

    done = hand_over(on_ledger, county_head, now=later(8), scan=pdf())

    assert (done.kind, done.venue) == ("referral", "court")
    assert Entry.objects.get(verb="case.referred").data == {"document": done.pk, "venue": "court"}


def test_mediation_may_be_tried_at_any_time(on_ledger: Case, county_head: User) -> None:
    assert hand_over(on_ledger, county_head, venue="mediation").venue == "mediation"


def test_whom_the_case_is_referred_to_sees_it(on_ledger: Case, county_head: User, justice: User, place: Place) -> None:
    hand_over(on_ledger, county_head, venue="mediation", organisation=place.departments["justice"])
    assert Case.objects.visible_to(justice).get() == on_ledger
    assert Involvement.objects.get().organisation == place.departments["justice"]


def test_who_refers_and_what_is_refused(on_ledger: Case, case: Case, county_head: User, township: User) -> None:
    with pytest.raises(NotAllowed):
        hand_over(on_ledger, township, venue="mediation")
    wrong: list[dict[str, Any]] = [{"venue": "heaven"}, {"venue": "mediation", "number": ""}]
    for said in wrong:
        with pytest.raises(BadDocument):
            hand_over(on_ledger, county_head, **said)
    Case.objects.update(standing="suspected")
    with pytest.raises(Refused):
        hand_over(on_ledger, county_head, venue="mediation")


def test_the_court_is_followed_from_the_referral_on(on_ledger: Case, county_head: User) -> None:
    with pytest.raises(OutOfOrder):
        record_court(on_ledger, venue="mediation", state="accepted", on=DAY, by=county_head, now=TODAY)
    hand_over(on_ledger, county_head, venue="mediation")

    done = record_court(on_ledger, venue="mediation", state="mediated", on=DAY, return_on=day(10), by=county_head, now=TODAY)

    assert Entry.objects.get(verb="court.recorded").data == {"record": done.pk, "state": "mediated", "return_on": day(10).isoformat()}


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("return_on", {"state": "mediated"}),
        ("return_on", {"state": "mediated", "return_on": day(-1)}),
        ("on", {"on": day(1)}),
        ("on", {"on": day(-1)}),
        ("state", {"state": "asleep"}),
        ("venue", {"venue": "inn"}),
    ],
)
def test_a_state_that_cannot_be_is_refused(on_ledger: Case, county_head: User, field: str, said: dict[str, Any]) -> None:
    hand_over(on_ledger, county_head, venue="mediation")
    usual: dict[str, Any] = {"venue": "mediation", "state": "accepted", "on": DAY}
    with pytest.raises(BadDocument) as refusal:
        record_court(on_ledger, **(usual | said), by=county_head, now=TODAY)
    assert refusal.value.field == field
    assert not CourtRecord.objects.exists()


def test_mediation_without_a_day_of_return_cannot_be_stored(on_ledger: Case, county_head: User) -> None:
    hand_over(on_ledger, county_head, venue="mediation")
    record_court(on_ledger, venue="mediation", state="accepted", on=DAY, by=county_head, now=TODAY)
    with pytest.raises(IntegrityError), transaction.atomic():
        CourtRecord.objects.update(state="mediated")


def test_a_report_or_a_talk_says_something_on_paper_or_in_words(on_ledger: Case, township: User) -> None:
    with pytest.raises(BadDocument):
        put(on_ledger, "talk_record", township, note=" ")
    assert put(on_ledger, "talk_record", township, note="", scan=pdf()).pk
