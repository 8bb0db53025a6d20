"""The escalation queue: what was raised to my posts, why, and one form to act on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from cases.codes.models import CodeList
from cases.codes.services import label
from cases.directory.capabilities import Capability, may
from cases.directory.edge import OfficerRequest, officers_only
from cases.directory.models import Role
from cases.journal import clock
from cases.journal.services import AlreadyRecorded
from cases.register.caseform import submission_of
from cases.register.edge import carry_out
from notifications.services import receipts
from workflows import handling, outside, rights, services, supervising
from workflows.models import Escalation, EscalationState, FireOutcome, Listing
from workflows.planning import words as why
from workflows.rows import history, progress, requests, summary
from workflows.rows import queue as rows
from workflows.rows.asked import titled
from workflows.rows.days import Borders
from workflows.rows.desk import look
from workflows.steps import title
from workflows.views import choices, filters, saved
from workflows.views.cards import Card
from workflows.views.escalation_form import EscalationForm

if TYPE_CHECKING:
    from django.core.paginator import Page

    from workflows.models import Fire

STORY = 2  # lines of the story that are shown at once
TONES = {1: "grey", 2: "amber"}  # from rung 3 on: red


@require_safe
@officers_only
def queue(request: OfficerRequest) -> HttpResponseBase:
    """At most eight queries with everything that the frame asks, however long the queue is."""
    user, seen = request.user, look(request.user, Listing.QUEUE, count_requests=True)
    if opened := saved.opens_with(request, seen):
        return opened
    borders, choice = Borders.at(seen.now), choices.of_queue(request.GET)
    tab, form, words = choice.tab, choice.form, choice.words
    context: dict[str, Any] = {
        "now": borders.now, "tab": tab, "form": form, "filtered": choice.filtered, "asked": seen.asked, "address": request.GET.urlencode(),
        "unfiltered": saved.EVERYTHING, "saved": saved.chips(request, seen, Listing.QUEUE), "supervises": may(user, Capability.SUPERVISE),
    }  # fmt: skip
    if tab == "requests":
        page = requests.list_page(user, request.GET.get("page"), length=seen.asked)
        return render(
            request, "workflows/queue_requests.html", context | {"page": page, "rows": page.object_list, "tabs": _tabs(tab, None, seen.asked)}
        )
    chosen = rows.narrowed(borders=borders, tab=tab, **words)
    length = None
    if tab != "handled":
        found = rows.facets(user, borders, chosen)
        length = found.shown
        context |= {"kpis": _cards(found, words, borders), "waiting": found.waiting, "shown": found.shown}
        _offer(form, found)
    else:
        for name in choices.QUEUE[1:]:
            del form.fields[name]
    page = rows.queue_page(user, chosen, request.GET.get("page"), tab=tab, now=borders.now, length=length)
    context |= {"page": page, "rows": _rows(page), "tabs": _tabs(tab, context.get("waiting"), seen.asked)}
    return render(request, "workflows/queue.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@officers_only
def escalation(request: OfficerRequest, pk: int) -> HttpResponseBase:
    """One escalation: why it came here, who is responsible, and what to do about it. Also the preview beside the queue."""
    found = get_object_or_404(
        Escalation.objects.visible_to(request.user).select_related(
            "case__student", "case__school", "case__school_class", "case__township", "case__county", "organisation", "handled_by",
            "assignment__organisation", "assignment__holder", "assignment__deadline", "assignment__done_by", "fire",
        ),
        pk=pk,
    )  # fmt: skip
    if found.assignment.report_id:  # the report's own page has what can be done about it
        return redirect(found.assignment.report)
    if found.assignment.matter_id:
        return redirect("task", found.assignment_id)
    able = found.state == EscalationState.OPEN and found.assignment.state == "open" and rights.may_supervise(found.assignment, request.user)
    form = None
    if able or request.method == "POST":
        form = EscalationForm(request.POST or None, case=found.case, user=request.user, subject=found.assignment)
    status = 200
    if request.method == "POST":
        if not rights.may_supervise(found.assignment, request.user):
            raise PermissionDenied(_("Your post does not allow this."))
        if form is not None and form.is_valid() and _decide(request, found, form):
            return redirect("queue")
        status = 422
    return render(request, "workflows/escalation.html", _context(request, found, form), status=status)


def _decide(request: OfficerRequest, found: Escalation, form: EscalationForm) -> bool:
    """Carry out what the form says; False when it was refused, and then the form says why."""
    now, submission, said = clock.now(), submission_of(request), form.cleaned_data
    task, common = found.assignment, {"note": said["note"], "by": request.user, "now": now, "submission": submission}
    acts = {
        "remind": lambda: services.remind(task, **common),
        "reassign": lambda: services.reassign(task, to=said["to"], restart=said["restart"], **common),
        "extend": lambda: services.extend(task, until=said["until"], **common),
        "take_over": lambda: services.take_over(task, **common),
        "raise": lambda: supervising.raise_to_superior(task, **common),
        "agenda": lambda: supervising.put_on_agenda(task, **common),
        "note": lambda: handling.note_escalation(found, **common),
    }
    try:
        carry_out(form, acts[said["how"]])
    except AlreadyRecorded as repeated:
        messages.info(request, str(repeated))
        return True
    if form.errors:
        return False
    done = {
        "remind": _("The reminder was sent."),
        "reassign": _("The task was reassigned."),
        "extend": _("The deadline was extended."),
        "take_over": _("The task is yours now."),
        "raise": _("The task was raised; the people above were told."),
        "agenda": _("The case waits for the joint conference."),
        "note": _("Noted. It left your queue."),
    }
    messages.success(request, done[said["how"]])
    return True


def _context(request: OfficerRequest, found: Escalation, form: EscalationForm | None) -> dict[str, Any]:
    case, task, now = found.case, found.assignment, clock.now()
    fires, entries = rows.climb(found)
    outsider = outside.is_outsider(task, request.user)  # the case is another unit's: the task and the least about the child
    tasks = () if outsider else progress.of_episode(progress.of_case(case), case.episode)
    deadline, story = getattr(task, "deadline", None), _story(fires, entries)
    return {
        "now": now,
        "crumbs": [(_("Escalation queue"), reverse("queue")), (case.student.name, "")],
        "escalation": found,
        "case": case,
        "task": task,
        "title": title(task.step),
        "rung": rung_tag(found.rung),
        "form": form,
        "order_url": _order_url(request, found) if form is not None else "",
        "submission": submission_of(request) or uuid4(),
        "whose": progress.whose(task),
        "phone": (task.holder.phone if task.holder else "") or (task.organisation.phone if task.organisation else ""),
        "why": why(deadline.explanation, provisional=deadline.provisional) if deadline and deadline.explanation else "",
        "outsider": outsider,
        "stages": [] if outsider else progress.stages(case, tasks, now=now),
        "standing": None if outsider else progress.tag_of(case),
        "absent": None if outsider else summary.days_absent(case, localdate(now)),
        "climb": story[:STORY],
        "earlier": story[STORY:],
        "receipts": receipts(f"fire:{found.fire.deadline_id}:{found.fire.generation}:"),
    }


def _order_url(request: OfficerRequest, found: Escalation) -> str:
    """Where an order is issued that answers this escalation, for who may issue one."""
    if not may(request.user, Capability.ISSUE_SUPERVISION, found.case):
        return ""
    return f"{reverse('order-new', args=[found.case_id])}?escalation={found.pk}"


def _story(fires: list[Fire], entries: list[Any]) -> list[dict[str, Any]]:
    """Rungs and reminders in one line of time, the newest first."""
    told: list[dict[str, Any]] = [
        {
            "text": _("Rung %(rung)s: %(what)s") % {"rung": fire.rung, "what": rung_means(fire.rung)},
            "detail": "" if fire.outcome == FireOutcome.ACTED else fire.get_outcome_display(),
            "at": fire.decided_at,
            "actor": _("the system"),
            "tone": "red" if fire.rung > 2 else "amber",
            "icon": "stairs-up",
        }
        for fire in fires
    ]
    told += [vars(said) for said in history.in_words(entries)]
    return sorted(told, key=lambda entry: entry["at"], reverse=True)


def _offer(form: filters.QueueFilter, found: rows.Facets) -> None:
    form.offer("rung", [(str(rung), f"{_('Rung %(rung)s') % {'rung': rung}} ({n})") for rung, n in sorted(found.rungs.items(), reverse=True)])
    form.offer("step", filters.steps(found.steps))
    form.offer("reason", filters.reasons(found.reasons))
    form.offer("age", [(age, f"{label} ({n})") for age, label in age_labels() if (n := found.ages[age])])
    if found.silent or form.value_of("phone"):
        form.offer("phone", [("silent", _("Phone silent (%(number)s)") % {"number": found.silent})])
    else:
        del form.fields["phone"]
    for name, options in (("place", found.places), ("unit", found.units)):
        form.offer(name, filters.places(options))
        if len(options) < 2 and not form.value_of(name):
            del form.fields[name]  # nothing to choose between


def age_labels() -> list[tuple[str, str]]:
    """How long something is overdue, as people sort it."""
    return [
        ("3", _("overdue up to 3 days")),
        ("7", _("overdue 4 to 7 days")),
        ("15", _("overdue 8 to 15 days")),
        ("over", _("overdue more than 15 days")),
    ]


def _cards(found: rows.Facets, words: dict[str, str], borders: Borders) -> list[Card]:
    path, when = reverse("queue"), words["when"]
    longest = (localdate(borders.now) - localdate(found.oldest)).days if found.oldest and found.oldest < borders.now else 0
    note = ngettext("the longest for %(days)d day", "the longest for %(days)d days", longest) % {"days": longest} if longest else ""
    rungs = sorted(found.rungs, reverse=True)[:3]
    return [
        Card(_("Overdue"), found.late, "alert-circle", f"{path}?when=late", when == "late", "red", note),
        Card(_("Due today"), found.today, "clock", f"{path}?when=today", when == "today", "amber"),
        *(Card(rung_tag(n)[1], found.rungs[n], "stairs-up", f"{path}?rung={n}", words["rung"] == str(n), note=rung_means(n)) for n in rungs),
    ]


def rung_means(rung: int) -> str:
    """The name of a rung of the standard ladder."""
    return {
        1: _("reminder"),
        2: _("urged, with the unit's head"),
        3: _("supervised by the superior"),
        4: _("supervision order of both lines"),
        5: _("supervised by the prefecture"),
    }.get(rung, "")


def _tabs(tab: str, waiting: int | None, asked: int) -> list[dict[str, Any]]:
    names = {
        "waiting": _("Waiting for me"), "requests": _("Requests for more time"), "followed": _("Urged, still open"), "handled": _("Handled lately"),
    }  # fmt: skip
    path, counts = reverse("queue"), {"waiting": waiting, "requests": asked}
    return [
        {
            "label": words,
            "url": f"{path}?tab={name}",
            "count": counts.get(name),
            "current": name == tab,
        }
        for name, words in names.items()
    ]


@dataclass(frozen=True)
class QueueRow:
    """An escalation as the list shows it."""

    escalation: Any
    rung: tuple[str, str]
    title: str
    reason: str
    who: str
    phone: str


def rung_tag(rung: int) -> tuple[str, str]:
    return TONES.get(rung, "red"), _("Rung %(rung)s") % {"rung": rung}


def _rows(page: Page[Any]) -> list[QueueRow]:
    return [
        QueueRow(
            escalation=row,
            rung=rung_tag(row.rung),
            title=titled(row.assignment.step, row.asked),
            reason=label(CodeList.REASON, row.case.reason) if row.case and row.case.reason else "",
            phone=(row.assignment.holder.phone if row.assignment.holder else "") or row.assignment.organisation.phone,
            who=row.assignment.holder.name if row.assignment.holder else str(Role(row.assignment.role).label) if row.assignment.role else "",
        )
        for row in page
    ]
