"""Who may see which reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from cases.directory.capabilities import BY_COUNTY, BY_COUNTY_OR_PLACE, BY_SCHOOL, CAPABILITIES, Capability
from cases.directory.scoping import NOTHING, under

if TYPE_CHECKING:
    from cases.directory.models import User


def report_scope(user: User, prefix: str = "") -> Q:
    """A report is included if, and only if, one of the user's present posts sees the ledger and has an area that contains the report's unit:
    county education, conference, inspectorate, prefecture, province; a school's report for its principal, too. Villages, townships, departments
    and administrators see none. `prefix` is the way to the report from another table."""
    scope = Q()
    for post in user.posts():
        if Capability.SEE_LEDGER not in CAPABILITIES[post.role]:
            continue
        if post.role in BY_COUNTY | BY_COUNTY_OR_PLACE:
            scope |= under(f"{prefix}unit_id", post.organisation.area_id)
        elif post.role in BY_SCHOOL:
            scope |= Q(**{f"{prefix}school_id": post.organisation_id})
    return scope or NOTHING


class ReportQuerySet(models.QuerySet["Report"]):  # type: ignore[name-defined]  # known to the types alone
    def visible_to(self, user: User) -> Self:
        """See `report_scope`."""
        return self.filter(report_scope(user))


class MonthlyReports(models.Manager.from_queryset(ReportQuerySet)):  # type: ignore[misc]  # Django makes this class at run time
    """The counties' monthly ledgers and no other report: what the table, the board and the chain of closed months are made of."""

    def get_queryset(self) -> ReportQuerySet:
        return ReportQuerySet(self.model, using=self._db).filter(kind="ledger")


class NameListQuerySet(models.QuerySet["NameList"]):  # type: ignore[name-defined]  # known to the types alone
    def visible_to(self, user: User) -> Self:
        """Lists that the user asked for; nobody else's."""
        return self.filter(asked_by=user)
