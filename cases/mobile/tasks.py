"""A person's tasks, as a phone needs them. Tasks live above this room, which says once how they are asked for."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from cases.directory.models import User


class Task(NamedTuple):
    pk: int
    case_id: int
    step: str
    title: str
    due_at: datetime | None
    visit: bool  # a visit in person ends it


class Ended(NamedTuple):
    """What a record did: names of the tasks that it ended, whether an escalation was withdrawn, and the task of its line that it opened."""

    titles: list[str]
    withdrawn: bool
    following: str


class Tasks(Protocol):
    def of(self, user: User, *, limit: int) -> list[Task]:
        """The open tasks that the user holds, or that nobody holds at one of the user's posts, the most urgent first: one query."""

    def ended(self, case_id: int, *, at: datetime) -> Ended:
        """What was done in the case at this very moment."""


class NoTasks:
    """Until somebody says better."""

    def of(self, user: User, *, limit: int) -> list[Task]:
        return []

    def ended(self, case_id: int, *, at: datetime) -> Ended:
        return Ended([], False, "")


_tasks: Tasks = NoTasks()


def use(tasks: Tasks) -> None:
    """Ask here from now on."""
    global _tasks
    _tasks = tasks


def tasks() -> Tasks:
    return _tasks
