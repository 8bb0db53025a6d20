"""Everything that is done to a case happens under one lock: the case row, `FOR NO KEY UPDATE`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING
from uuid import UUID

from django.utils.translation import gettext as _

from cases import sql
from cases.journal.refused import Refused
from cases.journal.services import require_new
from cases.register.models import Case

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["CaseClosed", "CasePaused", "Refused", "lock", "on_condition", "require_standing"]


class CasePaused(Refused):
    pass


class CaseClosed(Refused):
    pass


_condition: ContextVar[Callable[[], None] | None] = ContextVar("condition", default=None)


@contextmanager
def on_condition(check: Callable[[], None]) -> Iterator[None]:
    """Within, whoever locks a case first asks `check` as well, under the lock: what an edge demands before its service may write."""
    token = _condition.set(check)
    try:
        yield
    finally:
        _condition.reset(token)


def lock(case: Case, *, submission: UUID | None = None, paused_too: bool = False, closed_too: bool = False) -> Case:
    """The case as it stands now, locked until the end of the transaction.

    `FOR NO KEY UPDATE`, because every journal row refers to the case and `FOR UPDATE` would fight with them.
    Raises AlreadyRecorded for a form that came before, CasePaused and CaseClosed unless allowed.
    """
    locked: Case
    [(locked,)] = sql.read((Case,), "FROM cases_case WHERE id = %s FOR NO KEY UPDATE", case.pk)
    require_new(submission)
    if condition := _condition.get():  # first: whose task was closed with the case wants to know by whom
        _condition.set(None)
        condition()
    if locked.paused_at and not paused_too:
        raise CasePaused(_("The case is suspended. Ask the supervisor to resume it first."))
    if locked.closed_at and not closed_too:
        raise CaseClosed(_("The case is closed."))
    return locked


def require_standing(case: Case, allowed: Collection[str]) -> None:
    """Raises Refused unless the case stands in one of `allowed`."""
    if case.standing not in allowed:
        raise Refused(_("This cannot be done while the case stands as: %(standing)s.") % {"standing": case.get_standing_display()})
