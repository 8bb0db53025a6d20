"""A notification as one reads it: worded, with its icon and its day."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from notifications.messages import word
from notifications.models import Notification

# message → icon, tone; whatever is not named here is a plain word about a task
LOOKS = {
    "task_assigned": ("inbox", "blue"),
    "extra_task": ("plus", "blue"),
    "joint_visit_to_confirm": ("user-check", "blue"),
    "task_reminder": ("clock", "amber"),
    "task_overdue": ("alert-circle", "red"),
    "task_reassigned": ("users", "blue"),
    "task_extended": ("calendar-plus", ""),
    "calendar_changed": ("calendar-event", "amber"),
    "report_calendar_changed": ("calendar-event", "amber"),
    "report_task_extended": ("calendar-plus", ""),
    "policy_changed": ("calendar-event", "blue"),
    "task_sent_back": ("corner-up-left", "amber"),
    "tasks_handed_over": ("users", "blue"),
    "escalated": ("stairs-up", "red"),
    "escalated_hours": ("stairs-up", "red"),
    "extension_asked": ("calendar-plus", "amber"),
    "extension_refused": ("calendar-plus", "red"),
    "escalation_withdrawn": ("check", "green"),
    "raised": ("stairs-up", "red"),
    "order_accepted": ("circle-check", "green"),
    "order_accountable": ("gavel", "red"),
    "order_withdrawn": ("ban", ""),
    "agenda_added": ("users", "blue"),
    "agenda_scheduled": ("calendar-event", "blue"),
    "agenda_decided": ("users", "green"),
    "agenda_dropped": ("users", "amber"),
    "finding_recorded": ("report-search", "red"),
    "finding_answered": ("report-search", "amber"),
    "finding_closed": ("report-search", "green"),
    "finding_accountable": ("gavel", "red"),
    "nobody_answers": ("alert-triangle", "red"),
    "deadline_stuck": ("alert-triangle", "red"),
    "clock_leapt": ("clock", "red"),
    "audit_found": ("alert-triangle", "red"),
    "calendar_ends": ("calendar-event", "amber"),
    "letters_given_up": ("send", "red"),
    "summary": ("list-check", "blue"),
    "case_paused": ("player-pause", ""),
    "case_resumed": ("player-play", "blue"),
    "clearance_approved": ("circle-check", "green"),
    "approved_alone": ("shield", "red"),
    "clearance_refused": ("circle-x", "amber"),
    "deferral_ending": ("hourglass", "amber"),
    "relapse": ("history", "red"),
    "mandatory_report": ("shield", "red"),
    "password_reset_done": ("lock", ""),
    "correction_asked": ("edit", "amber"),
    "visit_entered": ("edit", "blue"),
    "visit_denied": ("alert-circle", "red"),
    "denial_settled": ("check", "green"),
    "copy_taken_over": ("circle-check", "green"),
    "copy_not_taken_over": ("circle-x", "amber"),
    "bulk_ended": ("list-check", "green"),
    "bulk_stopped": ("list-check", "amber"),
    "late_visit": ("home-heart", "amber"),
    "matter_task_assigned": ("inbox", "blue"),
    "matter_task_reminder": ("clock", "amber"),
    "matter_task_overdue": ("alert-circle", "red"),
    "matter_task_reassigned": ("users", "blue"),
    "matter_task_extended": ("calendar-plus", ""),
    "matter_calendar_changed": ("calendar-event", "amber"),
    "matter_extension_asked": ("calendar-plus", "amber"),
    "matter_extension_refused": ("calendar-plus", "red"),
    "matter_raised": ("stairs-up", "red"),
    "matter_escalated": ("stairs-up", "red"),
    "report_task_assigned": ("inbox", "blue"),
    "report_task_reminder": ("clock", "amber"),
    "report_task_overdue": ("alert-circle", "red"),
    "report_task_reassigned": ("users", "blue"),
    "report_task_sent_back": ("corner-up-left", "amber"),
    "report_escalated": ("stairs-up", "red"),
    "report_raised": ("stairs-up", "red"),
    "report_extension_asked": ("calendar-plus", "amber"),
    "report_extension_refused": ("calendar-plus", "red"),
    "transfer_accepted": ("circle-check", "green"),
    "transfer_refused": ("circle-x", "amber"),
    "transfer_withdrawn": ("ban", ""),
    "school_changed": ("school", "blue"),
    "tasks_moved_away": ("users", ""),
    "inquiry_answered": ("report-search", "green"),
    "inquiry_withdrawn": ("ban", ""),
    "clearance_not_true": ("history", "red"),
}


@dataclass(frozen=True)
class Day:
    title: str
    entries: list[dict[str, Any]] = field(default_factory=list)


def by_day(notifications: Iterable[Any]) -> list[Day]:
    """Lines of consecutive notifications, under the day on which they were said. Each carries `asked_at`, the engine's moment."""
    days = groupby(notifications, key=lambda said: (timezone.localdate(said.created_at), timezone.localdate(said.asked_at)))
    return [Day(name(day, today), [_entry(said) for said in lines]) for (day, today), lines in days]


def name(day: date, today: date) -> str:
    if day == today:
        return _("Today")
    if day == today - timedelta(days=1):
        return _("Yesterday")
    return date_format(day, "MONTH_DAY_FORMAT" if day.year == today.year else "DATE_FORMAT")


def _entry(said: Notification) -> dict[str, Any]:
    """What the component `timeline` shows."""
    icon, tone = LOOKS.get(said.message, ("bell", ""))
    return {
        "text": word(said.message, said.params),
        "at": said.created_at,
        "actor": _("urgent") if said.urgent else "",
        "icon": icon,
        "tone": "red" if said.urgent else tone,
        "url": reverse("notifications:open", args=[said.pk]) if said.link else "",
        "detail": _("Receipt given on %(day)s") % {"day": _moment(said.acknowledged_at)} if said.acknowledged_at else "",
        "receipt_url": reverse("notifications:acknowledge", args=[said.pk]) if said.asks_receipt and not said.acknowledged_at else "",
    }


def _moment(at: datetime) -> str:
    here = timezone.localtime(at)
    return f"{date_format(here, 'MONTH_DAY_FORMAT')} {here:%H:%M}"
