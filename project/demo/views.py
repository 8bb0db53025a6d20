"""The demo's button "next working day"."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.conf import settings
from django.contrib import messages
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from cases.directory.edge import OfficerRequest, officers_only
from cases.journal import clock
from workflows import escalation, roads
from workflows.calendars import add_working_days
from workflows.policies import calendar_of

OPENING_HOUR = time(8, 30)


@require_POST
@officers_only
def next_working_day(request: OfficerRequest) -> HttpResponse:
    """Move the demo's clock to half past eight of the next working day, and let pass what falls due until then."""
    if not settings.DEMO:
        raise Http404
    now = clock.now()
    day = add_working_days(timezone.localdate(now), 1, calendar_of(None))
    moment = timezone.make_aware(datetime.combine(day, OPENING_HOUR))
    _move(moment - now)
    while escalation.sweep() or roads.sweep():
        pass
    messages.success(request, _("The demo's clock now says %(day)s, 8:30.") % {"day": day.isoformat()})
    return redirect(_back(request))


def _move(by: timedelta) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT engine_clock_set((SELECT shift FROM engine_clock) + make_interval(secs => %s))", [by.total_seconds()])


def _back(request: HttpRequest) -> str:
    target = request.POST.get("next", "")
    return target if url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}) else "/"
