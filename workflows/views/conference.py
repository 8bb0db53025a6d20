"""The agenda of the county's joint conference: what waits, which meeting deals with it, what was decided, and the paper for the meeting."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Exists, OuterRef, Q
from django.http import Http404, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cases.codes.models import CodeList
from cases.codes.services import label
from cases.conferences import services as conferences
from cases.conferences.forms import DecisionForm, MeetingForm
from cases.conferences.models import PENDING, AgendaItem, ItemState
from cases.conferences.scope import READERS
from cases.directory.capabilities import Capability, NotAllowed, may
from cases.directory.edge import OfficerRequest, officers_only
from cases.directory.models import Appointment
from cases.journal import clock
from cases.journal.refused import Refused
from cases.journal.services import AlreadyRecorded, record
from cases.journal.verbs import Verb
from cases.register.caseform import submission_of
from cases.register.edge import carry_out
from cases.register.models import Case
from workflows import supervising
from workflows.forms import candidates, described
from workflows.models import Assignment, ExtraTask
from workflows.rows.pages import number, page_of
from workflows.rows.progress import tag_of
from workflows.steps import title
from workflows.views.orders import PAPER_LANGUAGE

if TYPE_CHECKING:
    from datetime import date

    from django.db.models import QuerySet

    from cases.directory.models import User

TABS = {"waiting": Q(state=ItemState.WAITING), "agenda": Q(state=ItemState.SCHEDULED), "past": ~Q(state__in=PENDING)}
ORDER = {"waiting": ("proposed_at", "pk"), "agenda": ("meeting_on", "pk"), "past": ("-decided_at", "-pk")}


class TaskDecisionForm(DecisionForm):
    """The decision, and the task that it gives somebody, if any."""

    post = forms.ModelChoiceField(
        Appointment.objects.none(), label=gettext_lazy("Gives a task to"), required=False, empty_label=gettext_lazy("nobody")
    )
    title = forms.CharField(label=gettext_lazy("Task"), max_length=60, required=False)
    working_days = forms.IntegerField(label=gettext_lazy("Working days"), min_value=1, max_value=60, initial=5, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["post"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = candidates(self.case)
        setattr(field, "label_from_instance", described)  # noqa: B010 (Django's way to word the choices; a plain assignment is no method to mypy)

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        post, name, days = said.pop("post", None), said.pop("title", ""), said.pop("working_days", None)
        if post and not name:
            self.add_error("title", _("Say what is to be done."))
        said["task"] = {"title": name, "organisation": post.organisation, "role": post.role, "working_days": days or 5} if post else None
        return said


@require_safe
@officers_only
def conference(request: OfficerRequest) -> HttpResponseBase:
    """What waits, what is on the agenda, what was decided. At most eight queries."""
    user, now = request.user, clock.now()
    _require_reader(user)
    tab = request.GET.get("tab", "waiting")
    tab = tab if tab in TABS else "waiting"
    seen: QuerySet[Any] = AgendaItem.objects.visible_to(user)
    counts = seen.aggregate(**{name: Count("pk", filter=condition) for name, condition in TABS.items()})
    rows = _seen(user).filter(TABS[tab]).select_related("case__student", "case__school", "case__township", "county", "organisation", "proposed_by")
    names = {"waiting": _("Waiting for a meeting"), "agenda": _("On the agenda"), "past": _("Decided")}
    page = page_of(rows.order_by(*ORDER[tab]), request.GET.get("page"), length=counts[tab])
    path = reverse("conference")
    context = {
        "now": now,
        "tab": tab,
        "tabs": [{"label": words, "url": f"{path}?tab={name}", "count": counts[name], "current": name == tab} for name, words in names.items()],
        "page": page,
        "rows": [(item, *_of_today(item)) for item in page],
        "meetings": list(dict.fromkeys(item.meeting_on for item in page if item.meeting_on)) if tab == "agenda" else [],
        "keeps": may(user, Capability.KEEP_AGENDA) and tab != "past",
        "form": MeetingForm(),
    }
    return render(request, "workflows/conference.html", context)


@require_POST
@officers_only
def schedule(request: OfficerRequest) -> HttpResponseBase:
    """Put the picked items before the meeting of a day: each on its own, so that one that was decided meanwhile holds up no other."""
    user = request.user
    if not may(user, Capability.KEEP_AGENDA):
        raise PermissionDenied(_("Your post does not allow this."))
    form = MeetingForm(request.POST)
    picked = AgendaItem.objects.visible_to(user).filter(pk__in=[number(pk) for pk in request.POST.getlist("item")[:200]]).select_related("case")
    items = list(picked.order_by("case_id"))
    if not form.is_valid() or not items:
        messages.error(request, _("Pick at least one case and choose the day of the meeting."))
        return redirect("conference")
    done, now = 0, clock.now()
    for item in items:
        try:
            conferences.schedule(item, meeting_on=form.cleaned_data["meeting_on"], by=user, now=now)
            done += 1
        except (Refused, NotAllowed) as refusal:
            messages.error(request, f"{item.case.number}: {refusal}")
    if done:
        messages.success(request, ngettext("%(count)s case is on the agenda.", "%(count)s cases are on the agenda.", done) % {"count": done})
    return redirect(f"{reverse('conference')}?tab=agenda")


@require_http_methods(["GET", "HEAD", "POST"])
@officers_only
def item(request: OfficerRequest, pk: int) -> HttpResponseBase:
    """One case before the conference: why, since when, and what was decided, or the form for it."""
    rows = _seen(request.user).select_related(
        "case__student", "case__school", "case__school_class", "case__township", "county", "organisation", "proposed_by", "decided_by"
    )
    found: AgendaItem = get_object_or_404(rows, pk=pk)
    user, now = request.user, clock.now()
    able = found.state in PENDING and conferences.keeps(user, found.county_id)
    form = TaskDecisionForm(request.POST or None, case=found.case, user=user, subject=found) if able else None
    submission = submission_of(request)
    if request.method == "POST" and form is None:
        raise PermissionDenied(_("This item was decided already, or your post does not keep this agenda."))
    if form is not None and form.is_valid():
        said = form.cleaned_data
        try:
            carry_out(form, lambda: supervising.decide_item(found, **said, by=user, now=now, submission=submission))
        except AlreadyRecorded as repeated:
            messages.info(request, str(repeated))
            return redirect(found)
        if not form.errors:
            messages.success(request, _("The decision is on record."))
            return redirect(found)
    if request.method != "POST":
        record(Verb.CASE_VIEWED, case=found.case, actor=user, at=now, item=found.pk)
    task = Assignment.objects.filter(pk=found.assignment or 0).first()
    reason, standing = _of_today(found)
    context = {
        "now": now,
        "crumbs": [(_("Joint conference"), reverse("conference")), (found.case.number, "")],
        "item": found,
        "case": found.case,
        "standing": standing,
        "reason": reason,
        "given": ExtraTask.objects.filter(pk=found.extra).select_related("organisation").first() if found.extra and standing else None,
        "task": task,
        "task_title": title(task.step) if task else "",
        "form": form,
        "submission": submission or uuid4(),
        "sees_case": standing is not None,
    }
    return render(request, "workflows/agenda_item.html", context, status=422 if form and form.errors else 200)


@require_safe
@officers_only
def agenda(request: OfficerRequest) -> HttpResponseBase:
    """The agenda of one meeting as a paper, in Chinese, with room for what is decided."""
    _require_reader(request.user)
    on = _day(request.GET.get("on", ""))
    rows = _seen(request.user).exclude(state__in=[ItemState.WAITING, ItemState.DROPPED]).filter(meeting_on=on)
    items = list(
        rows.select_related("case__student", "case__school", "case__township", "county", "organisation", "proposed_by").order_by("county_id", "pk")
    )
    if on is None or not items:
        raise Http404
    with override(PAPER_LANGUAGE):
        context = {
            "on": on,
            "items": [(one, *_of_today(one)) for one in items],
            "county": items[0].county,
            "now": clock.now(),
            "printed_by": request.user.name,
            "crumbs": [(_("Joint conference"), reverse("conference")), (_("Agenda on paper"), "")],
        }
        return render(request, "workflows/agenda_paper.html", context)


def _seen(user: User) -> QuerySet[Any]:
    """The items that the user may see; `theirs` says of which the user may still see how the case goes on."""
    case = Case.objects.visible_to(user).filter(pk=OuterRef("case_id"))
    found: QuerySet[Any] = AgendaItem.objects.visible_to(user).annotate(theirs=Exists(case))
    return found


def _of_today(item: Any) -> tuple[str, tuple[str, str, str] | None]:
    """The reason and the standing of today, for whoever may see the case; of a child that is somebody else's now the decision alone is left."""
    if not item.theirs:
        return "", None
    return label(CodeList.REASON, item.case.reason) if item.case.reason else "", tag_of(item.case)


def _day(words: str) -> date | None:
    try:
        return parse_date(words[:10])
    except ValueError:  # such as the 45th of a 13th month
        return None


def _require_reader(user: User) -> None:
    if not any(post.role in READERS for post in user.posts()):
        raise PermissionDenied(_("Your post does not allow this."))
