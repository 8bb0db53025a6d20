"""Where a case stands: five stages and two lines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from cases.directory.models import Line, Role
from cases.register.models import Standing
from workflows.models import Assignment, AssignmentState
from workflows.rows.ahead import after
from workflows.steps import title

if TYPE_CHECKING:
    from datetime import datetime

    from cases.register.models import Case

VERIFICATION = frozenset({"first_visit", "village_check", "conclude_verification", "persuade_suspected", "leave_ends"})
PLAN = frozenset({"write_plan", "sign_plan"})
PERSUASION = frozenset({"school_persuasion", "township_persuasion", "joint_persuasion", "department_help"})
ENFORCEMENT = frozenset({"written_report", "talk_on_record", "issue_order", "serve_order", "term_runs", "penalty", "refer", "follow_case_in_court"})
REVIEW = frozenset({"confirm_return", "approve_return", "watch_30", "watch_60", "watch_90", "approve_deduction", "approve_deferral", "deferral_ends"})
CONCLUDING = frozenset({"conclude_verification", "sign_plan"})  # without it its stage was left, not done
STAGES = (VERIFICATION, PLAN, PERSUASION, ENFORCEMENT, REVIEW)

# standing → colour and icon of its tag
TONES: dict[str, tuple[str, str]] = {
    Standing.SUSPECTED: ("amber", "help"),
    Standing.STILL_OUT: ("red", "alert-circle"),
    Standing.RETURNED: ("green", "circle-check"),
    Standing.DEDUCTED: ("grey", "minus"),
    Standing.DEFERRED: ("blue", "calendar-time"),
    Standing.NOT_DROPOUT: ("grey", "check"),
    Standing.ON_LEAVE: ("blue", "calendar-event"),
    Standing.CANCELLED: ("grey", "ban"),
}


def tag_of(case: Case) -> tuple[str, str, str]:
    """Colour, icon and words of the standing."""
    return (*TONES[case.standing], case.get_standing_display())


def of_case(case: Case) -> list[Assignment]:
    """Every task that the case ever had, the oldest first; one query."""
    rows = Assignment.objects.filter(case=case).select_related("organisation", "holder", "done_by", "task__process__caseprocess").order_by("pk")
    return list(rows)


def of_episode(rows: Iterable[Assignment], episode: int) -> list[Assignment]:
    """The tasks of one episode; none of them may be of a report."""
    return [row for row in rows if row.task.process.caseprocess.episode == episode]


def stages(case: Case, rows: Iterable[Assignment], *, now: datetime) -> list[dict[str, str]]:
    """The status bar: what is done, current, late, ahead or was not needed."""
    names = (_("Verification"), _("Case plan"), _("Persuasion"), _("Enforcement"), _last(case))
    tasks = list(rows)
    found = [_stage(tasks, steps, now) for steps in STAGES]
    current = max((index for index, (state, _note) in enumerate(found) if state in ("current", "late")), default=None)
    reached = max((index for index, (state, _note) in enumerate(found) if state), default=-1)
    last = len(STAGES) - 1 if case.closed_at else (current if current is not None else reached)
    return [
        {"label": name, "state": state or ("skipped" if index < last else "ahead"), "note": note}
        for index, (name, (state, note)) in enumerate(zip(names, _closed(case, found), strict=True))
    ]


def _closed(case: Case, found: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """A closed case has reached the last stage, whatever it went through."""
    return [*found[:-1], ("done", _short(case.closed_at))] if case.closed_at else found


def _stage(rows: list[Assignment], steps: frozenset[str], now: datetime) -> tuple[str, str]:
    own = [row for row in rows if row.step in steps]
    waiting = [row for row in own if row.state == AssignmentState.OPEN]
    if waiting:
        late = any(row.due_at and row.due_at < now for row in waiting)
        return ("late" if late else "current"), title(waiting[0].step)
    finished = {row.step: row.done_at for row in own if row.state == AssignmentState.DONE and row.done_at}
    if not finished:
        return "", ""
    # a child that came back before the end of a stage has it behind, and yet nobody concluded it
    concluded = not (steps & CONCLUDING) or bool(finished.keys() & CONCLUDING)
    return ("done" if concluded else "skipped"), _short(max(finished.values()))


def _last(case: Case) -> str:
    if case.closed_at and case.standing not in (Standing.RETURNED, Standing.SUSPECTED, Standing.STILL_OUT):
        return case.get_standing_display()
    return {Standing.DEDUCTED: _("Deduction"), Standing.DEFERRED: _("Deferred enrolment")}.get(Standing(case.standing), _("Return and watch"))


def _short(moment: datetime) -> str:
    return date_format(localdate(moment), "m-d")


def lanes(case: Case, rows: Iterable[Assignment], *, now: datetime) -> dict[str, list[dict[str, Any]]]:
    """What each line did, does, and will have to do: the last few done tasks, the open ones, and the next."""
    found: dict[str, list[dict[str, Any]]] = {Line.GOVERNMENT: [], Line.EDUCATION: []}
    tasks = [row for row in rows if row.state in (AssignmentState.DONE, AssignmentState.OPEN)]
    for line, items in found.items():
        own = [row for row in tasks if row.line == line]
        done = [row for row in own if row.state == AssignmentState.DONE][-4:]
        waiting = [row for row in own if row.state == AssignmentState.OPEN]
        items.extend(lane_item(row, now) for row in (*done, *waiting))
    for row in tasks:
        if row.state != AssignmentState.OPEN:
            continue
        for upcoming in after(row.kind, row.step, county_id=case.county_id, on=localdate(now)).steps:
            item = {"title": upcoming.title, "who": upcoming.who, "state": "ahead", "note": upcoming.allowance}
            if upcoming.step != row.step and item not in found[upcoming.line]:
                found[upcoming.line].append(item)
    return found


def lane_item(row: Assignment, now: datetime) -> dict[str, Any]:
    """A task as the lanes show it."""
    if row.state == AssignmentState.DONE:
        who = row.done_by.name if row.done_by else _("the system")
        return {"title": title(row.step), "who": who, "state": "done", "note": _short(row.done_at) if row.done_at else ""}
    late = bool(row.due_at and row.due_at < now)
    return {
        "title": title(row.step),
        "who": whose(row),
        "state": "late" if late else "current",
        "due_at": row.due_at,
        "url": f"/tasks/{row.pk}/" if row.organisation_id else "",
    }


def whose(row: Assignment) -> str:
    """Whoever has a task: the person with the organisation, or the post that nobody has claimed it for."""
    if row.organisation is None:
        return _("the system")
    who = row.holder.name if row.holder else _("%(post)s, not claimed yet") % {"post": Role(row.role).label}
    return f"{row.organisation.name} · {who}"
