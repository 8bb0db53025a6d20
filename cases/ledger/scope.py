"""Who may see which reports."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.apps import apps
from django.db import models
from django.db.models import Q

from cases.directory.capabilities import BY_COUNTY, BY_COUNTY_OR_PLACE, CAPABILITIES, Capability
from cases.directory.scoping import NOTHING, equals_any, under

if TYPE_CHECKING:
    from cases.directory.models import User


def report_scope(user: User) -> Q:
    """A report is included if, and only if, one of the user's present posts sees the ledger and has an area that contains the report's county:
    county education, conference, inspectorate, prefecture, province. Schools, villages, townships, departments and administrators see none."""
    scope = Q()
    for post in user.posts():
        if post.role in BY_COUNTY | BY_COUNTY_OR_PLACE and Capability.SEE_LEDGER in CAPABILITIES[post.role]:
            scope |= under("unit_id", post.organisation.area_id)
    return scope or NOTHING


def of_visible_reports(user: User, column: str) -> Q:
    """Rows of another table whose `column` refers to a report that the user may see: the array is computed once, no join."""
    scope = report_scope(user)
    if scope == NOTHING:
        return NOTHING
    reports = apps.get_model("cases", "Report")._base_manager.filter(scope)
    return equals_any(column, reports.values("pk"))


class ReportQuerySet(models.QuerySet["Report"]):  # type: ignore[name-defined]  # known to the types alone
    def visible_to(self, user: User) -> Self:
        """See `report_scope`."""
        return self.filter(report_scope(user))
