"""The tabs of a case page: each asks the database only for what it shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.core.paginator import Paginator
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cases.codes.models import CodeList
from cases.codes.services import label
from cases.conferences.models import AgendaItem
from cases.directory.capabilities import Capability, may
from cases.directory.models import Line
from cases.documents.models import CourtRecord, Document
from cases.files.models import StoredFile
from cases.files.scope import undecided
from cases.inspections.models import Finding
from cases.register.models import CasePlan, Clearance, ClearanceState, Means, Verification
from cases.spotchecks.models import SpotCheck
from cases.supervision.models import SupervisionOrder
from cases.transfers.models import Inquiry, Transfer
from cases.visits.models import HomeVisit, PersuasionRound, VillageCheck
from cases.visits.receiving import LateVisit
from cases.visits.silence import silent_tasks
from workflows import chart
from workflows.models import AssignmentState, Kind
from workflows.rows import history, progress, subject, summary
from workflows.rows.orders import tag_of as tag_of_order
from workflows.rows.orders import with_task
from workflows.steps import title

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    from cases.directory.models import User
    from cases.register.models import Case
    from workflows.models import Assignment

JOURNAL_PAGE = 40


@dataclass
class Sight:
    """Who looks at which case, and what the page has read already."""

    case: Case
    user: User
    now: datetime
    tasks: list[Assignment]
    page: str | None = None


def overview(sight: Sight) -> dict[str, Any]:
    case = sight.case
    episode = progress.of_episode(sight.tasks, case.episode)
    return {
        "lanes": progress.lanes(case, episode, now=sight.now),
        "facts": summary.facts(case, localdate(sight.now)),
        "visits": summary.last_visits(case),
        "history": history.in_words(history.lately(case, 6)),
    }


def course(sight: Sight) -> dict[str, Any]:
    """Every task of the case, and the charts of the flows that run or ran in this episode, the latest first."""
    episode = progress.of_episode(sight.tasks, sight.case.episode)
    late = [row.pk for row in sight.tasks if row.state == AssignmentState.OPEN and row.due_at and row.due_at < sight.now]
    kinds = list(dict.fromkeys(row.kind for row in reversed(episode)))
    charts = [
        (kind, chart.draw(kind, chart.states_of((row for row in episode if row.kind == kind), late=late))) for kind in kinds if kind != Kind.EXTRA
    ]
    return {
        "tasks": [(row, title(row.step), progress.whose(row), Line(row.line).label) for row in reversed(sight.tasks)],
        "charts": charts,
        "may_export": may(sight.user, Capability.SUPERVISE, sight.case) or may(sight.user, Capability.CONFIGURE),
    }


def visits(sight: Sight) -> dict[str, Any]:
    case = sight.case
    rows = HomeVisit.objects.filter(case=case).select_related("visitor", "organisation", "corrected_by", "arrival").order_by("-occurred_at")
    return {
        "late": LateVisit.objects.visible_to(sight.user).waiting().filter(case=case).count(),
        "silent": list(silent_tasks(sight.user).filter(case=case)[:3]),
        "visits": [
            (
                row,
                label(CodeList.WHEREABOUTS, row.whereabouts),
                label(CodeList.REASON, row.reason),
                " · ".join(str(Line(line).label) for line in row.lines),
            )
            for row in rows
        ],
        "checks": list(VillageCheck.objects.filter(case=case).select_related("by").order_by("-pk")),
        "rounds": list(PersuasionRound.objects.filter(case=case).select_related("by").order_by("-episode", "-number")),
        "verifications": [
            (row, label(CodeList.NOT_DROPOUT, row.finding) if row.finding else "")
            for row in Verification.objects.filter(case=case).select_related("by").order_by("-pk")
        ],
    }


def plan(sight: Sight) -> dict[str, Any]:
    rows = CasePlan.objects.filter(case=sight.case).select_related("signed_school_by", "signed_township_by").order_by("-episode", "-version")
    plans = list(rows.prefetch_related("measures__organisation", "measures__answered_by"))
    supervises = may(sight.user, Capability.SUPERVISE, sight.case)
    return {
        "submission": uuid4(),
        "plans": [(row, label(CodeList.REASON, row.reason), [Means(code).label for code in row.means], list(row.measures.all())) for row in plans],
        "clearances": [
            (row, subject.clearance(row), row.state == ClearanceState.PROPOSED and (supervises or row.proposed_by_id == sight.user.pk))
            for row in Clearance.objects.filter(case=sight.case)
            .select_related("proposed_by", "decided_by")
            .prefetch_related("evidence")
            .order_by("-pk")
        ],
    }


def documents(sight: Sight) -> dict[str, Any]:
    case = sight.case
    return {
        "documents": list(Document.objects.filter(case=case).select_related("organisation", "scan", "proof").order_by("-dated_on", "-pk")),
        "court": list(CourtRecord.objects.filter(case=case).select_related("by").order_by("-on", "-pk")),
    }


def supervision(sight: Sight) -> dict[str, Any]:
    """What was demanded because of this case, by orders, the joint conference and the inspectorate: as far as the user may read it."""
    case, user = sight.case, sight.user
    orders = SupervisionOrder.objects.visible_to(user).filter(case=case).select_related("addressee", "issuer").order_by("-pk")
    items = AgendaItem.objects.visible_to(user).filter(case=case).select_related("organisation", "proposed_by").order_by("-pk")
    findings = Finding.objects.visible_to(user).filter(case=case).select_related("unit", "inspectorate").order_by("-pk")
    return {
        "orders": [(row, tag_of_order(row)) for row in with_task(orders)],
        "items": list(items),
        "findings": list(findings),
        "may_order": not case.closed_at and not case.paused_at and may(user, Capability.ISSUE_SUPERVISION, case),
    }


def units(sight: Sight) -> dict[str, Any]:
    """Offers and moves, requests for help, spot checks: the newest first."""
    case = sight.case
    transfers = Transfer.objects.filter(case=case).select_related("from_education", "from_school", "to_education", "to_school")
    return {
        "transfers": list(transfers.order_by("-pk")),
        "inquiries": list(Inquiry.objects.filter(case=case).select_related("to_education").order_by("-pk")),
        "spot_checks": list(SpotCheck.objects.filter(case=case).select_related("organisation", "draw", "by").order_by("-pk")),
    }


def files(sight: Sight) -> dict[str, Any]:
    rows = StoredFile.objects.visible_to(sight.user).filter(case=sight.case).exclude(pk__in=undecided())  # those are shown with the record
    rows = rows.select_related("uploaded_by").order_by("-uploaded_at", "pk")
    return {"files": [(row, label(CodeList.EVIDENCE, row.kind)) for row in rows]}


def journal(sight: Sight) -> dict[str, Any]:
    """What was done, and for supervisors and auditors who looked, too."""
    looking = may(sight.user, Capability.SUPERVISE, sight.case) or may(sight.user, Capability.AUDIT)
    page = Paginator(history.entries_of(sight.case, looking=looking), JOURNAL_PAGE).get_page(sight.page)
    return {"page": page, "history": history.in_words(page.object_list), "looking": looking}


@dataclass(frozen=True)
class Tab:
    label: _StrPromise
    show: Callable[[Sight], dict[str, Any]]


TABS: dict[str, Tab] = {
    "overview": Tab(pgettext_lazy("tab of a case", "Overview"), overview),
    "course": Tab(_("Course"), course),
    "visits": Tab(_("Visits"), visits),
    "plan": Tab(_("Plan"), plan),
    "documents": Tab(_("Documents"), documents),
    "units": Tab(_("Between units"), units),
    "supervision": Tab(pgettext_lazy("tab of a case", "Supervision"), supervision),
    "files": Tab(_("Files"), files),
    "journal": Tab(_("Journal"), journal),
}
