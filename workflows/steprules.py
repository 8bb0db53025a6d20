"""What a step is: who, how long, and which fact ends it. The words in which the table of `workflows.steps` is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils import timezone

from cases.directory.models import Line
from cases.journal.verbs import Verb
from workflows.calendars import Allowance
from workflows.models import Unit
from workflows.posts import Post

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from workflows.models import Assignment


def working_days(amount: int) -> Allowance:
    """An allowance in working days."""
    return Allowance(amount, Unit.WORKING_DAYS)


def natural_days(amount: int) -> Allowance:
    """An allowance in natural days."""
    return Allowance(amount, Unit.NATURAL_DAYS)


def school_days(amount: int) -> Allowance:
    """An allowance in school days of the county."""
    return Allowance(amount, Unit.SCHOOL_DAYS)


def hours(amount: int) -> Allowance:
    """An allowance in hours, by day and by night."""
    return Allowance(amount, Unit.HOURS)


class Due(NamedTuple):
    """What a step's deadline counts from, when it isn't simply the moment of its arming."""

    from_day: date | None = None
    on: date | None = None  # a fixed last day
    at_least: int = 0  # working days that must remain, however late we are


Ends = Callable[[dict[str, Any], "Assignment"], bool]


def always(data: dict[str, Any], assignment: Assignment) -> bool:
    """A fact that ends the step whatever it says."""
    return True


def about(key: str) -> Ends:
    """The fact names the very thing that this task is about."""
    return lambda data, assignment: data.get(key) == assignment.seed


def met_in_person(data: dict[str, Any], assignment: Assignment) -> bool:
    """A visit in person, since the day on which the task came, where somebody of the family was met, in the line that made or confirmed it."""
    made_on = timezone.localdate(datetime.fromisoformat(data["occurred_at"]))
    since_then = made_on >= timezone.localdate(assignment.created_at)
    return bool(data.get("in_person") and data.get("met") and since_then and assignment.line == data.get("line"))


def finally_answered(data: dict[str, Any], assignment: Assignment) -> bool:
    """A department that says "under way" will answer again."""
    return data.get("measure") == assignment.seed and data.get("answer") != "under_way"


def of_kind(kind: str) -> Ends:
    """Ends the step only if the fact is of this kind, such as a document."""
    return lambda data, assignment: data.get("kind") == kind


def of_number(number: int) -> Ends:
    """Ends the step only if the fact has this number, such as a watch."""
    return lambda data, assignment: data.get("number") == number


@dataclass(frozen=True)
class StepRule:
    title: _StrPromise
    posts: Sequence[Post]  # the first that somebody holds; empty: the organisation comes from what the task is about
    line: Line
    allowance: Allowance
    ends_on: Sequence[Verb]
    ends: Ends = always
    due: Callable[[Any], Due] = field(default=lambda process: Due())
    legal: bool = False  # ends at 24:00; a last day on a holiday moves to the next working day
    wait: bool = False  # nobody's task: the deadline itself records the fact
    road: bool = False  # its deadline changes the road
    own: bool = False  # whoever stands above moves it, and never does it in its place
    four_eyes: bool = False
    outside: bool = False  # falls to a unit that sees no more of the case than this task: see `workflows.outside`
    never_waits: bool = False  # a child in danger: no suspension of the case stops its clock
