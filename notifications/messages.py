"""Everything that the product says to people outside a page: one line each, worded when read, in the reader's language.

A message is a code, a case number, a step and days. Who the child is stands behind the link and its permissions.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from notifications.params import NotAllowedInMessage, register_step_titles, shown

__all__ = ["GIVEN_UP", "MESSAGES", "SUMMARY", "check", "needs", "register_step_titles", "word"]

# The keys are stored with what was said, for ever: never renamed, and never given a parameter more.
MESSAGES = {
    # a task of yours
    "task_assigned": _("New task: %(step)s, case %(case)s, due: %(due)s"),
    "extra_task": _("Extra task from a supervisor, case %(case)s, due: %(due)s"),
    "joint_visit_to_confirm": _("A joint visit names you: please confirm, case %(case)s"),
    "task_reminder": _("Due soon: %(step)s, case %(case)s, due: %(due)s"),
    "task_overdue": _("Overdue: %(step)s, case %(case)s, was due: %(due)s"),
    "task_reassigned": _("Reassigned to you: %(step)s, case %(case)s, due: %(due)s"),
    "task_extended": _("Deadline changed: %(step)s, case %(case)s, now due: %(due)s"),
    "calendar_changed": _("The calendar changed (%(on)s): %(step)s, case %(case)s, now due: %(due)s"),
    "task_sent_back": _("Sent back to be done again: %(step)s, case %(case)s, due: %(due)s"),
    "tasks_handed_over": _("%(count)s open tasks were handed over to you"),
    "correction_asked": _("Please correct your record of a visit, case %(case)s"),
    "visit_entered": _("A visit was entered under your name by the office, case %(case)s. Was it not you? Say so"),
    "denial_settled": _("The denied visit of case %(case)s was looked into"),
    "copy_taken_over": _("Your record of a visit was taken over and counts, case %(case)s"),
    "copy_not_taken_over": _("Your record of a visit was not taken over, case %(case)s"),
    "bulk_ended": _("Your bulk action came to its end: %(count)s done, %(refused)s refused"),
    "bulk_stopped": _("Your bulk action was stopped: %(count)s done, %(refused)s refused, %(left)s left undone"),
    # a county's monthly report, whose number stands where a case's would
    "report_task_assigned": _("New task: %(step)s, report %(case)s, due: %(due)s"),
    "report_task_reminder": _("Due soon: %(step)s, report %(case)s, due: %(due)s"),
    "report_task_overdue": _("Overdue: %(step)s, report %(case)s, was due: %(due)s"),
    "report_task_reassigned": _("Reassigned to you: %(step)s, report %(case)s, due: %(due)s"),
    "report_task_sent_back": _("Sent back to be done again: %(step)s, report %(case)s, due: %(due)s"),
    "report_task_extended": _("Deadline changed: %(step)s, report %(case)s, now due: %(due)s"),
    "report_calendar_changed": _("The calendar changed (%(on)s): %(step)s, report %(case)s, now due: %(due)s"),
    "report_extension_asked": _("More time is asked for: %(step)s, report %(case)s, until %(until)s. Please answer"),
    "report_extension_refused": _("More time was refused: %(step)s, report %(case)s, still due: %(due)s"),
    "report_raised": _("Raised to you by a supervisor: %(step)s, report %(case)s, due: %(due)s"),
    "report_escalated": _("Escalated to you: %(step)s, report %(case)s, %(days)s working days overdue"),
    # what a unit must answer for beside the cases, whose number stands where a case's would
    "matter_task_assigned": _("New task: %(step)s (%(case)s), due: %(due)s"),
    "matter_task_reminder": _("Due soon: %(step)s (%(case)s), due: %(due)s"),
    "matter_task_overdue": _("Overdue: %(step)s (%(case)s), was due: %(due)s"),
    "matter_task_reassigned": _("Reassigned to you: %(step)s (%(case)s), due: %(due)s"),
    "matter_task_extended": _("Deadline changed: %(step)s (%(case)s), now due: %(due)s"),
    "matter_calendar_changed": _("The calendar changed (%(on)s): %(step)s (%(case)s), now due: %(due)s"),
    "matter_extension_asked": _("More time is asked for: %(step)s (%(case)s), until %(until)s. Please answer"),
    "matter_extension_refused": _("More time was refused: %(step)s (%(case)s), still due: %(due)s"),
    "matter_raised": _("Raised to you by a supervisor: %(step)s (%(case)s), due: %(due)s"),
    "matter_escalated": _("Escalated to you: %(step)s (%(case)s), %(days)s working days overdue"),
    # supervision
    "escalated": _("Escalated to you: %(step)s, case %(case)s, %(days)s working days overdue"),
    "escalated_hours": _("Escalated to you: %(step)s, case %(case)s, %(hours)s hours overdue"),
    "extension_asked": _("More time is asked for: %(step)s, case %(case)s, until %(until)s. Please answer"),
    "extension_refused": _("More time was refused: %(step)s, case %(case)s, still due: %(due)s"),
    "late_visit": _("A record of a home visit arrived late, case %(case)s. Please look at it"),
    "visit_denied": _("A visit is denied by the person under whose name it was entered, case %(case)s. Please look into it"),
    "escalation_withdrawn": _("Escalation withdrawn: %(step)s of case %(case)s was done in time"),
    "raised": _("Raised to you by a supervisor: %(step)s, case %(case)s, due: %(due)s"),
    "order_accepted": _("The answer to the supervision order was accepted, case %(case)s"),
    "order_accountable": _("Accountability finding on a supervision order, case %(case)s"),
    "order_withdrawn": _("The supervision order was withdrawn, case %(case)s"),
    "agenda_added": _("Put on the agenda of the joint conference: case %(case)s"),
    "agenda_scheduled": _("The joint conference deals with case %(case)s on %(on)s"),
    "agenda_decided": _("The joint conference decided on case %(case)s"),
    "agenda_dropped": _("The joint conference did not take up case %(case)s"),
    "finding_recorded": _("The inspectorate found a fault at your unit: please answer by %(due)s"),
    "finding_answered": _("A unit answered a finding of your inspectorate: please decide"),
    "finding_closed": _("A finding on your unit was closed by the inspectorate"),
    "finding_accountable": _("Accountability finding of the inspectorate on your unit"),
    "nobody_answers": _("Nobody holds the post for %(step)s, case %(case)s, nor any post above it: please appoint somebody"),
    # the machinery, for its administrators
    "deadline_stuck": _("A deadline could not be dealt with and was set aside: %(step)s, case %(case)s"),
    "clock_leapt": _("The clock of the database leapt ahead; escalations to superiors wait ten minutes. Please check the clock"),
    "audit_found": _("The audit of the deadlines found something wrong in %(count)s places; please look at it"),
    "policy_changed": _("From %(on)s another allowance holds for %(step)s; what is running keeps its own"),
    "calendar_ends": _("The published calendar ends on %(until)s; please enter the days of the next year"),
    "letters_given_up": _("Messages could not leave the product for seven days and were given up: please look at the deliveries"),
    # in the morning, instead of one letter each
    "summary": _("Today: %(overdue)s overdue, %(due_today)s due today, %(unread)s unread notifications"),
    # a case of yours
    "case_paused": _("Case %(case)s was suspended; its deadlines stand still"),
    "case_resumed": _("Case %(case)s goes on; its deadlines run again"),
    "clearance_approved": _("Approved: the application to clear case %(case)s"),
    "approved_alone": _("Please look at case %(case)s: whoever approved the application had given its proposer a password within 30 days"),
    "clearance_refused": _("Refused: the application to clear case %(case)s"),
    "deferral_ending": _("Deferred enrolment ends on %(until)s, case %(case)s"),
    "transfer_accepted": _("Accepted by the other county: the transfer of case %(case)s"),
    "transfer_refused": _("Refused by the other county: the transfer of case %(case)s"),
    "transfer_withdrawn": _("Withdrawn: the transfer of case %(case)s that was offered to you"),
    "school_changed": _("The child of case %(case)s changed to another school or place of the county"),
    "tasks_moved_away": _("Case %(case)s went over to another unit; its tasks are no longer yours"),
    "inquiry_answered": _("Your request for help was answered, case %(case)s"),
    "inquiry_withdrawn": _("No longer needed: the request for help about case %(case)s"),
    "clearance_not_true": _("A spot check found that the clearance of case %(case)s is not true; the child is back on the ledger"),
    "relapse": _("Out of school again after the return: case %(case)s was reopened"),
    "mandatory_report": _("Mandatory report: a child may be in danger, case %(case)s. Confirm receipt by %(due)s"),
    # an account of yours
    "password_reset_done": _("Your password was reset. If you did not ask for this, tell your administrator"),
}

SUMMARY = "summary"
GIVEN_UP = "letters_given_up"


def worded(message: str, *, report: object = None, beside: str = "") -> str:
    """The message as it is said of a report, or of what else stands beside the cases ("report", "matter"), if it is about one."""
    beside = beside or ("report" if report else "")
    return f"{beside}_{message}" if beside else message


@cache
def needs(message: str) -> frozenset[str]:
    """The parameters that a message names, read off its source text."""
    with override(None):
        return frozenset(re.findall(r"%\((\w+)\)s", str(MESSAGES[message])))


def check(message: str, params: Mapping[str, Any]) -> None:
    """Refuses, where it is said and not where it is read, a message that could not be worded."""
    if message not in MESSAGES:
        raise NotAllowedInMessage(f"no message is called {message!r}")
    if missing := needs(message) - params.keys():
        raise NotAllowedInMessage(f"{message!r} needs {', '.join(sorted(missing))}")


def word(message: str, params: Mapping[str, Any]) -> str:
    """The line in the active language."""
    return str(MESSAGES[message]) % shown(params)
