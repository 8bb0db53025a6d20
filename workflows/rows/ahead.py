"""What comes after a step, read from the flow itself, so that it is never out of date."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cases.directory.models import Role
from workflows.models import Kind, Unit
from workflows.nodes import Step
from workflows.policies import policy_of
from workflows.running import flow_of
from workflows.steps import STEPS, title

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True)
class Next:
    """A step that may follow: its name, whose it is, how long it may take."""

    step: str
    title: str
    who: str
    allowance: str
    line: str
    when: str = ""  # on what it depends, where the roads part


# The branch of a gateway in words: (gateway, the node that it leads to).
WHEN = {
    ("found", "write_plan"): gettext_lazy("if the child has dropped out"),
    ("found", "persuade_suspected"): gettext_lazy("if the suspicion remains"),
    ("found", "leave_ends"): gettext_lazy("if the child is on leave or suspended by rule"),
    ("back_from_leave", "leave_ends"): gettext_lazy("if the leave is extended"),
    ("back_from_leave", "conclude_verification"): gettext_lazy("if the child did not come back"),
    ("is_signed", "persuade"): gettext_lazy("when signed"),
    ("is_signed", "write_plan"): gettext_lazy("if the plan is sent back"),
    ("another_round", "joint_persuasion"): gettext_lazy("if the child is still out and rounds remain"),
    ("another_round", "help"): gettext_lazy("after the last round"),
    ("is_penalty_allowed", "penalty"): gettext_lazy("where a local regulation allows it"),
    ("is_penalty_allowed", "refer"): gettext_lazy("if the child is still out"),
    ("is_rejected", "refer"): gettext_lazy("if the referral was rejected"),
    ("is_rejected", "follow_case_in_court"): gettext_lazy("until the child is back"),
    ("did_stay", "approve_return"): gettext_lazy("if the child stayed"),
    ("is_approved", "watch_30"): gettext_lazy("if approved"),
    ("is_approved", "confirm_return"): gettext_lazy("if refused"),
    ("is_approved", "deferral_ends"): gettext_lazy("if approved"),
    ("attends_30", "watch_60"): gettext_lazy("if the child attends"),
    ("is_sent_back", "answer_order"): gettext_lazy("if the answer is sent back"),
    ("attends_60", "watch_90"): gettext_lazy("if the child attends"),
    ("is_signed", "check_report"): gettext_lazy("when signed"),
    ("is_signed", "accept_report"): gettext_lazy("when signed, where no prefecture stands between"),
    ("is_signed", "compile_report"): gettext_lazy("if the report is sent back"),
    ("is_checked", "accept_report"): gettext_lazy("when checked"),
    ("is_checked", "compile_report"): gettext_lazy("if the report is sent back"),
    ("is_accepted", "compile_report"): gettext_lazy("if the report is sent back"),
    ("is_signed", "compile_review"): gettext_lazy("if the report is sent back"),
    ("is_signed", "compile_survey"): gettext_lazy("if the report is sent back"),
    ("is_signed", "compile_assessment"): gettext_lazy("if the report is sent back"),
}


@dataclass
class Ahead:
    steps: list[Next] = field(default_factory=list)
    together: str = ""  # the step beside this one that has to be done, too
    end: str = ""  # what it means when the flow ends here


def after(kind: str, step: str, *, county_id: str | None, on: date) -> Ahead:
    """The steps that may follow `step` in its flow; asks the database nothing while the policies are in memory."""
    ahead = Ahead()
    start = flow_of(kind).instance.node(step) if step in STEPS else None
    if start is None:
        return ahead
    seen: set[str] = set()
    waiting: list[tuple[Any, str]] = [(edge.dst, "") for edge in start._outgoing()]
    while waiting:
        node, when = waiting.pop(0)
        if node.name in seen:
            continue
        seen.add(node.name)
        if isinstance(node, Step):
            ahead.steps.append(replace(described(node.name, county_id=county_id, on=on), when=when))
            continue
        if type(node).__name__ == "Join":
            ahead.together = _beside(node, step)
        if type(node).__name__ == "End":
            ahead.end = meaning_of_end(kind)
        waiting.extend((edge.dst, str(WHEN.get((node.name, edge.dst.name), when))) for edge in node._outgoing())
    return ahead


def described(step: str, *, county_id: str | None, on: date) -> Next:
    """A step in words: title, first post, allowance in force."""
    rule = STEPS[step]
    allowance = policy_of(step, county_id, on).allowance
    who = str(Role(rule.posts[0].role).label) if rule.posts else ""
    return Next(step, title(step), who, in_words(allowance.amount, allowance.unit), rule.line)


def in_words(amount: int, unit: str) -> str:
    """3 working days."""
    words = {
        Unit.WORKING_DAYS: _("%(amount)s working days"),
        Unit.NATURAL_DAYS: _("%(amount)s natural days"),
        Unit.SCHOOL_DAYS: _("%(amount)s school days"),
        Unit.HOURS: _("%(amount)s hours"),
    }[Unit(unit)]
    return words % {"amount": amount}


def meaning_of_end(kind: str) -> str:
    """What the end of a flow means for the child."""
    return {
        Kind.DROPOUT: _("If the child is still out, enforcement begins."),
        Kind.ENFORCEMENT: "",
        Kind.RETURN: _("After the last watch the case is closed."),
        Kind.DEDUCTION: _("When approved, the child leaves the ledger as deducted."),
        Kind.DEFERRAL: _("When the deferral ends, the county looks for a school again."),
        Kind.PROTECTION: _("When every addressee has confirmed, the report is on record."),
        Kind.EXTRA: _("The answer goes on record; the main work goes on beside it."),
        Kind.TRANSFER: _("When accepted, the child is on the new county's ledger from that day on."),
        Kind.INQUIRY: _("The answer goes back to the county that asked."),
        Kind.SPOT_CHECK: _("What was not true comes back to the ledger."),
        Kind.SCHOOL_ROLL: _("When the entry is on record, both ledgers name the child."),
        Kind.SCHOOL_MONTH: _("When it is sent, the month of the school is closed."),
        Kind.QUARTER: _("When the head signs, the review is closed and lies open to whoever stands above."),
        Kind.TERM: _("When the head signs, the survey is closed and lies open to the province."),
        Kind.SCHOOL_YEAR: _("When the head signs, the assessment is closed and can go to the ministry."),
        Kind.REPORT: _("When the province accepts, the month of the county is closed."),
        Kind.ORDER: _("When the answer is accepted, or somebody is held accountable, the order is settled."),
    }[Kind(kind)]


def _beside(join: Any, step: str) -> str:
    others = [edge.src.name for edge in join._incoming() if isinstance(edge.src, Step) and edge.src.name != step]
    return ", ".join(title(name) for name in others)
