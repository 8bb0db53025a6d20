"""What the codes of an entry add to its verb, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

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
from cases.journal.verbs import Verb
from cases.register.models import Conclusion, HelpAnswer, Outcome
from cases.rosters.models import Settled
from cases.spotchecks.models import SpotFinding
from cases.transfers.models import InquiryFinding
from cases.visits.models import Found, RoundResult, VisitOutcome
from cases.visits.receiving import Source, Why
from workflows.steps import title

if TYPE_CHECKING:
    from django.db.models import TextChoices


def say(verb: str, data: dict[str, Any], steps: dict[int, str]) -> str:
    """What an entry with these codes adds to its verb; `steps` names the step of each task, by the id of its assignment."""
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
