"""Who may see which tasks and escalations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q

from cases.directory.scoping import at_my_posts, case_scope, under
from cases.ledger.scope import report_scope

if TYPE_CHECKING:
    from cases.directory.models import User
    from workflows.models import Assignment

    Threefold = tuple[models.QuerySet[Assignment], models.QuerySet[Assignment], models.QuerySet[Assignment]]  # of cases, of reports, of matters

ALL = Q()


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def visible_to(self, user: User) -> Self:
        """Tasks of the cases that the user may see, those that the user holds, and those that other units gave to the user's; no others."""
        from workflows import outside  # it knows the models that this module serves

        return self.filter(case_scope(user, "case__") | Q(holder=user) | outside.scope(user))

    def supervised_by(self, user: User, chosen: Q = ALL, *, area: str = "") -> Threefold:
        """People's tasks of the cases that the user's posts cover, of the reports that they see and of the units below them: three sets
        (`workflows.rows.threefold`). What one holds elsewhere is left out. Of all these only the `chosen`, and those counted in `area`."""
        from workflows import outside  # it knows the models that this module serves

        rows = self.filter(chosen, organisation__isnull=False).order_by()
        of_cases = rows.filter(case_scope(user, "case__"))
        of_reports = rows.filter(report_scope(user, "report__"))
        of_matters = rows.filter(outside.of_units(user), matter__isnull=False)
        if area:
            of_cases = of_cases.filter(under("case__county_id", area))
            of_reports = of_reports.filter(under("report__unit_id", area))
            of_matters = of_matters.filter(under("matter__county_id", area))
        return of_cases, of_reports, of_matters

    def of_reports(self, user: User) -> Self:
        """Tasks of the reports that the user may see, and no others; `visible_to` is about cases."""
        return self.filter(report_scope(user, "report__"))

    def of_matters(self, user: User) -> Self:
        """Tasks about a matter of a unit: those the user holds, of the own unit, and of units above which one of the user's posts stands."""
        from workflows import outside  # it knows the models that this module serves

        return self.filter(Q(holder=user) | outside.of_units(user), matter__isnull=False)

    def inbox_of(self, user: User) -> Self:
        """Open tasks that the user holds, or that nobody holds yet at one of the user's posts."""
        return self.filter(Q(holder=user) | Q(at_my_posts(user), holder=None), state="open").exclude(organisation=None)


class EscalationQuerySet(models.QuerySet["Escalation"]):  # type: ignore[name-defined]  # known to the types alone
    def visible_to(self, user: User) -> Self:
        """Escalations of the cases that the user may see, or addressed to one of the user's posts; no others."""
        return self.filter(case_scope(user, "case__") | at_my_posts(user))

    def queue_of(self, user: User) -> Self:
        """Open escalations addressed to one of the user's posts."""
        return self.filter(at_my_posts(user), state="open")


class ExtensionQuerySet(models.QuerySet["ExtensionRequest"]):  # type: ignore[name-defined]  # known to the types alone
    def visible_to(self, user: User) -> Self:
        """Requests about cases and reports that the user may see, and the user's own."""
        from workflows import outside  # it knows the models that this module serves

        of_matters = Q(assignment__matter__isnull=False) & outside.of_units(user, "assignment__")
        seen = case_scope(user, "assignment__case__") | report_scope(user, "assignment__report__") | of_matters
        return self.filter(seen | Q(asked_by=user))

    def waiting(self) -> Self:
        """Asked for and not answered, while the task is still open."""
        return self.filter(state="asked", assignment__state="open")
