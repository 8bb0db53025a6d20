"""A case of the demo county that has one of everything that an address can name."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import uuid4

from cases.conferences.services import put_on_agenda
from cases.documents.services import file_document
from cases.inspections.services import record_finding
from cases.ledger.drawing import draw_up_month
from cases.ledger.listing import ask as ask_names
from cases.ledger.listing import work as make_names
from cases.ledger.listmodels import NameList
from cases.ledger.models import Report
from cases.mobile.models import Phone, PhoneFile
from cases.periodic.drawing import draw_up_unit
from cases.periodic.periods import month_of
from cases.protection.services import report_danger
from cases.register.clearance import propose_deduction
from cases.rosters.models import Discrepancy, Roster
from cases.spotchecks.models import Draw, SpotCheck
from cases.supervision.services import issue_order
from cases.transfers.inquiries import ask
from cases.transfers.services import offer
from cases.visits.receiving import LateVisit
from cases.visits.services import log_visit
from tests.factories import make_place
from tests.paper import pdf, photo
from tests.workflows.roads import look, papers, plan, visit
from workflows import bulk, savedfilters
from workflows.extratasks import add_extra_task
from workflows.models import BulkAction, Listing
from workflows.sweeping import sweep_all

if TYPE_CHECKING:
    from cases.conferences.models import AgendaItem
    from cases.directory.models import User
    from cases.documents.models import Document
    from cases.files.models import StoredFile
    from cases.inspections.models import Finding
    from cases.protection.models import Receipt
    from cases.register.models import Case, Clearance, Student
    from cases.supervision.models import SupervisionOrder
    from cases.transfers.models import Inquiry, Transfer
    from cases.visits.models import HomeVisit
    from notifications.models import Gateway, Notification
    from tests.factories import Place
    from workflows.models import Assignment, BulkJob, Escalation, SavedFilter


@dataclass
class World:
    place: Place
    student: Student
    case: Case
    person: User  # the class teacher
    visit: HomeVisit
    documents: list[Document]
    files: list[StoredFile]
    clearance: Clearance
    receipts: list[Receipt]
    tasks: list[Assignment]
    escalations: list[Escalation]
    notifications: list[Notification]
    gateway: Gateway
    bulk: BulkJob
    saved: SavedFilter
    order: SupervisionOrder
    item: AgendaItem
    finding: Finding
    transfer: Transfer
    inquiry: Inquiry
    draw: Draw
    discrepancy: Discrepancy
    report: Report
    school_month: Report
    names: NameList
    late: LateVisit
    phone: Phone
    phone_file: PhoneFile

    @property
    def secrets(self) -> list[str]:
        """What nobody outside may read on any page: words and numbers of this child, and the way to anything of its case."""
        guardian = self.student.guardians.get()
        tasks = [f"/tasks/{row.pk}/" for row in self.tasks]
        return [
            self.student.name, self.student.masked_identity, guardian.name, guardian.phone, self.case.number, str(self.visit.pk),
            f"/cases/{self.case.pk}/", f"/students/{self.student.pk}/", *tasks,
        ]  # fmt: skip


def make_world(place: Place, case: Case, by: dict[str, User], now: datetime) -> World:
    """On the ledger, planned, visited, reported, proposed for deduction, and overdue enough to lie before a supervisor."""
    from cases.documents.models import Document
    from cases.protection.models import Receipt
    from cases.register.verification import conclude_verification
    from notifications.models import Gateway, GatewayKind, Notification
    from workflows.models import Assignment, Escalation

    teacher, principal, township, head = by["teacher"], by["principal"], by["township"], by["township-head"]
    look(case, teacher, by["village"], now)
    now += timedelta(days=30)
    conclude_verification(case, conclusion="dropped_out", reason="tired_of_school", by=principal, now=now)
    measures = [{"organisation": place.departments["civil_affairs"], "means": "aid", "task": "临时救助"}]
    plan(case, principal, township, now, measures)
    seen = log_visit(case, **visit(now), photos=[photo()], signature=photo(), lines=["education", "government"], by=teacher, now=now)
    file_document(case, kind="talk_record", dated_on=now.date(), scan=pdf(), by=township, now=now)
    file_document(case, kind="order_to_comply", number="1号", dated_on=now.date(), scan=pdf(), by=head, now=now)
    report_danger(case, kind="neglect", facts="独自在家多日", by=teacher, now=now)
    add_extra_task(
        case, title="核实去向", instructions="", organisation=place.township, role="township_officer", working_days=2, by=by["county"], now=now
    )
    far = make_place("420528", "长阳土家族自治县", "100", "龙舟坪镇")
    transfer = offer(
        case, reason="family_moved", to_place=far.township_area, to_school=far.school, evidence=papers("other_proof"), by=by["county"], now=now
    )
    inquiry = ask(case, to_county=far.area, believed_at="龙舟坪镇亲戚家", question="请协助查找", by=by["county"], now=now)
    clearance = propose_deduction(
        case, ground="moved_away", occurred_on=now.date(), evidence=papers("register_transfer", "receiving_reply"), by=principal, now=now
    )
    draw = Draw.objects.create(county=place.area, year=2026, quarter=3, seed="1", share=10, candidates=[clearance.pk], drawn_at=now)
    SpotCheck.objects.create(draw=draw, case=case, episode=1, clearance=clearance, organisation=place.conference, role="conference_office")
    order = issue_order(case, addressee=place.school, demand="逐日家访", answer_by=now.date() + timedelta(days=5), by=by["conference"], now=now)
    item = put_on_agenda(case, reason="多次劝返无果", by=by["county"], now=now)
    finding = record_finding(
        unit=place.school, count="persuasion", facts="劝返不力", demand="限期整改", answer_by=now.date() + timedelta(days=5), case=case,
        by=by["inspector"], now=now,
    )  # fmt: skip
    late = LateVisit.objects.create(record=seen.pk, case=case, visit=seen, visitor=teacher, why="moved", occurred_at=now, received_at=now)
    phone_file = PhoneFile.objects.create(owner=teacher, made_at=now, sha256="", count=1, brought_by=by["county"], brought_at=now, taken_at=now)
    roster = Roster.objects.create(
        county=place.area, organisation=place.education, taken_on=now.date(), digest="", state="compared", brought_by=by["county"], brought_at=now,
        marked_at=now, compared_at=now,
    )  # fmt: skip
    discrepancy = Discrepancy.objects.create(
        county=place.area, school=place.school, kind="missing_there", key=f"c{case.pk}", case=case, found_in=roster, seen_in=roster,
        organisation=place.school,
    )  # fmt: skip
    draw_up_month(now.year, now.month, now=now)
    report = Report.objects.get(unit=place.area)
    draw_up_unit(place.area, month_of(now.year, now.month), now=now)
    names = ask_names(place.area, now.year, now.month, purpose="报送", full=False, total=1, by=by["county"], now=now, submission=uuid4())
    make_names(names.pk)
    sweep_all(now + timedelta(days=20))
    gateway = Gateway(kind=GatewayKind.WECOM, name="县里的企业微信", area=place.area.pk, changed_at=now, changed_by=by["admin"])
    gateway.hide({"token": "…"})
    gateway.save()
    open_tasks = list(Assignment.objects.filter(case=case, state="open").values_list("pk", flat=True))
    case.refresh_from_db()
    return World(
        place=place,
        student=case.student,
        case=case,
        person=teacher,
        visit=seen,
        documents=list(Document.objects.filter(case=case)[:1]),
        files=[seen.photos.get(), clearance.evidence.all()[0]],
        clearance=clearance,
        receipts=list(Receipt.objects.filter(report__case=case)[:1]),
        tasks=[Assignment.objects.get(case=case, step=step) for step in ("first_visit", "township_persuasion")],  # done, and open
        escalations=list(Escalation.objects.filter(case=case)[:1]),
        notifications=list(Notification.objects.filter(recipient=teacher)[:1]),
        gateway=gateway,
        bulk=bulk.start(BulkAction.REMIND, open_tasks, note="请抓紧", by=by["county"], now=now, submission=uuid4()),
        saved=savedfilters.save(Listing.QUEUE, name="两级以上", said={"rung": "2"}, default=False, by=by["county"]),
        order=order,
        item=item,
        finding=finding,
        transfer=transfer,
        report=report,
        school_month=Report.of_every_kind.get(school=place.school),
        names=names,
        inquiry=inquiry,
        draw=draw,
        discrepancy=discrepancy,
        late=late,
        phone=Phone.objects.create(user=teacher, device=uuid4(), first_at=now, heard_at=now),
        phone_file=phone_file,
    )
