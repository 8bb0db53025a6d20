"""The boards of the periodic reports, and the page of one with what its reader may do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import F
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.directory.capabilities import BY_SCHOOL, Capability, NotAllowed
from cases.directory.edge import OfficerRequest, needs, officers_only
from cases.directory.models import Area
from cases.journal import clock
from cases.journal.refused import Refused
from cases.journal.services import AlreadyRecorded
from cases.ledger.models import Act, Report, ReportKind, ReportState
from cases.ledger.reporting import is_turn_of
from cases.periodic import rows, services, words
from cases.periodic.documents import paper_of
from cases.periodic.drawing import latest
from cases.periodic.forms import HeadForm, RemindForm, ReviewForm, SchoolForm
from cases.periodic.live import checks_now, draw_of
from cases.register.caseform import submission_of

if TYPE_CHECKING:
    from django import forms
    from django.db.models import QuerySet

PAGE, OTHERS = 50, 6
SHOWN = {"open", "late", "arrived"}


@require_safe
@officers_only
@needs(Capability.SEE_LEDGER)
def board(request: OfficerRequest) -> HttpResponse:
    """Who has sent the reports of a period and who is late; a principal's own school month by month."""
    user, now = request.user, clock.now()
    kinds = rows.kinds_of(user)
    kind = _kind(request, kinds)
    found = Report.of_every_kind.visible_to(user).filter(kind=kind)
    own = all(post.role in BY_SCHOOL for post in user.posts())
    periods = [] if own else rows.periods_of(found)
    period = _period(request, periods)
    in_period = found if own else found.filter(year=period[0], month=period[1]) if period else found.none()
    unit = _county(request) if kind == ReportKind.SCHOOL and not own else None
    listed = in_period.filter(unit=unit) if unit else in_period
    counted = rows.counts(listed, now)
    counties = rows.by_county(listed, now) if kind == ReportKind.SCHOOL and unit is None and not own else []
    wide = len(counties) > 1
    state = request.GET.get("state", "")
    page = None if wide else Paginator(_narrowed(listed, state, now), PAGE).get_page(request.GET.get("page"))
    context = {
        "now": now,
        "kind": kind,
        "rhythm": words.rhythm_of(kind),
        "tabs": [{"label": words.rhythm_of(one), "url": f"?kind={one}", "current": one == kind} for one in kinds],
        "period": words.period_name(kind, *period) if period else "",
        "periods": [(f"{year}-{month:02}", words.period_name(kind, year, month), (year, month) == period) for year, month in periods],
        "chosen": f"{period[0]}-{period[1]:02}" if period else "",
        "counted": counted,
        "counties": counties if wide else [],
        "unit": unit,
        "own": own,
        "page": page,
        "rows": [rows.row_of(report, now) for report in page] if page else [],
        "state": state if state in SHOWN else "",
        "may_remind": _reached(request, listed).exists() if counted["all"] > counted["arrived"] and not own else False,
        "form": RemindForm(),
        "submission": uuid4(),
    }
    return render(request, "cases/periodic/board.html", context)


@require_POST
@officers_only
@needs(Capability.SEE_LEDGER)
def remind(request: OfficerRequest) -> HttpResponse:
    """Urge everybody of the period who has not sent yet and is the reader's to urge, with one word to all."""
    kind = _kind(request, rows.kinds_of(request.user), given=request.POST)
    found = Report.of_every_kind.visible_to(request.user).filter(kind=kind)
    period = _period(request, rows.periods_of(found), given=request.POST)
    form, count, token, now = RemindForm(request.POST), 0, submission_of(request), clock.now()
    if form.is_valid() and period:
        for one in _reached(request, found.filter(year=period[0], month=period[1])).order_by("pk"):
            own = UUID(int=(token.int + one.pk) % 2**128) if token else None  # each report's own half of the page's token
            try:
                services.remind(one, note=form.cleaned_data["note"], by=request.user, now=now, submission=own)
                count += 1
            except (AlreadyRecorded, Refused, NotAllowed):
                continue
        messages.success(request, ngettext("%(count)s unit was reminded.", "%(count)s units were reminded.", count) % {"count": count})
    chosen = f"&period={period[0]}-{period[1]:02}" if period else ""
    return redirect(f"{reverse('periodic')}?kind={kind}{chosen}")


@require_http_methods(["GET", "HEAD", "POST"])
@officers_only
def report(request: OfficerRequest, pk: int) -> HttpResponse:
    """One report: its paper, where it is, what was done to it, and the form of whoever has it now."""
    visible = Report.of_every_kind.visible_to(request.user).exclude(kind=ReportKind.LEDGER)
    found = get_object_or_404(visible.select_related("unit", "school"), pk=pk)
    now, edition = clock.now(), latest(found)
    form = _form(request, found, edition.figures)
    if request.method == "POST":
        if form is None:
            raise PermissionDenied(_("The report lies at another post just now."))
        if form.is_valid() and _carry_out(request, found, form):
            return redirect(found)
    added = services.words_for(found, request.user)
    acts = list(found.acts.select_related("by").order_by("-pk"))
    period = words.period_name(found.kind, found.year, found.month)
    context = {
        "now": now,
        "report": found,
        "edition": edition,
        "name": words.name_of(found),
        "period": period,
        "paper": paper_of(found, edition, added, checks=checks_now(found, now)),
        "steps": words.steps_of(found),
        "state": words.state_of(found),
        "tone": words.TONES[ReportState(found.state)],
        "late": rows.is_late(found, now),
        "form": form,
        "reminds": isinstance(form, RemindForm),
        "submission": submission_of(request) or uuid4(),
        "acts": acts,
        "reads_all": bool(found.closed_at) or services.is_of_its_office(found, request.user),
        "sealed": next((act for act in acts if act.act in (Act.FILED, Act.ENDORSED)), None),
        "draw": draw_of(found, request.user),
        "others": [(one, words.period_name(one.kind, one.year, one.month), words.state_of(one)) for one in _others(visible, found)],
        "crumbs": [(_("Periodic reports"), f"{reverse('periodic')}?kind={found.kind}"), (f"{words.name_of(found)} · {period}", "")],
    }
    return render(request, "cases/periodic/report.html", context, status=422 if form and form.errors else 200)


def _others(visible: QuerySet[Report], report: Report) -> QuerySet[Report]:
    """The unit's reports of other periods, the newest first."""
    rows = visible.filter(kind=report.kind, unit=report.unit, school=report.school).exclude(pk=report.pk)
    return rows.order_by("-year", "-month")[:OTHERS]


def _form(request: OfficerRequest, report: Report, figures: dict[str, Any]) -> forms.Form | None:
    """What its reader may do about it now."""
    data = request.POST or None
    if is_turn_of(report, request.user):
        if report.state == ReportState.SIGNING:
            return HeadForm(data)
        if report.kind == ReportKind.SCHOOL:
            return SchoolForm(data, figures=figures)
        before = services.compiled_of(report)
        return ReviewForm(data, figures=figures, initial=before.said if before else None)
    if report.closed_at is None and services.may_remind(report, request.user):
        return RemindForm(data)
    return None


def _carry_out(request: OfficerRequest, report: Report, form: forms.Form) -> bool:
    more: dict[str, Any] = {"note": form.cleaned_data["note"], "by": request.user, "now": clock.now(), "submission": submission_of(request)}
    try:
        if isinstance(form, SchoolForm):
            services.file_report(report, said=form.said(), **more)
            done = _("The month is sent.")
        elif isinstance(form, ReviewForm):
            services.compile_review(report, said=form.said(), again=form.cleaned_data["again"], **more)
            done = _("The report lies with the head for signature.")
        elif isinstance(form, RemindForm):
            services.remind(report, **more)
            done = _("Whoever has the report was reminded.")
        elif form.cleaned_data["act"] == HeadForm.SIGN:
            services.sign(report, **more)
            done = _("Signed: the report is closed.")
        else:
            services.send_back(report, **more)
            done = _("The report is back with whoever compiles it.")
    except AlreadyRecorded as repeated:
        messages.info(request, str(repeated))
    except (Refused, NotAllowed) as refusal:
        form.add_error(None, str(refusal))
        return False
    else:
        messages.success(request, done)
    return True


def _kind(request: OfficerRequest, kinds: list[ReportKind], given: Any = None) -> ReportKind:
    """The kind that the address names, else the first; Http404 for one of which the reader can see none."""
    wanted = (request.GET if given is None else given).get("kind", "") or (kinds[0] if kinds else "")
    if wanted not in kinds:
        raise Http404
    return ReportKind(wanted)


def _period(request: OfficerRequest, periods: list[tuple[int, int]], given: Any = None) -> tuple[int, int] | None:
    """The period that the address names among these, else the newest; None where there is none yet."""
    wanted = (request.GET if given is None else given).get("period", "")
    return next((one for one in periods if f"{one[0]}-{one[1]:02}" == wanted), periods[0] if periods else None)


def _county(request: OfficerRequest) -> Area | None:
    """The county that the address names; the reports of one that the reader does not see are none."""
    wanted = request.GET.get("unit", "")
    return get_object_or_404(Area, pk=wanted) if wanted else None


def _narrowed(reports: QuerySet[Report], state: str, now: Any) -> QuerySet[Report]:
    """The state that the address names; what is late and open first."""
    found = rows.with_days(reports).select_related("unit", "school")
    if state == "open":
        found = found.filter(closed_at=None)
    elif state == "late":
        found = found.filter(rows.is_open_late(now) | rows.came_late())
    elif state == "arrived":
        found = found.filter(state=ReportState.FILED)
    return found.order_by("-year", "-month", F("closed_at").asc(nulls_first=True), "unit_id", "school__name", "pk")


def _reached(request: OfficerRequest, reports: QuerySet[Report]) -> QuerySet[Report]:
    """Those of them that have not arrived and that the reader may urge."""
    return services.to_be_urged_by(request.user, reports.filter(closed_at=None))
