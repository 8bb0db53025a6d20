"""The journal of a case in words: what happened, who did it, when, and what was said."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from cases.journal.models import Entry
from cases.journal.verbs import Verb
from workflows.models import Assignment
from workflows.rows.history_looks import LOOKS, PLAIN, Look
from workflows.rows.history_words import say

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from cases.register.models import Case

LOOKING = (Verb.CASE_VIEWED, Verb.IDENTITY_SHOWN, Verb.FILE_OPENED, Verb.LIST_EXPORTED)


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
