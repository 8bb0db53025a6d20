"""The same for many at once: claim what lies at one's post, remind or reassign what was raised. Each task in a transaction of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.http import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from cases.directory.capabilities import NotAllowed
from cases.directory.edge import OfficerRequest, officers_only
from cases.directory.models import Appointment
from cases.journal import clock
from cases.journal.refused import Refused
from workflows import services
from workflows.forms import candidates, described
from workflows.models import Assignment
from workflows.rows import queue as rows
from workflows.steps import title

if TYPE_CHECKING:
    from cases.register.models import Case

AT_MOST = 100


@require_POST
@officers_only
def claim(request: OfficerRequest) -> HttpResponseBase:
    """Take every picked task that still lies open."""
    picked = Assignment.objects.inbox_of(request.user).filter(pk__in=_numbers(request, "task")).select_related("case__student", "holder")
    now = clock.now()
    count = _each(request, picked, lambda row: services.claim(row, by=request.user, now=now))
    if count:
        messages.success(request, ngettext("%(count)d task is yours now.", "%(count)d tasks are yours now.", count) % {"count": count})
    elif not picked:
        messages.info(request, _("None of the tasks lies open any more."))
    return redirect(_back(request, "inbox"))


class PostField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A post in the words in which a supervisor looks for people."""

    def label_from_instance(self, obj: Appointment) -> str:
        return described(obj)


class BulkForm(forms.Form):
    """Whom, and with which words; offered are only posts to which every picked task can be given."""

    to = PostField(label=gettext_lazy("New responsible person"), queryset=Appointment.objects.none())
    restart = forms.BooleanField(label=gettext_lazy("Start the deadlines anew"), required=False, initial=True)
    note = forms.CharField(label=gettext_lazy("Reason or instruction"), widget=forms.Textarea(attrs={"rows": 3}), max_length=1000)

    def __init__(self, data: Any, *, how: str, cases: Iterable[Case]) -> None:
        super().__init__(data)
        if how == "remind":
            del self.fields["to"], self.fields["restart"]
            return
        field = self.fields["to"]
        assert isinstance(field, PostField)
        field.queryset = _common(cases)


def _common(cases: Iterable[Case]) -> Any:
    """The posts to which work on each of these cases can be given."""
    common: set[int] | None = None
    places = {(case.school_id, case.village_id, case.township_id, case.education_id): case for case in cases}
    for case in places.values():
        found = set(candidates(case).values_list("pk", flat=True))
        common = found if common is None else common & found
    return Appointment.objects.filter(pk__in=common or ()).select_related("organisation", "user").order_by("organisation__name", "role", "user__name")


@require_POST
@officers_only
def queue(request: OfficerRequest) -> HttpResponseBase:
    """Remind or reassign what was picked in the queue: first asks with which words and to whom, then does it."""
    how = "reassign" if request.POST.get("how") == "reassign" else "remind"
    picked = list(
        rows.waiting(request.user)
        .filter(pk__in=_numbers(request, "escalation"))
        .select_related("case__student", "assignment__case", "assignment__organisation", "assignment__holder")
        .order_by("-rung", "pk")
    )
    if not picked:
        messages.info(request, _("Nothing of what you picked is waiting any more."))
        return redirect("queue")
    form = BulkForm(request.POST if "sure" in request.POST else None, how=how, cases=[row.case for row in picked])
    if form.is_valid():
        now, said = clock.now(), form.cleaned_data
        act: Callable[[Any], Any]
        if how == "remind":
            act = lambda row: services.remind(row, note=said["note"], by=request.user, now=now)  # noqa: E731
        else:
            act = lambda row: services.reassign(row, to=said["to"], restart=said["restart"], note=said["note"], by=request.user, now=now)  # noqa: E731
        count = _each(request, {row.assignment_id: row.assignment for row in picked}.values(), act)
        if count and how == "remind":
            messages.success(request, ngettext("%(count)d reminder was sent.", "%(count)d reminders were sent.", count) % {"count": count})
        elif count:
            messages.success(request, ngettext("%(count)d task was reassigned.", "%(count)d tasks were reassigned.", count) % {"count": count})
        return redirect("queue")
    context = {
        "how": how,
        "form": form,
        "picked": [(row, title(row.assignment.step)) for row in picked],
        "crumbs": [(_("Escalation queue"), reverse("queue")), (_("Remind") if how == "remind" else _("Reassign"), "")],
    }
    return render(request, "workflows/bulk.html", context, status=422 if form.errors else 200)


def _each(request: OfficerRequest, tasks: Iterable[Any], act: Callable[[Any], Any]) -> int:
    """How many were done; what was refused is said, with the case's number."""
    count = 0
    for row in tasks:
        try:
            act(row)
        except (Refused, NotAllowed) as refusal:
            messages.warning(request, f"{title(row.step)}, {row.case.number}: {refusal}")  # no name: messages travel in a cookie
        else:
            count += 1
    return count


def _numbers(request: OfficerRequest, name: str) -> list[int]:
    return [int(number) for number in request.POST.getlist(name) if number.isascii() and number.isdigit() and len(number) < 19][:AT_MOST]


def _back(request: OfficerRequest, name: str) -> str:
    path = request.POST.get("next", "")
    return path if url_has_allowed_host_and_scheme(path, allowed_hosts=None) else reverse(name)
