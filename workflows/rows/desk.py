"""What every list of the desk asks first, in one statement: the moment, one's saved filters, and how many requests wait."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.db import connection

from cases.visits.silence import silent_tasks
from workflows.rows import requests

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from cases.directory.models import User


@dataclass(frozen=True)
class Saved:
    pk: int
    name: str
    query: str
    default: bool


@dataclass(frozen=True)
class Look:
    """`asked`: requests for more time that wait for this person; `silent`: tasks on phones of which nothing is heard."""

    now: datetime
    saved: list[Saved] = field(default_factory=list)
    asked: int = 0
    silent: int = 0

    @property
    def default(self) -> str:
        """The address with which the list opens; empty when none was chosen."""
        return next((saved.query for saved in self.saved if saved.default), "")


STATEMENT = """
SELECT engine_now(), {asked}, {silent}, (
    SELECT json_agg(json_build_array(id, name, query, is_default) ORDER BY name)::text
    FROM workflows_savedfilter WHERE user_id = %s AND listing = %s)
"""


def look(user: User, listing: str = "", *, count_requests: bool = False, count_silent: bool = False) -> Look:
    """One query."""
    asked, params = _counted(requests.waiting_for(user)) if count_requests else NONE
    silent, more = _counted(silent_tasks(user).select_related(None)) if count_silent else NONE
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT.format(asked=asked, silent=silent), [*params, *more, user.pk, listing])
        now, count, quiet, saved = cursor.fetchone()
    return Look(now, [Saved(*one) for one in json.loads(saved or "[]")], count, quiet)


NONE: tuple[str, tuple[Any, ...]] = ("0", ())


def _counted(rows: QuerySet[Any]) -> tuple[str, tuple[Any, ...]]:
    """The number of rows, as an expression with its values."""
    try:
        inner, params = rows.order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return NONE
    return "(SELECT count(*) FROM (" + inner + ") waiting)", params  # noqa: S608  Django's own words for a query
