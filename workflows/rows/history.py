"""The journal of a case in words: what happened, who did it, when, and what was said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from cases.codes.models import CodeList
from cases.codes.services import label
from cases.directory.answering import Accountability
from cases.directory.models import Line
from cases.documents.models import CourtState, DocumentKind, ServiceWay, Venue
from cases.inspections.models import Count
from cases.journal.models import Entry
from cases.journal.verbs import Verb
from cases.register.models import Conclusion, HelpAnswer, Outcome
from cases.rosters.models import Settled
from cases.spotchecks.models import SpotFinding
from cases.transfers.models import InquiryFinding
from cases.visits.models import Found, RoundResult, VisitOutcome
from cases.visits.receiving import Source, Why
from workflows.models import Assignment
from workflows.steps import title

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet, TextChoices

    from cases.register.models import Case

LOOKING = (Verb.CASE_VIEWED, Verb.IDENTITY_SHOWN, Verb.FILE_OPENED, Verb.LIST_EXPORTED)


class Look(NamedTuple):
    """How an entry is drawn; the colour only repeats the icon."""

    icon: str
    tone: str = ""


LOOKS: dict[str, Look] = {
    Verb.CASE_OPENED: Look("flag", "amber"),
    Verb.CASE_REOPENED: Look("refresh", "red"),
    Verb.CASE_CLOSED: Look("circle-check", "green"),
    Verb.CASE_CANCELLED: Look("ban"),
    Verb.CASE_PAUSED: Look("player-pause", "amber"),
    Verb.CASE_RESUMED: Look("player-play", "blue"),
    Verb.LEDGER_ENTERED: Look("table", "red"),
    Verb.SUSPICION_MATURED: Look("hourglass", "red"),
    Verb.VISIT_LOGGED: Look("home-heart", "blue"),
    Verb.VISIT_CONFIRMED: Look("check", "green"),
    Verb.VISIT_SET_ASIDE: Look("alert-circle", "amber"),
    Verb.VISIT_SEEN_LATE: Look("eye", "green"),
    Verb.VISIT_TAKEN_OVER: Look("circle-check", "green"),
    Verb.VISIT_REFUSED: Look("circle-x", "amber"),
    Verb.VISIT_DENIED: Look("alert-circle", "red"),
    Verb.DENIAL_SETTLED: Look("check", "green"),
    Verb.CORRECTION_ASKED: Look("edit", "amber"),
    Verb.PHONE_SILENT: Look("phone", "amber"),
    Verb.VILLAGE_CHECKED: Look("building-community", "blue"),
    Verb.VERIFICATION_CONCLUDED: Look("clipboard-check", "blue"),
    Verb.LEAVE_ENDED: Look("calendar-event"),
    Verb.PLAN_WRITTEN: Look("clipboard-text", "blue"),
    Verb.PLAN_SIGNED: Look("check", "green"),
    Verb.PLAN_SENT_BACK: Look("corner-up-left", "amber"),
    Verb.ROUND_HELD: Look("users", "blue"),
    Verb.HELP_ANSWERED: Look("heart-handshake", "green"),
    Verb.DOCUMENT_FILED: Look("file-text"),
    Verb.DOCUMENT_SERVED: Look("file-certificate", "blue"),
    Verb.TERM_EXPIRED: Look("hourglass", "red"),
    Verb.CASE_REFERRED: Look("gavel", "amber"),
    Verb.COURT_RECORDED: Look("scale"),
    Verb.RETURN_REPORTED: Look("school", "green"),
    Verb.RETURN_PROPOSED: Look("school", "green"),
    Verb.RETURN_FAILED: Look("circle-x", "red"),
    Verb.DEDUCTION_PROPOSED: Look("minus"),
    Verb.DEFERRAL_APPLIED: Look("calendar-plus"),
    Verb.CLEARANCE_APPROVED: Look("circle-check", "green"),
    Verb.CLEARANCE_REFUSED: Look("circle-x", "red"),
    Verb.WATCH_RECORDED: Look("eye", "green"),
    Verb.ABSENCES_NOTED: Look("calendar-event", "amber"),
    Verb.DANGER_REPORTED: Look("shield", "red"),
    Verb.RECEIPT_CONFIRMED: Look("shield-check", "green"),
    Verb.TRANSFER_OFFERED: Look("arrow-right", "amber"),
    Verb.TRANSFER_ACCEPTED: Look("arrow-right", "green"),
    Verb.TRANSFER_REFUSED: Look("circle-x", "red"),
    Verb.TRANSFER_WITHDRAWN: Look("corner-up-left"),
    Verb.INQUIRY_ASKED: Look("search", "amber"),
    Verb.INQUIRY_ANSWERED: Look("search", "green"),
    Verb.INQUIRY_WITHDRAWN: Look("corner-up-left"),
    Verb.SPOT_CHECK_DRAWN: Look("eye", "amber"),
    Verb.SPOT_CHECKED: Look("eye", "blue"),
    Verb.ROLL_ENTERED: Look("school", "green"),
    Verb.DISCREPANCY_SETTLED: Look("check", "blue"),
    Verb.TASK_CLAIMED: Look("user-check"),
    Verb.TASK_REASSIGNED: Look("user-plus", "amber"),
    Verb.TASK_EXTENDED: Look("calendar-time", "amber"),
    Verb.EXTENSION_ASKED: Look("calendar-plus", "amber"),
    Verb.EXTENSION_REFUSED: Look("calendar-plus", "red"),
    Verb.TASK_SENT_BACK: Look("corner-up-left", "amber"),
    Verb.TASK_REMINDED: Look("bell", "amber"),
    Verb.EXTRA_ADDED: Look("plus"),
    Verb.EXTRA_ANSWERED: Look("check", "green"),
    Verb.DEADLINE_FIRED: Look("stairs-up", "red"),
    Verb.ESCALATION_HANDLED: Look("check"),
    Verb.TASK_RAISED: Look("stairs-up", "red"),
    Verb.SUPERVISION_ISSUED: Look("gavel", "red"),
    Verb.SUPERVISION_ANSWERED: Look("message", "blue"),
    Verb.SUPERVISION_ACCEPTED: Look("circle-check", "green"),
    Verb.SUPERVISION_SENT_BACK: Look("corner-up-left", "amber"),
    Verb.SUPERVISION_ACCOUNTABLE: Look("gavel", "red"),
    Verb.SUPERVISION_WITHDRAWN: Look("ban"),
    Verb.AGENDA_ADDED: Look("users", "amber"),
    Verb.AGENDA_SCHEDULED: Look("calendar-event", "blue"),
    Verb.AGENDA_DECIDED: Look("users", "green"),
    Verb.AGENDA_DROPPED: Look("users"),
    Verb.FINDING_RECORDED: Look("report-search", "red"),
    Verb.FINDING_ANSWERED: Look("message", "blue"),
    Verb.FINDING_CLOSED: Look("report-search", "green"),
    Verb.FINDING_ACCOUNTABLE: Look("gavel", "red"),
    Verb.CASE_VIEWED: Look("eye"),
    Verb.IDENTITY_SHOWN: Look("id"),
    Verb.FILE_OPENED: Look("paperclip"),
}
PLAIN = Look("circle-dashed")


@dataclass(frozen=True)
class Said:
    """One entry of a timeline, as the component takes it."""

    text: str
    at: datetime
    actor: str
    tone: str = ""
    icon: str = ""
    detail: str = ""
    verb: str = ""


def entries_of(case: Case, *, looking: bool = False) -> QuerySet[Entry]:
    """The entries of a case, the newest first; those of people who only looked when asked for."""
    rows = Entry.objects.filter(case=case).select_related("actor", "remark").order_by("-pk")
    return rows if looking else rows.exclude(verb__in=LOOKING)


def lately(case: Case, count: int) -> list[Entry]:
    """The last things that people did, by their day: what was told late stands where it belongs. Rungs that deadlines passed are left out."""
    return list(entries_of(case).exclude(verb=Verb.DEADLINE_FIRED).order_by("-occurred_at", "-pk")[:count])


def in_words(entries: Iterable[Entry]) -> list[Said]:
    """At most one query, for the steps of the tasks that entries name."""
    rows = list(entries)
    steps = _steps(rows)
    return [_line(row, steps) for row in rows]


def particulars(entries: Sequence[Entry]) -> list[str]:
    """What the codes of each entry add to its verb, in the reader's language; at most one query."""
    rows = list(entries)
    steps = _steps(rows)
    return [say(row.verb, row.data, steps) for row in rows]


def _steps(rows: list[Entry]) -> dict[int, str]:
    named = {row.data["assignment"] for row in rows if isinstance(row.data.get("assignment"), int)}
    return dict(Assignment.objects.filter(pk__in=named).values_list("pk", "step")) if named else {}


def _line(row: Entry, steps: dict[int, str]) -> Said:
    look = LOOKS.get(row.verb, PLAIN)
    if row.verb == Verb.WATCH_RECORDED and not row.data.get("passed"):
        look = Look("eye", "red")
    more = say(row.verb, row.data, steps)
    text = _("%(what)s: %(more)s") % {"what": row.get_verb_display(), "more": more} if more else row.get_verb_display()
    remark = getattr(row, "remark", None)
    return Said(
        text=text,
        at=row.occurred_at,
        actor=row.actor.name if row.actor else _("the system"),
        tone=look.tone,
        icon=look.icon,
        detail=remark.text if remark else "",
        verb=row.verb,
    )


def say(verb: str, data: dict[str, Any], steps: dict[int, str]) -> str:
    """What the codes of an entry add to its verb, in the reader's language."""
    words = MORE.get(verb)
    return words(data, steps) if words else ""


def named(choices: type[TextChoices], code: Any) -> str:
    """The label of a stored code; the code itself when it is none of the choices any more."""
    try:
        return str(choices(code).label)
    except ValueError:
        return str(code or "")


def _day(iso: object) -> str:
    text = str(iso or "")
    moment = parse_datetime(text)
    day = localdate(moment) if moment and moment.tzinfo else parse_date(text[:10])
    return date_format(day, "DATE_FORMAT") if day else ""


def _joined(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


def _visit(data: dict[str, Any], steps: dict[int, str]) -> str:
    how = _("face to face") if data.get("in_person") else _("contact only")
    both = _("both lines together") if len(data.get("lines") or ()) > 1 else ""
    source = named(Source, data["source"]) if data.get("source") else ""
    return _joined(how, named(VisitOutcome, data.get("outcome")), both, source, _why_late(data))


def _why_late(data: dict[str, Any], steps: dict[int, str] | None = None) -> str:
    """Of a record that lay before the supervisor."""
    code = data.get("late") or data.get("why")
    return named(Why, code) if code else ""


def _rung(data: dict[str, Any], steps: dict[int, str]) -> str:
    rung = _("rung %(rung)s") % {"rung": data.get("rung", "")}
    return _joined(title(steps[data["assignment"]]), rung) if data.get("assignment") in steps else rung


def _task(data: dict[str, Any], steps: dict[int, str]) -> str:
    return title(steps[data["assignment"]]) if data.get("assignment") in steps else ""


def _approved(data: dict[str, Any], steps: dict[int, str]) -> str:
    said = named(Outcome, data.get("outcome"))
    if data.get("password_given"):
        said = _("%(outcome)s; the approver had given the proposer a password within 30 days") % {"outcome": said}
    return said


def _of(choices: type[TextChoices], key: str) -> Callable[[dict[str, Any], dict[int, str]], str]:
    return lambda data, steps: named(choices, data.get(key))


def _why(data: dict[str, Any], steps: dict[int, str]) -> str:
    why = str(data.get("why") or "")
    return {
        "new_suspicion": _("suspected again"),
        "relapse": _("relapse"),
        "spot_check": _("a spot check found the clearance untrue"),
        "return_failed": _("the child did not stay"),
        "deferral_ended": _("deferred enrolment ended"),
        "leave_ended": _("leave ended, child not back"),
    }.get(why, why)


MORE: dict[str, Callable[[dict[str, Any], dict[int, str]], str]] = {
    Verb.CASE_OPENED: lambda data, steps: label(CodeList.CHANNEL, str(data.get("channel") or "")),
    Verb.CASE_REOPENED: _why,
    Verb.VISIT_LOGGED: _visit,
    Verb.VISIT_SET_ASIDE: _why_late,
    Verb.VISIT_CONFIRMED: _of(Line, "line"),
    Verb.VILLAGE_CHECKED: _of(Found, "found"),
    Verb.VERIFICATION_CONCLUDED: _of(Conclusion, "conclusion"),
    Verb.ROUND_HELD: lambda data, steps: _joined(_("round %(number)s") % {"number": data.get("number", "")}, named(RoundResult, data.get("result"))),
    Verb.HELP_ANSWERED: _of(HelpAnswer, "answer"),
    Verb.DOCUMENT_FILED: _of(DocumentKind, "kind"),
    Verb.DOCUMENT_SERVED: lambda data, steps: _joined(
        named(DocumentKind, data.get("kind")),
        named(ServiceWay, data.get("way")),
        _("term ends on %(day)s") % {"day": _day(data["term_ends_on"])} if data.get("term_ends_on") else "",
    ),
    Verb.CASE_REFERRED: _of(Venue, "venue"),
    Verb.COURT_RECORDED: _of(CourtState, "state"),
    Verb.RETURN_REPORTED: lambda data, steps: _day(data.get("on")),
    Verb.RETURN_FAILED: lambda data, steps: _day(data.get("on")),
    Verb.DEDUCTION_PROPOSED: lambda data, steps: label(CodeList.GROUND, str(data.get("ground") or "")),
    Verb.DEFERRAL_APPLIED: lambda data, steps: _("until %(day)s") % {"day": _day(data.get("until"))},
    Verb.CLEARANCE_APPROVED: _approved,
    Verb.CLEARANCE_REFUSED: _of(Outcome, "outcome"),
    Verb.WATCH_RECORDED: lambda data, steps: _joined(
        _("%(number)s days") % {"number": data.get("number", "")}, _("the child attends") if data.get("passed") else _("the child stayed away")
    ),
    Verb.INQUIRY_ANSWERED: _of(InquiryFinding, "finding"),
    Verb.SPOT_CHECKED: _of(SpotFinding, "finding"),
    Verb.ROLL_ENTERED: lambda data, steps: _day(data.get("on")),
    Verb.DISCREPANCY_SETTLED: _of(Settled, "how"),
    Verb.TASK_CLAIMED: _task,
    Verb.TASK_REASSIGNED: _task,
    Verb.TASK_REMINDED: _task,
    Verb.TASK_EXTENDED: lambda data, steps: _joined(_task(data, steps), _("until %(day)s") % {"day": _day(data.get("due_at"))}),
    Verb.EXTENSION_ASKED: lambda data, steps: _joined(_task(data, steps), _("until %(day)s") % {"day": _day(data.get("until"))}),
    Verb.EXTENSION_REFUSED: _task,
    Verb.TASK_SENT_BACK: lambda data, steps: title(str(data.get("step") or "")),
    Verb.DEADLINE_FIRED: _rung,
    Verb.TASK_RAISED: _rung,
    Verb.SUPERVISION_ISSUED: lambda data, steps: _("answer by %(day)s") % {"day": _day(data.get("until"))},
    Verb.SUPERVISION_SENT_BACK: lambda data, steps: _("answer by %(day)s") % {"day": _day(data.get("until"))},
    Verb.SUPERVISION_ACCOUNTABLE: _of(Accountability, "measure"),
    Verb.AGENDA_SCHEDULED: lambda data, steps: _day(data.get("on")),
    Verb.AGENDA_DECIDED: lambda data, steps: _day(data.get("on")),
    Verb.FINDING_RECORDED: _of(Count, "count"),
    Verb.FINDING_ACCOUNTABLE: _of(Accountability, "measure"),
}
