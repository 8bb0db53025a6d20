"""What can be said in the journal: past tense, stored for ever, so never renamed. Beside each verb the ids and codes that go with it."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Verb(models.TextChoices):
    # a case and its standing
    CASE_OPENED = "case.opened", _("case opened on suspicion")  # channel, last_attended_on
    CASE_REOPENED = "case.reopened", _("case reopened")  # why: relapse | return_failed | deferral_ended | leave_ended
    CASE_CLOSED = "case.closed", _("case closed")  # standing
    CASE_CANCELLED = "case.cancelled", _("case cancelled: opened by mistake")
    CASE_PAUSED = "case.paused", _("case suspended by a supervisor")
    CASE_RESUMED = "case.resumed", _("case resumed")
    LEDGER_ENTERED = "ledger.entered", _("entered on the ledger")  # priority
    SUSPICION_MATURED = "suspicion.matured", _("absent long enough to count as dropped out")
    # verification
    VISIT_LOGGED = "visit.logged", _("home visit logged")  # visit, lines, in_person, met, outcome, danger
    VISIT_CONFIRMED = "visit.confirmed", _("joint visit confirmed")  # visit, line
    VISIT_SET_ASIDE = "visit.set_aside", _("record of a visit set aside for the supervisor")  # record, visitor, why
    VISIT_SEEN_LATE = "visit.seen_late", _("late record of a visit taken note of")  # late, record
    VISIT_TAKEN_OVER = "visit.taken_over", _("record of somebody who did not answer for the child taken over")  # late, visit, visitor
    VISIT_REFUSED = "visit.refused", _("record of somebody who did not answer for the child not taken over")  # late, record
    PHOTOS_DELETED = "photos.deleted", _("photos of a record that was not taken over deleted")  # late, count
    VISIT_DENIED = "visit.denied", _("visit denied by the person under whose name it was entered")  # visit, visitor, entered_by
    DENIAL_SETTLED = "visit.denial_settled", _("denied visit looked into")  # visit, visitor
    CORRECTION_ASKED = "visit.correction_asked", _("correction of a visit asked for")  # visit, visitor
    PHONE_SILENT = "phone.silent", _("nothing heard of the phone that took a task along")  # phone, task, heard_at
    PHONE_LOST = "phone.lost", _("phone reported lost")  # phone, user
    PHONE_FOUND = "phone.found", _("lost phone back in the hands of its person")  # phone, user
    PHONE_FILE_TAKEN = "phone.file_taken", _("exported file of a phone taken in")  # file, owner, count
    VILLAGE_CHECKED = "village.checked", _("village check recorded")  # check, found
    VERIFICATION_CONCLUDED = "verification.concluded", _("verification concluded")  # verification, conclusion, code
    LEAVE_ENDED = "leave.ended", _("end of leave or suspension recorded")  # verification, back
    # plan and persuasion
    PLAN_WRITTEN = "plan.written", _("case plan written")  # plan, version
    PLAN_SIGNED = "plan.signed", _("case plan signed by both lines")  # plan
    PLAN_SENT_BACK = "plan.sent_back", _("case plan sent back")  # plan
    ROUND_HELD = "round.held", _("round of joint persuasion recorded")  # round, number, result
    HELP_ANSWERED = "help.answered", _("department answered")  # measure, answer
    # enforcement
    DOCUMENT_FILED = "document.filed", _("document filed")  # document, kind
    DOCUMENT_SERVED = "document.served", _("document served")  # document, kind, way, term_ends_on
    TERM_EXPIRED = "term.expired", _("term of the order ran out")  # document
    CASE_REFERRED = "case.referred", _("case referred")  # venue
    COURT_RECORDED = "court.recorded", _("state in court recorded")  # record, state, return_on
    # review
    RETURN_REPORTED = "return.reported", _("child reported back at school")  # on
    RETURN_PROPOSED = "return.proposed", _("return confirmed by the school")  # clearance
    RETURN_FAILED = "return.failed", _("child did not stay")  # on
    DEDUCTION_PROPOSED = "deduction.proposed", _("deduction proposed")  # clearance, ground
    DEFERRAL_APPLIED = "deferral.applied", _("deferred enrolment applied for")  # clearance, until
    CLEARANCE_APPROVED = "clearance.approved", _("clearance approved")  # clearance, outcome
    CLEARANCE_REFUSED = "clearance.refused", _("clearance refused")  # clearance, outcome
    CLEARANCE_WITHDRAWN = "clearance.withdrawn", _("proposal withdrawn")  # clearance, outcome
    ABSENCES_NOTED = "absences.noted", _("days of absence noted")  # count, reason
    WATCH_RECORDED = "watch.recorded", _("watch after the return recorded")  # watch, number, passed
    # protection
    DANGER_REPORTED = "danger.reported", _("mandatory report made")  # report
    RECEIPT_CONFIRMED = "receipt.confirmed", _("receipt of the mandatory report confirmed")  # receipt
    # supervision
    TASK_CLAIMED = "task.claimed", _("task claimed")  # assignment
    TASK_REASSIGNED = "task.reassigned", _("task reassigned")  # assignment, organisation, user
    TASK_EXTENDED = "task.extended", _("deadline extended")  # assignment, due_at
    EXTENSION_ASKED = "extension.asked", _("more time asked for")  # assignment, request, until
    EXTENSION_REFUSED = "extension.refused", _("more time refused")  # assignment, request
    TASK_SENT_BACK = "task.sent_back", _("sent back to an earlier step")  # step
    TASK_REMINDED = "task.reminded", _("reminded")  # assignment
    EXTRA_ADDED = "extra.added", _("extra task added")  # extra
    EXTRA_ANSWERED = "extra.answered", _("extra task answered")  # extra
    DEADLINE_FIRED = "deadline.fired", _("deadline passed a rung")  # deadline, rung, outcome
    ESCALATION_HANDLED = "escalation.handled", _("escalation handled")  # escalation, decision
    TASK_RAISED = "task.raised", _("raised to the superior")  # assignment, rung
    # supervision orders
    SUPERVISION_ISSUED = "supervision.issued", _("supervision order issued")  # order, to_organisation
    SUPERVISION_ANSWERED = "supervision.answered", _("supervision order answered")  # order, reply
    SUPERVISION_ACCEPTED = "supervision.accepted", _("answer to the supervision order accepted")  # order, decision
    SUPERVISION_SENT_BACK = "supervision.sent_back", _("answer to the supervision order sent back")  # order, decision, until
    SUPERVISION_ACCOUNTABLE = "supervision.accountable", _("accountability finding made on a supervision order")  # order, decision, measure
    SUPERVISION_WITHDRAWN = "supervision.withdrawn", _("supervision order withdrawn")  # order
    # the joint conference
    AGENDA_ADDED = "agenda.added", _("put on the joint conference's agenda")  # item
    AGENDA_SCHEDULED = "agenda.scheduled", _("meeting of the joint conference fixed")  # item, on
    AGENDA_DECIDED = "agenda.decided", _("decided by the joint conference")  # item, on
    AGENDA_DROPPED = "agenda.dropped", _("not taken up by the joint conference")  # item
    # inspection
    FINDING_RECORDED = "finding.recorded", _("finding of the inspectorate recorded")  # finding, count, to_organisation
    FINDING_ANSWERED = "finding.answered", _("finding of the inspectorate answered")  # finding
    FINDING_CLOSED = "finding.closed", _("finding of the inspectorate closed")  # finding
    FINDING_ACCOUNTABLE = "finding.accountable", _("accountability finding of the inspectorate")  # finding, measure
    # between units
    TRANSFER_OFFERED = "transfer.offered", _("transfer to another county offered")  # transfer, to_county
    TRANSFER_ACCEPTED = "transfer.accepted", _("transferred to another unit")  # transfer, from_county, to_county, within
    TRANSFER_REFUSED = "transfer.refused", _("transfer refused")  # transfer
    TRANSFER_WITHDRAWN = "transfer.withdrawn", _("offer of the transfer withdrawn")  # transfer
    INQUIRY_ASKED = "inquiry.asked", _("another county asked for help")  # inquiry, to_county
    INQUIRY_ANSWERED = "inquiry.answered", _("request for help answered")  # inquiry, finding
    INQUIRY_WITHDRAWN = "inquiry.withdrawn", _("request for help withdrawn")  # inquiry
    # re-checks
    SPOT_CHECK_DRAWN = "spot_check.drawn", _("drawn for a spot check")  # check
    SPOT_CHECKED = "spot_check.recorded", _("spot check recorded")  # check, finding
    # the school-roll system's own ledger
    ROLL_ENTERED = "roll.entered", pgettext_lazy("journal", "entered in the school-roll system")  # on, roster
    ROSTER_COMPARED = "roster.compared", _("list of the school-roll system compared")  # roster, found, gone
    ROSTER_DISCARDED = "roster.discarded", _("list of the school-roll system discarded")  # roster
    DISCREPANCY_SETTLED = "discrepancy.settled", _("difference to the school-roll system settled")  # discrepancy, how
    DISCREPANCY_GIVEN = "discrepancy.given", _("difference to the school-roll system given to somebody")  # discrepancy, user
    # reports
    REPORT_DRAWN_UP = "report.drawn_up", _("monthly report drawn up")  # report, edition
    REPORT_COMPILED = "report.compiled", _("report compiled")  # report, edition
    REPORT_SIGNED = "report.signed", _("report signed")  # report, edition
    REPORT_SENT_BACK = "report.sent_back", _("report sent back")  # report, edition
    REPORT_CHECKED = "report.checked", _("monthly report checked")  # report, edition
    REPORT_ACCEPTED = "report.accepted", _("monthly report accepted, month closed")  # report, edition, digest
    REPORTS_DRAWN_UP = "reports.drawn_up", _("periodic reports drawn up")  # kind, unit, year, month, reports, digest
    REPORT_FILED = "report.filed", _("periodic report sent")  # report, edition, digest
    REPORT_REMINDED = "report.reminded", _("reminded of the report")  # report
    # looking
    CASE_VIEWED = "case.viewed", _("case opened for reading")
    IDENTITY_SHOWN = "identity.shown", _("identity number shown in full")  # student, purpose
    FILE_OPENED = "file.opened", _("file opened")  # file
    LIST_EXPORTED = "list.exported", _("list exported")  # rows
    # people
    USER_ADDED = "user.added", _("account made")  # user
    USER_CHANGED = "user.changed", _("account changed")  # user
    PASSWORD_RESET = "password.reset", _("one-time password given")  # user
    APPOINTED = "user.appointed", _("appointed")  # appointment
    APPOINTMENT_ENDED = "user.appointment_ended", _("appointment ended")  # appointment
    TASKS_HANDED_OVER = "tasks.handed_over", _("open tasks handed over")  # user, to, count
    SETTING_CHANGED = "setting.changed", _("setting changed")  # model, pk
    # pupils
    STUDENT_ADDED = "student.added", _("student registered")  # student
    STUDENT_CHANGED = "student.changed", _("student's data changed")  # student, fields, moved
