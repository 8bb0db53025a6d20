"""What a phone takes along, and what became of what it sent."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.gzip import gzip_page

from cases.directory.capabilities import NotAllowed
from cases.journal import clock
from cases.journal.services import record
from cases.journal.verbs import Verb
from cases.mobile.api.edge import PhoneRequest, Refusal, answer, api, owner_of, read
from cases.mobile.api.session import device_of, heard
from cases.mobile.body import BadBody
from cases.mobile.names import short
from cases.mobile.suspicions import report
from cases.mobile.uploads import Conflict
from cases.mobile.worklist import take_along, worklist
from cases.register.models import Student
from cases.register.opening import CaseExists
from cases.visits.models import HomeVisit

MOST_RECORDS = 100


@gzip_page
@api("GET")
def tasks(request: PhoneRequest) -> HttpResponse:
    """The work list; 304 while it is still the one that the phone has."""
    now, device = clock.now(), device_of(request)
    listed = worklist(request.user, now=now)
    if phone := heard(request, device, now):
        take_along(phone, listed, now=now)
    tag = f'W/"{listed.etag}"'
    if request.headers.get("If-None-Match", "").removeprefix("W/").strip('"') == listed.etag:
        response = HttpResponse(status=304)
    else:
        # a copy leaves the house: who took how many along goes on record
        record(Verb.LIST_EXPORTED, actor=request.user, at=now, rows=len(listed.cases), device=str(device) if device else "")
        response = answer({"as_of": _iso(now), **listed.content})
    response["ETag"], response["X-As-Of"] = tag, _iso(now)
    return response


@api("GET")
def records(request: PhoneRequest) -> HttpResponse:
    """The user's last visits, those of which a correction is asked for first."""
    rows = (
        HomeVisit.objects.filter(visitor=request.user)
        .select_related("case__student", "correction_request", "corrected_by", "arrival__entered_by")
        .order_by("-recorded_at", "-pk")[:MOST_RECORDS]
    )
    found = [_record(visit) for visit in rows]
    return answer({"records": sorted(found, key=lambda row: row["state"] != "returned")})


def _record(visit: HomeVisit) -> dict[str, Any]:
    asked, corrected = getattr(visit, "correction_request", None), getattr(visit, "corrected_by", None)
    arrival = getattr(visit, "arrival", None)
    return {
        "visit": str(visit.pk),
        "case": visit.case_id,
        "number": visit.case.number,
        "child": short(visit.case.student.name),
        "occurred_at": _iso(visit.occurred_at),
        "received_at": _iso(arrival.received_at if arrival else visit.recorded_at),
        "outcome": visit.get_outcome_display(),
        # entered by somebody else under this name; "" for one's own
        "entered_by": arrival.entered_by.name if arrival and arrival.entered_by_id not in (None, visit.visitor_id) else "",
        "entered_at": _iso(visit.recorded_at),
        "state": "corrected" if corrected else "returned" if asked else "ok",
        "why": asked.reason if asked and not corrected else "",
        # the correction begins with what was written
        **({"fields": _fields(visit)} if asked and not corrected else {}),
    }


def _fields(visit: HomeVisit) -> dict[str, Any]:
    kept = ("mode", "companions", "met", "whereabouts", "reason", "reason_text", "outcome", "account", "danger")
    promised_on = visit.promised_on.isoformat() if visit.promised_on else ""
    return {name: getattr(visit, name) for name in kept} | {"lines": visit.is_joint, "promised_on": promised_on}


@api("PUT")
def suspicion(request: PhoneRequest, pk: UUID) -> HttpResponse:
    """A child that stays away, reported without a network."""
    by, said = owner_of(request), read(request)
    try:
        case = report(pk, said, by=by, now=clock.now())
    except Conflict as conflict:
        raise Refusal(409, conflict.code, _("This record was made by somebody else. It stays on the phone until they log in.")) from conflict
    except BadBody as bad:
        raise Refusal(400, "invalid", _("Please correct what is marked."), fields=bad.fields) from bad
    except Student.DoesNotExist as error:
        raise Refusal(404, "not_found", _("There is no such child for you.")) from error
    except CaseExists as there:
        raise Refusal(409, "open", str(there), case=there.case.number, url=there.case.get_absolute_url()) from there
    except NotAllowed as refusal:
        raise Refusal(409, "not_allowed", str(refusal)) from refusal
    return answer({"suspicion": str(pk), "case": case.number, "url": case.get_absolute_url()})


def _iso(moment: datetime) -> str:
    return localtime(moment).isoformat(timespec="seconds")
