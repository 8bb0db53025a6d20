"""The proof in front of an inspection: what the auditor found, whether the engines live, and how punctual they were in a month."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from cases.directory.capabilities import CAPABILITIES, Capability
from cases.directory.edge import OfficerRequest, officers_only
from cases.journal import clock
from cases.register.models import Case
from notifications import delivery
from workflows import heartbeat, mending, punctuality
from workflows.audit import audit
from workflows.invariants import BY_CODE, INVARIANTS
from workflows.models import Assignment, AuditRun, Deadline, DeadlineState, Fire

if TYPE_CHECKING:
    from cases.directory.models import User

# what the numbers of a finding are numbers of
OF = {
    "deadline": gettext_lazy("deadline"), "task": gettext_lazy("task"), "fire": gettext_lazy("passed rung"), "delivery": gettext_lazy("delivery"),
    "escalation": gettext_lazy("escalation"), "case": gettext_lazy("case"),
}  # fmt: skip
COUNTY = 6  # digits of a county's code; what is longer lies below it
SHOWN = 20  # rows of a finding
LAST = 10  # runs that are listed
MONTHS = 13  # offered, the present one included


def places_of(user: User) -> tuple[str, ...]:
    """Of which places a person may see how punctual the engine is: an auditor and a system administrator of all, a supervisor at county
    level or above of the own. Nobody else of any."""
    if user.can(Capability.AUDIT) or user.can(Capability.CONFIGURE):
        return ("",)
    areas = [post.organisation.area_id for post in user.posts() if Capability.SUPERVISE in CAPABILITIES[post.role]]
    return tuple(sorted({area for area in areas if len(area) <= COUNTY}))


def _places(request: OfficerRequest) -> tuple[str, ...]:
    places = places_of(request.user)
    if not places:
        raise PermissionDenied(_("Your post does not allow this."))
    return places


@require_safe
@officers_only
def show(request: OfficerRequest) -> HttpResponseBase:
    """The last run of the auditor, invariant by invariant; case numbers only where the reader may see the case."""
    _places(request)
    runs = list(AuditRun.objects.order_by("-started_at")[:LAST])
    run = runs[0] if runs else None
    outbox = delivery.look(clock.now())
    context = {
        "run": run,
        "rows": [_row(code, run, request.user) for code in BY_CODE] if run else [],
        "found": len(run.findings) if run else 0,
        "signs": [_sign(sign) for sign in heartbeat.signs()],
        "dead": outbox.dead,
        "late": outbox.late,
        "aside": Deadline.objects.filter(state=DeadlineState.QUARANTINED).count() if request.user.can(Capability.CONFIGURE) else 0,
        "runs": [{"at": each.started_at, "said": [(_title(code), said) for code, said in each.findings.items()]} for each in runs],
        "invariants": len(INVARIANTS),
    }
    return render(request, "workflows/audit.html", context)


@require_POST
@officers_only
def run(request: OfficerRequest) -> HttpResponseBase:
    """Look now instead of within ten minutes."""
    _places(request)
    done = audit(job="page")
    if done is None:
        messages.info(request, _("The auditor is at work just now."))
    elif done.findings:
        messages.error(
            request, ngettext("%(n)s invariant is broken.", "%(n)s invariants are broken.", len(done.findings)) % {"n": len(done.findings)}
        )
    else:
        messages.success(request, _("All is as it must be."))
    return redirect("audit")


@require_POST
@officers_only
def again(request: OfficerRequest) -> HttpResponseBase:
    """Deadlines that were set aside get another eight tries; for the administrator, who has looked at what was wrong with them."""
    if not request.user.can(Capability.CONFIGURE):
        raise PermissionDenied(_("Your post does not allow this."))
    aside = Deadline.objects.filter(state=DeadlineState.QUARANTINED).values_list("pk", flat=True)
    count = mending.try_again(list(aside), clock.now())
    messages.success(request, ngettext("%(n)s deadline runs again.", "%(n)s deadlines run again.", count) % {"n": count})
    return redirect("audit")


@require_safe
@officers_only
def report(request: OfficerRequest) -> HttpResponseBase:
    """One month, unit by unit, for the printer."""
    places, now = _places(request), clock.now()
    first = _month(request.GET.get("month", ""), localdate(now))
    units = punctuality.month(first, places=places, now=now)
    context = {
        "first": first,
        "is_open": (first.year, first.month) == (localdate(now).year, localdate(now).month),
        "months": _months(localdate(now)),
        "units": units,
        "total": sum((unit.count for unit in units), punctuality.Count()),
        "now": now,
        "crumbs": [(_("Audit of the deadlines"), reverse("audit")), (_("Monthly report"), "")],
    }
    return render(request, "workflows/audit_report.html", context)


def _month(text: str, today: date) -> date:
    if not text:
        return today.replace(day=1)
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        raise Http404 from None


def _months(today: date) -> list[date]:
    months = [today.year * 12 + today.month - 1 - n for n in range(MONTHS)]
    return [date(number // 12, number % 12 + 1, 1) for number in months]


def _row(code: str, run: AuditRun, user: User) -> dict[str, Any]:
    said = run.findings.get(code, {"count": 0, "ids": []})
    invariant = BY_CODE[code]
    return {
        "title": invariant.title,
        "of": OF.get(invariant.of, ""),
        "count": said["count"],
        "broken": said["count"] != 0,
        "mended": run.mended.get(code, 0),
        "cases": _cases(invariant.of, said["ids"][:SHOWN], user),
        "ids": said["ids"][:SHOWN],
        "more": max((said["count"] or 0) - SHOWN, 0),
    }


def _cases(of: str, ids: list[int], user: User) -> list[Case]:
    """The cases behind these rows, as far as this person may see them."""
    if not ids:
        return []
    behind: dict[str, Any] = {
        "case": ids,
        "task": Assignment.objects.filter(pk__in=ids).values("case_id"),
        "deadline": Deadline.objects.filter(pk__in=ids).values("case_id"),
        "fire": Fire.objects.filter(pk__in=ids).values("deadline__case_id"),
    }
    return list(Case.objects.visible_to(user).filter(pk__in=behind[of]).order_by("pk")) if of in behind else []


def _sign(sign: heartbeat.Sign) -> dict[str, Any]:
    names = {heartbeat.SWEEP: _("Sweep"), heartbeat.AUDIT: _("Auditor")}
    if sign.seconds_ago is None:
        return {"name": names[sign.engine], "value": "—", "note": _("has not run here yet"), "tone": "amber"}
    minutes = round(sign.seconds_ago / 60)
    ago = ngettext("%(n)s minute ago", "%(n)s minutes ago", minutes) % {"n": minutes} if minutes else _("just now")
    return {
        "name": names[sign.engine],
        "value": _("silent") if sign.silent else _("runs"),
        "note": _("last sign of life: %(ago)s") % {"ago": ago},
        "tone": "red" if sign.silent else "green",
    }


def _title(code: str) -> str:
    """What the invariant forbids, in the reader's language; the code of one that is asked no more."""
    invariant = BY_CODE.get(code)
    return str(invariant.title) if invariant else code
