"""Writing the journal."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from cases import sql
from cases.journal.models import Entry, Remark
from cases.journal.signals import recorded
from cases.journal.verbs import Verb

if TYPE_CHECKING:
    from cases.directory.models import Organisation, User
    from cases.register.models import Case


class AlreadyRecorded(Exception):
    """The same form arrived before. Nothing was written this time; the edge answers as it did the first time."""

    message = _("This form was already received; it counts once.")


def require_new(submission: UUID | None) -> None:
    """Refuse a form that was already recorded. Ask under the case lock. Raises AlreadyRecorded."""
    if submission is not None and sql.ask("SELECT 1 FROM cases_entry WHERE submission = %s", submission):
        raise AlreadyRecorded(str(AlreadyRecorded.message))


def record(
    verb: Verb,
    *,
    at: datetime,
    case: Case | None = None,
    actor: User | None = None,
    organisation: Organisation | None = None,
    submission: UUID | None = None,
    remark: str = "",
    **data: Any,
) -> Entry:
    """Write one entry and ring the bell, in the caller's transaction.

    `at` is when it was so; `actor` None means the engine itself; `data` holds ids and codes only, never a name or free text;
    words go into `remark`, which lives beside the journal.
    """
    entry = Entry(
        verb=verb,
        case=case,
        episode=case.episode if case else 0,
        actor=actor,
        organisation=organisation,
        occurred_at=at,
        submission=submission,
        data=data,
    )
    sql.insert(entry)
    if remark:
        Remark.objects.create(entry=entry, text=remark)
    recorded.send(Entry, entry=entry, case=case)
    return entry
