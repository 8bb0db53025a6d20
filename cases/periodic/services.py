"""What people do to a periodic report: a principal sends the school's; an officer compiles the bureau's, and its head signs or sends it back."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from cases.directory.capabilities import NotAllowed
from cases.directory.models import Role
from cases.journal.refused import Refused
from cases.journal.services import record, require_new
from cases.journal.verbs import Verb
from cases.ledger import seals
from cases.ledger.models import Act, Report, ReportAct, ReportKind, ReportState
from cases.ledger.reporting import compiler_of, is_turn_of, urge
from cases.ledger.turns import TURNS
from cases.periodic import counting
from cases.periodic.content import check_review, check_school
from cases.periodic.drawing import count_again, latest

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from cases.directory.models import User
    from cases.ledger.models import Edition

Said = dict[str, Any]

# Who looks after a report of each kind from above: the post, and the report's column of its organisation.
ABOVE: dict[str, dict[str, str]] = {
    ReportKind.SCHOOL: {Role.COUNTY_OFFICER: "education_id", Role.COUNTY_HEAD: "education_id"},
    ReportKind.QUARTER: {Role.PREFECTURE_OFFICER: "prefecture_id", Role.PROVINCE_OFFICER: "province_id"},
    ReportKind.TERM: {Role.PROVINCE_OFFICER: "province_id"},
    ReportKind.YEAR: {},
}


@transaction.atomic
def file_report(report: Report, *, said: Said, note: str = "", by: User, now: datetime, submission: UUID | None = None) -> Report:
    """The principal looks at the month, answers the three questions and sends it: the month of the school is closed.

    `said` has the answers of cases.periodic.content. Raises Refused (an answer or words are missing), NotAllowed.
    """
    report = _locked(report, ReportState.COMPILING, by, submission)
    if report.kind != ReportKind.SCHOOL:
        raise Refused(_("This report needs the signature of the head."))
    edition = latest(report)
    check_school(said, note, edition.figures)
    report.state, report.sent_at, report.closed_at = ReportState.FILED, now, now
    whole = seals.of_all(report.number, edition.digest, said, note)
    return _move(report, edition, Act.FILED, Verb.REPORT_FILED, said=said, seal=whole, note=note, by=by, now=now, submission=submission)


@transaction.atomic
def compile_review(
    report: Report, *, said: Said, note: str = "", again: bool = False, by: User, now: datetime, submission: UUID | None = None
) -> Report:
    """An officer adds findings and measures and passes the report to the head. `again` counts it anew first, with a cut-off of its own.

    Raises Refused (findings, measures or the visit of the opening are missing), NotAllowed.
    """
    report = _locked(report, ReportState.COMPILING, by, submission)
    if report.kind == ReportKind.SCHOOL:
        raise Refused(_("A school's report is sent in one step."))
    edition = count_again(report, now=now, by=by) if again else latest(report)
    check_review(said, edition.figures)
    if report.kind == ReportKind.QUARTER:
        said = said | {"checks": counting.checks_of_quarter(report.unit_id, report.year, report.month // 3, as_of=now)}
    report.state = ReportState.SIGNING
    return _move(report, edition, Act.COMPILED, Verb.REPORT_COMPILED, said=said, note=note, by=by, now=now, submission=submission)


@transaction.atomic
def sign(report: Report, *, note: str = "", by: User, now: datetime, submission: UUID | None = None) -> Report:
    """The head answers for figures, findings and measures; the report is closed. Whoever compiled never signs. Raises Refused, NotAllowed."""
    report = _locked(report, ReportState.SIGNING, by, submission)
    if compiler_of(report) == by.pk:
        raise Refused(_("You compiled this report yourself; somebody else must sign it."))
    edition, compiled = latest(report), compiled_of(report)
    assert compiled is not None
    report.state, report.sent_at, report.closed_at = ReportState.FILED, now, now
    whole = seals.of_all(report.number, edition.digest, compiled.said, compiled.note)
    return _move(report, edition, Act.ENDORSED, Verb.REPORT_SIGNED, seal=whole, note=note, by=by, now=now, submission=submission)


@transaction.atomic
def send_back(report: Report, *, note: str, by: User, now: datetime, submission: UUID | None = None) -> Report:
    """The head sends it back to whoever compiled, with a reason. Raises Refused, NotAllowed."""
    report = _locked(report, ReportState.SIGNING, by, submission)
    if not note.strip():
        raise Refused(_("Give a reason; whoever compiled reads it."))
    report.state, report.sent_back = ReportState.COMPILING, report.sent_back + 1
    return _move(report, latest(report), Act.SENT_BACK, Verb.REPORT_SENT_BACK, note=note, by=by, now=now, submission=submission)


@transaction.atomic
def remind(report: Report, *, note: str = "", by: User, now: datetime, submission: UUID | None = None) -> Report:
    """Urge whoever has the report (催办), from above. Raises Refused once it has arrived, NotAllowed."""
    report = Report.of_every_kind.select_for_update(no_key=True, of=("self",)).get(pk=report.pk)
    require_new(submission)
    if not may_remind(report, by):
        raise NotAllowed(_("Your post does not allow this."))
    if report.closed_at:
        raise Refused(_("This report has arrived; nobody needs a reminder."))
    return urge(report, note=note, by=by, now=now, submission=submission)


def may_remind(report: Report, user: User) -> bool:
    """Whoever stands above the unit and waits for its report."""
    above = ABOVE[report.kind]
    return any(post.role in above and getattr(report, above[post.role]) == post.organisation_id for post in user.posts())


def to_be_urged_by(user: User, reports: QuerySet[Report]) -> QuerySet[Report]:
    """Those of the reports about which `may_remind` says yes."""
    wanted = Q()
    for post in user.posts():
        for kind, above in ABOVE.items():
            if post.role in above:
                wanted |= Q(kind=kind, **{above[post.role]: post.organisation_id})
    return reports.filter(wanted) if wanted else reports.none()


def compiled_of(report: Report) -> ReportAct | None:
    """What people added to the report last, with its note; None while nobody has."""
    return report.acts.filter(act__in=(Act.COMPILED, Act.FILED)).select_related("by").order_by("-pk").first()


def words_for(report: Report, user: User) -> ReportAct | None:
    """What people added, as far as the user may read it: what is not signed yet is a draft, and stays within its own office."""
    return compiled_of(report) if report.closed_at or is_of_its_office(report, user) else None


def is_of_its_office(report: Report, user: User) -> bool:
    """Whether one of the user's posts is at the school or bureau that reports."""
    column, _roles = TURNS[report.kind][ReportState.COMPILING]
    return any(post.organisation_id == getattr(report, column) for post in user.posts())


def _locked(report: Report, state: str, by: User, submission: UUID | None) -> Report:
    """The report as it stands now, locked; refused unless it stands so and it is the person's turn."""
    locked: Report = Report.of_every_kind.select_for_update(no_key=True, of=("self",)).select_related("unit").get(pk=report.pk)
    require_new(submission)
    if locked.state != state or locked.kind == ReportKind.LEDGER:
        raise Refused(_("Somebody was faster: the report has moved on. Please look at it again."))
    if not is_turn_of(locked, by):
        raise NotAllowed(_("The report lies at another post just now."))
    return locked


def _move(
    report: Report, edition: Edition, act: Act, verb: Verb, *, said: Said | None = None, seal: str = "", note: str, by: User, now: datetime,
    submission: UUID | None,
) -> Report:  # fmt: skip
    report.save(update_fields=["state", "sent_at", "sent_back", "closed_at"])
    ReportAct.objects.create(report=report, edition=edition, act=act, by=by, at=now, note=note, said=said or {}, digest=seal)
    sealed: dict[str, Any] = {"digest": seal} if seal else {}
    record(verb, at=now, actor=by, submission=submission, remark=note, report=report.pk, edition=edition.pk, **sealed)
    return report
