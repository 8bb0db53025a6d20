"""What a person may do to a case, at any time and beside the open tasks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from cases.directory.capabilities import Capability, may
from cases.register.models import Standing
from cases.register.standing import AWAITED
from cases.transfers.scope import BUREAU
from cases.visits.overseeing import may_type_in
from workflows.views.links import find

if TYPE_CHECKING:
    from cases.directory.models import User
    from cases.register.models import Case

C = Capability
ON_THE_LEDGER = (Standing.STILL_OUT, Standing.DEFERRED)  # a deferral is the law's wait, and may end in a deduction


@dataclass(frozen=True)
class Item:
    label: str
    icon: str
    url: str
    dialog: bool = False
    danger: bool = False


def user_is_of_the_bureau(case: Case, user: User) -> bool:
    return any(post.role in BUREAU and post.organisation_id == case.education_id for post in user.posts())


def of(case: Case, user: User) -> list[list[Item]]:
    """The entries that the person's posts and the standing of the case allow, in groups; danger can be reported always."""
    args = [case.pk]
    open_ = case.closed_at is None
    running = open_ and case.paused_at is None
    on_ledger = case.standing in ON_THE_LEDGER

    def entry(when: bool, capability: Capability, label: str, icon: str, url: str, *, dialog: bool = False, danger: bool = False) -> list[Item]:
        return [Item(label, icon, url, dialog, danger)] if when and url and may(user, capability, case) else []

    def order(when: bool, how: str, label: str, icon: str, *, danger: bool = False) -> list[Item]:
        return entry(when, C.SUPERVISE, label, icon, find("case-supervise", args=[case.pk, how]), dialog=True, danger=danger)

    groups = [
        [
            *entry(running, C.LOG_VISIT, _("Log a visit or contact"), "home-heart", find("visit-new", args=args)),
            *entry(running, C.LOG_VISIT, _("Printed form of a visit"), "printer", find("visit-paper", args=args)),
            *(entry(running, C.LOG_VISIT, _("Type in a paper form"), "keyboard", find("visit-typed", args=args)) if may_type_in(user, case) else []),
            *entry(
                running and case.standing in AWAITED and not case.back_since,
                C.REPORT_RETURN,
                _("Child is back at school"),
                "school",
                find("return-report", args=args),
            ),
            *entry(
                running and case.standing == Standing.RETURNED,
                C.RECORD_WATCH,
                _("Note days of absence"),
                "calendar-event",
                find("absences", args=args),
            ),
            *entry(
                case.entered_ledger_on is not None and case.in_roll_ledger_on is None,
                C.RECONCILE,
                _("Entered in the school-roll system"),
                "school",
                find("roll-entry", args=args),
            ),
            *entry(running, C.FILE_DOCUMENT, _("File a document"), "file-text", find("document-new", args=args)),
            *entry(True, C.REPORT_DANGER, _("Report danger"), "shield", find("danger", args=args), danger=True),
        ],
        [
            *entry(running and on_ledger, C.PROPOSE_DEDUCTION, _("Propose a deduction"), "minus", find("deduction-new", args=args)),
            *entry(
                running and case.standing in AWAITED | {Standing.DEFERRED},
                C.APPLY_DEFERRAL,
                _("Apply for deferred enrolment"),
                "calendar-plus",
                find("deferral-new", args=args),
            ),
            *entry(running, C.TRANSFER, _("Offer the case to another county"), "arrow-right", find("transfer-new", args=args)),
            *(
                [
                    *entry(running, C.TRANSFER, _("Change school or place inside the county"), "building", find("school-change", args=args)),
                    *entry(running, C.TRANSFER, _("Ask another county for help"), "search", find("inquiry-new", args=args)),
                ]
                if user_is_of_the_bureau(case, user)
                else []
            ),
            *entry(open_, C.EDIT_STUDENT, _("Edit the student's data"), "edit", find("student-edit", args=[case.student_id])),
        ],
        [
            *order(running, "extra", _("Add an extra task"), "plus"),
            *order(open_, "agenda", _("Put on the joint conference's agenda"), "users"),
            *entry(running, C.ISSUE_SUPERVISION, _("Issue a supervision order"), "gavel", find("order-new", args=args)),
            *entry(True, C.INSPECT, _("Record a finding"), "report-search", f"{find('finding-new')}?case={case.number}"),
            *order(running, "pause", _("Suspend the case"), "player-pause"),
            *order(open_ and not running, "resume", _("Resume the case"), "player-play"),
            *order(open_ and case.entered_ledger_on is None, "cancel", _("Cancel the case"), "ban", danger=True),
        ],
    ]
    return [group for group in groups if group]
