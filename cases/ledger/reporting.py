"""What people do to a report: the county compiles, its head signs, the prefecture checks, the province accepts; each may send it back."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from cases.directory.capabilities import NotAllowed
from cases.directory.models import Role
from cases.journal.refused import Refused
from cases.journal.services import record, require_new
from cases.journal.verbs import Verb
from cases.ledger.drawing import draw_edition
from cases.ledger.freeze import close
from cases.ledger.models import Act, Edition, Report, ReportAct, ReportState
from cases.ledger.turns import posts_of_turn

if TYPE_CHECKING:
    from cases.directory.models import User


def is_turn_of(report: Report, user: User) -> bool:
    """Whether the report lies at one of the user's posts."""
    organisation, roles = posts_of_turn(report)
    return any(post.organisation_id == organisation and post.role in roles for post in user.posts())


def compiler_of(report: Report) -> int | None:
    """Who compiled it last (pk): somebody else must sign it."""
    return report.acts.filter(act=Act.COMPILED).order_by("-pk").values_list("by_id", flat=True).first()


@transaction.atomic
def compile_report(report: Report, *, note: str, by: User, now: datetime, again: bool = False, submission: UUID | None = None) -> Report:
    """The county has looked at every number. `again`, or what was sent back, is counted anew first, with a cut-off of its own.

    Where the closed month before would be counted differently today, the note must say why. Raises NotAllowed, Refused.
    """
    report = _locked(report, ReportState.COMPILING, by, submission)
    if again or _was_sent_back(report):
        draw_edition(report, by=by, now=now)
    edition = latest(report)
    if edition.adjustments.exists() and not note.strip():
        raise Refused(_("This month corrects the one before. Say why; the reason goes up with the report."))
    return _move(report, edition, Act.COMPILED, Verb.REPORT_COMPILED, ReportState.SIGNING, by=by, now=now, note=note, submission=submission)


@transaction.atomic
def sign(report: Report, *, note: str = "", by: User, now: datetime, submission: UUID | None = None) -> Report:
    """The head of the county's education bureau answers for the numbers. Whoever compiled never signs."""
    report = _locked(report, ReportState.SIGNING, by, submission)
    edition = latest(report)
    if compiler_of(report) == by.pk:
        raise Refused(_("You compiled this report yourself; somebody else must sign it."))
    report.sent_at = now
    up = ReportState.CHECKING if report.prefecture_id else ReportState.ACCEPTING
    return _move(report, edition, Act.SIGNED, Verb.REPORT_SIGNED, up, by=by, now=now, note=note, submission=submission)


@transaction.atomic
def check(report: Report, *, note: str = "", by: User, now: datetime, submission: UUID | None = None) -> Report:
    """The prefecture has checked the county's report and passes it on."""
    report = _locked(report, ReportState.CHECKING, by, submission)
    return _move(report, latest(report), Act.CHECKED, Verb.REPORT_CHECKED, ReportState.ACCEPTING, by=by, now=now, note=note, submission=submission)


@transaction.atomic
def send_back(report: Report, *, note: str, by: User, now: datetime, submission: UUID | None = None) -> Report:
    """Back to the county with a reason; it is counted anew there. From the head, the prefecture or the province, whose turn it is."""
    report = _locked(report, None, by, submission)
    if report.state == ReportState.COMPILING:
        raise Refused(_("The report already lies with the county."))
    if not note.strip():
        raise Refused(_("Give a reason; the county reads it."))
    report.sent_back += 1
    return _move(
        report, latest(report), Act.SENT_BACK, Verb.REPORT_SENT_BACK, ReportState.COMPILING, by=by, now=now, note=note, submission=submission
    )


@transaction.atomic
def accept(report: Report, *, note: str = "", by: User, now: datetime, submission: UUID | None = None) -> Report:
    """The province accepts: the month of this county is closed for good. Months close in their order."""
    report = _locked(report, ReportState.ACCEPTING, by, submission)
    earlier = Report.objects.filter(unit_id=report.unit_id, closed_at=None).exclude(pk=report.pk).order_by("year", "month")
    waiting = next((one for one in earlier if (one.year, one.month) < (report.year, report.month)), None)
    if waiting:
        raise Refused(_("The report of %(month)s is still open. Months are closed in their order.") % {"month": f"{waiting.year}-{waiting.month:02}"})
    edition = latest(report)
    closure = close(report, edition, by=by, now=now)
    report.closed_at = now
    return _move(
        report, edition, Act.ACCEPTED, Verb.REPORT_ACCEPTED, ReportState.ACCEPTED, by=by, now=now, note=note, submission=submission,
        digest=closure.digest,
    )  # fmt: skip


@transaction.atomic
def remind(report: Report, *, note: str, by: User, now: datetime, submission: UUID | None = None) -> Report:
    """Urge whoever has the report (催办): from the prefecture of the county or the province."""
    report = Report.objects.select_for_update(no_key=True, of=("self",)).get(pk=report.pk)
    require_new(submission)
    if not may_remind(report, by):
        raise NotAllowed(_("Your post does not allow this."))
    if report.closed_at:
        raise Refused(_("This report was accepted; nobody needs a reminder."))
    return urge(report, note=note, by=by, now=now, submission=submission)


def urge(report: Report, *, note: str, by: User, now: datetime, submission: UUID | None = None) -> Report:
    """Write the reminder down; whoever has the report is told. The caller holds the lock and has asked whether `by` may."""
    ReportAct.objects.create(report=report, edition=latest(report), act=Act.REMINDED, by=by, at=now, note=note)
    record(Verb.REPORT_REMINDED, at=now, actor=by, submission=submission, remark=note, report=report.pk)
    return report


def note_act(report: Report, act: Act, *, note: str, by: User, now: datetime) -> None:
    """What was done to whoever has the report, beside what is done to the report itself; the journal has its own entry of it."""
    ReportAct.objects.create(report=report, edition=latest(report), act=act, by=by, at=now, note=note)


def may_remind(report: Report, user: User) -> bool:
    """Prefecture and province, about what lies below them."""
    above = {Role.PREFECTURE_OFFICER: report.prefecture_id, Role.PROVINCE_OFFICER: report.province_id}
    return any(post.role in above and above[Role(post.role)] == post.organisation_id for post in user.posts())


def latest(report: Report) -> Edition:
    """The edition that the report stands for now."""
    return report.editions.select_related("report", "report__unit").latest("number")


def _was_sent_back(report: Report) -> bool:
    done = report.acts.filter(act__in=(Act.DRAWN_UP, Act.SENT_BACK)).order_by("-pk").values_list("act", flat=True).first()
    return done == Act.SENT_BACK


def _locked(report: Report, state: str | None, by: User, submission: UUID | None) -> Report:
    """The report as it stands now, locked; refused unless it stands so (None: however) and it is the person's turn."""
    locked: Report = Report.objects.select_for_update(no_key=True, of=("self",)).select_related("unit").get(pk=report.pk)
    require_new(submission)
    if (state is not None and locked.state != state) or locked.closed_at:
        raise Refused(_("Somebody was faster: the report stands as “%(state)s” now.") % {"state": locked.get_state_display()})
    if not is_turn_of(locked, by):
        raise NotAllowed(_("The report lies at another post."))
    return locked


def _move(
    report: Report, edition: Edition, act: Act, verb: Verb, state: ReportState, *, by: User, now: datetime, note: str,
    submission: UUID | None, **data: Any,
) -> Report:  # fmt: skip
    report.state = state
    report.save(update_fields=["state", "sent_at", "sent_back", "closed_at"])
    ReportAct.objects.create(report=report, edition=edition, act=act, by=by, at=now, note=note)
    record(verb, at=now, actor=by, submission=submission, remark=note, report=report.pk, edition=edition.pk, **data)
    return report
