"""What the deadline of a step counts from, where that isn't the moment of its arming."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils import timezone

from workflows.steprules import Due

if TYPE_CHECKING:
    from cases.register.models import Case
    from workflows.models import CaseProcess, MatterProcess, ReportProcess


def from_opening(process: CaseProcess) -> Due:
    """The first conclusion counts from the opening; a later one, after suspicion matured, from now."""
    opened_on = timezone.localdate(process.case.opened_at)
    return Due(from_day=opened_on, at_least=1) if (timezone.localdate(process.moment) - opened_on).days < 7 else Due()


def maturity(process: CaseProcess) -> Due:
    """The day on which a suspicion becomes a dropout: 30 natural days (setting dropped_out_after_days) after the last day at school, or after the
    case was opened."""
    from cases.codes.services import setting

    case: Case = process.case
    days = int(setting("dropped_out_after_days", case.county_id, 30))
    start = case.last_attended_on or timezone.localdate(case.opened_at)
    return Due(on=start + timedelta(days=days))


def end_of_leave(process: CaseProcess) -> Due:
    """The allowance begins with the last day of the leave."""
    return Due(from_day=process.case.ends_on)


def before_the_end(process: CaseProcess) -> Due:
    """Ten natural days before a deferral ends, so that a new application is decided in time; one working day at least."""
    ends_on = process.case.ends_on
    assert ends_on is not None
    return Due(on=ends_on - timedelta(days=10), at_least=1)


def first_day_back(process: CaseProcess) -> Due:
    """Counted from the return; a refused return comes back with two working days, however long ago that was."""
    return Due(from_day=process.case.back_since, at_least=2)


def days_after_return(days: int) -> Callable[[CaseProcess], Due]:
    """The allowance of a watch begins so many natural days after the child came back; one working day at least."""

    def due(process: CaseProcess) -> Due:
        back_since = process.case.back_since
        assert back_since is not None
        return Due(from_day=back_since + timedelta(days=days), at_least=1)

    return due


def end_of_term(process: CaseProcess) -> Due:
    """The last day of the term that the order served last gives the guardian."""
    served = process.case.documents.filter(episode=process.episode, kind="order_to_comply", term_ends_on__isnull=False).latest("served_on", "id")
    return Due(on=served.term_ends_on)


def answer_by(process: CaseProcess) -> Due:
    """The day that the order names; whoever sends an answer back names another."""
    from cases.supervision.models import SupervisionOrder

    return Due(on=SupervisionOrder.objects.values_list("answer_by", flat=True).get(pk=process.round), at_least=1)


def to_be_in_time(process: ReportProcess) -> Due:
    """The last day on which this step of a report still lets the report be in time."""
    from workflows.reporting import last_day_of

    return last_day_of(process)


def after_the_day(process: ReportProcess) -> Due:
    """Whoever accepts a report has time from the day on which all are due, or from its coming where that was later."""
    return Due(from_day=max(process.report.due_on, timezone.localdate(process.moment)))


def day_of_the_matter(process: MatterProcess) -> Due:
    """The day that the matter of a unit names."""
    return Due(on=process.matter.due_on, at_least=1)
