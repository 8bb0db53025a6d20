"""What every list of the desk asks first, in one statement: the moment, one's saved filters, and how many requests wait."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import EmptyResultSet
from django.db import connection

from workflows.rows import requests

if TYPE_CHECKING:
    from cases.directory.models import User


@dataclass(frozen=True)
class Saved:
    pk: int
    name: str
    query: str
    default: bool


@dataclass(frozen=True)
class Look:
    """`asked`: requests for more time that wait for this person."""

    now: datetime
    saved: list[Saved] = field(default_factory=list)
    asked: int = 0

    @property
    def default(self) -> str:
        """The address with which the list opens; empty when none was chosen."""
        return next((saved.query for saved in self.saved if saved.default), "")


STATEMENT = """
SELECT engine_now(), {asked}, (
    SELECT json_agg(json_build_array(id, name, query, is_default) ORDER BY name)::text
    FROM workflows_savedfilter WHERE user_id = %s AND listing = %s)
"""


def look(user: User, listing: str = "", *, count_requests: bool = False) -> Look:
    """One query."""
    asked, params = _counted(user) if count_requests else ("0", ())
    with connection.cursor() as cursor:
        cursor.execute(STATEMENT.format(asked=asked), [*params, user.pk, listing])
        now, count, saved = cursor.fetchone()
    return Look(now, [Saved(*one) for one in json.loads(saved or "[]")], count)


def _counted(user: User) -> tuple[str, tuple[Any, ...]]:
    """The number of requests that wait, as an expression with its values."""
    try:
        inner, params = requests.waiting_for(user).order_by().values("pk").query.sql_with_params()
    except EmptyResultSet:
        return "0", ()
    return "(SELECT count(*) FROM (" + inner + ") waiting)", params  # noqa: S608  Django's own words for a query
